"""What a .p7m file signs: the content inside a CMS SignedData (RFC 5652, 5.1), BER or DER.

The signature is not verified: it says who signed, not whether the invoice adds up, and its
certificates end in national trust lists this product does not keep.
"""

from __future__ import annotations

from triage.invoices.structured.errors import Unreadable

# id-signedData 1.2.840.113549.1.7.2, as DER content octets.
_SIGNED_DATA = bytes.fromhex("2a864886f70d010702")
_SEQUENCE, _OBJECT_ID, _OCTET_STRING = 0x30, 0x06, 0x04
_OCTET_STRING_IN_PARTS, _EXPLICIT = 0x24, 0xA0
_INDEFINITE = 0x80
_END_OF_CONTENTS = b"\0\0"
# ContentInfo to the octets is six levels; a string in parts adds one or two.
MAX_DEPTH = 16


def is_signed(content: bytes) -> bool:
    """Does this look like a DER or BER ContentInfo of type SignedData?"""
    return content[:1] == bytes([_SEQUENCE]) and _SIGNED_DATA in content[:32]


def signed_content(content: bytes) -> bytes:
    """The octets that were signed.

    Raises Unreadable for a damaged envelope, or a signature kept apart from its content.
    """
    try:
        return _octets(content)
    except (IndexError, ValueError, RecursionError) as error:
        raise Unreadable("The signed file (.p7m) is damaged.") from error


def _octets(content: bytes) -> bytes:
    [(_, info), *_rest] = _values(content)
    (object_tag, object_id), (_, explicit), *_rest = _values(info)
    if object_tag != _OBJECT_ID or object_id != _SIGNED_DATA:
        raise ValueError("not SignedData")
    [(_, signed), *_rest] = _values(explicit)
    # SignedData: version, digest algorithms, then the content with its type.
    _version, _digests, (_, encapsulated), *_rest = _values(signed)
    _content_type, *inner = _values(encapsulated)
    if not inner:
        raise Unreadable("The signed file (.p7m) holds only a signature, not the invoice.")
    [(tag, value), *_rest] = _values(inner[0][1])
    return _joined(tag, value, depth=0)


def _joined(tag: int, value: bytes, *, depth: int) -> bytes:
    """A string of octets, whole or in parts (BER)."""
    if tag == _OCTET_STRING:
        return value
    if tag != _OCTET_STRING_IN_PARTS or depth > MAX_DEPTH:
        raise ValueError("not a string of octets")
    return b"".join(_joined(*part, depth=depth + 1) for part in _values(value))
