"""S/MIME wrappers (RFC 8551): the mail inside an opaque signature, read without verifying it."""

from dataclasses import dataclass

_SIGNED = bytes.fromhex("2a864886f70d010702")
_ENVELOPED = (bytes.fromhex("2a864886f70d010703"), bytes.fromhex("2a864886f70d0109100117"))
# ContentInfo > SignedData > EncapsulatedContentInfo > OCTET STRING, which BER may split in pieces.
_DEPTH = 12
_PIECES = 100_000


@dataclass(frozen=True, slots=True)
class Cms:
    """`content` is the signed mail, None when it is elsewhere or unreadable."""

    encrypted: bool
    content: bytes | None


@dataclass(frozen=True, slots=True)
class _Element:
    tag: int
    start: int
    end: int
    after: int


def read_cms(data: bytes) -> Cms | None:
    """What a pkcs7-mime part wraps (RFC 5652, DER or BER); None when it is no such thing."""
    try:
        outer = _element(data, 0, len(data), 0)
        kind, explicit = _children(data, outer)[:2]
        name = data[kind.start : kind.end]
        if name in _ENVELOPED:
            return Cms(encrypted=True, content=None)
        if outer.tag != 0x30 or name != _SIGNED:
            return None
        signed = _children(data, explicit)[0]
        # version, digest algorithms, then the content.
        encapsulated = _children(data, signed)[2]
        inner = _children(data, encapsulated)
        if len(inner) < 2:
            return Cms(encrypted=False, content=None)
        return Cms(encrypted=False, content=_octets(data, _children(data, inner[1])))
    except (IndexError, ValueError):
        return None


def _octets(data: bytes, elements: list[_Element], depth: int = 0) -> bytes:
    if depth > _DEPTH:
        raise ValueError("octet string nested too deep")
    pieces = []
    for element in elements:
        if element.tag & 0x20:
            pieces.append(_octets(data, _children(data, element), depth + 1))
        else:
            pieces.append(data[element.start : element.end])
    return b"".join(pieces)


def _children(data: bytes, parent: _Element) -> list[_Element]:
    found: list[_Element] = []
    position = parent.start
    while position < parent.end and len(found) < _PIECES:
        element = _element(data, position, parent.end, 0)
        found.append(element)
        position = element.after
    return found


def _element(data: bytes, position: int, end: int, depth: int) -> _Element:
    """One tag-length-value (X.690, 8.1); an indefinite length ends at its two zero bytes."""
    tag, first = data[position], data[position + 1]
    start = position + 2
    if first < 0x80:
        return _definite(tag, start, start + first, end)
    if first > 0x80:
        width = first & 0x7F
        if width > 5:
            raise ValueError("length of more than five bytes")
        length = int.from_bytes(data[start : start + width], "big")
        return _definite(tag, start + width, start + width + length, end)
    if depth > _DEPTH:
        raise ValueError("nested too deep")
    inside = start
    while data[inside : inside + 2] != b"\0\0":
        inside = _element(data, inside, end, depth + 1).after
    return _Element(tag, start, inside, inside + 2)


def _definite(tag: int, start: int, stop: int, end: int) -> _Element:
    if stop > end:
        raise ValueError("element longer than its parent")
    return _Element(tag, start, stop, stop)
