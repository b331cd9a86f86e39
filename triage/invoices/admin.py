"""Invoices and their lines, to look at: a decision is made beside the document."""

from django.contrib import admin

from triage.invoices.models import Invoice, InvoiceLine
from triage.lib.model_admin import ReadOnlyAdmin


@admin.register(Invoice)
class InvoiceAdmin(ReadOnlyAdmin):
    list_display = (
        "created_at",
        "supplier",
        "number",
        "total_gross",
        "currency",
        "problem_count",
        "status",
        "source",
        "ticket",
    )
    list_filter = ("status", "type", "created_at")
    list_select_related = ("ticket",)
    search_fields = ("number", "supplier", "=ticket__id")


@admin.register(InvoiceLine)
class InvoiceLineAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "position", "description", "quantity", "unit_price", "net")
    list_filter = ("invoice__status",)
    list_select_related = ("invoice",)
    search_fields = ("description", "=invoice__id", "invoice__number")
