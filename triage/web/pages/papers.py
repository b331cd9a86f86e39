"""How an attached document may be looked at without leaving its page."""

from triage.tickets.models import Attachment

# What a browser shows by itself, without a script of ours. Anything else is offered for download:
# HTML and SVG could act in our name.
PDF = "application/pdf"
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
_PLAIN = frozenset({"text/plain", "text/csv", "text/xml", "application/xml"})

# A document's own answer allows nothing and has no origin. Chromium draws a PDF with a part of its
# own, which a sandbox keeps out; there `object-src` lets that part in, and nothing else.
SEALED = "default-src 'none'; sandbox; frame-ancestors 'self'"
FOR_PDF = (
    "default-src 'none'; object-src 'self'; img-src 'self' data:; style-src 'unsafe-inline';"
    " frame-ancestors 'self'"
)


def inline_type(attachment: Attachment) -> str:
    """The media type under which it may be shown in a frame; "" for download only."""
    said, name = attachment.content_type.lower(), attachment.filename.lower()
    if said in PICTURES or said == PDF:
        return said
    if said == "application/octet-stream" and name.endswith(".pdf"):
        return PDF
    return "text/plain; charset=utf-8" if said in _PLAIN or name.endswith(".xml") else ""


def way_to_show(attachment: Attachment | None) -> str:
    """`pdf`, `picture`, `plain`, `none`; `text` (the mail's own) without an attachment."""
    if attachment is None:
        return "text"
    shown = inline_type(attachment)
    if shown == PDF:
        return "pdf"
    return "picture" if shown in PICTURES else "plain" if shown else "none"


def policy_for(media_type: str) -> str:
    """The Content-Security-Policy to show it with."""
    return FOR_PDF if media_type == PDF else SEALED
