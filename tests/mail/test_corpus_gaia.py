"""The labelled mails of amd/gaia: 307 written out as mail and read back, and two mailboxes."""

import json
import mailbox
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import pytest

from tests.mail.corpora import corpus
from triage.mail import parse
from triage.mail.addresses import read_addresses

FOLDER = corpus("mail-gaia") / "email"
RECORDS = [
    json.loads(line)
    for line in (FOLDER / "vendor_corpus_seed.jsonl").read_text(encoding="utf-8").splitlines()
]
ENCODINGS = [("utf-8", "8bit"), ("utf-8", "base64"), ("utf-8", "quoted-printable")]


@pytest.mark.parametrize(("charset", "encoding"), ENCODINGS)
def test_every_record_is_read_back_as_it_was_written(charset: str, encoding: str) -> None:
    for record in RECORDS:
        mail = parse(written(record, charset, encoding))
        assert mail.subject == " ".join(record["subject"].split())
        assert mail.sender in read_addresses(record["sender"])
        assert mail.message_id == f"{record['id']}@example.org"
        assert mail.date == moment(record)
        assert words(mail.text) == words(record["body"])
        assert mail.defects == ()


def test_the_mailboxes_are_read_without_a_defect() -> None:
    mails = [parse(raw) for name in ("_stub_inbox", "_graph_ids_inbox") for raw in raws(name)]
    assert len(mails) == 20
    assert all(mail.subject and mail.sender and mail.date and mail.text for mail in mails)
    assert [mail.defects for mail in mails] == [()] * 20


def written(record: dict[str, Any], charset: str, encoding: str) -> bytes:
    message = EmailMessage()
    message["From"] = record["sender"]
    message["To"] = "support@alder-lamps.example.com"
    message["Subject"] = " ".join(record["subject"].split())
    message["Date"] = format_datetime(moment(record))
    message["Message-ID"] = f"<{record['id']}@example.org>"
    message.set_content(record["body"], charset=charset, cte=encoding)
    return message.as_bytes()


def moment(record: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(record["date"]).astimezone(UTC)


def words(text: str) -> list[str]:
    return text.replace("\0", "").split()


def raws(name: str) -> list[bytes]:
    box = mailbox.mbox(FOLDER / f"{name}.mbox", create=False)
    return [box.get_bytes(key, from_=True) for key in box.keys()]  # noqa: SIM118  mbox is no dict
