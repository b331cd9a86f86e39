"""Invoices go where their messages go."""

from collections.abc import Sequence

from django.db.models import OuterRef, Subquery

from triage.invoices.models import Invoice
from triage.tickets.models import Message


def follow(messages: Sequence[int]) -> int:
    """After messages were moved to another ticket: their invoices too; how many."""
    where = Message.objects.filter(pk=OuterRef("message")).values("ticket")
    return Invoice.objects.filter(message__in=messages).update(ticket=Subquery(where))
