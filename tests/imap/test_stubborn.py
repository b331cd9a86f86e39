"""Promise 3 at a mail server: a mail it does not give blocks no other, and stays in sight."""

from collections.abc import Iterator

import pytest

from tests.imap.stubborn import Stubborn, stubborn
from tests.imap.test_fetch import letters
from triage.ingest.fetch import fetch
from triage.ingest.models import Delivery, Folder, Mailbox, Security, Source
from triage.ingest.process import replay

pytestmark = pytest.mark.django_db(transaction=True)

NO = b"{tag} NO [SERVERBUG] internal error\r\n"
BUSY = b"{tag} NO [UNAVAILABLE] the store is away\r\n"
NONSENSE = b"* 3 FETCH (UID 3 BODY[] (((\r\n{tag} OK done\r\n"
NOTHING = b"{tag} OK done\r\n"


@pytest.fixture
def server() -> Iterator[Stubborn]:
    with stubborn(dict(enumerate(letters(1, 20), start=1))) as running:
        yield running


@pytest.fixture
def mailbox(server: Stubborn) -> Mailbox:
    made = Mailbox(
        address="hello@alderlamps.example.com",
        source=Source.IMAP,
        host="127.0.0.1",
        port=server.port,
        security=Security.NONE,
    )
    made.secret = "lamp"
    made.save()
    return made


@pytest.mark.parametrize("answer", [NO, NONSENSE])
def test_a_mail_it_refuses_is_set_aside_and_the_others_go_on(
    server: Stubborn, mailbox: Mailbox, answer: bytes
) -> None:
    server.answers = {3: answer, 17: answer}
    done = fetch(mailbox)
    assert done.errors == []
    assert (done.stored, done.failed) == (18, 2)
    reasons = Delivery.objects.filter(state="failed").values_list("reason", flat=True)
    assert all("does not give this mail" in reason for reason in reasons)
    assert Folder.objects.get().high_water == 20


def test_a_mail_it_passes_over_without_a_word_is_set_aside_too(
    server: Stubborn, mailbox: Mailbox
) -> None:
    server.answers = {20: NOTHING}
    done = fetch(mailbox)
    assert (done.stored, done.failed) == (19, 1)
    assert Delivery.objects.get(state="failed").source_key == "INBOX;7;20"


def test_a_replayed_mail_is_asked_for_again(server: Stubborn, mailbox: Mailbox) -> None:
    server.answers = {3: NO}
    fetch(mailbox)
    server.answers = {}
    replay(Delivery.objects.all(), by=None)
    assert fetch(mailbox).stored == 1
    assert not Delivery.objects.filter(withheld_at__isnull=False).exists()


def test_a_server_that_refuses_everything_is_the_trouble_not_the_mails(
    server: Stubborn, mailbox: Mailbox
) -> None:
    server.answers = dict.fromkeys(range(1, 21), NO)
    done = fetch(mailbox)
    assert "SERVERBUG" in done.errors[0]
    assert (done.failed, Delivery.objects.count(), Folder.objects.get().high_water) == (0, 0, 0)
    server.answers = {}
    assert fetch(mailbox).stored == 20


def test_a_server_that_is_busy_is_asked_again_later(server: Stubborn, mailbox: Mailbox) -> None:
    server.answers = {3: BUSY}
    done = fetch(mailbox)
    assert "UNAVAILABLE" in done.errors[0]
    assert not Delivery.objects.filter(state="failed").exists()
    server.answers = {}
    fetch(mailbox)
    assert Delivery.objects.count() == 20
