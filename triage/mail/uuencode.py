"""uuencoded files (POSIX uuencode): as a transfer encoding and pasted into text."""

import binascii
import re
from collections.abc import Iterable
from itertools import islice

_BEGIN = re.compile(r"^begin(?:-base64)? ([0-7]{3,4}) +(\S[^\r\n]*)\r?$", re.M)
# Each is decoded up to its end before it is known to be one.
_BLOCKS = 50
_END = re.compile(r"^end[ \t]*\r?$", re.M)


def decode_lines(lines: Iterable[bytes]) -> tuple[bytes, bool]:
    """The bytes of uuencoded lines up to "end", and whether every line was readable."""
    content = bytearray()
    whole = True
    for line in lines:
        if line.strip() == b"end":
            return bytes(content), whole
        piece = _line(line)
        if piece is None:
            whole = False
            continue
        content += piece
    return bytes(content), whole


def _line(line: bytes) -> bytes | None:
    line = line.rstrip(b"\r\n")
    if not line.strip():
        return b""
    if not 32 <= line[0] <= 96:
        return None
    length = (line[0] - 32) & 63
    # Trailing spaces are data and are lost by careful editors; some encoders add a checksum.
    width = (length + 2) // 3 * 4
    body = line[1 : width + 1].ljust(width)
    try:
        return binascii.a2b_uu(line[:1] + body)
    except binascii.Error:
        return None


def _whole(lines: Iterable[bytes]) -> bytes:
    """The bytes of the lines, b"" as soon as one is not readable."""
    content = bytearray()
    for line in lines:
        piece = _line(line)
        if piece is None:
            return b""
        content += piece
    return bytes(content)


def extract_files(text: str) -> tuple[str, list[tuple[str, bytes]]]:
    """Text without the uuencoded files in it, and those files as (name, content).

    A block that does not decode, or has no "end", is text: people quote such lines.
    """
    if "begin " not in text:
        return text, []
    kept: list[str] = []
    files: list[tuple[str, bytes]] = []
    position = 0
    for begin in islice(_BEGIN.finditer(text), _BLOCKS):
        if begin.start() < position:
            continue
        end = _END.search(text, begin.end())
        if end is None:
            break
        block = text[begin.end() : end.start()].strip("\r\n")
        if not block.isascii():
            continue
        content = _whole(block.encode("ascii").splitlines())
        if not content:
            continue
        kept.append(text[position : begin.start()])
        files.append((begin[2].strip(), content))
        position = end.end()
    kept.append(text[position:])
    return "".join(kept), files
