"""Mails nested so deep that drawing them would take minutes, told before anything draws them.

An HTML5 parser looks through all open elements at many a tag, so its time grows with the square of
the depth: 100,000 `<div>`, half a megabyte, keep it busy for a minute. How deep a mail is only such
a parser knows. This errs to one side: a close counts only where no reading could doubt it, so a
very large mail must be written cleanly to be drawn, and others need not.
"""

import re

# Each inside the one before: half a second. Newsletters have 500 to 3,000 tags.
TAGS_OF_ANY_KIND = 10_000
# Browsers themselves go no deeper.
DEPTH = 512
_WHOLE_TAG = re.compile(
    r"""([a-z][^\s"'<>/=]*)"""
    r"""(?:[\s/]++[^\s"'<>/=]++(?:\s*+=\s*+(?:"[^"<>]*"|'[^'<>]*'|[^\s"'=<>`]+))?)*+[\s/]*+>""",
    re.IGNORECASE,
)
_WHOLE_CLOSE = re.compile(r"/([a-z][^\s\"'<>/=]*)\s*>", re.IGNORECASE)
_NAME = re.compile(r"[a-z][^\s/>]*", re.IGNORECASE)
# Void, or closed by the next of their kind: they add no depth of their own.
_LIGHT = frozenset(
    {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr",
     "p", "li", "dt", "dd", "html", "head", "body"}
)  # fmt: skip
_FOREIGN = frozenset({"svg", "math"})  # other rules hold inside
_VERBATIM = frozenset(
    {"style", "script", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript",
     "plaintext"}
)  # fmt: skip


def is_too_deep(html: str) -> bool:
    """Whether it may be nested beyond `DEPTH`; never so with up to `TAGS_OF_ANY_KIND` tags."""
    if html.count("<") <= TAGS_OF_ANY_KIND:
        return False
    walk = _Walk()
    return any(walk.goes_too_deep(piece) for piece in html.split("<")[1:])


class _Walk:
    """Takes what stands behind each `<`, in order."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._in_comment = False
        self._in_doubt = False  # from here on no close counts

    def goes_too_deep(self, piece: str) -> bool:
        if self._in_comment:
            self._in_comment = not re.search("--!?>", piece)
        elif piece.startswith("!--"):
            self._comment(piece)
        elif piece.startswith("/"):
            self._close(piece)
        elif _NAME.match(piece):
            self._tag(piece)
        elif piece.startswith(("!", "?")):
            self._in_doubt |= ">" not in piece
        return len(self._open) > DEPTH

    def _comment(self, piece: str) -> None:
        if self._in_doubt or self._top in _VERBATIM:
            self._in_doubt = True
        else:
            is_short = piece.startswith(("!-->", "!--->"))
            self._in_comment = not is_short and not re.search("--!?>", piece[3:])

    def _close(self, piece: str) -> None:
        close = _WHOLE_CLOSE.match(piece)
        if close is None:
            self._in_doubt = True
        elif not self._in_doubt and self._top == close[1].lower():
            self._open.pop()

    def _tag(self, piece: str) -> None:
        tag = _WHOLE_TAG.match(piece)
        name = (tag[1] if tag else piece.partition(">")[0]).lower()
        self._in_doubt |= tag is None or name in _FOREIGN
        if self._in_doubt or name not in _LIGHT:
            self._open.append(name)

    @property
    def _top(self) -> str:
        return self._open[-1] if self._open else ""
