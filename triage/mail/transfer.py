"""Content-Transfer-Encoding (RFC 2045, 6): to the bytes that were meant, whatever the damage."""

import binascii
import re

from triage.mail.defects import Defects
from triage.mail.uuencode import decode_lines

_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_PADDING = re.compile(rb"=+")
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_PLAIN = frozenset({"", "7bit", "8bit", "binary", "none", "7-bit", "8-bit", "7bits", "8bits", "us-ascii", "utf-8"})


def decode_transfer(data: bytes, encoding: str, defects: Defects) -> bytes:
    """The content behind `encoding` (lower case); an unknown encoding leaves the data as it is."""
    if encoding in _PLAIN:
        return data
    if encoding == "base64":
        return decode_base64(data, defects)
    if encoding in ("quoted-printable", "quoted_printable", "quotedprintable"):
        return decode_quoted_printable(data)
    if encoding in ("x-uuencode", "uuencode", "x-uue", "uue"):
        return _uuencoded(data, defects)
    if encoding.startswith(("7bit", "8bit", "binary")):
        return data
    defects.add(f"A part has the unknown encoding “{encoding[:40]}”; its content is kept as it came.")
    return data


def decode_base64(data: bytes, defects: Defects) -> bytes:
    """RFC 2045, 6.8; foreign characters are ignored, padding in the middle starts a new run."""
    clean = data.translate(None, b" \t\r\n")
    rest = clean.rstrip(b"=")
    if b"=" not in rest:
        if len(rest) % 4 != 1 and (good := _strict(rest)) is not None:
            return good
    if b"-" in rest or b"_" in rest:
        rest = rest.translate(_URL_SAFE)
    foreign = rest.translate(None, b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=")
    rest = rest.translate(None, _NOT_BASE64)
    runs = _PADDING.split(rest)
    if foreign or any(len(run) % 4 == 1 for run in runs):
        defects.add("A base64 part is damaged; what could be decoded of it is kept.")
    return b"".join(_run(run) for run in runs)


def _strict(run: bytes) -> bytes | None:
    try:
        return binascii.a2b_base64(run + b"=" * (-len(run) % 4), strict_mode=True)
    except binascii.Error:
        return None


def _run(run: bytes) -> bytes:
    # One character alone carries six bits: no byte to be had from it.
    whole = run[:-1] if len(run) % 4 == 1 else run
    return binascii.a2b_base64(whole + b"=" * (-len(whole) % 4))


def decode_quoted_printable(data: bytes) -> bytes:
    """RFC 2045, 6.7; an "=" that introduces nothing stays an "="."""
    if b"=" not in data:
        return data
    return binascii.a2b_qp(_SOFT_BREAK.sub(b"=", data))


def _uuencoded(data: bytes, defects: Defects) -> bytes:
    lines = data.splitlines()
    start = next((i + 1 for i, line in enumerate(lines) if line.startswith(b"begin")), 0)
    content, whole = decode_lines(lines[start:])
    if not whole:
        defects.add("A uuencoded part is damaged; what could be decoded of it is kept.")
    return content
