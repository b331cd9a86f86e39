"""What every change of a ticket answers: its parts to htmx, the way back to a plain browser."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from triage.tickets.models import Ticket
from triage.web import access, htmx
from triage.web.htmx import Part, Toast
from triage.web.pages.places import place, queue_of
from triage.web.pages.rows import Done, row_of, with_row_facts
from triage.web.pages.ticket import TicketPage
from triage.web.requests import AgentRequest


def changed(request: AgentRequest, pk: int, *, toast: Toast,
            done: Done | None = None) -> HttpResponse:  # fmt: skip
    """After a change: its row, on its own page the rest of it too, the counts, a word about it."""
    if not htmx.is_fragment(request):
        messages.success(request, toast.words)
        return redirect(_way_back(request, pk))
    return htmx.answer(request, *_parts(request, pk, done), toast=toast)


def changed_many(request: AgentRequest, tickets: list[Ticket], *, toast: Toast,
                 done: dict[int, Done] | None = None) -> HttpResponse:  # fmt: skip
    """After a change of a selection: its rows, the counts, a word about it."""
    if not htmx.is_fragment(request):
        messages.success(request, toast.words)
        return redirect(_way_back(request, None))
    where = place(request.POST.get("queue", ""))
    queue = where.name if where else ""
    fresh = with_row_facts(Ticket.objects.filter(pk__in=[ticket.pk for ticket in tickets]))
    rows = [
        row_of(one, queue=queue, me=request.user, done=(done or {}).get(one.pk)) for one in fresh
    ]
    parts = [Part("queues/_row.html", {"row": row}) for row in rows]
    return htmx.answer(request, *parts, toast=toast)


def refused(request: AgentRequest, pk: int | None, fault: str) -> HttpResponse:
    """Nothing was changed, and why: 422."""
    if not htmx.is_fragment(request):
        messages.error(request, fault)
        return redirect(_way_back(request, pk))
    toast = Toast(fault, is_refusal=True)
    parts = _parts(request, pk, None) if pk else []
    response = htmx.answer(request, *parts, toast=toast)
    response.status_code = 422
    return response


def _parts(request: AgentRequest, pk: int, done: Done | None) -> list[Part]:
    ticket = with_row_facts(Ticket.objects.select_related("mailbox", "category_set_by")).get(pk=pk)
    where = place(request.POST.get("queue", "")) or place(queue_of(ticket))
    assert where is not None
    is_own_page = htmx.is_from(request, reverse("ticket", args=[pk]))
    row = row_of(ticket, queue=where.name, me=request.user, done=done, pickable=not is_own_page)
    parts = [Part("queues/_row.html", {"row": row})]
    if not is_own_page:
        return parts
    page = TicketPage(ticket, where, me=request.user, may_write=access.may_write(request.user))
    return [
        *parts,
        Part("tickets/_decision.html", {"decision": page.decision}),
        Part("tickets/_head.html", {"page": page}),
        Part("tickets/_history.html", {"page": page}),
    ]


def _way_back(request: AgentRequest, pk: int | None) -> str:
    after = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(
        after, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return after
    queue = request.POST.get("queue", "")
    if pk is None:
        return reverse("queue", args=[queue]) if place(queue) else reverse("home")
    url = reverse("ticket", args=[pk])
    return f"{url}?queue={queue}" if place(queue) else url
