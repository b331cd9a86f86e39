"""How good the sorting was, for supervisors."""

from datetime import timedelta

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from triage.reports.quality import quality
from triage.tickets.models import Category
from triage.web.access import supervisors_only
from triage.web.pages.quality import DAYS, SORTERS, QualityPage
from triage.web.requests import AgentRequest


@require_safe
@supervisors_only
def show(request: AgentRequest) -> HttpResponse:
    asked = request.GET
    days = next((days for days in DAYS if str(days) == asked.get("days")), 30)
    by = asked.get("by", "") if asked.get("by", "") in SORTERS else ""
    page = QualityPage(
        report=quality(timezone.now() - timedelta(days=days), by=by),
        categories=tuple(Category.objects.all()),
        days=days,
        by=by,
        said=asked.get("said", ""),
        truth=asked.get("truth", ""),
    )
    return render(request, "quality/show.html", {"page": page})
