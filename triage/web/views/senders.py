"""Senders whose remote images are always shown: said on a letter, and taken back there."""

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from triage.tickets.models import Message, TrustedSender
from triage.web import access
from triage.web.access import signed_in
from triage.web.requests import AgentRequest


@require_POST
@signed_in
def trust(request: AgentRequest, pk: int) -> HttpResponse:
    """From now on this mail's sender's images are shown; done twice it is one trust."""
    access.require_write(request)
    message = access.message_read(request, pk)
    if message.direction != Message.Direction.IN or not message.from_address:
        raise Http404("This mail has no sender to trust.")
    sender = TrustedSender.objects.trust(message.from_address, by=request.user)
    messages.success(request, f"Images of {sender.address} are shown from now on.")
    return redirect(_back(request))


@require_POST
@signed_in
def distrust(request: AgentRequest, pk: int) -> HttpResponse:
    """Ask again from now on; done twice it stays so."""
    access.require_write(request)
    sender = get_object_or_404(TrustedSender, pk=pk)
    sender.distrust(by=request.user)
    messages.success(request, f"Images of {sender.address} are blocked again.")
    return redirect(_back(request))


def _back(request: AgentRequest) -> str:
    after = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        after, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return after if safe else "home"
