"""One invoice beside its document: who read it, how it stands, what can be done."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.db.models import Q
from django.utils import timezone

from triage.invoices.models import Invoice, Status
from triage.web.pages.amounts import size
from triage.web.pages.figures import money
from triage.web.pages.invoice_form import InvoiceForm
from triage.web.pages.papers import way_to_show
from triage.web.pages.periods import moment_in_words

# Read from data in the document itself, so that no model was asked and nothing was paid.
SOURCES = {
    "facturx": "Factur-X data inside the PDF",
    "zugferd": "ZUGFeRD data inside the PDF",
    "ubl": "UBL data",
    "cii": "CII data",
    "fatturapa": "FatturaPA data",
}
_TO_REVIEW = (Status.EXTRACTED, Status.FAILED)


@dataclass(frozen=True, slots=True)
class Neighbours:
    """Where it stands among those to review: `position` of `total`; 0 when it is none of them."""

    position: int
    total: int
    previous: int | None
    following: int | None


def neighbours_of(invoice: Invoice) -> Neighbours:
    """Its place among those to review, newest first."""
    waiting = Invoice.objects.to_review()
    here, pk = invoice.created_at, invoice.pk
    newer = waiting.filter(Q(created_at__gt=here) | Q(created_at=here, pk__gt=pk))
    older = waiting.filter(Q(created_at__lt=here) | Q(created_at=here, pk__lt=pk))
    return Neighbours(
        position=newer.count() + 1 if invoice.status in _TO_REVIEW else 0,
        total=waiting.count(),
        previous=newer.order_by("created_at", "pk").values_list("pk", flat=True).first(),
        following=older.order_by("-created_at", "-pk").values_list("pk", flat=True).first(),
    )


class InvoicePage:
    """Page object of /invoices/<id>/."""

    def __init__(
        self,
        invoice: Invoice,
        neighbours: Neighbours,
        *,
        may_write: bool,
        now: datetime | None = None,
    ) -> None:
        self.invoice = invoice
        self.neighbours = neighbours
        self._may_write = may_write
        self._now = now or timezone.now()

    @cached_property
    def form(self) -> InvoiceForm:
        return InvoiceForm(self.invoice.data)

    @property
    def title(self) -> str:
        """Its number; the head of the page."""
        return self.invoice.number or f"{self.kind} without a number"

    @property
    def supplier(self) -> str:
        return self.invoice.supplier or "Unknown supplier"

    @property
    def kind(self) -> str:
        return "Credit note" if self.invoice.type == "credit_note" else "Invoice"

    @property
    def place(self) -> str:
        here = self.neighbours
        return f"{here.position} of {here.total} to review" if here.position else ""

    @property
    def paper(self) -> str:
        """How the document is shown; see `way_to_show`."""
        return way_to_show(self.invoice.attachment)

    @property
    def paper_name(self) -> str:
        attachment = self.invoice.attachment
        if attachment is None:
            return "The text of the mail"
        return f"{attachment.filename or 'unnamed'}, {size(attachment.size)}"

    @property
    def missing(self) -> str:
        """Why there are no facts to show; empty when there are."""
        if self.form.document is not None:
            return ""
        if self.invoice.status == Status.PENDING:
            return "This document waits to be read. Nothing needs to be done."
        if self.invoice.status == Status.NOT_INVOICE:
            return "This is not an invoice."
        return self.invoice.failure or "What was read has not the known form of an invoice."

    @property
    def provenance(self) -> str:
        """Who read it, when, for how much."""
        invoice = self.invoice
        if invoice.read_at is None:
            return ""
        when = self._when(invoice.read_at)
        if invoice.source in SOURCES:
            return f"Read exactly, {when}, from the {SOURCES[invoice.source]}: no model, no cost."
        call = invoice.call
        if call is None:
            return f"Read {when}."
        cost = "at a cost nobody knows" if call.cost is None else f"for {money(call.cost)}"
        return f"Read by {call.model_served or call.model_asked} {when} {cost}."

    @property
    def decided(self) -> str:
        """Who decided it and when; empty while it waits."""
        invoice = self.invoice
        if invoice.decided_at is None:
            return ""
        words = [invoice.get_status_display().capitalize()]
        if invoice.decided_by:
            words.append(f"by {invoice.decided_by.get_full_name() or invoice.decided_by}")
        return " ".join([*words, self._when(invoice.decided_at)]) + "."

    @property
    def can_approve(self) -> bool:
        return self._may_write and self.invoice.status == Status.EXTRACTED

    @property
    def can_reject(self) -> bool:
        return self._may_write and self.invoice.status in _TO_REVIEW

    @property
    def can_reopen(self) -> bool:
        return self._may_write and self.invoice.decided_at is not None

    @property
    def approve_label(self) -> str:
        number = len(self.form.faults)
        if not number:
            return "Approve"
        return f"Approve with {number} problem{'' if number == 1 else 's'}"

    def _when(self, at: datetime) -> str:
        return moment_in_words(at, now=self._now)
