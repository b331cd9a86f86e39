"""The header block of a mail or of a part: where it ends, and its fields."""

import re
from dataclasses import dataclass

from triage.mail import limits
from triage.mail.defects import Defects

_BLANK = re.compile(rb"\n\r?\n")
_FIELD_BREAK = re.compile(rb"\n(?![ \t])")
_RAW_FIELD_BREAK = re.compile(rb"\r?\n(?![ \t])")
_NAME = re.compile(rb"[!-9;-~]+")
# Names of mail itself; used only to tell a stray line among headers from the first line of a body
# that lacks the blank line before it. "Price: 20" is a line of a body.
_LIKELY = re.compile(
    rb"^(?:received|from|to|cc|subject|date|message-id|in-reply-to|references|reply-to|sender"
    rb"|return-path|delivered-to|mime-version|content-[a-z-]+|x-[a-z0-9-]+|list-[a-z-]+"
    rb"|dkim-signature|arc-[a-z-]+|authentication-results|received-spf|user-agent|importance"
    rb"|precedence|auto-submitted|thread-[a-z]+|organization):",
    re.I | re.M,
)
_NAME_BYTES = 200


@dataclass(frozen=True, slots=True)
class Block:
    """Fields as (name, unfolded-later value) in their order; `body` is the offset after them."""

    fields: list[tuple[bytes, bytes]]
    body: int


def read_block(source: bytes, start: int, end: int, defects: Defects) -> Block:
    """The header block of source[start:end]; bytes that look like no header are body."""
    if source.startswith((b"\n", b"\r\n"), start, end):
        return Block([], start + (1 if source[start] == 10 else 2))
    blank = _BLANK.search(source, start, min(end, start + limits.HEADER_BLOCK_BYTES))
    stop, body = (blank.start(), blank.end()) if blank else (end, end)
    if stop > start and source[stop - 1] == 13:
        stop -= 1
    if stop - start > limits.HEADER_BLOCK_BYTES:
        defects.add("The headers are far too long; the first megabyte of them was read.")
        stop = body = start + limits.HEADER_BLOCK_BYTES
    fields: list[tuple[bytes, bytes]] = []
    for line in _FIELD_BREAK.split(source[start:stop].replace(b"\r\n", b"\n")):
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")
        if not colon or not (name.replace(b"-", b"").isalnum() or _NAME.fullmatch(name)):
            return _careful(source, start, (stop, body), defects)
        fields.append((name, value))
    return Block(_bounded(fields, defects), body)


def _careful(source: bytes, start: int, stop_and_body: tuple[int, int], defects: Defects) -> Block:
    """Fields among lines that are none: such a line is skipped, or the body begins with it."""
    stop, body = stop_and_body
    fields: list[tuple[bytes, bytes]] = []
    position = start
    last = max((found.start() for found in _LIKELY.finditer(source, start, stop)), default=start)
    for line in _RAW_FIELD_BREAK.split(source[start:stop]):
        name, colon, value = line.partition(b":")
        name = name.rstrip(b" \t")
        if colon and _NAME.fullmatch(name):
            fields.append((name, value))
        elif line.startswith((b"From ", b">From ")) and not fields:
            pass
        elif position >= last:
            if fields:
                defects.add("The blank line between headers and body is missing.")
            return Block(_bounded(fields, defects), position)
        elif line.strip():
            defects.add("A line among the headers is no header; it was skipped.")
        position += len(line) + (2 if source.startswith(b"\r\n", position + len(line)) else 1)
    return Block(_bounded(fields, defects), body)


def _bounded(fields: list[tuple[bytes, bytes]], defects: Defects) -> list[tuple[bytes, bytes]]:
    if len(fields) > limits.HEADERS:
        defects.add(
            f"The mail has {len(fields)} header fields; the first {limits.HEADERS} are kept."
        )
        del fields[limits.HEADERS :]
    for index, (name, value) in enumerate(fields):
        if len(value) > limits.HEADER_BYTES or len(name) > _NAME_BYTES:
            shown = name[:60].decode("ascii", "replace")
            defects.add(f"The header {shown} is far too long; its beginning is kept.")
            fields[index] = (name[:_NAME_BYTES], value[: limits.HEADER_BYTES])
    return fields
