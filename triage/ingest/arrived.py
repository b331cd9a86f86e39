"""When a mail arrived: an imported one years ago, not when its file or folder was read."""

from datetime import UTC, datetime

from triage.ingest.models import Delivery, Source
from triage.mail import Email
from triage.mail.dates import read_date

# Before this, mail as we know it did not exist (RFC 822): the clock that wrote it was wrong.
OLDEST = datetime(1982, 8, 13, tzinfo=UTC)


def arrived_at(delivery: Delivery, email: Email) -> datetime:
    """The delivery's own time; for what lay elsewhere first, what the last relay wrote there."""
    if delivery.source == Source.WEBHOOK:
        return delivery.received_at
    for written in (_last_relay(email), email.date):
        if written is not None and OLDEST <= written <= delivery.received_at:
            return written
    return delivery.received_at


def _last_relay(email: Email) -> datetime | None:
    """The date of the topmost Received field (RFC 5321, 4.4): added last, by our own side."""
    for name, value in email.headers:
        if name.lower() == "received":
            return read_date(value.rpartition(";")[2])
    return None
