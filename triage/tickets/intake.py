"""Mails become messages in tickets, a batch at a time: one mail costs as many queries as fifty."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from triage.lib.bulk import update_many
from triage.mail import Address, Email, split_reply
from triage.tickets import threads
from triage.tickets.identity import fingerprint
from triage.tickets.models import Attachment, Blob, Event, Message, Requester, Ticket
from triage.tickets.storable import storable, storable_id
from triage.tickets.threads import Conversation, Name, Placement, participants

SNIPPET_CHARACTERS = 200
# Mail that answers by itself (RFC 3834) or reports on ours (RFC 3464, RFC 8098): kept, filed away,
# never sorted by a model, never reopens. What a program wrote on somebody's behalf (an invoice, a
# form) or sent to a list is labelled and sorted like any other.
SILENT = frozenset({"auto-reply", "bounce", "receipt", "report", "loop"})
# The columns of a ticket that a further mail changes.
_TOUCHED = (
    "last_message_at",
    "message_count",
    "attachment_count",
    "closed_at",
    "closed_by",
    "triage_due_at",
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A parsed mail with where and when it came."""

    email: Email
    mailbox_id: int
    delivery_id: int
    received_at: datetime


@dataclass(slots=True)
class Accepted:
    """What became of an arrival: its message, or the number of the message it repeats."""

    message: Message
    is_duplicate: bool = False


@dataclass(slots=True)
class _Batch:
    known: dict[Name, Conversation]
    requesters: dict[str, Requester]
    tickets: list[Ticket] = field(default_factory=list)
    touched: dict[int, Ticket] = field(default_factory=dict)
    messages: list[Message] = field(default_factory=list)
    attachments: list[Attachment] = field(default_factory=list)
    blobs: dict[str, Blob] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)


@transaction.atomic
def accept(arrivals: Sequence[Arrival]) -> list[Accepted]:
    """Keep each mail as a message, in the order given; one result for each, in that order."""
    prints = [fingerprint(arrival.email) for arrival in arrivals]
    seen = _messages_by_print(arrivals, prints)
    batch = _Batch(
        known=threads.conversations(
            name for arrival in arrivals for _, name in threads.named(arrival.email)
        ),
        requesters=_requesters(arrival.email.sender for arrival in arrivals),
    )
    results = []
    for arrival, print_ in zip(arrivals, prints, strict=True):
        key = (arrival.mailbox_id, print_)
        if key in seen:
            results.append(Accepted(seen[key], is_duplicate=True))
            continue
        seen[key] = message = _keep(arrival, print_, batch)
        results.append(Accepted(message))
    _write(batch)
    return results


def _keep(arrival: Arrival, print_: str, batch: _Batch) -> Message:
    placement = threads.place(arrival.email, batch.known)
    arrival = _with_loops_named(arrival, placement)
    email = arrival.email
    message = _message(arrival, print_, placement)
    if placement.conversation is None:
        ticket = _open(arrival, placement, batch)
        conversation = Conversation(ticket, set())
    else:
        conversation = placement.conversation
        ticket = conversation.ticket
        _continue(ticket, arrival, batch)
    message.ticket = ticket
    ticket.message_count += 1
    ticket.attachment_count += sum(not attachment.inline for attachment in email.attachments)
    conversation.addresses |= participants(message.from_address, [*message.to, *message.cc])
    conversation.recent[message.from_address] += threads.is_recent(arrival.received_at)
    if message.message_id:
        batch.known.setdefault(message.message_id, conversation)
    batch.messages.append(message)
    _keep_attachments(message, email, batch)
    batch.events.append(
        Event(
            ticket=ticket,
            kind=Event.Kind.ARRIVED,
            at=arrival.received_at,
            facts={"from": message.from_address, "reason": placement.reason, "auto": email.auto},
        )
    )
    return message


def _with_loops_named(arrival: Arrival, placement: Placement) -> Arrival:
    """Mail that comes faster than a person writes is kept as `loop`: it wakes nobody any more."""
    conversation = placement.conversation
    if conversation is None or not conversation.is_looping(_address(arrival.email.sender)):
        return arrival
    return replace(arrival, email=replace(arrival.email, auto="loop"))


def _open(arrival: Arrival, placement: Placement, batch: _Batch) -> Ticket:
    email = arrival.email
    is_silent = email.auto in SILENT
    ticket = Ticket(
        mailbox_id=arrival.mailbox_id,
        requester=batch.requesters[_address(email.sender)],
        subject=storable(email.subject)[:500],
        snippet=_snippet(email.text),
        language=email.language,
        auto=email.auto,
        related=placement.related,
        triage_due_at=None if is_silent else timezone.now(),
        opened_at=arrival.received_at,
        last_message_at=arrival.received_at,
        # Filed away: nobody has to do anything about an out-of-office note.
        closed_at=arrival.received_at if is_silent else None,
    )
    batch.tickets.append(ticket)
    return ticket


def _continue(ticket: Ticket, arrival: Arrival, batch: _Batch) -> None:
    if ticket.pk is not None:
        batch.touched[ticket.pk] = ticket
    ticket.last_message_at = max(ticket.last_message_at, arrival.received_at)
    if arrival.email.auto in SILENT:
        return
    if ticket.closed_at is not None:
        ticket.closed_at = ticket.closed_by = None
        batch.events.append(
            Event(ticket=ticket, kind=Event.Kind.REOPENED, at=arrival.received_at, facts={})
        )
    if ticket.auto in SILENT and ticket.category_id is None and not ticket.review_reason:
        # It was filed away unsorted; now a person writes, and it must get into a queue.
        ticket.triage_due_at = ticket.triage_due_at or timezone.now()


def _message(arrival: Arrival, print_: str, placement: Placement) -> Message:
    email = arrival.email
    return Message(
        mailbox_id=arrival.mailbox_id,
        delivery_id=arrival.delivery_id,
        message_id=storable_id(email.message_id),
        fingerprint=print_,
        from_name=storable(email.sender.name)[:200] if email.sender else "",
        from_address=_address(email.sender)[:320],
        to=_addresses(email.to),
        cc=_addresses(email.cc),
        subject=storable(email.subject)[:998],
        text=storable(email.text),
        html=storable(email.html),
        language=email.language,
        auto=email.auto,
        defects=[storable(defect) for defect in email.defects],
        threaded_by=placement.reason,
        sent_at=email.date,
        received_at=arrival.received_at,
        invoice_look_due_at=None if email.auto in SILENT else timezone.now(),
    )


def _keep_attachments(message: Message, email: Email, batch: _Batch) -> None:
    for position, attachment in enumerate(email.attachments):
        digest = attachment.sha256
        batch.blobs.setdefault(digest, Blob(sha256=digest, content=attachment.content))
        batch.attachments.append(
            Attachment(
                message=message,
                position=position,
                filename=storable(attachment.filename)[:255],
                content_type=storable(attachment.content_type)[:127],
                content_id=storable(attachment.content_id)[:255],
                inline=attachment.inline,
                size=attachment.size,
                blob_id=digest,
            )
        )


def _write(batch: _Batch) -> None:
    _create(batch.tickets)
    update_many(batch.touched.values(), _TOUCHED)
    Message.objects.bulk_create(batch.messages)
    Blob.objects.bulk_create(batch.blobs.values(), ignore_conflicts=True)
    Attachment.objects.bulk_create(batch.attachments)
    Event.objects.bulk_create(batch.events)


def _create(tickets: Sequence[Ticket]) -> None:
    """A ticket may be related to one of the same batch, which has to have its number first."""
    waiting = list(tickets)
    while waiting:
        Ticket.objects.bulk_create(
            [each for each in waiting if each.related is None or each.related.pk is not None]
        )
        waiting = [each for each in waiting if each.pk is None]


def _messages_by_print(
    arrivals: Sequence[Arrival], prints: Sequence[str]
) -> dict[tuple[int, str], Message]:
    mailboxes = {arrival.mailbox_id for arrival in arrivals}
    found = Message.objects.filter(mailbox__in=mailboxes, fingerprint__in=prints).defer(
        "text", "html"
    )
    return {(message.mailbox_id, message.fingerprint): message for message in found}


def _requesters(senders: Iterable[Address | None]) -> dict[str, Requester]:
    names: dict[str, str] = {}
    for sender in senders:
        address = _address(sender)
        names[address] = names.get(address) or (storable(sender.name)[:200] if sender else "")
    Requester.objects.bulk_create(
        (Requester(address=address, name=name) for address, name in names.items()),
        ignore_conflicts=True,
    )
    return {
        requester.address: requester for requester in Requester.objects.filter(address__in=names)
    }


def _address(sender: Address | None) -> str:
    return storable(sender.address).lower()[:320] if sender else ""


def _addresses(people: Iterable[Address]) -> list[dict[str, str]]:
    return [{"name": storable(each.name), "address": storable(each.address)} for each in people]


def _snippet(text: str) -> str:
    visible = split_reply(text).visible or text
    return storable(re.sub(r"\s+", " ", visible[: SNIPPET_CHARACTERS * 4]).strip())[
        :SNIPPET_CHARACTERS
    ]
