"""Mail that lies in files: eml, mbox, Maildir, folders of them, or a stream from an MTA."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

# An mbox begins with "From " and so does each mail in it (RFC 4155).
MBOX_LINE = b"From "
# What a folder may hold besides mail: notes, expectations, archives.
MAIL_SUFFIXES = frozenset({".eml", ".mbox", ".mbx", ".mail", ".email", ".msg", ".txt", ""})


def mail_files(path: Path) -> Iterator[Path]:
    """The files of mail at `path`, a file, a Maildir or a folder of either, in order of name."""
    if not path.is_dir():
        yield path
    elif (path / "cur").is_dir() and (path / "new").is_dir():
        yield from _maildir(path)
    else:
        for child in sorted(path.iterdir()):
            if child.is_dir() or child.suffix.lower() in MAIL_SUFFIXES:
                yield from mail_files(child)


def stream_mails(stream: BinaryIO) -> Iterator[bytes]:
    """The mails of an open file or pipe: an mbox's one by one, else all bytes as one mail."""
    first = stream.readline()
    if first.startswith(MBOX_LINE):
        yield from _mbox(stream)
    elif first:
        yield first + stream.read()


def _mbox(stream: BinaryIO) -> Iterator[bytes]:
    """Split at "From " lines that follow an empty one; ">From " in a body loses its quote."""
    lines: list[bytes] = []
    after_blank = False
    for line in stream:
        if after_blank and line.startswith(MBOX_LINE):
            yield b"".join(lines[:-1])  # the empty line belongs to the format
            lines = []
        else:
            lines.append(_unquoted(line))
        after_blank = not line.strip()
    if lines:
        yield b"".join(lines)


def _unquoted(line: bytes) -> bytes:
    return line[1:] if line.startswith(b">") and line.lstrip(b">").startswith(MBOX_LINE) else line


def _maildir(path: Path) -> Iterator[Path]:
    """Files of cur/ and new/ by name, which begins with the time of delivery."""
    names = [file for folder in ("cur", "new") for file in (path / folder).iterdir()]
    for file in sorted(names, key=lambda each: each.name):
        if file.is_file() and not file.name.startswith("."):
            yield file
