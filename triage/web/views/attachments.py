"""Files that came by mail. Whatever they call themselves, none is ever run in the desk's name."""

from urllib.parse import quote

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from triage.tickets.models import Attachment
from triage.web import access
from triage.web.access import signed_in
from triage.web.pages.letters import SAFE_IMAGES
from triage.web.requests import AgentRequest
from triage.web.security import FOREIGN_POLICY

# How the safe kinds begin: the sender's word for a type is not enough to show it.
_BEGINNINGS = {
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/gif": (b"GIF87a", b"GIF89a"),
    "image/webp": (b"RIFF",),
}


@require_safe
@signed_in
def attachment(request: AgentRequest, pk: int) -> HttpResponse:
    """The file, to keep: always a download."""
    found = access.attachment_read(request, pk)
    response = _bytes(found, "application/octet-stream")
    response.headers["Content-Disposition"] = (
        f"attachment; filename*=UTF-8''{quote(found.filename or f'part-{found.position}')}"
    )
    return response


@require_safe
@signed_in
def image(request: AgentRequest, pk: int) -> HttpResponse:
    """The picture, to look at: PNG, JPEG, GIF or WebP by type and by content, else 404."""
    found = access.attachment_read(request, pk)
    kind = found.content_type.lower()
    if kind not in SAFE_IMAGES or not bytes(found.blob.content).startswith(_BEGINNINGS[kind]):
        raise Http404("This is no picture that can be shown.")
    return _bytes(found, kind)


def _bytes(found: Attachment, content_type: str) -> HttpResponse:
    return HttpResponse(
        bytes(found.blob.content),
        content_type=content_type,
        headers={
            "Content-Security-Policy": FOREIGN_POLICY,
            "X-Content-Type-Options": "nosniff",
            "Cache-Control": "private, max-age=3600",
        },
    )
