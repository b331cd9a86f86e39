"""Outlook's rich text: its compression ([MS-OXRTFCP]) and the HTML hidden in it ([MS-OXRTFEX])."""

import re

from triage.mail import limits
from triage.mail.charsets import decode

_DICTIONARY = (
    rb"{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript "
    rb"\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0"
    b"\r\n"
    rb"\par \pard\plain\f0\fs20\b\i\u\tab\tx"
)
_WINDOW = 4096
_TOKEN = re.compile(
    rb"\\'([0-9a-fA-F]{2})|\\([a-z]{1,32})(-?\d{1,10})?[ ]?|\\([^a-z])|([{}])"
    rb"|[\r\n]+|([^\\{}\r\n]+)"
)
# Groups whose text is for the program, not for the reader.
_SILENT_WORDS = (
    b"fonttbl colortbl stylesheet info pict object themedata listtable listoverridetable "
    b"rsidtbl generator"
)
_SILENT = frozenset(_SILENT_WORDS.split())
_BREAKS = {b"par": b"\n", b"line": b"\n", b"tab": b"\t", b"row": b"\n", b"cell": b"\t"}
_CHARACTERS = {
    b"emdash": "—",
    b"endash": "–",
    b"lquote": "‘",
    b"rquote": "’",
    b"ldblquote": "“",
    b"rdblquote": "”",
    b"bullet": "•",
}


def decompress(data: bytes) -> bytes:
    """The RTF behind PR_RTF_COMPRESSED; b"" when it is damaged from the start."""
    size, kind = int.from_bytes(data[4:8], "little"), data[8:12]
    size = min(size, limits.HTML_CHARACTERS * 4)
    if kind == b"MELA":
        return data[16 : 16 + size]
    return _inflate(data, size) if kind == b"LZFu" else b""


def _inflate(data: bytes, size: int) -> bytes:
    window = bytearray(_DICTIONARY.ljust(_WINDOW, b"\0"))
    place = len(_DICTIONARY)
    out = bytearray()
    position = 16
    while position < len(data) and len(out) < size:
        control = data[position]
        position += 1
        for bit in range(8):
            if not control >> bit & 1:
                piece = data[position : position + 1]
                position += 1
            else:
                reference = int.from_bytes(data[position : position + 2], "big")
                position += 2
                offset, length = reference >> 4, (reference & 15) + 2
                if offset == place or position > len(data):
                    return bytes(out)
                piece = _repeated(window, (offset, place), length)
            for byte in piece:
                window[place] = byte
                place = (place + 1) % _WINDOW
            out += piece
    return bytes(out[:size])


def _repeated(window: bytearray, offset_and_place: tuple[int, int], length: int) -> bytes:
    offset, place = offset_and_place
    # A reference may run into what it is writing: then it repeats it.
    period = (place - offset) % _WINDOW
    known = bytes(window[(offset + each) % _WINDOW] for each in range(min(length, period)))
    return (known * (length // len(known) + 1))[:length]


def rtf_to_html_or_text(rtf: bytes, charset: str) -> tuple[str, str]:
    """(HTML, "") when the RTF wraps HTML, otherwise ("", text)."""
    if not rtf.startswith(b"{\\rtf"):
        return "", ""
    wrapped = b"\\fromhtml" in rtf[:4000]
    text = _Reader(charset, wrapped=wrapped).read(rtf)
    return (text, "") if wrapped else ("", text.strip())


class _Reader:
    """Walks the tokens with a stack of groups; text of a wrapped mail is its HTML."""

    def __init__(self, charset: str, *, wrapped: bool) -> None:
        self._charset = charset
        self._wrapped = wrapped
        self._out: list[str] = []
        self._bytes = bytearray()
        # Per group: silent, and characters to skip after a \u (RTF 1.9, \uc).
        self._groups: list[tuple[bool, int]] = [(False, 1)]
        self._skip = 0

    def read(self, rtf: bytes) -> str:
        for token in _TOKEN.finditer(rtf):
            code, word, number, symbol, brace, text = token.groups()
            if brace:
                self._brace(brace)
            elif word:
                self._word(word, int(number) if number else None)
            elif symbol:
                self._symbol(symbol)
            elif code:
                self._say(bytes([int(code, 16)]))
            elif text:
                self._say(text)
        self._flush()
        return "".join(self._out)

    def _brace(self, brace: bytes) -> None:
        if brace == b"{" and len(self._groups) < 1_000:
            self._groups.append(self._groups[-1])
        elif brace == b"}" and len(self._groups) > 1:
            self._groups.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        silent, skip = self._groups[-1]
        if word in _SILENT or (word == b"htmlrtf" and number != 0):
            self._groups[-1] = (True, skip)
        elif word in (b"htmlrtf", b"htmltag"):
            self._groups[-1] = (False, skip)
        elif word == b"uc":
            self._groups[-1] = (silent, min(number or 0, 8))
        elif word == b"u" and number is not None and not silent:
            self._flush()
            point = number % 0x10000
            self._out.append("\ufffd" if 0xD800 <= point < 0xE000 else chr(point))
            self._skip = skip
        elif word in _BREAKS:
            self._say(_BREAKS[word])
        elif word in _CHARACTERS and not silent:
            self._flush()
            self._out.append(_CHARACTERS[word])

    def _symbol(self, symbol: bytes) -> None:
        skip = self._groups[-1][1]
        if symbol == b"*":
            # A destination this reader does not know is skipped; \htmltag opens it again.
            self._groups[-1] = (True, skip)
        elif symbol in b"\\{}":
            self._say(symbol)
        elif symbol == b"~":
            self._say(b" ")

    def _say(self, text: bytes) -> None:
        if self._skip:
            skipped = min(self._skip, len(text))
            self._skip -= skipped
            text = text[skipped:]
        if not self._groups[-1][0]:
            self._bytes += text

    def _flush(self) -> None:
        if self._bytes:
            self._out.append(decode(bytes(self._bytes), self._charset)[0])
            self._bytes.clear()
