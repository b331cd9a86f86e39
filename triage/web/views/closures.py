"""Closing a ticket, and opening it again."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from triage.web import access
from triage.web.access import signed_in
from triage.web.htmx import Toast
from triage.web.pages.rows import Done
from triage.web.requests import AgentRequest
from triage.web.views.answers import changed


@require_POST
@signed_in
def closure(request: AgentRequest, pk: int) -> HttpResponse:
    """Close it; closed already is as good."""
    ticket = access.ticket_write(request, pk)
    ticket.close(by=request.user)
    undo_url = reverse("reopening", args=[pk])
    toast = Toast(f"Closed: {ticket.requester}", undo_url=undo_url)
    return changed(request, pk, toast=toast, done=Done("Closed", undo_url=undo_url))


@require_POST
@signed_in
def reopening(request: AgentRequest, pk: int) -> HttpResponse:
    """Open it again; open already is as good."""
    ticket = access.ticket_write(request, pk)
    ticket.reopen(by=request.user)
    return changed(request, pk, toast=Toast(f"Open again: {ticket.requester}"))
