"""What it cost, for supervisors: a page, and the same rows as CSV and JSON."""

import csv
import io
from dataclasses import asdict
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from triage.reports.costs import (
    Cell,
    CostReport,
    Tally,
    by_category,
    by_mailbox,
    by_prompt,
    costs,
    slowest,
    tickets_by_purpose,
)
from triage.reports.periods import this_month
from triage.web.access import supervisors_only
from triage.web.pages.costs import CostsPage
from triage.web.pages.periods import UnreadablePeriod, read_period
from triage.web.requests import AgentRequest

_KEYS = ("day", "purpose", "model_asked", "model_served", "outcome")
_SUMS = tuple(asdict(Tally()))


@require_safe
@supervisors_only
def show(request: AgentRequest) -> HttpResponse:
    try:
        period = read_period(request.GET.get("from", ""), request.GET.get("to", ""))
    except UnreadablePeriod as fault:
        return _refused(request, str(fault))
    report = costs(period)
    wanted = request.GET.get("format", "")
    if wanted == "json":
        return JsonResponse(_json(report))
    if wanted == "csv":
        return _csv(report)
    return _page(request, report)


def _refused(request: AgentRequest, fault: str) -> HttpResponse:
    if request.GET.get("format"):
        return JsonResponse({"error": fault}, status=400)
    return _page(request, costs(this_month()), fault=fault, status=400)


def _page(
    request: AgentRequest, report: CostReport, *, fault: str = "", status: int = 200
) -> HttpResponse:
    page = CostsPage(
        report,
        latencies=slowest(report.period),
        tickets=tickets_by_purpose(report.period),
        categories=by_category(report.period),
        mailboxes=by_mailbox(report.period),
        prompts=by_prompt(report.period),
        now=timezone.now(),
        fault=fault,
    )
    return render(request, "costs/show.html", {"page": page}, status=status)


def _json(report: CostReport) -> dict[str, Any]:
    return {
        "from": report.period.first,
        "to": report.period.last,
        "mails": report.mail_count,
        "cost_per_mail": _plain(report.cost_per_mail),
        "total": _sums(report.total),
        "rows": [_row(cell) for cell in report.cells],
    }


def _csv(report: CostReport) -> HttpResponse:
    text = io.StringIO()
    rows = csv.DictWriter(text, fieldnames=(*_KEYS, *_SUMS))
    rows.writeheader()
    rows.writerows(_row(cell) for cell in report.cells)
    name = f"costs-{report.period.first}-{report.period.last}.csv"
    return HttpResponse(
        text.getvalue(),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _row(cell: Cell) -> dict[str, Any]:
    return {key: getattr(cell, key) for key in _KEYS} | _sums(cell.tally)


def _sums(tally: Tally) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(tally).items()}


def _plain(value: Any) -> Any:
    # Costs as strings of plain digits: a JSON number is read as binary floating point.
    return value if value is None or isinstance(value, int) else f"{value:f}"
