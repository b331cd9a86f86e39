"""Mails taken in the way `process` does it, without its lane and its rows of state."""

from tests import factories
from triage.ingest.models import Mailbox
from triage.mail import Email, parse
from triage.tickets.intake import Accepted, Arrival, accept
from triage.tickets.models import Message


def arrival(mail: bytes | Email, mailbox: Mailbox | None = None) -> Arrival:
    """One that was delivered just now; an Email goes in as it is."""
    raw = mail if isinstance(mail, bytes) else b"(made by hand)"
    mailbox = mailbox or factories.mailbox()
    delivery = factories.delivery(raw, mailbox=mailbox)
    return Arrival(
        email=parse(mail) if isinstance(mail, bytes) else mail,
        mailbox_id=mailbox.pk,
        delivery_id=delivery.pk,
        received_at=delivery.received_at,
    )


def take_in(*mails: bytes | Email, mailbox: Mailbox | None = None) -> list[Accepted]:
    """All in one batch."""
    return accept([arrival(mail, mailbox) for mail in mails])


def taken_in(mail: bytes | Email, mailbox: Mailbox | None = None) -> Message:
    """A batch of one: its message, fresh from the database."""
    (accepted,) = take_in(mail, mailbox=mailbox)
    return Message.objects.select_related("ticket").get(pk=accepted.message.pk)
