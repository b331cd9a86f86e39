"""Rows for tests: the mail of Alder Lamps, who make desk lamps for shops and homes."""

from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import sha256
from itertools import count
from typing import Any

from django.utils import timezone

from triage.classification.models import Prediction
from triage.ingest.models import Delivery, Mailbox
from triage.invoices.models import Invoice
from triage.llm.models import Call
from triage.tickets.models import Attachment, Category, Event, Message, Requester, Ticket
from triage.tickets.models.attachment import Blob

_number = count(1)
_NAMES = [("support", "Support"), ("billing", "Billing"), ("sales", "Sales"), ("spam", "Spam")]


def category(slug: str) -> Category:
    """One of the four; made anew where a test's flush has taken the migration's rows away."""
    for position, (known, name) in enumerate(_NAMES, start=1):
        Category.objects.get_or_create(
            slug=known, defaults={"position": position, "name": name, "meaning": name}
        )
    return Category.objects.get(slug=slug)


def mailbox(address: str = "desk@alder-lamps.example.com") -> Mailbox:
    """Our one address."""
    return Mailbox.objects.get_or_create(address=address, defaults={"name": "Alder Lamps"})[0]


def requester(name: str = "Jo Renner", address: str = "") -> Requester:
    """Somebody who wrote, by default with an address made of the name."""
    address = address or f"{name.lower().replace(' ', '.')}@glaswerk.example.org"
    return Requester.objects.get_or_create(address=address, defaults={"name": name})[0]


def ticket(
    subject: str = "The two cracked shades",
    *,
    queue: str | None = "support",
    name: str = "Jo Renner",
    age: timedelta = timedelta(hours=3),
    text: str = "Hello, two of the shades in crate 12 arrived cracked. Can you send new ones?",
    **columns: Any,
) -> Ticket:
    """An open ticket with its first mail, sorted by nobody yet into `queue`."""
    at = timezone.now() - age
    made = Ticket.objects.create(
        **{
            "mailbox": mailbox(),
            "requester": requester(name),
            "subject": subject,
            "snippet": text[:200],
            "category": category(queue) if queue else None,
            "opened_at": at,
            "last_message_at": at,
            **columns,
        }
    )
    message(made, text, at=at)
    made.refresh_from_db()
    return made


def message(
    ticket: Ticket, text: str = "Thank you!", *, at: datetime | None = None, **columns: Any
) -> Message:
    """A mail of the requester in `ticket`."""
    at = at or timezone.now()
    made = Message.objects.create(
        **{
            "ticket": ticket,
            "mailbox": ticket.mailbox,
            "from_name": ticket.requester.name,
            "from_address": ticket.requester.address,
            "to": [{"name": "", "address": ticket.mailbox.address}],
            "subject": ticket.subject,
            "text": text,
            "received_at": at,
            "sent_at": at,
            **columns,
        }
    )
    Ticket.objects.filter(pk=ticket.pk).update(
        message_count=ticket.messages.count(), last_message_at=at
    )
    return made


def arrived(ticket: Ticket) -> Event:
    """The fact that its first mail came, as intake records it."""
    facts = {"from": ticket.requester.address, "reason": "new", "auto": ""}
    return Event.objects.create(ticket=ticket, kind="arrived", at=ticket.opened_at, facts=facts)


def attachment(
    message: Message,
    filename: str = "crate-12.txt",
    content: bytes = b"fragile",
    content_type: str = "text/plain",
    *,
    inline: bool = False,
) -> Attachment:
    """A file of `message`."""
    blob, _ = Blob.objects.get_or_create(
        sha256=sha256(content).hexdigest(), defaults={"content": content}
    )
    made = Attachment.objects.create(
        message=message,
        position=message.attachments.count(),
        filename=filename,
        content_type=content_type,
        inline=inline,
        size=len(content),
        blob=blob,
    )
    Ticket.objects.filter(pk=message.ticket_id).update(
        attachment_count=Attachment.objects.filter(message__ticket=message.ticket_id).count()
    )
    return made


def delivery(raw: bytes = b"From: jo@example.org\r\n\r\nHello", **columns: Any) -> Delivery:
    """An arrival, processed unless `state` says otherwise."""
    now = timezone.now()
    return Delivery.objects.create(
        **{
            "mailbox": mailbox(),
            "source": Delivery.Source.WEBHOOK,
            "source_key": f"event-{next(_number)}",
            "raw": raw,
            "size": len(raw),
            "received_at": now,
            "due_at": now,
            "state": Delivery.State.PROCESSED,
            **columns,
        }
    )


def call(purpose: str = "classify", cost: str | None = "0.000054", **columns: Any) -> Call:
    """A ledger row; `cost` None is a price nobody knows."""
    return Call.objects.create(
        **{
            "at": timezone.now(),
            "purpose": purpose,
            "provider": "gemini",
            "model_asked": "gemini-2.5-flash",
            "model_served": "gemini-2.5-flash",
            "input_tokens": 812,
            "output_tokens": 21,
            "cost": None if cost is None else Decimal(cost),
            "latency_ms": 420,
            "outcome": Call.Outcome.OK,
            **columns,
        }
    )


def prediction(
    ticket: Ticket, shares: dict[str, float] | None = None, **columns: Any
) -> Prediction:
    """What a machine said: the largest share. Below 80 of 100 the ticket waits for review."""
    shares = (
        {"support": 0.58, "billing": 0.37, "sales": 0.04, "spam": 0.01}
        if shares is None
        else shares
    )
    said = max(shares, key=lambda slug: shares[slug]) if shares else None
    confidence = Decimal(str(shares[said])) if said else None
    Ticket.objects.filter(pk=ticket.pk).update(
        category=category(said) if said else None,
        confidence=round(confidence * 100) if confidence is not None else None,
        review_reason="" if confidence is not None and confidence >= Decimal("0.8") else "unsure",
    )
    ticket.refresh_from_db()
    return Prediction.objects.create(
        **{
            "ticket": ticket,
            "category": ticket.category,
            "confidence": confidence,
            "shares": shares,
            "reason": "most of it is about cracked shades and a pick-up",
            "by": Prediction.PredictedBy.MODEL,
            "model": "gemini-2.5-flash",
            "prompt_version": "1",
            "at": timezone.now(),
            **columns,
        }
    )


def invoice(message: Message, **columns: Any) -> Invoice:
    """An invoice read from `message`, without problems and waiting for a person."""
    return Invoice.objects.create(
        **{
            "ticket": message.ticket,
            "message": message,
            "attachment": message.attachments.first(),
            "status": Invoice.Status.EXTRACTED,
            "type": "invoice",
            "number": "RE-2026-3391",
            "supplier": "Glaswerk Renner",
            "currency": "EUR",
            "total_gross": Decimal("1504.16"),
            "source": "gemini",
            "read_at": timezone.now(),
            **columns,
        }
    )
