"""What a person reads in an HTML mail, as lines of text."""

import re

from lxml import etree

_SILENT = frozenset(
    {"script", "style", "head", "title", "template", "noscript", "object", "svg", "math", "select"}
)
_BLOCK_NAMES = """
    address article aside blockquote center dd div dl dt fieldset figure footer form h1 h2 h3 h4 h5
    h6 header hr li main nav ol p pre section table tbody tfoot thead tr ul
"""
_BLOCKS = frozenset(_BLOCK_NAMES.split())
# Everything that leaves a trace in the text; the rest is wrapping.
_MEANT = _BLOCKS | {"br", "img", "a", "td", "th"}
# Space around these is a blank line rather than a new one.
_PARAGRAPHS = frozenset(
    {"p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "table", "blockquote", "pre"}
)
_HIDDEN = re.compile(
    r"display\s*:\s*none|visibility\s*:\s*hidden|mso-hide\s*:\s*all|font-size\s*:\s*0(?:px|pt|em|%)?\s*(?:;|$|!)",
    re.I,
)
# Longer addresses are for counting readers, not for reading.
_LINK_CHARACTERS = 120
_LINK_PIECES = 20
_SPACE = re.compile(r"[ \t\r\n\f]+")
# The writer's own marks: blocks and the depth of quotations.
_MARKS = re.compile("[\x01-\x04]")
_DEPTH = re.compile("\x01(\\d+)\x02")
_QUOTES = 9
_SPACES = re.compile(" {2,}")
# Breaks of lines, blocks and paragraphs in a row count as the strongest of them.
_BREAKS = re.compile("[\n\x03\x04]+ ?")
_GAPS = re.compile(r"\n{3,}")
_ZERO_WIDTH = re.compile("[\u200b\u200c\u200d\u2060\ufeff\xad\u034f]")


def html_to_text(markup: str) -> str:
    """Readable text of HTML: blocks on lines of their own, "> " before quotations, links kept
    where their text does not name them. Hidden elements are left out: they are not read either.
    """
    if not markup.strip():
        return ""
    root = _tree(markup)
    if root is None:
        return ""
    writer = _Writer()
    writer.write(root)
    return writer.text()


def _tree(markup: str) -> etree._Element | None:
    # lxml refuses NUL and refuses str with an encoding declaration; bytes have neither trouble.
    data = markup.replace("\0", "").encode("utf-8", "replace")
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, no_network=True
    )
    try:
        return etree.fromstring(data, parser=parser)
    except (etree.LxmlError, ValueError, AssertionError):
        return None


class _Writer:
    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._quotes = 0
        self._preformatted = 0
        self._hidden = 0
        self._links: list[int] = []

    def write(self, root: etree._Element) -> None:
        # Mail is thousands of elements that do nothing for text: those pass without a call.
        for event, element in etree.iterwalk(root, events=("start", "end")):
            tag = element.tag
            if event == "start":
                if self._hidden or tag in _SILENT or _is_hidden(element):
                    self._hidden += 1
                    continue
                if tag in _MEANT:
                    self._start(element)
                if text := element.text:
                    self._say(text)
            else:
                if self._hidden:
                    self._hidden -= 1
                elif tag in _MEANT:
                    self._end(element)
                if not self._hidden and (text := element.tail):
                    self._say(text)

    def _start(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "br":
            self._pieces.append("\n")
        elif tag == "img":
            self._say(element.get("alt") or "")
        elif tag == "a":
            self._links.append(len(self._pieces))
        elif tag in _BLOCKS:
            self._break(tag)
            self._open(tag)

    def _open(self, tag: str) -> None:
        if tag == "blockquote":
            self._quotes += 1
            self._pieces.append(f"\x01{self._quotes}\x02")
        elif tag == "pre":
            self._preformatted += 1
        elif tag == "li":
            self._pieces.append("- ")
        elif tag == "hr":
            self._pieces.append("---\n")

    def _end(self, element: etree._Element) -> None:
        tag = element.tag
        if tag == "a":
            self._link(element)
        elif tag in ("td", "th"):
            self._pieces.append(" ")
        elif tag in _BLOCKS:
            self._break(tag)
            self._close(tag)

    def _close(self, tag: str) -> None:
        if tag == "blockquote":
            self._quotes -= 1
            self._pieces.append(f"\x01{self._quotes}\x02")
        elif tag == "pre":
            self._preformatted -= 1

    def _link(self, element: etree._Element) -> None:
        start = self._links.pop()
        target = (element.get("href") or "").strip()
        if len(target) > _LINK_CHARACTERS or not target.startswith(("http://", "https://")):
            return
        shown = "".join(self._pieces[start : start + _LINK_PIECES]).strip()
        if shown and target.split("//", 1)[1].rstrip("/") not in shown:
            self._pieces.append(f" ({target})")

    def _break(self, tag: str) -> None:
        self._pieces.append("\x04" if tag in _PARAGRAPHS else "\x03")

    def _say(self, text: str) -> None:
        if self._preformatted:
            # Spaces that do not break are not merged either.
            text = text.replace(" ", "\xa0")
        elif not text.isprintable() or "  " in text:
            text = " " if text.isspace() else _SPACE.sub(" ", text)
        self._pieces.append(text if text.isprintable() else _MARKS.sub("", text))

    def text(self) -> str:
        flat = "".join(self._pieces)
        flat = flat if flat.isascii() else _ZERO_WIDTH.sub("", flat)
        flat = _SPACES.sub(" ", flat)
        for mark in "\n\x03\x04":
            flat = flat.replace(f" {mark}", mark)
        flat = _BREAKS.sub(_line_breaks, flat)
        if "\x01" in flat:
            flat = _quoted(flat)
        lines = (line.rstrip() for line in flat.replace("\xa0", " ").split("\n"))
        return _GAPS.sub("\n\n", "\n".join(lines)).strip()


def _line_breaks(run: re.Match[str]) -> str:
    return "\n\n" if "\x04" in run[0] or run[0].count("\n") > 1 else "\n"


def _is_hidden(element: etree._Element) -> bool:
    style = element.get("style")
    if style and _HIDDEN.search(style):
        return True
    return element.get("hidden") is not None


def _quoted(flat: str) -> str:
    depth = before = 0
    lines: list[str] = []
    gap = False
    for line in flat.split("\n"):
        for mark in _DEPTH.findall(line):
            depth = int(mark)
        words = _DEPTH.sub("", line)
        if not words.strip():
            gap = True
            continue
        if gap and lines:
            lines.append(">" * min(depth, before, _QUOTES))
        lines.append("> " * min(depth, _QUOTES) + words)
        before, gap = depth, False
    return "\n".join(lines)
