"""manage.py ingest as the shell and the mail server see it: status, one line of JSON, a remedy."""

from mailbox import Maildir
from pathlib import Path

import pytest

from tests import factories
from tests.commands.running import manage
from tests.ingest.letters import letter
from triage.ingest.models import Delivery, Mailbox

# Committed rows: the command is another process.
pytestmark = pytest.mark.django_db(transaction=True)


def test_files_mboxes_and_maildirs_come_in_together_and_again_change_nothing(
    tmp_path: Path,
) -> None:
    (tmp_path / "one.eml").write_bytes(letter("One"))
    box = b"".join(
        b"From jo Mon Nov  2 09:15:00 2026\n" + letter(f"In the box {n}").replace(b"\r\n", b"\n")
        + b"\n"
        for n in range(3)
    )  # fmt: skip
    (tmp_path / "two.mbox").write_bytes(box)
    Maildir(tmp_path / "crates").add(letter("In the Maildir"))
    first = manage("ingest", tmp_path, "--mailbox", "Desk@Alder-Lamps.example.com")
    assert (first.status, first.result) == (
        0,
        {"read": 5, "stored": 5, "duplicates": 0, "failed": 0},
    )
    assert set(Delivery.objects.values_list("mailbox__address", "source", "state")) == {
        ("desk@alder-lamps.example.com", "pipe", "pending")
    }
    again = manage("ingest", tmp_path / "one.eml", tmp_path / "two.mbox", tmp_path / "crates")
    assert (again.status, again.result) == (
        0,
        {"read": 5, "stored": 0, "duplicates": 5, "failed": 0},
    )
    assert Mailbox.objects.count() == 1


def test_a_mail_server_pipes_a_mail_in_although_the_broker_is_away() -> None:
    raw = letter() + b"\x00\xff"
    done = manage("ingest", "-", stdin=raw, CELERY_BROKER_URL="amqp://127.0.0.1:1//")
    assert done.status == 0
    assert done.result == {"read": 1, "stored": 1, "duplicates": 0, "failed": 0}
    assert bytes(Delivery.objects.get().raw) == raw
    assert Mailbox.objects.get().address == "import@localhost"


def test_a_path_that_is_not_there_is_named_and_nothing_is_read(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(letter())
    done = manage("ingest", tmp_path / "one.eml", tmp_path / "gone.eml")
    assert done.status == 1
    assert done.stdout == ""
    assert f"No such file or folder: {tmp_path}/gone.eml" in done.complaint
    assert not Delivery.objects.exists()


def test_a_file_that_cannot_be_read_fails_alone(tmp_path: Path) -> None:
    (tmp_path / "one.eml").write_bytes(letter())
    (tmp_path / "two.eml").symlink_to(tmp_path / "nowhere")
    done = manage("ingest", tmp_path)
    assert done.status == 1
    assert done.result == {"read": 2, "stored": 1, "duplicates": 0, "failed": 1}
    assert f"{tmp_path}/two.eml: No such file or directory" in done.stderr
    assert "1 could not be read; the others are stored" in done.complaint


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://desk@db.example.com/triage", "only PostgreSQL works"),
        ("postgresql://desk@127.0.0.1:1/triage", "Check DATABASE_URL"),
    ],
)
def test_a_wrong_database_is_one_line(tmp_path: Path, url: str, words: str) -> None:
    (tmp_path / "one.eml").write_bytes(letter())
    done = manage("ingest", tmp_path, DATABASE_URL=url)
    assert (done.status, done.stdout) == (1, "")
    assert done.complaint.startswith("error: ")
    assert words in done.complaint
    assert len(done.stderr.splitlines()) == 1


def test_a_mailbox_that_is_no_address_is_refused(tmp_path: Path) -> None:
    done = manage("ingest", tmp_path, "--mailbox", "support")
    assert done.status == 1
    assert "give an address like support@example.com" in done.complaint
    assert not Mailbox.objects.exists()


def test_with_several_mailboxes_and_no_name_mail_goes_to_the_one_for_imports() -> None:
    factories.mailbox()
    factories.mailbox("orders@alder-lamps.example.com")
    assert manage("ingest", "-", stdin=letter()).status == 0
    assert Delivery.objects.get().mailbox == Mailbox.objects.get(address="import@localhost")
