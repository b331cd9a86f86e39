"""The drain that has unstructured invoices read by the model. Without a key they wait, in sight."""

import io
from collections.abc import Iterator
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from triage.invoices import prompt
from triage.invoices.candidates import TEXTS
from triage.invoices.document import Document
from triage.invoices.keep import keep_as_none, keep_document, keep_failure
from triage.invoices.models import Invoice
from triage.llm import gateway
from triage.llm.contract import File, Prompt
from triage.llm.errors import Stop, Temporary
from triage.tickets.models import Attachment

MAX_ATTEMPTS = 3
ASK_AGAIN_AFTER = timedelta(minutes=5)  # the gateway has tried for a while by then
# Documents are megabytes: few are held in memory at once.
MOST_AT_ONCE = 8
# An invoice of more pages is a report; each page costs 258 to 560 tokens.
MAX_PDF_PAGES = 20
# The service takes 20 MB of request; base64 adds a third.
MAX_FILE_BYTES = 14 * 1024 * 1024
SHOWN_TO_THE_MODEL = frozenset(
    {"application/pdf", "image/png", "image/jpeg", "image/webp", "image/heic", "image/heif"}
)


class NotForTheModelError(Exception):
    """The document cannot be shown to a model; the text says why, for staff."""


def extract_pending() -> Iterator[int]:
    """Have every due invoice read; yields how many were, batch by batch. Nothing without a key."""
    if not gateway.is_available():
        return
    waiting: dict[int, Invoice] = {}

    def more(room: int) -> list[Prompt]:
        prompts: list[Prompt] = []
        while not prompts and (claimed := _claim(min(room, MOST_AT_ONCE))):
            for invoice in claimed:
                try:
                    prompts.append(_prompt(invoice))
                except NotForTheModelError as error:
                    keep_failure(invoice, str(error))
                    continue
                waiting[id(prompts[-1])] = invoice
        return prompts

    for answers in gateway.answers(more, read=prompt.read):
        for answer in answers:
            _keep(waiting.pop(id(answer.prompt)), answer)
        yield len(answers)


def _claim(most: int) -> list[Invoice]:
    now = timezone.now()
    with transaction.atomic():
        due = Invoice.objects.filter(read_due_at__lte=now, status=Invoice.Status.PENDING).order_by(
            "read_due_at", "pk"
        )
        keys = list(
            due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[
                :most
            ]
        )
        Invoice.objects.filter(pk__in=keys).update(
            read_due_at=now + timedelta(seconds=settings.CLAIM_SECONDS),
            read_attempts=F("read_attempts") + 1,
        )
    claimed = Invoice.objects.filter(pk__in=keys).select_related("attachment", "ticket")
    for invoice in claimed.filter(read_attempts__gt=MAX_ATTEMPTS):
        keep_failure(invoice, f"Reading it stopped the worker {MAX_ATTEMPTS} times.")
    return list(
        claimed.filter(read_attempts__lte=MAX_ATTEMPTS).select_related(
            "message", "attachment__blob"
        )
    )


def _prompt(invoice: Invoice) -> Prompt:
    attachment = invoice.attachment
    if attachment is None:
        text = f"{invoice.message.subject}\n\n{invoice.message.text}"
        return prompt.prompt_for_text(text, ticket_id=invoice.ticket_id)
    content = bytes(attachment.blob.content)
    kind = _kind(attachment, content)
    if kind.startswith("text/"):
        text = content.decode("utf-8", "replace")
        return prompt.prompt_for_text(text, ticket_id=invoice.ticket_id)
    if kind not in SHOWN_TO_THE_MODEL:
        raise NotForTheModelError(f"Documents of type {kind} are not read.")
    if len(content) > MAX_FILE_BYTES:
        raise NotForTheModelError(
            f"It has {len(content) / 1e6:.1f} MB; up to {MAX_FILE_BYTES / 1e6:.1f} MB are read."
        )
    if kind == "application/pdf":
        _check_pages(content)
    return prompt.prompt_for_file(File(content, kind), ticket_id=invoice.ticket_id)


def _kind(attachment: Attachment, content: bytes) -> str:
    """By its first bytes where they tell: senders' labels are often application/octet-stream."""
    for magic, kind in _MAGIC:
        if content.startswith(magic):
            return kind
    if attachment.filename.lower().endswith(TEXTS):
        return "text/plain"
    return attachment.content_type.lower()


_MAGIC = (
    (b"%PDF", "application/pdf"),
    (b"\x89PNG", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
)


def _check_pages(content: bytes) -> None:
    import pypdf  # noqa: PLC0415 - half a second, and most processes never open a PDF

    try:
        pages = len(pypdf.PdfReader(io.BytesIO(content)).pages)
    except Exception as error:
        raise NotForTheModelError("The PDF is damaged or locked.") from error
    if pages > MAX_PDF_PAGES:
        raise NotForTheModelError(f"It has {pages} pages; up to {MAX_PDF_PAGES} are read.")


def _keep(invoice: Invoice, answer: gateway.Answer[Document | None]) -> None:
    if isinstance(answer.error, Temporary | Stop) and invoice.read_attempts < MAX_ATTEMPTS:
        Invoice.objects.filter(pk=invoice.pk, status=Invoice.Status.PENDING).update(
            read_due_at=timezone.now() + ASK_AGAIN_AFTER
        )
    elif answer.error is not None:
        keep_failure(invoice, f"The model gave no usable answer: {answer.error}", call=answer.call)
    elif answer.value is None:
        keep_as_none(invoice, call=answer.call)
    else:
        keep_document(invoice, answer.value, call=answer.call)
