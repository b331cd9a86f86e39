"""The ledger, to look at; and the models that are no longer asked."""

from typing import Any

from django.contrib import admin

from triage.lib.model_admin import ModelAdmin, ReadOnlyAdmin
from triage.llm.models import Call, RetiredModel


@admin.register(Call)
class CallAdmin(ReadOnlyAdmin):
    list_display = (
        "at",
        "purpose",
        "model_asked",
        "model_served",
        "input_tokens",
        "output_tokens",
        "cost",
        "latency_ms",
        "outcome",
        "ticket",
    )
    list_filter = ("outcome", "at")
    list_select_related = ("ticket",)
    search_fields = ("purpose", "model_asked", "model_served", "error", "=ticket__id")


@admin.register(RetiredModel)
class RetiredModelAdmin(ModelAdmin):
    """Deleting a row lets the model be asked again."""

    list_display = ("name", "retired_at", "reason")
    list_filter = ("retired_at",)
    search_fields = ("name", "reason")
    readonly_fields = ("name", "retired_at", "reason")

    def has_add_permission(self, request: Any) -> bool:
        return False
