"""Which ticket a mail belongs to, and why.

By In-Reply-To, then by References from the newest back, then by our own signed token (see
token.py) in the recipients. Only when the sender belongs to the
ticket: a Message-ID is no secret, and whoever knows one could write into somebody else's case.
Subjects never thread.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.utils import timezone

from triage.mail import Email, read_delivery_status
from triage.tickets.models import Message, Ticket
from triage.tickets.storable import storable_id
from triage.tickets.token import tickets_named

# Two people of one of these share a provider, not a firm. The large ones; a missing name costs a
# wrong "belongs" among people who both know the Message-ID.
PUBLIC_PROVIDERS = frozenset(
    """
    gmail.com googlemail.com outlook.com hotmail.com live.com msn.com yahoo.com icloud.com me.com
    aol.com gmx.de gmx.net gmx.at gmx.ch web.de t-online.de freenet.de mail.ru yandex.ru
    orange.fr wanadoo.fr free.fr sfr.fr laposte.net bbox.fr hotmail.fr yahoo.fr outlook.fr
    libero.it proton.me protonmail.com pm.me fastmail.com zoho.com qq.com 163.com
    """.split()  # noqa: SIM905 - a list of forty quoted words reads worse
)


# A person in distress writes ten mails in an hour; two programs that answer each other, hundreds.
LOOP_MAILS = 20
LOOP_WINDOW = timedelta(hours=1)


@dataclass(slots=True)
class Conversation:
    """A ticket with the addresses that take part in it, lower-cased."""

    ticket: Ticket
    addresses: set[str]
    # How many mails each address sent into it within the last LOOP_WINDOW.
    recent: Counter[str] = field(default_factory=Counter)

    def is_looping(self, address: str) -> bool:
        """Whether more mail comes from `address` than a person writes: two programs talking."""
        return self.recent[address.lower()] >= LOOP_MAILS

    def includes(self, address: str) -> bool:
        """Whether a mail from `address` may enter: a participant, or a colleague of one."""
        address = address.lower()
        if address in self.addresses:
            return True
        domain = address.rpartition("@")[2]
        if not domain or domain in PUBLIC_PROVIDERS:
            return False
        return any(domain == known.rpartition("@")[2] for known in self.addresses)


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a mail goes: into `conversation`, or (None) into a new ticket.

    `reason`: `in-reply-to`, `references`, `token`, `bounce`, `new`, or `stranger`: it names a
    mail of `related`, but its sender does not belong there.
    """

    conversation: Conversation | None
    reason: str
    related: Ticket | None = None


# A Message-ID, or the number of a ticket.
Name = str | int
# What mail systems write about a mail of ours comes from addresses nobody wrote to.
_ABOUT_OURS = frozenset({"bounce", "receipt", "report"})


def place(email: Email, known: Mapping[Name, Conversation]) -> Placement:
    """Decide by the conversations `known` by what names them."""
    sender = email.sender.address if email.sender else ""
    for reason, name in named(email):
        conversation = known.get(name)
        if conversation is None:
            continue
        if conversation.includes(sender) or email.auto in _ABOUT_OURS:
            return Placement(conversation, reason)
        return Placement(None, "stranger", related=conversation.ticket)
    return Placement(None, "new")


def named(email: Email) -> Iterator[tuple[str, Name]]:
    """What a mail answers as (reason, stored Message-ID or ticket), the most telling first."""
    for message_id in email.in_reply_to:
        yield "in-reply-to", storable_id(message_id)
    for message_id in reversed(email.references):
        yield "references", storable_id(message_id)
    for ticket_id in tickets_named(email):
        yield "token", ticket_id
    # A bounce answers nothing; what it reports on stands inside it.
    if status := read_delivery_status(email):
        yield "bounce", storable_id(status.original_message_id)


def conversations(names: Iterable[Name]) -> dict[Name, Conversation]:
    """The conversations of these mails and tickets: three queries, whatever their number.

    Their tickets stay locked until the transaction ends: a person who closes one meanwhile comes
    after the mail, and is not overwritten by it.
    """
    wanted = {name for name in names if name}
    if not wanted:
        return {}
    found: dict[Name, int] = dict(
        Message.objects.filter(message_id__in=[name for name in wanted if isinstance(name, str)])
        .order_by("-pk")
        .values_list("message_id", "ticket_id")
    )
    found |= {name: name for name in wanted if isinstance(name, int)}
    by_ticket = {
        ticket.pk: Conversation(ticket, set())
        for ticket in Ticket.objects.select_for_update(no_key=True)
        .filter(pk__in=set(found.values()))
        .order_by("pk")
    }
    parties = Message.objects.filter(ticket__in=by_ticket).values_list(
        "ticket_id", "from_address", "to", "cc", "received_at"
    )
    for ticket_id, sender, to, cc, received_at in parties:
        conversation = by_ticket[ticket_id]
        conversation.addresses |= participants(sender, [*to, *cc])
        conversation.recent[sender.lower()] += is_recent(received_at)
    return {name: by_ticket[key] for name, key in found.items() if key in by_ticket}


def is_recent(at: datetime) -> bool:
    """Within the time that counts for loops; imported mail of last year does not."""
    return at > timezone.now() - LOOP_WINDOW


def participants(sender: str, others: Iterable[Mapping[str, str]]) -> set[str]:
    """Addresses of the sender and of `others` (as Message.to and .cc keep them), lower-cased."""
    every = {sender, *(other.get("address", "") for other in others)}
    return {address.lower() for address in every if address}
