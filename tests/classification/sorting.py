"""Tickets that wait for sorting, and the drain that sorts them."""

from datetime import timedelta
from typing import Any

from django.utils import timezone

from tests import factories
from triage.classification.classify import classify_pending
from triage.classification.models import Prediction
from triage.tickets.models import Ticket

MONEY = "Our invoice of October still waits for its payment."


def waiting(text: str = MONEY, subject: str = "Crate 12", **columns: Any) -> Ticket:
    """A new ticket that no machine has looked at yet."""
    due = timezone.now() - timedelta(seconds=1)
    return factories.ticket(subject, queue=None, text=text, triage_due_at=due, **columns)


def sort() -> int:
    """Everything that is due; how many were written."""
    return sum(classify_pending())


def sorted_(ticket: Ticket) -> Ticket:
    """The ticket after everything that is due was sorted."""
    sort()
    ticket.refresh_from_db()
    return ticket


def make_due(*tickets: Ticket) -> None:
    """Their claims have run out: whoever held them is dead."""
    Ticket.objects.filter(pk__in=[each.pk for each in tickets]).update(
        triage_due_at=timezone.now() - timedelta(seconds=1)
    )


def current(ticket: Ticket) -> Prediction:
    return Prediction.objects.current().get(ticket=ticket)
