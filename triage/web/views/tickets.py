"""A ticket's page, and a look at it from its list."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from triage.web import access
from triage.web.access import signed_in
from triage.web.pages.places import place, queue_of
from triage.web.pages.ticket import Peek, TicketPage
from triage.web.requests import AgentRequest


@require_safe
@signed_in
def ticket(request: AgentRequest, pk: int) -> HttpResponse:
    """The page of one ticket, within the queue it was opened from."""
    found = access.ticket_read(request, pk)
    if found.merged_into_id is not None:
        return redirect("ticket", found.merged_into_id)
    where = place(request.GET.get("queue", "")) or place(queue_of(found))
    assert where is not None
    request.queue = where.name
    page = TicketPage(
        found,
        where,
        me=request.user,
        may_write=access.may_write(request.user),
        images_of=_number(request.GET.get("images", "")),
    )
    return render(request, "tickets/ticket.html", {"page": page})


@require_safe
@signed_in
def peek(request: AgentRequest, pk: int) -> HttpResponse:
    """The pane beside the list, for the row under the cursor."""
    found = access.ticket_read(request, pk)
    where = place(request.GET.get("queue", ""))
    page = Peek(
        found,
        me=request.user,
        queue=where.name if where else "",
        may_write=access.may_write(request.user),
    )
    return render(request, "tickets/_peek.html", {"peek": page})


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else None
