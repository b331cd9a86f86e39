"""Mail in files and pipes: which files are mail, and where one mail ends."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from mailbox import Maildir, mbox
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.ingest.letters import letter
from triage.ingest.files import mail_files, stream_mails


def mails(content: bytes, most_bytes: int = 10_000) -> list[bytes | None]:
    return list(stream_mails(BytesIO(content), most_bytes=most_bytes))


@contextmanager
def nobody() -> Iterator[None]:
    """Root may read everything: for as long as this lasts, be somebody else."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_a_single_mail_is_all_of_its_bytes() -> None:
    raw = letter("First line\r\n\r\nFrom here on it is only text.\r\n")
    assert mails(raw) == [raw]


def test_nothing_is_no_mail() -> None:
    assert mails(b"") == []


def test_an_mbox_is_split_at_its_from_lines() -> None:
    box = b"From jo Mon Nov  2 09:15:00 2026\nSubject: one\n\nfirst\n\n"
    box += b"From jo Mon Nov  2 09:16:00 2026\nSubject: two\n\nsecond\n"
    assert mails(box) == [b"Subject: one\n\nfirst\n", b"Subject: two\n\nsecond\n"]


def test_an_mbox_with_carriage_returns_is_split_too() -> None:
    box = b"From jo Mon Nov  2 09:15:00 2026\r\nSubject: one\r\n\r\nfirst\r\n\r\n"
    box += b"From jo Mon Nov  2 09:16:00 2026\r\nSubject: two\r\n\r\nsecond\r\n"
    assert mails(box) == [b"Subject: one\r\n\r\nfirst\r\n", b"Subject: two\r\n\r\nsecond\r\n"]


def test_quoted_from_lines_lose_one_quote() -> None:
    box = b"From jo Mon Nov  2 09:15:00 2026\nSubject: one\n\n>From Oslo\n>>From Rome\n> From me\n"
    assert mails(box) == [b"Subject: one\n\nFrom Oslo\n>From Rome\n> From me\n"]


def test_from_in_the_middle_of_a_paragraph_ends_no_mail() -> None:
    box = b"From jo Mon Nov  2 09:15:00 2026\nSubject: one\n\nIt came\nFrom Oslo\n"
    assert len(mails(box)) == 1


def test_the_last_mail_of_an_mbox_has_the_same_bytes_once_another_follows() -> None:
    # A mailbox that is read every night would else bring its last mail twice.
    one = b"From jo Mon Nov  2 09:15:00 2026\nSubject: one\n\nfirst\n\n"
    two = b"From jo Mon Nov  2 09:16:00 2026\nSubject: two\n\nsecond\n\n"
    assert mails(one)[0] == mails(one + two)[0]


def test_a_mail_beyond_the_limit_is_said_to_be_one_and_not_cut() -> None:
    assert mails(b"Subject: one\n\n" + b"x" * 87, most_bytes=100) == [None]
    raw = b"Subject: one\n\n" + b"x" * 86
    assert mails(raw, most_bytes=100) == [raw]


@pytest.mark.parametrize("body", [b"x" * 200 + b"\n", b"x\n" * 90, b"x" * 99 + b"\nend\n"])
def test_in_an_mbox_it_spoils_none_of_its_neighbours(body: bytes) -> None:
    envelope = b"From jo Mon Nov  2 09:15:00 2026\n"
    small = b"Subject: small\n\nfirst\n"
    large = b"Subject: large\n\n" + body
    box = b"\n".join(envelope + mail for mail in (small, large, small, large)) + b"\n"
    assert mails(box, most_bytes=100) == [small, None, small, None]


def test_what_python_writes_as_mbox_is_read_back(tmp_path: Path) -> None:
    box = mbox(tmp_path / "crates.mbox")
    for number in range(3):
        box.add(letter(f"Crate {number}\r\n\r\nFrom Oslo it came.").replace(b"\r\n", b"\n"))
    box.close()
    found = mails((tmp_path / "crates.mbox").read_bytes())
    assert len(found) == 3
    assert b"\nFrom Oslo it came." in (found[2] or b"")


def test_a_maildir_gives_its_mails_oldest_first_and_no_other_file(tmp_path: Path) -> None:
    folder = Maildir(tmp_path / "crates")
    for number in range(4):
        folder.add(letter(f"Crate {number}"))
    (tmp_path / "crates" / "new" / ".half-written").write_bytes(b"no")
    (tmp_path / "crates" / "tmp" / "1762070400.M1.desk").write_bytes(b"no")
    (tmp_path / "crates" / "dovecot.index").write_bytes(b"no")
    seen = next((tmp_path / "crates" / "new").glob("[!.]*"))
    seen.rename(tmp_path / "crates" / "cur" / f"{seen.name}:2,S")
    found = list(mail_files(tmp_path / "crates"))
    assert len(found) == 4
    assert [path.name for path in found] == sorted(path.name for path in found)


def test_a_folder_gives_its_mails_and_those_of_its_folders(tmp_path: Path) -> None:
    for name in ("b.eml", "a.EML", "notes.json", "2026/c.mbox", "2026/picture.png", "2026/README"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    found = [str(path.relative_to(tmp_path)) for path in mail_files(tmp_path)]
    assert found == ["2026/README", "2026/c.mbox", "a.EML", "b.eml"]


def test_a_file_that_is_named_is_mail_whatever_it_is_called(tmp_path: Path) -> None:
    (tmp_path / "mail.json").write_bytes(letter())
    assert list(mail_files(tmp_path / "mail.json")) == [tmp_path / "mail.json"]


def test_a_folder_that_holds_itself_is_read_once(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(letter())
    (tmp_path / "2026").mkdir()
    (tmp_path / "2026" / "all").symlink_to(tmp_path)
    (tmp_path / "2026" / "again").symlink_to(tmp_path)
    assert list(mail_files(tmp_path)) == [tmp_path / "a.eml"]


def test_a_link_to_nowhere_is_given_so_that_reading_it_fails_in_sight(tmp_path: Path) -> None:
    (tmp_path / "gone.eml").symlink_to(tmp_path / "nowhere")
    assert list(mail_files(tmp_path)) == [tmp_path / "gone.eml"]


def test_a_folder_nobody_may_look_into_hides_none_of_its_neighbours() -> None:
    # Not tmp_path: its parents are closed to others, so nobody would not even get there.
    with _open_folder() as folder:
        closed = folder / "closed"
        closed.mkdir()
        closed.chmod(0)
        (folder / "zoe.eml").write_bytes(letter())
        try:
            with nobody():
                found = list(mail_files(folder))
        finally:
            closed.chmod(0o700)
    # The closed folder itself, so that whoever opens it sees that something is missing.
    assert found == [closed, folder / "zoe.eml"]


@contextmanager
def _open_folder() -> Iterator[Path]:
    with TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.mark.parametrize("name", ["x" * 300, "a\0b"])
def test_a_name_that_cannot_be_is_left_to_whoever_opens_it(name: str) -> None:
    assert list(mail_files(Path(name))) == [Path(name)]
