"""A mail as its sender made it: its HTML in a cage, its raw bytes as a file."""

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from triage.ingest.models import Delivery
from triage.web import access
from triage.web.access import signed_in
from triage.web.pages.letter_images import is_trusted
from triage.web.pages.mail_html import caged
from triage.web.requests import AgentRequest
from triage.web.security import FOREIGN_POLICY, MAIL_POLICY

_POLICY_WITH_IMAGES = MAIL_POLICY.replace("img-src data:", "img-src https: http: data:")


@require_safe
@signed_in
def html(request: AgentRequest, pk: int) -> HttpResponse:
    """The sanitised HTML of a mail as a document of its own, for the frame in its letter."""
    message = access.message_read(request, pk)
    if not message.html:
        raise Http404("This mail has no HTML.")
    shows_images = request.GET.get("images") == "once" or is_trusted(message)
    return HttpResponse(
        caged(message, show_images=shows_images),
        headers={
            "Content-Security-Policy": _POLICY_WITH_IMAGES if shows_images else MAIL_POLICY,
            # Nobody learns from which desk, let alone which ticket, a mail was read.
            "Referrer-Policy": "no-referrer",
            "Cache-Control": "private, no-store",
        },
    )


@require_safe
@signed_in
def raw(request: AgentRequest, pk: int) -> HttpResponse:
    """The bytes as they arrived, as a text file."""
    message = access.message_read(request, pk)
    if message.delivery_id is None:
        raise Http404("This was written here: it has no raw mail.")
    content = Delivery.objects.values_list("raw", flat=True).get(pk=message.delivery_id)
    return HttpResponse(
        bytes(content),
        content_type="text/plain; charset=utf-8",
        headers={
            "Content-Disposition": f'attachment; filename="mail-{message.pk}.eml.txt"',
            "Content-Security-Policy": FOREIGN_POLICY,
            "X-Content-Type-Options": "nosniff",
        },
    )
