"""Mail that a provider posts: kept for every mailbox it was sent to."""

from collections.abc import Iterable
from dataclasses import dataclass

from triage.ingest.addressing import mailboxes_at
from triage.ingest.models import Mailbox, Source
from triage.ingest.receive import Parcel, receive


@dataclass(frozen=True, slots=True)
class Posted:
    """A mail with the recipients of its envelope, which need not be the ones in its headers."""

    raw: bytes
    recipients: tuple[str, ...]


def keep(mails: Iterable[Posted]) -> int:
    """Keep each mail, committed on return; how many deliveries were not here before.

    One for each mailbox it is for, as if by SMTP; one without a mailbox where no recipient is
    known, to be looked into when it is processed. Named by their bytes and not by the provider's
    id of the event: a retry may bring a new id, and an id used twice must not cost the second
    mail (promise 2).
    """
    stored = 0
    for mail in mails:
        parcel = Parcel(mail.raw, envelope_to=_storable(mail.recipients))
        mailboxes: list[Mailbox | None] = [*mailboxes_at(parcel.envelope_to)]
        for mailbox in mailboxes or [None]:
            stored += receive([parcel], mailbox=mailbox, source=Source.WEBHOOK)
    return stored


def _storable(recipients: Iterable[str]) -> tuple[str, ...]:
    # PostgreSQL keeps no NUL in text, and no half of a pair that JSON can spell; a line is one.
    texts = (text.encode("utf-8", "replace").decode().replace("\0", "") for text in recipients)
    return tuple(dict.fromkeys(" ".join(text.split()) for text in texts if text.strip()))
