"""Finds what may be an invoice in sorted mail. Structured ones are read at once: exact and free."""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import InterfaceError, OperationalError, ProgrammingError, transaction
from django.db.models import F
from django.utils import timezone

from triage.invoices import structured
from triage.invoices.candidates import is_candidate
from triage.invoices.document import with_found
from triage.invoices.keep import keep_document, keep_failure
from triage.invoices.models import Invoice
from triage.tickets.models import Attachment, Message

log = logging.getLogger(__name__)

BATCH = 20
# A mail whose parts took the process down this often is left for people (promise 3).
MAX_ATTEMPTS = 3
# A letter with more parts than this is not how invoices come; each is opened and looked into.
MAX_ATTACHMENTS = 50
MAX_BODY_CHARACTERS = 20_000

_INVOICE_WORD = re.compile(
    r"\b(invoice|credit note|rechnung|gutschrift|facture|avoir|fattura|factura|factuur)\b", re.I
)
_TOTAL_WORD = re.compile(
    r"\b(total|amount due|to pay|gesamt|summe|betrag|brutto|montant|à payer|ttc|totale|importe)\b",
    re.I,
)
_AMOUNT = re.compile(
    r"(?:EUR|USD|GBP|CHF|€|\$|£)\s?\d[\d ., ]*\d"
    r"|\d[\d ., ]*[.,]\d\d\s?(?:EUR|USD|GBP|CHF|€)"
)


def nominate_due() -> Iterator[int]:
    """Look through every message that is due; yields how many were looked through, by batch."""
    while claimed := _claim():
        for key, attempts in claimed.items():
            _try(key, attempts)
        yield len(claimed)


def _try(key: int, attempts: int) -> None:
    """Look through one message; whatever its parts provoke stops no other (promise 3)."""
    if attempts >= MAX_ATTEMPTS:
        _give_up(key, f"Looking through this mail stopped the worker {MAX_ATTEMPTS} times.")
        return
    try:
        _look_through(key)
    except (InterfaceError, OperationalError, ProgrammingError):
        raise  # the database is away or not migrated: the claim runs out, and it comes due again
    except Exception as error:
        log.exception("message %d could not be looked through", key)
        _give_up(key, f"Looking through this mail failed: {type(error).__name__}.")


@transaction.atomic
def _give_up(key: int, reason: str) -> None:
    """Leave it to people: a failed invoice of the mail itself, in their queue with the reason."""
    message = Message.objects.select_related("ticket").get(pk=key)
    keep_failure(_invoice(message, None), reason)
    Message.objects.filter(pk=key).update(invoice_look_due_at=None)


def _claim() -> dict[int, int]:
    """Messages to look through, with the attempts made before: their ticket is sorted, and nobody
    is at them."""
    now = timezone.now()
    with transaction.atomic():
        due = Message.objects.filter(
            invoice_look_due_at__lte=now, ticket__triage_due_at=None
        ).order_by("invoice_look_due_at", "pk")
        found = due.select_for_update(skip_locked=True, of=("self",)).values_list(
            "pk", "invoice_look_attempts"
        )
        keys: dict[int, int] = {}
        for key, attempts in found[:BATCH]:
            keys[key] = attempts
            # What was tried before goes last: what kills the process must not count against the
            # company it happens to be in.
            if attempts:
                break
        Message.objects.filter(pk__in=keys).update(
            invoice_look_due_at=now + timedelta(seconds=settings.CLAIM_SECONDS),
            invoice_look_attempts=F("invoice_look_attempts") + 1,
        )
    return keys


@transaction.atomic
def _look_through(key: int) -> None:
    message = Message.objects.select_related("ticket__category").get(pk=key)
    category = message.ticket.category
    is_billing = category is not None and category.slug == "billing"
    is_spam = category is not None and category.slug == "spam"
    attachments = list(
        message.attachments.filter(inline=False).select_related("blob")[:MAX_ATTACHMENTS]
    )
    # What spam carries is not opened; a scam's invoice must not look like one of ours.
    if not is_spam:
        rest = [each for each in attachments if not _read_structured(message, each)]
        if is_billing and len(rest) == len(attachments):
            # A plain PDF beside an e-invoice is its picture: asking a model would pay twice.
            _ask_for(message, rest)
    Message.objects.filter(pk=key).update(invoice_look_due_at=None)


def _read_structured(message: Message, attachment: Attachment) -> bool:
    """Whether the attachment is an e-invoice, readable or not; what it says is kept."""
    content = bytes(attachment.blob.content)
    if not is_candidate(attachment.filename, attachment.content_type, content):
        return False
    try:
        document = structured.read(
            content, filename=attachment.filename, content_type=attachment.content_type
        )
    except structured.Unreadable as error:
        keep_failure(_invoice(message, attachment), error.reason)
        return True
    if document is None:
        return False
    # Somebody may show one total and have another booked.
    disagreement = structured.compare_total(content, document)
    if disagreement is not None:
        document = with_found(document, disagreement)
    keep_document(_invoice(message, attachment), document)
    return True


def _ask_for(message: Message, attachments: list[Attachment]) -> None:
    """Line up for the model what may be an invoice: attachments, or the letter itself."""
    candidates: list[Attachment | None] = [
        each
        for each in attachments
        if is_candidate(each.filename, each.content_type, bytes(each.blob.content))
    ]
    if not candidates and _is_invoice_text(message):
        candidates = [None]
    for attachment in candidates:
        invoice = _invoice(message, attachment)
        if invoice.status == Invoice.Status.PENDING:
            Invoice.objects.filter(pk=invoice.pk).update(read_due_at=timezone.now())


def _invoice(message: Message, attachment: Attachment | None) -> Invoice:
    invoice, _ = Invoice.objects.get_or_create(
        message=message, attachment=attachment, defaults={"ticket_id": message.ticket_id}
    )
    return invoice


def _is_invoice_text(message: Message) -> bool:
    text = f"{message.subject}\n{message.text[:MAX_BODY_CHARACTERS]}"
    return bool(
        _INVOICE_WORD.search(text)
        and _TOTAL_WORD.search(text)
        and len(_AMOUNT.findall(text)) >= 2  # an invoice has a line and a total
    )
