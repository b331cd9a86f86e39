"""Writes what was read: the JSON of DESIGN section 7, and columns to search by. Never over a
person's decision."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from triage.invoices import checks
from triage.invoices.document import Document, to_json
from triage.invoices.models import Invoice, InvoiceLine
from triage.llm.models import Call
from triage.tickets.models import Event
from triage.tickets.models.event import EventKind

# The columns' width: numeric(24, 8). Larger or finer figures stay in `data`, as they were written.
_MOST = Decimal(10) ** 16
_MOST_RATE = Decimal(10) ** 5  # numeric(9, 4)
# What a machine may still write to; anything else is a person's word.
_OPEN = (Invoice.Status.PENDING, Invoice.Status.EXTRACTED, Invoice.Status.FAILED)


@transaction.atomic
def keep_document(invoice: Invoice, document: Document, *, call: Call | None = None) -> bool:
    """Keep a document with its failed checks; False when a person has decided meanwhile."""
    problems = checks.check(document, today=timezone.localdate())
    kept = _update(
        invoice,
        status=Invoice.Status.EXTRACTED,
        data=to_json(document, problems),
        type=document.type,
        number=(document.number or "")[:200],
        supplier=(document.supplier.name or "")[:300],
        issue_date=document.issue_date,
        due_date=document.due_date,
        currency=(document.currency or "")[:3],
        total_gross=_column(document.total_gross),
        problem_count=len(problems),
        source=document.source[:12],
        failure="",
        call=call,
    )
    if not kept:
        return False
    invoice.lines.all().delete()
    InvoiceLine.objects.bulk_create(
        InvoiceLine(
            invoice=invoice,
            position=position,
            description=line.description or "",
            quantity=_column(line.quantity),
            unit_price=_column(line.unit_price),
            net=_column(line.net),
            tax_rate=_column(line.tax_rate, _MOST_RATE),
        )
        for position, line in enumerate(document.lines)
    )
    _record(invoice, Event.Kind.INVOICE_READ, number=document.number, problems=len(problems))
    return True


@transaction.atomic
def keep_failure(invoice: Invoice, reason: str, *, call: Call | None = None) -> bool:
    """Keep why it could not be read; False when a person has decided meanwhile."""
    kept = _update(
        invoice, status=Invoice.Status.FAILED, failure=reason[:500], call=call, problem_count=0
    )
    if kept:
        _record(invoice, Event.Kind.INVOICE_FAILED, reason=reason[:500])
    return kept


def keep_as_none(invoice: Invoice, *, call: Call | None = None) -> bool:
    """Keep the answer that it is no invoice."""
    return _update(invoice, status=Invoice.Status.NOT_INVOICE, call=call)


def _update(invoice: Invoice, **columns: Any) -> bool:
    changed = Invoice.objects.filter(pk=invoice.pk, status__in=_OPEN).update(
        read_at=timezone.now(), read_due_at=None, **columns
    )
    return bool(changed)


def _record(invoice: Invoice, kind: EventKind, **facts: Any) -> None:
    invoice.ticket.record(
        kind,
        invoice=invoice.pk,
        file=invoice.attachment.filename if invoice.attachment else "",
        **facts,
    )


def _column(value: Decimal | None, most: Decimal = _MOST) -> Decimal | None:
    # Rounding to the column's places may carry into one digit more than it holds.
    if value is None or not value.is_finite() or abs(value) > most - 1:
        return None
    return value
