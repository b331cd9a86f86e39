"""A person's word on a category. It outranks every machine's, at once and for ever (promise 4)."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from triage.classification.models import Correction, Prediction
from triage.tickets.models import Category, Message, Ticket

# What a correction changes and its undo gives back.
_FIELDS = ("category_id", "category_set_by_id", "category_set_at", "review_reason", "triage_due_at")


def correct(ticket: Ticket, *, to: Category, by: User) -> Correction:
    """Put the ticket into `to`, whatever a machine says now or later.

    The category it already has makes it a confirmation: recorded the same way, and out of review.
    """
    now = timezone.now()
    with transaction.atomic():
        locked = Ticket.objects.select_for_update(of=("self",)).get(pk=ticket.pk)
        correction = Correction.objects.create(
            ticket=locked,
            prediction=Prediction.objects.current().filter(ticket=locked).first(),
            from_category_id=locked.category_id,
            to_category=to,
            before=_state(locked),
            by=by,
            at=now,
        )
        kind = "confirmed" if locked.category_id == to.pk else "corrected"
        origin = locked.category.slug if locked.category else None
        Ticket.objects.filter(pk=locked.pk).update(
            category=to,
            category_set_by=by,
            category_set_at=now,
            review_reason=Ticket.ReviewReason.NONE,
            triage_due_at=None,
        )
        if to.slug == "billing" and kind == "corrected":
            # Its parts were judged as something else: they may hold an invoice after all.
            Message.objects.filter(ticket=locked, direction=Message.Direction.IN).update(
                invoice_look_due_at=now, invoice_look_attempts=0
            )
        locked.record(kind, by=by, at=now, origin=origin, category=to.slug)
    ticket.refresh_from_db()
    return correction


def undo(correction: Correction, *, by: User) -> bool:
    """Take a correction back; False when it was taken back, or another one came after it."""
    with transaction.atomic():
        ticket = Ticket.objects.select_for_update(of=("self",)).get(pk=correction.ticket_id)
        latest = Correction.objects.standing().filter(ticket=ticket).first()
        if latest is None or latest.pk != correction.pk:
            return False
        now = timezone.now()
        Correction.objects.filter(pk=latest.pk).update(undone_at=now, undone_by=by)
        Ticket.objects.filter(pk=ticket.pk).update(**_given_back(latest.before))
        ticket.record("correction-undone", by=by, at=now, category=latest.to_category.slug)
    return True


def _state(ticket: Ticket) -> dict[str, Any]:
    state = {name: getattr(ticket, name) for name in _FIELDS}
    return {key: value.isoformat() if hasattr(value, "isoformat") else value
            for key, value in state.items()}  # fmt: skip


def _given_back(before: dict[str, Any]) -> dict[str, Any]:
    times = {key: parse_datetime(before[key]) for key in _FIELDS
             if key.endswith("_at") and before.get(key)}  # fmt: skip
    return {key: times.get(key, before.get(key)) for key in _FIELDS}
