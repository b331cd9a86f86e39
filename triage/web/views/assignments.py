"""Who works on a ticket."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from triage.web import access
from triage.web.access import signed_in
from triage.web.forms import AssignmentForm, first_fault
from triage.web.htmx import Toast
from triage.web.requests import AgentRequest
from triage.web.views.answers import changed, refused


@require_POST
@signed_in
def assignment(request: AgentRequest, pk: int) -> HttpResponse:
    """Give the ticket to `to`: me, nobody, or a colleague by user name."""
    ticket = access.ticket_write(request, pk)
    form = AssignmentForm(request.POST, me=request.user)
    if not form.is_valid():
        return refused(request, pk, first_fault(form))
    to = form.cleaned_data["to"]
    ticket.assign(to=to, by=request.user)
    if to is None:
        words = "Given back"
    else:
        words = "Taken" if to == request.user else f"Given to {to.get_full_name() or to}"
    return changed(request, pk, toast=Toast(f"{words}: {ticket.requester}"))
