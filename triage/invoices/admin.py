"""Invoices and their lines, to look at: a decision is made beside the document."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet

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

    def get_queryset(self, request: Any) -> QuerySet[Invoice]:
        return super().get_queryset(request).defer("data")


@admin.register(InvoiceLine)
class InvoiceLineAdmin(ReadOnlyAdmin):
    list_display = ("invoice", "position", "description", "quantity", "unit_price", "net")
    list_filter = ("invoice__status",)
    list_select_related = ("invoice",)
    search_fields = ("description", "=invoice__id", "invoice__number")
