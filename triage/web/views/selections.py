"""The same verbs on several tickets at once, each with one undo for all of them."""

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_POST

from triage.classification.correct import undo
from triage.web import access
from triage.web.access import signed_in
from triage.web.forms import AssignmentForm, CorrectionForm, first_fault
from triage.web.htmx import Toast
from triage.web.pages.rows import Done, done_by
from triage.web.requests import AgentRequest
from triage.web.views.answers import changed_many, refused
from triage.web.views.corrections import said

NOTHING_SELECTED = "Nothing is selected."


@require_POST
@signed_in
def corrections(request: AgentRequest) -> HttpResponse:
    """Put every selected ticket into the posted category."""
    tickets = access.tickets_write(request)
    form = CorrectionForm(request.POST)
    if not tickets or not form.is_valid():
        return refused(request, None, first_fault(form) or NOTHING_SELECTED)
    to = form.cleaned_data["category"]
    made = [said(ticket, to=to, by=request.user) for ticket in tickets]
    toast = Toast(
        f"{len(made)} moved to {to.name}",
        to.slug,
        reverse("reversals"),
        [("correction", one.pk) for one in made],
    )
    return changed_many(
        request, tickets, toast=toast, done={one.ticket_id: done_by(one) for one in made}
    )


@require_POST
@signed_in
def reversals(request: AgentRequest) -> HttpResponse:
    """Take every posted correction back that no other word has overtaken."""
    standing = access.corrections_write(request)
    taken_back = [one for one in standing if undo(one, by=request.user)]
    if not taken_back:
        return refused(request, None, "There is nothing to take back any more.")
    toast = Toast(f"{len(taken_back)} taken back")
    return changed_many(request, [one.ticket for one in taken_back], toast=toast)


@require_POST
@signed_in
def assignments(request: AgentRequest) -> HttpResponse:
    """Give every selected ticket to `to`."""
    tickets = access.tickets_write(request)
    form = AssignmentForm(request.POST, me=request.user)
    if not tickets or not form.is_valid():
        return refused(request, None, first_fault(form) or NOTHING_SELECTED)
    to = form.cleaned_data["to"]
    for ticket in tickets:
        ticket.assign(to=to, by=request.user)
    verb = "given back" if to is None else "taken"
    return changed_many(request, tickets, toast=Toast(f"{len(tickets)} {verb}"))


@require_POST
@signed_in
def closures(request: AgentRequest) -> HttpResponse:
    """Close every selected ticket; those closed already stay as they were."""
    tickets = access.tickets_write(request)
    if not tickets:
        return refused(request, None, NOTHING_SELECTED)
    closed = [ticket for ticket in tickets if ticket.close(by=request.user)]
    toast = Toast(
        f"{len(closed)} closed",
        undo_url=reverse("reopenings") if closed else "",
        undo_fields=[("ticket", ticket.pk) for ticket in closed],
    )
    done = {
        ticket.pk: Done("Closed", undo_url=reverse("reopening", args=[ticket.pk]))
        for ticket in closed
    }
    return changed_many(request, tickets, toast=toast, done=done)


@require_POST
@signed_in
def reopenings(request: AgentRequest) -> HttpResponse:
    """Open every selected ticket again."""
    tickets = access.tickets_write(request)
    if not tickets:
        return refused(request, None, NOTHING_SELECTED)
    for ticket in tickets:
        ticket.reopen(by=request.user)
    return changed_many(request, tickets, toast=Toast(f"{len(tickets)} open again"))
