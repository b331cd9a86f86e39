"""Sorted mail with papers in it, and the two drains that go through them."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from tests import factories
from tests.gemini import replies
from tests.invoices.builders import sound_document
from triage.invoices.document import Tax, to_json
from triage.invoices.extract import extract_pending
from triage.invoices.models import Invoice
from triage.invoices.nominate import nominate_due
from triage.tickets.models import Message

KINDS = {"pdf": "application/pdf", "txt": "text/plain"}
LETTER = "Invoice RL-2026-0417: coffee 350.70 EUR, VAT 46.95 EUR, total 397.65 EUR."


def mail(
    *files: tuple[str, bytes], queue: str | None = "billing", text: str = "See the attachment.",
    subject: str = "November",
) -> Message:  # fmt: skip
    """A mail that is sorted and waits to be searched; `files` are (name, content)."""
    message = factories.ticket(subject, queue=queue, text=text).messages.get()
    for name, content in files:
        kind = KINDS.get(name.rpartition(".")[2], "application/octet-stream")
        factories.attachment(message, name, content, kind)
    due = timezone.now() - timedelta(seconds=1)
    Message.objects.filter(pk=message.pk).update(invoice_look_due_at=due)
    return message


def make_due() -> None:
    """All claims have run out."""
    due = timezone.now() - timedelta(seconds=1)
    Message.objects.exclude(invoice_look_due_at=None).update(invoice_look_due_at=due)
    Invoice.objects.exclude(read_due_at=None).update(read_due_at=due)


def look() -> int:
    return sum(nominate_due())


def extract() -> int:
    return sum(extract_pending())


def waiting() -> list[Invoice]:
    """Those lined up for the model."""
    return list(Invoice.objects.exclude(read_due_at=None).order_by("pk"))


def facts(**changes: Any) -> dict[str, Any]:
    """What a model would answer about an invoice that adds up."""
    sound = sound_document()
    data = to_json(
        replace(
            sound,
            due_date=None,
            total_net=Decimal("353.80"),
            total_tax=Decimal("46.34"),
            total_gross=Decimal("400.14"),
            prepaid=None,
            due=Decimal("400.14"),
            taxes=(
                Tax(Decimal("7.00"), Decimal("174.00"), Decimal("12.18")),
                Tax(Decimal("19.00"), Decimal("179.80"), Decimal("34.16")),
            ),
        ),
        (),
    )
    for name in ("source", "problems"):
        data.pop(name)
    return {"is_invoice": True, **data, **changes}


def says(**changes: Any) -> replies.Reply:
    return replies.text(json.dumps(facts(**changes)))
