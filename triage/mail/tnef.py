"""winmail.dat: Microsoft's envelope TNEF ([MS-OXTNEF]), read as far as people need it.

The body and the files come out; calendars, forms and permissions do not. Every length in the
stream is checked against what is left of it, so a damaged stream yields what came before.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from triage.mail import limits
from triage.mail.charsets import decode
from triage.mail.rtf import decompress, rtf_to_html_or_text

_SIGNATURE = b"\x78\x9f\x3e\x22"
# Attributes of the stream ([MS-OXTNEF] 2.1.3.2), each with its type in the upper half.
_BODY, _MESSAGE_PROPERTIES, _CODEPAGE = 0x0002800C, 0x00069003, 0x00069007
_NEW_FILE, _FILE_TITLE, _FILE_DATA, _FILE_PROPERTIES = (
    0x00069002,
    0x00018010,
    0x0006800F,
    0x00069005,
)
# Properties ([MS-OXPROPS]).
_PLAIN_BODY, _RTF_BODY, _HTML_BODY = 0x1000, 0x1009, 0x1013
_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME = 0x3707, 0x3704, 0x3001
_MIME_TYPE, _CONTENT_ID, _DATA = 0x370E, 0x3712, 0x3701
# Bytes of the property types with a fixed size, padded to four ([MS-OXTNEF] 2.1.3.4).
_FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
_STRING, _UNICODE, _OBJECT, _BINARY = 0x1E, 0x1F, 0x0D, 0x102
_MANY = 0x1000
# A forward inside a forward; deeper ones stay closed.
_DEPTH = 3


@dataclass(slots=True)
class TnefFile:
    """A file in the envelope; `content_type` is "" when the envelope does not say."""

    name: str = ""
    content_type: str = ""
    content_id: str = ""
    content: bytes = b""


@dataclass(slots=True)
class Tnef:
    """What an envelope holds: plain text, HTML, and files."""

    text: str = ""
    html: str = ""
    files: list[TnefFile] = field(default_factory=list)


def read_tnef(data: bytes, depth: int = 0) -> Tnef | None:
    """The content of a TNEF stream; None when it is no such stream."""
    if not data.startswith(_SIGNATURE):
        return None
    found = Tnef()
    charset = "cp1252"
    for name, value in _attributes(data):
        if name == _CODEPAGE and len(value) >= 4:
            charset = f"cp{int.from_bytes(value[:4], 'little')}"
        elif name == _BODY:
            found.text = found.text or _string(value, charset)
        elif name == _MESSAGE_PROPERTIES:
            _take_bodies(found, dict(_properties(value, charset)), charset)
        elif name == _NEW_FILE:
            if len(found.files) >= limits.ATTACHMENTS:
                break
            found.files.append(TnefFile())
        elif found.files:
            _take_file(found, (name, value), charset, depth)
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    position = 6
    while position + 9 <= len(data):
        name, length = struct.unpack_from("<II", data, position + 1)
        start = position + 9
        if start + length > len(data):
            return
        yield name, data[start : start + length]
        position = start + length + 2


def _take_bodies(found: Tnef, properties: dict[int, bytes | str], charset: str) -> None:
    plain, html, rtf = (properties.get(name) for name in (_PLAIN_BODY, _HTML_BODY, _RTF_BODY))
    if plain:
        found.text = plain if isinstance(plain, str) else _string(plain, charset)
    if html:
        found.html = html if isinstance(html, str) else decode(html, charset)[0]
    if isinstance(rtf, bytes) and not found.text and not found.html:
        found.html, found.text = rtf_to_html_or_text(decompress(rtf), charset)


def _take_file(found: Tnef, attribute: tuple[int, bytes], charset: str, depth: int) -> None:
    name, value = attribute
    file = found.files[-1]
    if name == _FILE_TITLE:
        file.name = file.name or _string(value, charset)
    elif name == _FILE_DATA:
        file.content = value
    elif name == _FILE_PROPERTIES:
        properties = dict(_properties(value, charset))
        titles = (properties.get(each) for each in (_LONG_NAME, _SHORT_NAME, _DISPLAY_NAME))
        file.name = next((title for title in titles if isinstance(title, str) and title), file.name)
        file.content_type = _text_of(properties.get(_MIME_TYPE)).lower()
        file.content_id = _text_of(properties.get(_CONTENT_ID))
        content = properties.get(_DATA)
        if isinstance(content, bytes) and not file.content:
            _take_object(found, file, content, depth)


def _take_object(found: Tnef, file: TnefFile, content: bytes, depth: int) -> None:
    # An object begins with the 16 bytes that name its interface.
    inner = content[16:]
    file.content = inner if inner.startswith(_SIGNATURE) else content
    if depth < _DEPTH and (message := read_tnef(inner, depth + 1)):
        text = message.text.encode("utf-8") or message.html.encode("utf-8")
        if text:
            file.content, file.content_type = text, "text/plain" if message.text else "text/html"
        found.files.extend(message.files)


def _properties(data: bytes, charset: str) -> Iterator[tuple[int, bytes | str]]:
    """Properties as (id, value); those of fixed size are skipped, nothing here needs them."""
    position = 4
    while position + 4 <= len(data):
        kind, name = struct.unpack_from("<HH", data, position)
        position += 4
        if name >= 0x8000:
            position = _after_name(data, position)
        if kind & ~_MANY in _FIXED:
            count, position = _count(data, position) if kind & _MANY else (1, position)
            position += _FIXED[kind & ~_MANY] * count
            continue
        if kind & ~_MANY not in (_STRING, _UNICODE, _OBJECT, _BINARY):
            return
        count, position = _count(data, position)
        for _ in range(count):
            length, position = _count(data, position)
            if position + length > len(data):
                return
            yield name, _value(data[position : position + length], kind & ~_MANY, charset)
            position += length + -length % 4


def _count(data: bytes, position: int) -> tuple[int, int]:
    if position + 4 > len(data):
        return 0, len(data)
    return int.from_bytes(data[position : position + 4], "little"), position + 4


def _after_name(data: bytes, position: int) -> int:
    kind, position = _count(data, position + 16)
    length, position = _count(data, position)
    return position if kind == 0 else position + length + -length % 4


def _value(data: bytes, kind: int, charset: str) -> bytes | str:
    if kind == _UNICODE:
        return data.decode("utf-16-le", "replace").rstrip("\0")
    return _string(data, charset) if kind == _STRING else data


def _string(data: bytes, charset: str) -> str:
    return decode(data.rstrip(b"\0"), charset)[0]


def _text_of(value: bytes | str | None) -> str:
    return value if isinstance(value, str) else ""
