"""A mail's own HTML, made harmless when it is shown: what is stored stays as it came.

Two walls, each enough alone: nh3 (ammonia) rebuilds the markup from a list of what is allowed, and
the frame it is shown in is sandboxed with a policy that lets nothing load and nothing run.
"""

import base64
import re

import nh3
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from triage.tickets.models import Attachment, Message
from triage.web.pages.letters import SAFE_IMAGES

# Pictures a mail carries are put into its page; beyond this they are among the attachments only.
INLINE_BYTES = 4 * 1024 * 1024
_TAGS = nh3.ALLOWED_TAGS | {"font", "center", "section", "header", "footer", "main"}
_ATTRIBUTES = {
    **{tag: set(names) for tag, names in nh3.ALLOWED_ATTRIBUTES.items()},
    "*": {
        "align",
        "valign",
        "bgcolor",
        "width",
        "height",
        "style",
        "class",
        "dir",
        "lang",
        "title",
    },
    "a": {"href"},
    "img": {"src", "alt"},
    "font": {"color", "size", "face"},
    "table": {"border", "cellpadding", "cellspacing"},
    "td": {"colspan", "rowspan", "nowrap"},
    "th": {"colspan", "rowspan", "nowrap"},
}
_REMOTE = re.compile(r"^\s*(https?:)?//", re.IGNORECASE)


class _Pictures:
    """Stands between nh3 and each attribute: pictures come from the mail itself or not at all."""

    def __init__(self, carried: dict[str, str]) -> None:
        self.blocked = 0
        self._carried = carried

    def __call__(self, tag: str, name: str, value: str) -> str | None:
        if tag != "img" or name != "src":
            return value
        if value.lower().startswith("cid:"):
            return self._carried.get(value[4:].strip("<>"))
        if value.lower().startswith("data:image/"):
            return value
        self.blocked += bool(_REMOTE.match(value))
        return None


def caged(message: Message) -> SafeString:
    """A whole document for the sandboxed frame; what was kept out stands above the mail."""
    pictures = _Pictures(_carried(message))
    body = nh3.clean(
        message.html,
        tags=_TAGS,
        clean_content_tags={"script", "style", "title", "head"},
        attributes=_ATTRIBUTES,
        attribute_filter=pictures,
        url_schemes={"http", "https", "mailto", "tel", "cid", "data"},
        set_tag_attribute_values={"a": {"target": "_blank"}},
        link_rel="noopener noreferrer nofollow",
    )
    return format_html(
        _DOCUMENT,
        notice=_notice(pictures.blocked),
        body=mark_safe(body),  # noqa: S308 - nh3 has just rebuilt it from the allowed list
    )


_DOCUMENT = """<!doctype html>
<html lang="">
<head><meta charset="utf-8"><title>The mail as its sender designed it</title>
<style>
body {{ margin: 12px; font: 15px/1.5 sans-serif; color: #2b2521; background: #fff }}
body {{ overflow-wrap: anywhere }}
img {{ max-width: 100%; height: auto }}
.kept-out {{ margin: 0 0 12px; padding: 6px 10px; border: 1px solid #d8d3c8; font-size: 13px }}
</style></head>
<body>{notice}{body}</body>
</html>"""


def _notice(blocked: int) -> SafeString:
    if not blocked:
        return SafeString("")
    words = "1 remote image" if blocked == 1 else f"{blocked} remote images"
    return format_html(
        '<p class="kept-out"><b>{} blocked.</b> They report that you read this.</p>',
        words,
    )


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
