"""Mailboxes for supervisors: how each is doing, what is missing, and fetching it."""

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_POST, require_safe

from triage import tasks
from triage.ingest.models import Mailbox
from triage.web.access import supervisors_only
from triage.web.pages.mailboxes import gaps_page, mailbox_lines
from triage.web.requests import AgentRequest


@require_safe
@supervisors_only
def index(request: AgentRequest) -> HttpResponse:
    return render(request, "mailboxes/index.html", {"lines": mailbox_lines()})


@require_safe
@supervisors_only
def gaps(request: AgentRequest, pk: int) -> HttpResponse:
    """What the server has against what is here; the server is asked while one waits."""
    mailbox = get_object_or_404(Mailbox.objects.on_servers(), pk=pk)
    return render(request, "mailboxes/gaps.html", {"page": gaps_page(mailbox)})


@require_POST
@supervisors_only
def backfill(request: AgentRequest, pk: int) -> HttpResponse:
    """Have the worker look for mail since a day; what is here already is not doubled."""
    mailbox = get_object_or_404(Mailbox.objects.on_servers(), pk=pk)
    since = _day(request.POST.get("since", ""))
    if since is None:
        messages.error(request, "Give a day like 2026-01-31.")
    else:
        Mailbox.objects.filter(pk=mailbox.pk).update(
            backfill_since=since, fetch_due_at=timezone.now()
        )
        tasks.ring(tasks.fetch_mailboxes)
        messages.success(request, f"Looking for mail since {since.isoformat()}.")
    return redirect("mailbox-gaps", mailbox.pk)


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:  # of the right form, and no day: 2026-02-31
        return None
