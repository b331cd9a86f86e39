"""What machines said and people corrected, to look at: the desk is where it is corrected."""

from django.contrib import admin

from triage.classification.models import Correction, Prediction
from triage.lib.model_admin import ReadOnlyAdmin


@admin.register(Prediction)
class PredictionAdmin(ReadOnlyAdmin):
    list_display = ("at", "ticket", "category", "confidence", "by", "model", "prompt_version")
    list_filter = ("by", "category", "at")
    list_select_related = ("ticket", "category")
    search_fields = ("=ticket__id", "model", "said", "reason")


@admin.register(Correction)
class CorrectionAdmin(ReadOnlyAdmin):
    list_display = ("at", "ticket", "from_category", "to_category", "by", "undone_at")
    list_filter = ("to_category", "at", "undone_at")
    list_select_related = ("ticket", "from_category", "to_category", "by")
    search_fields = ("=ticket__id", "by__username")
