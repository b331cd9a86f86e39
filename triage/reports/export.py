"""Rows for other programs, with stable names (DESIGN section 6). Streams: any size will do."""

from collections.abc import Callable, Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import nh3
from django.db.models import Prefetch

from triage.classification.models import Correction, Prediction
from triage.invoices.models import Invoice
from triage.llm.models import Call
from triage.tickets.models import Attachment, Message, Ticket

Row = dict[str, Any]
# The JSON of DESIGN section 7. An invoice that could not be read has none of it, and still a row.
DOCUMENT_KEYS = (
    *("type", "number", "issue_date", "due_date", "currency", "supplier", "customer"),
    *("total_net", "total_tax", "total_gross", "prepaid", "due"),
    *("taxes", "lines", "source", "problems"),
)
# Rows fetched at once; a message with its text is some kilobytes.
CHUNK = 500


def messages() -> Iterator[Row]:
    """Every message, oldest first."""
    every = Message.objects.select_related("mailbox").prefetch_related("attachments")
    for message in every.order_by("pk").iterator(CHUNK):
        yield _message(message)


def tickets() -> Iterator[Row]:
    """Every ticket: its first message, and what was made of it."""
    first = Message.objects.select_related("mailbox").order_by("received_at", "pk")
    every = Ticket.objects.select_related("category", "requester", "assignee").prefetch_related(
        Prefetch("messages", queryset=first.prefetch_related("attachments")),
        Prefetch("predictions", queryset=Prediction.objects.current()),
    )
    for ticket in every.order_by("pk").iterator(CHUNK):
        yield {**_message(ticket.messages.all()[0]), **_ticket(ticket)}


def predictions() -> Iterator[Row]:
    """Every prediction, superseded ones too."""
    for each in Prediction.objects.select_related("category").order_by("pk").iterator(CHUNK):
        yield {
            "prediction": each.pk,
            "ticket": each.ticket_id,
            "category": each.category.slug if each.category else None,
            "confidence": _number(each.confidence),
            "shares": each.shares,
            "reason": each.reason,
            "said": each.said,
            "by": each.by,
            "fallback": each.fallback,
            "model": each.model,
            "prompt_version": each.prompt_version,
            "call": each.call_id,
            "at": each.at.isoformat(),
            "superseded_at": _time(each.superseded_at),
        }


def corrections() -> Iterator[Row]:
    """Every correction and confirmation, undone ones too."""
    every = Correction.objects.select_related("from_category", "to_category", "by", "undone_by")
    for each in every.order_by("pk").iterator(CHUNK):
        yield {
            "correction": each.pk,
            "ticket": each.ticket_id,
            "prediction": each.prediction_id,
            "from_category": each.from_category.slug if each.from_category else None,
            "to_category": each.to_category.slug,
            "by": each.by.get_username(),
            "at": each.at.isoformat(),
            "undone_at": _time(each.undone_at),
            "undone_by": each.undone_by.get_username() if each.undone_by else None,
        }


def invoices() -> Iterator[Row]:
    """Every invoice that is one as far as anybody knows: its JSON and where it stands."""
    every = Invoice.objects.shown().select_related("message", "attachment")
    for invoice in every.order_by("pk").iterator(CHUNK):
        yield {
            **dict.fromkeys(DOCUMENT_KEYS),
            **invoice.data,
            "ticket": invoice.ticket_id,
            "message_id": invoice.message.message_id,
            "attachment": invoice.attachment.filename if invoice.attachment else None,
            "status": invoice.status,
            "failure": invoice.failure,
        }


def calls() -> Iterator[Row]:
    """The ledger, every column."""
    names = [field.attname for field in Call._meta.concrete_fields]
    for values in Call.objects.order_by("pk").values(*names).iterator(CHUNK):
        yield {
            **{name: value for name, value in values.items() if name not in {"id", "ticket_id"}},
            "call": values["id"],
            "ticket": values["ticket_id"],
            "at": values["at"].isoformat(),
            "cost": _number(values["cost"]),
        }


KINDS: dict[str, Callable[[], Iterator[Row]]] = {
    "messages": messages,
    "tickets": tickets,
    "predictions": predictions,
    "corrections": corrections,
    "invoices": invoices,
    "calls": calls,
}


def _message(message: Message) -> Row:
    return {
        "message_id": message.message_id,
        "ticket": message.ticket_id,
        "mailbox": message.mailbox.address,
        "direction": message.direction,
        "from": {"name": message.from_name, "address": message.from_address},
        "to": message.to,
        "cc": message.cc,
        "date": _time(message.sent_at),
        "subject": message.subject,
        "text": message.text,
        "html_sanitized": nh3.clean(message.html) if message.html else "",
        "auto": message.auto,
        "attachments": [_attachment(each) for each in message.attachments.all()],
    }


def _attachment(attachment: Attachment) -> Row:
    return {
        "filename": attachment.filename,
        "content_type": attachment.content_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
    }


def _ticket(ticket: Ticket) -> Row:
    prediction = next(iter(ticket.predictions.all()), None)
    return {
        "ticket": ticket.pk,
        "requester": ticket.requester.address,
        "category": ticket.category.slug if ticket.category else None,
        "confidence": _number(prediction.confidence) if prediction else None,
        "predicted_by": prediction.by if prediction else None,
        "corrected": ticket.is_sorted_by_person,
        "needs_review": ticket.review_reason != Ticket.ReviewReason.NONE,
        "review_reason": ticket.review_reason,
        "status": "open" if ticket.is_open else "closed",
        "assignee": ticket.assignee.get_username() if ticket.assignee else None,
        "opened_at": ticket.opened_at.isoformat(),
        "closed_at": _time(ticket.closed_at),
        "message_count": ticket.message_count,
    }


def _time(value: datetime | None) -> str | None:
    return value.isoformat() if value else None


def _number(value: Decimal | None) -> str | None:
    """Decimals travel as strings: JSON numbers are binary floats in most readers."""
    return None if value is None else str(value)
