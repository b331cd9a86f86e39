"""Facts read from invoices, and whether they add up."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class Status(models.TextChoices):
    PENDING = "pending", "waiting to be read"
    EXTRACTED = "extracted", "read"
    APPROVED = "approved", "approved"
    REJECTED = "rejected", "rejected"
    FAILED = "failed", "could not be read"
    NOT_INVOICE = "not-invoice", "not an invoice"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def shown(self) -> "InvoiceQuerySet":
        """Those that are invoices as far as anybody knows."""
        return self.exclude(status=Status.NOT_INVOICE)

    def to_review(self) -> "InvoiceQuerySet":
        return self.filter(status__in=[Status.EXTRACTED, Status.FAILED])


class Invoice(models.Model):
    """One invoice (or what may be one) in a message: a part of it, or its text."""

    Status = Status

    ticket = models.ForeignKey("tickets.Ticket", on_delete=models.CASCADE, related_name="invoices")
    message = models.ForeignKey(
        "tickets.Message", on_delete=models.CASCADE, related_name="invoices"
    )
    # None: the body itself.
    attachment = models.ForeignKey(
        "tickets.Attachment",
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="invoices",
    )
    status = models.CharField(max_length=11, choices=Status.choices, default=Status.PENDING)
    # When a drain may claim it; None once it is read. See tickets.Ticket.triage_due_at.
    read_due_at = models.DateTimeField(null=True, blank=True)
    read_attempts = models.PositiveSmallIntegerField(default=0)
    # The whole JSON of DESIGN section 7; the columns below are copies to search and sort by.
    data = models.JSONField(default=dict, blank=True)
    type = models.CharField(max_length=11, blank=True)
    number = models.CharField(max_length=200, blank=True)
    supplier = models.CharField(max_length=300, blank=True)
    issue_date = models.DateField(null=True, blank=True)
    due_date = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    total_gross = models.DecimalField(max_digits=24, decimal_places=8, null=True, blank=True)
    problem_count = models.PositiveSmallIntegerField(default=0)
    source = models.CharField(max_length=12, blank=True)
    failure = models.CharField(max_length=500, blank=True)
    call = models.ForeignKey(
        "llm.Call", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    read_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [
            models.Index(
                fields=["read_due_at"], condition=Q(read_due_at__isnull=False), name="read_due"
            ),
            models.Index(fields=["status", "-created_at"], name="invoices_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["message", "attachment"],
                nulls_distinct=False,
                name="one_invoice_a_part",
            )
        ]

    def __str__(self) -> str:
        return f"{self.supplier or 'unknown supplier'} {self.number}".strip()


class InvoiceLine(models.Model):
    """A row of an invoice. Amounts in the invoice's currency; None: the document does not say."""

    invoice = models.ForeignKey(Invoice, on_delete=models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    description = models.TextField(blank=True)
    quantity = models.DecimalField(max_digits=24, decimal_places=8, null=True, blank=True)
    unit_price = models.DecimalField(max_digits=24, decimal_places=8, null=True, blank=True)
    net = models.DecimalField(max_digits=24, decimal_places=8, null=True, blank=True)
    tax_rate = models.DecimalField(max_digits=9, decimal_places=4, null=True, blank=True)

    class Meta:
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="one_line_a_place")
        ]

    def __str__(self) -> str:
        return self.description
