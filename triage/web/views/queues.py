"""Lists of tickets: the queues, and what a search finds."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from triage.tickets.models import Ticket
from triage.web import access, htmx
from triage.web.access import may_write, signed_in
from triage.web.pages.frame import Frame
from triage.web.pages.palette import look_up
from triage.web.pages.places import place
from triage.web.pages.queue import Listing, listing
from triage.web.pages.search import SEARCH, found
from triage.web.pages.ticket import Peek
from triage.web.requests import AgentRequest


@require_safe
@signed_in
def home(request: AgentRequest) -> HttpResponse:
    """To what needs the visitor first: doubts, then their own tickets, then what nobody has."""
    if Ticket.objects.awaiting_review().exists():
        return redirect("queue", "review")
    if Ticket.objects.mine(request.user).exists():
        return redirect("queue", "mine")
    return redirect("queue", "unassigned" if Ticket.objects.unassigned().exists() else "review")


@require_safe
@signed_in
def queue(request: AgentRequest, name: str) -> HttpResponse:
    """A queue by its name, from the row after `?after=` on."""
    where = place(name)
    if where is None:
        raise Http404("There is no such queue.")
    page = listing(where, request.GET, me=request.user)
    if htmx.is_fragment(request) and page.is_continued:
        return render(request, "queues/_days.html", {"page": page})
    return render(request, "queues/queue.html", {"page": page, "peek": _first(request, page)})


@require_safe
@signed_in
def search(request: AgentRequest) -> HttpResponse:
    """Tickets whose subject or requester has every word of `?q=`."""
    tickets = found(request.GET.get("q", ""))
    page = listing(SEARCH, request.GET, me=request.user, tickets=tickets)
    if htmx.is_fragment(request) and page.is_continued:
        return render(request, "queues/_days.html", {"page": page})
    return render(request, "queues/search.html", {"page": page})


@require_safe
@signed_in
def palette(request: AgentRequest) -> HttpResponse:
    """Places and tickets for `?q=`, as the options of the palette."""
    query = request.GET.get("q", "").strip()
    page = look_up(query, Frame(request, request.user), me=request.user)
    return render(request, "desk/_found.html", {"page": page})


def _first(request: AgentRequest, page: Listing) -> Peek | None:
    """The first row's mail, so that the pane beside the list is never empty while there is one."""
    row = next(page.rows, None)
    if row is None:
        return None
    return Peek(
        access.ticket_read(request, row.pk),
        me=request.user,
        queue=page.place.name,
        may_write=may_write(request.user),
    )
