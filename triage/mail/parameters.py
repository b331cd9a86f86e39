"""Content-Type and Content-Disposition values: RFC 2045, 5.1 and RFC 2231."""

import re
from dataclasses import dataclass, field
from urllib.parse import unquote_to_bytes

from triage.mail.charsets import decode
from triage.mail.words import decode_words, raw_text

_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*("(?:[^"\\]|\\.)*"?|[^;]*)', re.S)
_LOOSE_CHARACTERS = 500
_QUOTED_PAIR = re.compile(r"\\(.)", re.S)
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")
_TOKEN = re.compile(r"[^\s;]*")


@dataclass(frozen=True, slots=True)
class Value:
    """A token such as `text/plain` in lower case, and its parameters by lower-case name."""

    kind: str
    parameters: dict[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.parameters.get(name, "")


def read_value(raw: bytes) -> Value:
    """A field such as `text/plain; charset=utf-8` with parameters decoded; never raises."""
    text = raw_text(raw)
    found = _TOKEN.match(text)
    token = found[0].lower() if found else ""
    if "=" not in text:
        return Value(token)
    # "multipart/mixed boundary=x": the semicolon forgotten.
    text = text if ";" in text else text[:_LOOSE_CHARACTERS].replace(" ", ";")
    pairs = [(name.lower(), _unquoted(value)) for name, value in _PARAMETER.findall(text)]
    if any("*" in name for name, _ in pairs):
        return Value(token, _joined(pairs))
    parameters: dict[str, str] = {}
    for name, value in pairs:
        parameters.setdefault(name, decode_words(value))
    return Value(token, parameters)


def _unquoted(value: str) -> str:
    value = value.strip()
    if not value.startswith('"'):
        return value
    value = value[1:-1] if value.endswith('"') and len(value) > 1 else value[1:]
    # A Windows path in quotes is not escaped by the programs that write it; its backslashes
    # are kept for whoever cuts the folder off.
    if re.match(r"[A-Za-z]:\\|\\\\", value):
        return value
    return _QUOTED_PAIR.sub(r"\1", value) if "\\" in value else value


def _joined(pairs: list[tuple[str, str]]) -> dict[str, str]:
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = {}
    for name, value in pairs:
        found = _SECTION.fullmatch(name)
        if found is None or "*" not in name:
            plain.setdefault(name, decode_words(value))
            continue
        base, number, star = found.groups()
        sections.setdefault(base, {}).setdefault(int(number or 0), (value, bool(star)))
    # The extended form says more than the plain one beside it (RFC 6266, 4.3).
    return plain | {base: _section_text(parts) for base, parts in sections.items()}


def _section_text(parts: dict[int, tuple[str, bool]]) -> str:
    charset = ""
    data = b""
    for position, number in enumerate(sorted(parts)):
        value, extended = parts[number]
        if extended and position == 0 and value.count("'") >= 2:
            charset, _, value = value.split("'", 2)
        data += unquote_to_bytes(value) if extended else value.encode("utf-8", "replace")
    if not charset and b"=?" in data:
        return decode_words(data.decode("utf-8", "replace"))
    return decode(data, charset)[0]
