"""A mail's own HTML, made harmless when it is shown: what is stored stays as it came.

Two walls, each enough alone: nh3 (ammonia) rebuilds the markup from a list of what is allowed, and
the frame it is shown in is sandboxed with a policy that lets nothing run, and nothing load but
images a person asked for.
"""

import base64
import re

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from triage.tickets.models import Attachment, Message
from triage.web.pages.letters import SAFE_IMAGES
from triage.web.pages.links import safe_href, with_destinations
from triage.web.pages.mail_styles import safe_style
from triage.web.pages.nesting import is_too_deep
from triage.web.pages.remote_images import Images, placeholder, settled
from triage.web.pages.web_addresses import is_web

# Ten times what Gmail shows of a mail (102 kB); the rest is in the raw mail.
HTML_CHARACTERS = 1_000_000
# Pictures a mail carries are put into its page; beyond this they are among the attachments only.
INLINE_BYTES = 4 * 1024 * 1024
_TAGS = (nh3.ALLOWED_TAGS | {"font", "section", "main"}) - {"area", "map"}
# No class, id or title: with them a mail could dress as our own notes, or cover them.
_ATTRIBUTES = {
    "*": {"align", "valign", "bgcolor", "width", "height", "style", "dir", "lang", "hidden"},
    "a": {"href"},
    "img": {"src", "alt"},
    "font": {"color", "size", "face"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap"},
    "col": {"span"},
    "colgroup": {"span"},
    "ol": {"start", "type"},
}
_CARRIED = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[a-z0-9+/=\s]*", re.IGNORECASE)


class _Attributes:
    """Stands between nh3 and each attribute. Remote addresses leave the markup here, for good or
    until `settled` puts one back."""

    def __init__(self, carried: dict[str, str]) -> None:
        self.remote: list[str] = []
        self._carried = carried

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        if name == "style":
            return safe_style(value) or None
        if name == "href":
            return safe_href(value)
        if name == "src":
            return self._source(value)
        return value

    def _source(self, value: str) -> str | None:
        if value.lower().startswith("cid:"):
            return self._carried.get(value[4:].strip("<>"))
        if is_web(value):
            self.remote.append(value)
            return placeholder(len(self.remote) - 1)
        return value if _CARRIED.fullmatch(value) else None


def caged(message: Message, *, show_images: bool = False) -> SafeString:
    """A whole document for the sandboxed frame, with remote images if a person asked for them."""
    body, _ = _rebuilt(message.html, _carried(message), show_images=show_images)
    return format_html(
        _DOCUMENT,
        body=mark_safe(with_destinations(body)),  # noqa: S308 - nh3 has just rebuilt it
        rest=SafeString(_REST if len(message.html) > HTML_CHARACTERS else ""),
    )


def images_in(html: str) -> Images:
    """What the mail would fetch if it were let."""
    return _rebuilt(html, {}, show_images=False)[1]


def _rebuilt(html: str, carried: dict[str, str], *, show_images: bool) -> tuple[str, Images]:
    attributes = _Attributes(carried)
    html = html[:HTML_CHARACTERS]
    if is_too_deep(html):
        return _TOO_DEEP, Images()
    markup = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "head"},
        attributes=_ATTRIBUTES,
        attribute_filter=attributes,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    )
    return settled(markup, attributes.remote, show=show_images)


_DOCUMENT = """<!doctype html>
<html lang="">
<head><meta charset="utf-8"><meta name="referrer" content="no-referrer">
<title>The mail as its sender designed it</title>
<style>
body {{ margin: 12px; font: 15px/1.5 sans-serif; color: #2b2521; background: #fff }}
body {{ overflow-wrap: anywhere }}
img {{ max-width: 100%; height: auto }}
.leads {{ all: revert !important; display: inline !important; padding: 0 4px !important;
  font: 12px/1.5 sans-serif !important; color: #5c554d !important; background: #fff !important }}
.leads--astray {{ font-weight: 600 !important; color: #a1260d !important;
  outline: 1px solid #a1260d !important }}
</style></head>
<body>{body}{rest}</body>
</html>"""
_TOO_DEEP = "<p>This mail is nested too deep to be drawn: the raw mail has all of it.</p>"
_REST = "<p><small>It goes on: the raw mail has all of it.</small></p>"


def _carried(message: Message) -> dict[str, str]:
    """`data:` addresses of the pictures inside the mail, by their Content-ID (RFC 2392)."""
    carried: dict[str, str] = {}
    left = INLINE_BYTES
    parts = message.attachments.exclude(content_id="").filter(content_type__in=SAFE_IMAGES)
    for part in parts.select_related("blob").order_by("position"):
        left -= part.size
        if left < 0:
            break
        carried[part.content_id.strip("<>")] = _data_url(part)
    return carried


def _data_url(part: Attachment) -> str:
    content = base64.b64encode(bytes(part.blob.content)).decode("ascii")
    return f"data:{part.content_type.lower()};base64,{content}"
