"""Address lists: RFC 5322, 3.4, with groups, comments and the damage of real programs."""

import re

from triage.mail import limits
from triage.mail.values import Address
from triage.mail.words import decode_words

# The form nine mails out of ten use, read without the scanner below.
_SIMPLE = re.compile(
    r'(?!"?\')(?:"([^"\\<>=]*)"|([^"\\<>=@,;:()]*?))\s*<([^<>@\s,;:()"]+@[^<>@\s,;:()"]+)>'
)
_SIMPLE_CHARACTERS = 300
_BARE = re.compile(r'[^<>@\s,;:()"\\]+@[^<>@\s,;:()"\\]+')
# RFC 5321, 4.5.3.1.1 allows 64 characters before the "@"; lists that encode an address use more.
_ANYWHERE = re.compile(r'[^<>@\s,;:()"\'\\\[\]=]{1,200}@[^<>@\s,;:()"\'\\\[\]]{1,255}')
_TOKEN = re.compile(
    r'(?P<word>=\?[^?\s]+\?[BbQq]\?[^?]*\?=)|(?P<quoted>"(?:[^"\\]|\\.)*"?)|(?P<open>\()'
    r'|(?P<angle><+[^<>]*>*)|(?P<separator>[,;:])|(?P<space>\s+)|(?P<literal>\[[^\]]*\]?)|(?P<atom>[^\s"(<,;:\[]+)'
    r"|(?P<other>.)",
    re.S,
)
_COMMENT_END = re.compile(r"\\.|[()]", re.S)
_QUOTED_PAIR = re.compile(r"\\(.)", re.S)


def read_addresses(text: str) -> tuple[Address, ...]:
    """The mailboxes of an address field, groups dissolved, at most `limits.ADDRESSES`.

    `text` is unfolded and may hold encoded-words. What is no address keeps its text as the name.
    """
    simple = _SIMPLE.fullmatch(text) if len(text) <= _SIMPLE_CHARACTERS else None
    if simple:
        return (Address((simple[1] or simple[2] or "").strip(), _address(simple[3])),)
    if _BARE.fullmatch(text):
        return (Address("", _address(text)),)
    return tuple(_Scanner(text).addresses())


class _Scanner:
    def __init__(self, text: str) -> None:
        self._text = text
        self._found: list[Address] = []
        self._clear()

    def _clear(self) -> None:
        self._phrase: list[str] = []
        self._written: list[str] = []
        self._angle: str | None = None
        self._comment = ""

    def addresses(self) -> list[Address]:
        position = 0
        while position < len(self._text) and len(self._found) < limits.ADDRESSES:
            piece = _TOKEN.match(self._text, position)
            if piece is None:
                break
            position = piece.end()
            if piece.lastgroup == "open":
                position = self._read_comment(position)
            else:
                self._take(piece.lastgroup or "", piece[0])
        self._finish()
        return self._found[: limits.ADDRESSES]

    def _take(self, kind: str, piece: str) -> None:
        if kind == "separator":
            # "Team: a@b, c@d;" names a group; "user:name@host" and "mailto:a@b" do not.
            if (
                piece == ":"
                and self._angle is None
                and not any("@" in piece for piece in self._phrase)
            ):
                self._clear()
            elif piece != ":":
                self._finish()
        elif kind == "angle":
            self._angle = piece.strip("<>").strip()
        elif kind == "quoted":
            inner = piece[1:-1] if len(piece) > 1 and piece.endswith('"') else piece[1:]
            self._phrase.append(_QUOTED_PAIR.sub(r"\1", inner))
            self._written.append(piece)
        else:
            self._phrase.append(" " if kind == "space" else piece)
            self._written.append(self._phrase[-1])

    def _read_comment(self, position: int) -> int:
        depth, start = 1, position
        for piece in _COMMENT_END.finditer(self._text, position):
            depth += {"(": 1, ")": -1}.get(piece[0], 0)
            if depth == 0:
                self._comment = self._text[start : piece.start()]
                return piece.end()
        self._comment = self._text[start:]
        return len(self._text)

    def _finish(self) -> None:
        phrase, written = "".join(self._phrase).strip(), "".join(self._written).strip()
        angle, comment = self._angle, self._comment
        self._clear()
        if angle is not None:
            self._found.append(_named(phrase or comment, angle))
        elif written.startswith('"') and '"@' in written:
            self._found.append(Address(_name(comment), _address(written)))
        elif "@" in phrase:
            self._found.append(_bare(phrase, comment))
        elif phrase or comment:
            self._found.append(_wordless(phrase or comment))


def _named(phrase: str, angle: str) -> Address:
    # A route such as <@relay.example.com:dora@example.com> is obsolete (RFC 5322, 4.4).
    angle = angle.rpartition(":")[2] if angle.startswith("@") else angle.removeprefix("mailto:")
    address = _address(angle)
    if not address and (found := _ANYWHERE.search(phrase)):
        return Address(_name(angle), _address(found[0]))
    return Address(_name(phrase), address)


def _bare(phrase: str, comment: str) -> Address:
    tight = re.sub(r" ?([@.]) ?", r"\1", " ".join(phrase.split()))
    if " " not in tight and (address := _address(tight)):
        return Address(_name(comment), address)
    found = _ANYWHERE.search(tight)
    if found is None:
        return Address(_name(phrase), "")
    return Address(_name(tight.replace(found[0], " ") + comment), _address(found[0]))


def _wordless(text: str) -> Address:
    # "=?utf-8?q?Farah_=3Cfarah=40example.org=3E?=": a program encoded the address too.
    name = _name(text)
    simple = _SIMPLE.fullmatch(name) if "=?" in text and len(name) <= _SIMPLE_CHARACTERS else None
    if simple:
        return Address((simple[1] or simple[2] or "").strip(), _address(simple[3]))
    return Address(name, "")


def _name(text: str) -> str:
    name = " ".join(decode_words(text).split())
    # Some programs quote a name twice, or in the other kind of quotes.
    if len(name) > 1 and name[0] == name[-1] and name[0] in "\"'":
        name = name[1:-1].strip()
    return name


def _address(text: str) -> str:
    text = decode_words(text) if "=?" in text else text
    local, at, domain = text.strip().strip("<>").strip("'").rpartition("@")
    if not at or not local or not domain:
        return ""
    return f"{local}@{domain.rstrip('.').lower()}"
