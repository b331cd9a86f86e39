"""Mail that lies in files: eml, mbox, Maildir, folders of them, or a stream from an MTA."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# An mbox begins with "From " and so does each mail in it (RFC 4155).
MBOX_LINE = b"From "
# PostgreSQL holds a field of 1 GB, and sending one takes twice its size in memory.
MOST_BYTES = 256 * 1024 * 1024
# What a folder may hold besides mail: notes, expectations, archives.
MAIL_SUFFIXES = frozenset({".eml", ".mbox", ".mbx", ".mail", ".email", ".msg", ".txt", ""})


def mail_files(path: Path) -> Iterator[Path]:
    """The files of mail at `path`, a file, a Maildir or a folder of either, in order of name.

    What cannot be looked into is given itself: whoever opens it learns why.
    """
    yield from _files(path, set())


def stream_mails(stream: BinaryIO, *, most_bytes: int = MOST_BYTES) -> Iterator[bytes | None]:
    """The mails of an open file or pipe: an mbox's one by one, else all bytes as one mail.

    None stands for a mail of more than `most_bytes`: no more than that is ever held in memory.
    """
    first = stream.readline(most_bytes + 1)
    if first.startswith(MBOX_LINE):
        yield from _mbox(stream, most_bytes)
    elif first:
        yield _bounded([first, stream.read(most_bytes + 1)], most_bytes)


def _mbox(stream: BinaryIO, most_bytes: int) -> Iterator[bytes | None]:
    """Split at "From " lines that follow an empty one; ">From " in a body loses its quote."""
    lines: list[bytes] = []
    size = 0
    after_blank = False
    while line := stream.readline(most_bytes + 1):
        if after_blank and line.startswith(MBOX_LINE):
            yield _ended(lines, size, most_bytes)
            lines, size = [], 0
        else:
            size += len(line)
            if size <= most_bytes:
                lines.append(_unquoted(line))
        after_blank = not line.strip()
    if size:
        yield _ended(lines, size, most_bytes)


def _ended(lines: list[bytes], size: int, most_bytes: int) -> bytes | None:
    if size > most_bytes:
        return None
    # The empty line before the next "From " belongs to the format.
    return b"".join(lines[:-1] if lines and not lines[-1].strip() else lines)


def _bounded(parts: list[bytes], most_bytes: int) -> bytes | None:
    return b"".join(parts) if sum(map(len, parts)) <= most_bytes else None


def _unquoted(line: bytes) -> bytes:
    return line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(MBOX_LINE) else line


def _files(path: Path, seen: set[Path]) -> Iterator[Path]:
    # os.path says False where Path raises: names too long to be, folders closed to us.
    if not os.path.isdir(path):
        yield path
        return
    folder = path.resolve()
    if folder in seen:  # a link back to a folder above
        return
    seen.add(folder)
    try:
        children = _maildir(path) if _is_maildir(path) else _children(path)
    except OSError:
        yield path
        return
    for child in children:
        yield from _files(child, seen)


def _is_maildir(path: Path) -> bool:
    return os.path.isdir(path / "cur") and os.path.isdir(path / "new")


def _children(path: Path) -> list[Path]:
    return [
        child
        for child in sorted(path.iterdir())
        if child.suffix.lower() in MAIL_SUFFIXES or os.path.isdir(child)
    ]


def _maildir(path: Path) -> list[Path]:
    """Files of cur/ and new/ by name, which begins with the time of delivery."""
    names = [file for folder in ("cur", "new") for file in (path / folder).iterdir()]
    return [
        file
        for file in sorted(names, key=lambda each: each.name)
        if not (file.name.startswith(".") or os.path.isdir(file))
    ]
