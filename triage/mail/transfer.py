"""Content-Transfer-Encoding (RFC 2045, 6): to the bytes that were meant, whatever the damage."""

import binascii
import re

from triage.mail.defects import Defects
from triage.mail.uuencode import decode_lines

_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
_NOT_BASE64 = bytes(set(range(256)) - set(_ALPHABET))
_URL_SAFE = bytes.maketrans(b"-_", b"+/")
_PADDING = re.compile(rb"=+")
# Padding with something else after it, or at the end of the line.
_PADDED = re.compile(rb"(?<!=)=++(?![A-Za-z0-9+/])")
_SOFT_BREAK = re.compile(rb"=[ \t]+(?=\r?\n)")
_PLAIN = frozenset(
    {"", "7bit", "8bit", "binary", "none", "7-bit", "8-bit", "7bits", "8bits", "us-ascii", "utf-8"}
)


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
    defects.add(
        f"A part has the unknown encoding “{encoding[:40]}”; its content is kept as it came."
    )
    return data


def decode_base64(data: bytes, defects: Defects) -> bytes:
    """RFC 2045, 6.8, read through damage.

    Foreign characters are ignored, padding ends a run and a further run may follow it, words
    after the padding (the footer of a mailing list) are left out. What is plainly no base64 is
    returned as it came.
    """
    clean = data.translate(None, b" \t\r\n")
    rest = clean.rstrip(b"=")
    if b"=" not in rest and len(rest) % 4 != 1 and (good := _strict(rest)) is not None:
        return good
    lines = _encoded_lines(data)
    foreign = sum(len(line.translate(None, _ALPHABET)) for line in lines)
    if foreign * 10 > sum(map(len, lines)):
        defects.add("A part says it is base64 and is not; it is kept as it came.")
        return data
    runs = _PADDING.split(b"".join(line.translate(None, _NOT_BASE64) for line in lines))
    if foreign or any(len(run) % 4 == 1 for run in runs):
        defects.add("A base64 part is damaged; what could be decoded of it is kept.")
    return b"".join(_run(run) for run in runs)


def _encoded_lines(data: bytes) -> list[bytes]:
    lines = [line.strip() for line in data.splitlines()]
    # RFC 4648, 5: the alphabet for addresses has two other signs; a drawn line is none of it.
    if b"+" not in data and b"/" not in data:
        lines = [line.translate(_URL_SAFE) if line.strip(b"-_") else line for line in lines]
    padded = next((n for n, line in enumerate(lines) if _PADDED.search(line)), len(lines))
    found = lines[:padded]
    for line in lines[padded:]:
        run = _PADDED.split(line, maxsplit=1)[0] + b"=" if _PADDED.search(line) else line
        if run and not run.translate(None, _ALPHABET):
            found.append(run)
    return found


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
