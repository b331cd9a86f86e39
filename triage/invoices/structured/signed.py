"""What a .p7m file signs: the content inside a CMS SignedData (RFC 5652, 5.1), BER or DER.

The signature is not verified: it says who signed, not whether the invoice adds up, and its
certificates end in national trust lists this product does not keep.
"""

from __future__ import annotations

from triage.invoices.structured.errors import Unreadable

# id-signedData 1.2.840.113549.1.7.2, with tag and length.
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_SEQUENCE, _EXPLICIT, _OCTETS, _OCTETS_IN_PARTS = 0x30, 0xA0, 0x04, 0x24
_INDEFINITE = 0x80
# A length of more than four octets would be a file of over 4 GB.
MAX_LENGTH_OCTETS = 4
# A string in parts inside a string in parts, or a skipped value: real files nest three or four.
MAX_DEPTH = 16
# Signers write parts of 1,000 octets and more: this many hold 100 MB. A million tiny ones would
# keep a worker busy for minutes.
MAX_PARTS = 100_000


def is_signed(content: bytes) -> bool:
    """Does this look like a ContentInfo of type SignedData?"""
    return content[:1] == bytes([_SEQUENCE]) and _SIGNED_DATA in content[:32]


def signed_content(content: bytes) -> bytes:
    """The octets that were signed.

    Raises Unreadable for a damaged envelope, or a signature kept apart from its content.
    """
    try:
        return _Envelope(content).octets()
    except (IndexError, ValueError) as error:
        raise Unreadable("The signed file (.p7m) is damaged.") from error


class _Envelope:
    """Walks down to the content only; certificates and signatures behind it are not looked at."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.parts_left = MAX_PARTS

    def octets(self) -> bytes:
        at = self._enter(0, _SEQUENCE)  # ContentInfo
        at = self._enter(self._skip(at), _EXPLICIT)
        at = self._enter(at, _SEQUENCE)  # SignedData
        at = self._skip(self._skip(at))  # its version and digest algorithms
        _tag, start, end = self._header(at)  # EncapsulatedContentInfo
        at = self._skip(start)  # its content type
        if self._ends(at, end):
            raise Unreadable("The signed file (.p7m) holds only a signature, not the invoice.")
        return self._string(self._enter(at, _EXPLICIT))[0]

    def _header(self, at: int) -> tuple[int, int, int | None]:
        """Tag, start of the content, end of it (None: up to its end-of-contents mark)."""
        tag, size = self.content[at], self.content[at + 1]
        if size == _INDEFINITE:
            return tag, at + 2, None
        start = at + 2
        if size > _INDEFINITE:
            count = size - _INDEFINITE
            if count > MAX_LENGTH_OCTETS:
                raise ValueError("absurd length")
            start += count
            size = int.from_bytes(self.content[at + 2 : start], "big")
        if start + size > len(self.content):
            raise ValueError("truncated")
        return tag, start, start + size

    def _enter(self, at: int, expected: int) -> int:
        tag, start, _end = self._header(at)
        if tag != expected:
            raise ValueError("unexpected structure")
        return start

    def _skip(self, at: int, depth: int = 0) -> int:
        _tag, start, end = self._header(at)
        if end is not None:
            return end
        at = start
        while not self._ends(at, None):
            self._count(depth)
            at = self._skip(at, depth + 1)
        return at + 2

    def _string(self, at: int, depth: int = 0) -> tuple[bytes, int]:
        """A string of octets, whole or in parts (BER), and where it ends."""
        tag, start, end = self._header(at)
        if tag == _OCTETS and end is not None:
            return self.content[start:end], end
        if tag != _OCTETS_IN_PARTS:
            raise ValueError("not a string of octets")
        parts, at = [], start
        while not self._ends(at, end):
            self._count(depth)
            part, at = self._string(at, depth + 1)
            parts.append(part)
        return b"".join(parts), at + (2 if end is None else 0)

    def _ends(self, at: int, end: int | None) -> bool:
        if end is not None:
            return at >= end
        return self.content[at] == 0 and self.content[at + 1] == 0

    def _count(self, depth: int) -> None:
        self.parts_left -= 1
        if self.parts_left < 0 or depth > MAX_DEPTH:
            raise ValueError("too many parts")
