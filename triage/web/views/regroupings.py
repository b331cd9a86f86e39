"""Splitting a message off, merging a ticket into another, and taking either back."""

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from triage.invoices.follow import follow
from triage.tickets.models import Regrouping, Ticket
from triage.tickets.regroup import CannotRegroup, merge, split, undo
from triage.web import access
from triage.web.access import signed_in
from triage.web.requests import AgentRequest
from triage.web.views.answers import refused


@require_POST
@signed_in
def split_off(request: AgentRequest, pk: int) -> HttpResponse:
    """The message becomes a ticket of its own, and that ticket is shown."""
    access.require_write(request)
    message = access.message_read(request, pk)
    try:
        with transaction.atomic():
            regrouping = split(message, by=request.user)
            follow(regrouping.messages)
    except CannotRegroup as reason:
        return refused(request, message.ticket_id, str(reason))
    return redirect("ticket", regrouping.target_id)


@require_POST
@signed_in
def merge_in(request: AgentRequest, pk: int) -> HttpResponse:
    """The ticket goes into the one whose number is posted, and that one is shown."""
    source = access.ticket_write(request, pk)
    number = request.POST.get("into", "").strip().removeprefix("#")
    into = Ticket.objects.filter(pk=int(number)).first() if _is_number(number) else None
    if into is None:
        return refused(request, pk, "Give the number of a ticket, like 4127.")
    try:
        with transaction.atomic():
            regrouping = merge(source, into=into, by=request.user)
            follow(regrouping.messages)
    except CannotRegroup as reason:
        return refused(request, pk, str(reason))
    return redirect("ticket", into.pk)


@require_POST
@signed_in
def reversal(request: AgentRequest, pk: int) -> HttpResponse:
    """Take it back; done twice it is still back. The first ticket is shown."""
    access.require_write(request)
    regrouping = get_object_or_404(Regrouping, pk=pk)
    with transaction.atomic():
        undo(regrouping, by=request.user)
        follow(regrouping.messages)
    return redirect("ticket", regrouping.source_id)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
