"""Images a mail wants fetched from elsewhere: counted, told apart from trackers, shown or not.

The markup is nh3's own writing: every attribute quoted, every element closed. That, and only that,
is what makes a regular expression enough to read it.
"""

import re
from dataclasses import dataclass
from html import unescape

from django.utils.html import escape

from triage.web.pages.web_addresses import web_address

TAG = re.compile(r'<(/?)([a-z0-9]+)((?: [^\s"=<>]+="[^"]*")*)>')
ATTRIBUTE = re.compile(r' ([^\s"=<>]+)="([^"]*)"')
_VOID = frozenset({"br", "hr", "img", "wbr", "col"})
_PLACE = re.compile(r"data:,remote-(\d+)")
_LENGTH = re.compile(r"\s*(\d*\.?\d+)\s*(?:px|pt)?\s*(?:!important)?\s*", re.IGNORECASE)
_HIDING = re.compile(
    r"(?:^|;)(?:display:none|visibility:hidden|opacity:0(?:\.0+)?(?!\.?\d)"
    r"|(?:max-)?(?:width|height):0(?:px|pt|em|%)?(?![\d.]))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Images:
    """How many a mail would fetch, and how many of them nobody could see."""

    total: int = 0
    tracking: int = 0

    @property
    def visible(self) -> int:
        return self.total - self.tracking


def placeholder(number: int) -> str:
    """Stands in the markup for the remote address `number`: it loads nothing, wherever it ends."""
    return f"data:,remote-{number}"


def settled(markup: str, addresses: list[str], *, show: bool) -> tuple[str, Images]:
    """The markup with its placeholders filled from `addresses` or emptied, and the count.

    What only tracks is never filled: one pixel, no size, or hidden, itself or by what it stands in.
    """
    walk = _Walk(addresses, show=show)
    return TAG.sub(walk.step, markup), Images(walk.total, walk.tracking)


class _Walk:
    def __init__(self, addresses: list[str], *, show: bool) -> None:
        self.total = 0
        self.tracking = 0
        self._addresses = addresses
        self._show = show
        self._hidden = 0

    def step(self, tag: re.Match[str]) -> str:
        closes, name, written = tag.groups()
        if name == "img":
            return self._image(tag.group(), written)
        if self._hidden and name not in _VOID:
            self._hidden += -1 if closes else 1
        elif not closes and name not in _VOID and _is_hidden(_attributes(written)):
            self._hidden = 1
        return tag.group()

    def _image(self, whole: str, written: str) -> str:
        attributes = _attributes(written)
        place = _PLACE.fullmatch(attributes.get("src", ""))
        if not place:
            return whole
        self.total += 1
        tracks = bool(self._hidden) or _is_hidden(attributes) or _is_speck(attributes)
        self.tracking += tracks
        address = web_address(self._addresses[int(place[1])])
        if tracks or address is None or not self._show:
            return whole.replace(f' src="{place.group()}"', "", 1)
        source = f' src="{escape(address.url)}" referrerpolicy="no-referrer"'
        return whole.replace(f' src="{place.group()}"', source, 1)


def _attributes(written: str) -> dict[str, str]:
    return {name: unescape(value) for name, value in ATTRIBUTE.findall(written)}


def _is_hidden(attributes: dict[str, str]) -> bool:
    style = attributes.get("style", "").replace(" ", "")
    return "hidden" in attributes or bool(_HIDING.search(style))


def _is_speck(attributes: dict[str, str]) -> bool:
    """At most a pixel, as far as it says; a line of one pixel by twenty only draws."""
    style = dict(
        declaration.split(":", 1) for declaration in attributes.get("style", "").split(";")
        if ":" in declaration
    )  # fmt: skip
    said = [
        _length(text)
        for name in ("width", "height")
        for text in (attributes.get(name, ""), style.get(name, ""), style.get(f"max-{name}", ""))
    ]
    known = [length for length in said if length is not None]
    return bool(known) and (max(known) <= 1 or min(known) == 0)


def _length(text: str) -> float | None:
    match = _LENGTH.fullmatch(text)
    return float(match[1]) if match else None
