"""The sample mail: made recent, put to its mailbox, and taken in the way real files are."""

import json
import re
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.message import Message
from email.parser import BytesHeaderParser
from email.utils import format_datetime, getaddresses, parsedate_to_datetime
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.core.management import call_command

from triage.ingest.models import Delivery, Mailbox

FOLDER = Path(__file__).resolve().parent.parent / "samples"
RECIPIENTS = ("To", "Cc", "Delivered-To", "X-Original-To")
# Date, Resent-Date and Received with their folded lines, as they stand before the empty line.
DATED = re.compile(
    rb"^(?:Resent-)?Date:.*(?:\r?\n[ \t].*)*|^Received:.*(?:\r?\n[ \t].*)*", re.M | re.I
)
HEADER_END = re.compile(rb"\r?\n\r?\n")
# Where the date stands: after the colon of Date, after the last semicolon of Received (RFC 5322).
STAMP = re.compile(rb"(?:^(?:Resent-)?Date:|^Received:.*;)\s*(?P<stamp>[^;]+?)\s*\Z", re.I | re.S)


def files() -> list[Path]:
    """The samples in the order of time."""
    return sorted(FOLDER.glob("*.eml"))


def are_loaded(mailboxes: Sequence[Mailbox]) -> bool:
    """A start that was cut short is made good: loading twice stores nothing twice."""
    return Delivery.objects.filter(mailbox__in=mailboxes).count() >= len(files())


def load(mailboxes: Sequence[Mailbox]) -> dict[str, int]:
    """Take the samples in through `manage.py ingest`; its counts, added up over the mailboxes."""
    raw = {path.name: path.read_bytes() for path in files()}
    shift = days_to(min(mailbox.created_at for mailbox in mailboxes), list(raw.values()))
    total = {"read": 0, "stored": 0, "duplicates": 0, "failed": 0}
    with tempfile.TemporaryDirectory(dir=settings.VAR) as scratch:
        for name, content in raw.items():
            folder = Path(scratch) / recipient(content, mailboxes).address
            folder.mkdir(exist_ok=True)
            (folder / name).write_bytes(redated(content, shift))
        for folder in sorted(Path(scratch).iterdir()):
            counts = ingest(folder.name, folder)
            total = {key: total[key] + counts[key] for key in total}
    return total


def ingest(address: str, folder: Path) -> dict[str, int]:
    """One run of the command that real files take."""
    output = StringIO()
    call_command("ingest", str(folder), mailbox=address, stdout=output, stderr=StringIO())
    counts: dict[str, int] = json.loads(output.getvalue().splitlines()[-1])
    return counts


def recipient(raw: bytes, mailboxes: Sequence[Mailbox]) -> Mailbox:
    """The mailbox a mail was written to; the first one takes what names none of them."""
    headers = _headers(raw)
    fields = [str(value) for name in RECIPIENTS for value in headers.get_all(name, [])]
    named = {address.lower() for _, address in getaddresses(fields)}
    return next((mailbox for mailbox in mailboxes if mailbox.address in named), mailboxes[0])


def days_to(day: datetime, mails: Sequence[bytes]) -> timedelta:
    """Whole days from the newest sample, the last file, to `day`: one mail has a wrong date.

    Counted from when the mailboxes were made, it is the same at every start, and so are the bytes.
    """
    newest = next(filter(None, map(_date, reversed(mails))), day)
    return timedelta(days=(day - newest) // timedelta(days=1))


def redated(raw: bytes, shift: timedelta) -> bytes:
    """The mail with its Date and Received fields moved by `shift`; no other byte changes."""
    end = HEADER_END.search(raw)
    cut = end.start() if end else len(raw)
    head = DATED.sub(lambda match: _moved(match.group(), shift), raw[:cut])
    return head + raw[cut:]


def _moved(field: bytes, shift: timedelta) -> bytes:
    match = STAMP.search(field)
    when = _read(match["stamp"]) if match else None
    if match is None or when is None:
        return field
    start, end = match.span("stamp")
    return field[:start] + format_datetime(when + shift).encode() + field[end:]


def _date(raw: bytes) -> datetime | None:
    when = _read(str(_headers(raw).get("Date", "")).encode())
    return when.replace(tzinfo=UTC) if when and when.tzinfo is None else when


def _read(stamp: bytes) -> datetime | None:
    try:
        return parsedate_to_datetime(stamp.decode("ascii"))
    except (ValueError, TypeError, IndexError):
        return None


def _headers(raw: bytes) -> Message:
    return BytesHeaderParser().parsebytes(raw)
