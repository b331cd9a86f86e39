"""Which mailbox a mail is for: the one that has an address it was sent to."""

from collections.abc import Iterable

from django.db.models.functions import Lower

from triage.ingest.models import Delivery, Mailbox, State
from triage.mail import Email

# Of a long list of recipients a reason for staff names these; the mail itself has them all.
NAMED = 3


class Unassigned(Exception):
    """A mail is for no mailbox, or for one that has it. `state`: what becomes of its delivery."""

    def __init__(self, sentence: str, *, state: State) -> None:
        super().__init__(sentence)
        self.state = state


def mailboxes_at(addresses: Iterable[str]) -> list[Mailbox]:
    """The mailboxes that have these addresses, in their order, each once.

    Capitals do not matter, in the local part neither (RFC 5321, 2.4 lets a receiver choose);
    `hello+anything@` is `hello@` unless a mailbox has the longer address (RFC 5233).
    """
    forms = [(address.strip().lower(), without_detail(address)) for address in addresses]
    wanted = {form for pair in forms for form in pair}
    found = {
        mailbox.address.lower(): mailbox
        for mailbox in Mailbox.objects.alias(lower=Lower("address")).filter(lower__in=wanted)
    }
    named = (found.get(exact) or found.get(plain) for exact, plain in forms)
    return list(dict.fromkeys(mailbox for mailbox in named if mailbox))


def without_detail(address: str) -> str:
    """`Hello+Returns@Example.com` as `hello@example.com`."""
    local, at, domain = address.strip().lower().rpartition("@")
    # A plus in front separates nothing.
    return f"{local[:1]}{local[1:].partition('+')[0]}{at}{domain}"


def assign(delivery: Delivery, email: Email) -> int:
    """Give a delivery without a mailbox to the one it is for; that mailbox's number.

    By the envelope first, since headers are the sender's; then by what relays and the sender
    wrote, for mail that is forwarded through an address of the provider's. Raises Unassigned.
    """
    envelope = delivery.envelope_to.split("\n") if delivery.envelope_to else []
    written = [*email.envelope_to, *(each.address for each in (*email.to, *email.cc))]
    mailboxes = mailboxes_at(envelope) or mailboxes_at(written)
    if not mailboxes:
        raise Unassigned(_nobody(envelope or written), state=State.FAILED)
    mailbox = mailboxes[0]
    # Itself it may find as well, when a batch that another mail spoiled is tried one by one.
    same = Delivery.objects.filter(
        mailbox=mailbox, source=delivery.source, source_key=delivery.source_key
    )
    if again := same.exclude(pk=delivery.pk).first():
        # Posted again once the mailbox was there, before this one was replayed.
        raise Unassigned(f"the same mail as delivery {again.pk}", state=State.DUPLICATE)
    Delivery.objects.filter(pk=delivery.pk).update(mailbox=mailbox)
    return mailbox.pk


def _nobody(addresses: Iterable[str]) -> str:
    known = list(dict.fromkeys(address for address in addresses if address))
    if not known:
        return "It names no address it was sent to, so no mailbox takes it."
    more = f" and {len(known) - NAMED} more" if len(known) > NAMED else ""
    return (
        f"No mailbox has the address {', '.join(known[:NAMED])}{more}."
        " Add it under Mailboxes, then replay this mail."
    )
