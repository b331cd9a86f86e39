"""Putting right what threading got wrong: a message into its own ticket, a ticket into another.

Both move messages and keep a row of what they moved, so that both can be taken back. Tickets are
locked in the order of their numbers: two people at once wait for each other, never for ever.
"""

from collections.abc import Sequence

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Count, Max, Min, Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from triage.tickets.models import Message, Regrouping, Requester, Ticket


class CannotRegroup(ValueError):
    """The move makes no sense; the text says why, for the person who asked."""


@transaction.atomic
def split(message: Message, *, by: User) -> Regrouping:
    """Open a new ticket with `message` alone; it is sorted like any new one.

    Raises CannotRegroup for the only message of a ticket, and for what did not come in as mail.
    """
    source = _locked(message.ticket_id)[message.ticket_id]
    if message.direction != Message.Direction.IN:
        raise CannotRegroup("Only a received mail can become a ticket of its own.")
    if not source.messages.exclude(pk=message.pk).exists():
        raise CannotRegroup("It is the only message of this ticket.")
    now = timezone.now()
    requester, _ = Requester.objects.get_or_create(
        address=message.from_address, defaults={"name": message.from_name}
    )
    target = Ticket.objects.create(
        mailbox_id=message.mailbox_id,
        requester=requester,
        subject=message.subject[:500],
        snippet=" ".join(message.text.split())[:200],
        language=message.language,
        related=source,
        triage_due_at=now,
        opened_at=message.received_at,
        last_message_at=message.received_at,
    )
    regrouping = _move([message.pk], source, target, Regrouping.Kind.SPLIT, by=by)
    source.record("split", by=by, at=now, ticket=target.pk)
    target.record("split", by=by, at=now, origin=source.pk)
    return regrouping


@transaction.atomic
def merge(source: Ticket, *, into: Ticket, by: User) -> Regrouping:
    """Move every message of `source` into `into`; the empty ticket's address leads there.

    Raises CannotRegroup for a ticket into itself, and from or into one that was merged already.
    """
    if source.pk == into.pk:
        raise CannotRegroup("A ticket cannot be merged into itself.")
    tickets = _locked(source.pk, into.pk)
    source, into = tickets[source.pk], tickets[into.pk]
    for ticket in (source, into):
        if ticket.merged_into_id is not None:
            raise CannotRegroup(f"#{ticket.pk} was merged into #{ticket.merged_into_id} already.")
    moving = list(source.messages.values_list("pk", flat=True))
    regrouping = _move(moving, source, into, Regrouping.Kind.MERGE, by=by)
    _empty(source, into, by=by)
    into.record("merged", by=by, ticket=source.pk)
    return regrouping


@transaction.atomic
def undo(regrouping: Regrouping, *, by: User) -> bool:
    """Move the messages back; False when that was done already."""
    tickets = _locked(regrouping.source_id, regrouping.target_id)
    source, target = tickets[regrouping.source_id], tickets[regrouping.target_id]
    undone = Regrouping.objects.standing().filter(pk=regrouping.pk)
    if not undone.update(undone_at=timezone.now(), undone_by=by):
        return False
    # Those that were moved on by a later split or merge stay where they are now.
    Message.objects.filter(pk__in=regrouping.messages, ticket=target).update(ticket=source)
    if regrouping.kind == Regrouping.Kind.MERGE:
        _fill(source, regrouping)
    elif not target.messages.exists():
        _empty(target, source, by=by)
    _recount(source, target)
    source.record("regrouping-undone", by=by, ticket=target.pk)
    return True


def _locked(*keys: int) -> dict[int, Ticket]:
    return Ticket.objects.select_for_update(of=("self",)).order_by("pk").in_bulk(keys)


def _move(
    keys: Sequence[int], source: Ticket, target: Ticket, kind: str, *, by: User
) -> Regrouping:
    Message.objects.filter(pk__in=keys).update(ticket=target)
    _recount(source, target)
    return Regrouping.objects.create(
        kind=kind,
        source=source,
        target=target,
        messages=list(keys),
        before={
            "closed_at": source.closed_at.isoformat() if source.closed_at else None,
            "closed_by": source.closed_by_id,
            "triage_due_at": source.triage_due_at.isoformat() if source.triage_due_at else None,
        },
        by=by,
        at=timezone.now(),
    )


def _empty(ticket: Ticket, into: Ticket, *, by: User) -> None:
    """Out of every queue, and of the machine's hands: there is nothing left to sort."""
    Ticket.objects.filter(pk=ticket.pk).update(
        merged_into=into, closed_at=timezone.now(), closed_by=by, triage_due_at=None
    )


def _fill(ticket: Ticket, regrouping: Regrouping) -> None:
    before = regrouping.before
    Ticket.objects.filter(pk=ticket.pk).update(
        merged_into=None,
        closed_at=parse_datetime(before["closed_at"]) if before["closed_at"] else None,
        closed_by=before["closed_by"],
        triage_due_at=parse_datetime(before["triage_due_at"]) if before["triage_due_at"] else None,
    )


def _recount(*tickets: Ticket) -> None:
    """What a ticket says of its messages, from the messages."""
    for ticket in tickets:
        facts = ticket.messages.aggregate(
            messages=Count("pk", distinct=True),
            attachments=Count("attachments", filter=Q(attachments__inline=False)),
            first=Min("received_at"),
            last=Max("received_at"),
        )
        Ticket.objects.filter(pk=ticket.pk).update(
            message_count=facts["messages"],
            attachment_count=facts["attachments"],
            opened_at=facts["first"] or ticket.opened_at,
            last_message_at=facts["last"] or ticket.last_message_at,
        )
