"""A person's word on a category, and taking it back."""

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.views.decorators.http import require_POST

from triage.classification.correct import correct, undo
from triage.classification.models import Correction
from triage.tickets.models import Category, Ticket
from triage.web import access
from triage.web.access import signed_in
from triage.web.forms import CorrectionForm, first_fault
from triage.web.htmx import Toast
from triage.web.pages.rows import done_by
from triage.web.requests import AgentRequest
from triage.web.views.answers import changed, refused


@require_POST
@signed_in
def correction(request: AgentRequest, pk: int) -> HttpResponse:
    """Put the ticket into the posted category, or confirm the one it has."""
    ticket = access.ticket_write(request, pk)
    form = CorrectionForm(request.POST)
    if not form.is_valid():
        return refused(request, pk, first_fault(form))
    to = form.cleaned_data["category"]
    made = said(ticket, to=to, by=request.user)
    done = done_by(made)
    toast = Toast(f"{done.words}: {ticket.requester}", done.category, done.undo_url)
    return changed(request, pk, toast=toast, done=done)


@require_POST
@signed_in
def reversal(request: AgentRequest, pk: int) -> HttpResponse:
    """Take a correction back, unless another one came after it."""
    standing = access.correction_write(request, pk)
    if not undo(standing, by=request.user):
        # Taken back already is what was wanted; a later word of somebody else is not ours to undo.
        if Correction.objects.standing().filter(ticket=standing.ticket_id, at__gt=standing.at):
            return refused(request, standing.ticket_id, "Somebody has sorted it since.")
        return changed(request, standing.ticket_id, toast=Toast("Taken back already."))
    toast = Toast(f"Taken back: {standing.ticket.subject or 'no subject'}")
    return changed(request, standing.ticket_id, toast=toast)


def said(ticket: Ticket, *, to: Category, by: User) -> Correction:
    """The person's word, recorded once: a doubled click adds nothing to the figures."""
    standing = Correction.objects.standing().select_related("to_category").filter(ticket=ticket)
    latest = standing.first()
    if latest and latest.by_id == by.pk and latest.to_category_id == to.pk == ticket.category_id:
        return latest
    return correct(ticket, to=to, by=by)
