"""Who wrote a mail that could not be read, and what about: a guess from its first bytes.

The standard library's parser, not ours: the mail is here because ours may have failed on it.
"""

import re
from dataclasses import dataclass
from email.errors import MessageError
from email.header import decode_header
from email.parser import BytesHeaderParser

# Where the headers of nearly every mail end; the rest of a mail is never looked at here.
HEAD_BYTES = 16 * 1024
# A field longer than this is an attack or an accident; its beginning tells enough.
_FIELD_CHARACTERS = 1_000
_SHOWN_CHARACTERS = 150
_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]+")


@dataclass(frozen=True, slots=True)
class Guess:
    """Both empty when unreadable; plain text of one line, never markup."""

    sender: str
    subject: str


def guess(head: bytes) -> Guess:
    """From the beginning of a mail. Never raises."""
    try:
        # As written: reading a field by its name loses bytes that are not ASCII.
        written = BytesHeaderParser().parsebytes(head[:HEAD_BYTES]).raw_items()
        fields = {name.lower(): str(value) for name, value in reversed([*written])}
    except (MessageError, ValueError, LookupError, TypeError):
        return Guess("", "")
    return Guess(
        sender=_person(_readable(fields.get("from", ""))),
        subject=_words(_readable(fields.get("subject", ""))),
    )


def _readable(field: str) -> str:
    raw = field[:_FIELD_CHARACTERS].encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        # Undeclared 8-bit text in mail is mostly western, and every byte is a letter there.
        return raw.decode("latin-1")


def _person(field: str) -> str:
    # Not `email.utils.parseaddr`: a thousand brackets take it past Python's recursion limit.
    name, _, address = field.partition("<")
    return _words(name.strip().strip('"')) or _words(address.partition(">")[0])


def _words(text: str) -> str:
    try:
        pieces = decode_header(text)
        words = "".join(_piece(piece, charset) for piece, charset in pieces)
    except (MessageError, ValueError, LookupError):
        words = text
    clean = _CONTROLS.sub(" ", words.encode("utf-8", "replace").decode("utf-8"))
    return " ".join(clean.split())[:_SHOWN_CHARACTERS]


def _piece(piece: bytes | str, charset: str | None) -> str:
    if isinstance(piece, str):
        return piece
    try:
        return piece.decode(charset or "utf-8", "replace")
    except LookupError:
        return piece.decode("latin-1")
