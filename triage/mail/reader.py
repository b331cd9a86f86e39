"""Bytes of a mail to an Email, whatever the bytes."""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from triage.mail import limits
from triage.mail.addresses import read_addresses
from triage.mail.automatic import automatic
from triage.mail.content import read_content
from triage.mail.dates import read_date
from triage.mail.defects import Defects
from triage.mail.language import language_of
from triage.mail.mime import Part, Tree
from triage.mail.values import Address, Email
from triage.mail.words import decode_words, raw_text

UNREADABLE = "The mail could not be read; its beginning is shown as it came."

_FIRST_LINES = 2_000
_SHOWN_BYTES = 10_000
_BRACKETED = re.compile(r"<([^<>]+)>")
_ENVELOPE = (
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-envelope-to",
    "x-delivered-to",
    "x-forwarded-to",
)
# RFC 5322, 3.6: at most one of each; the first counts, as in the programs people read mail with.
_SINGLE = ("from", "subject", "date", "message-id")
_RECEIVED_FOR = re.compile(r"\bfor\s+<?([^\s<>;]+@[^\s<>;]+)>?", re.I)


def parse(raw: bytes) -> Email:
    """The mail in `raw` (RFC 5322, MIME, one mbox "From " line allowed before it).

    Never raises. At most `limits.MAIL_BYTES` are read; what could not be read is said in
    `defects`, and the caller keeps the raw bytes.
    """
    defects = Defects()
    try:
        return _read(_bounded(bytes(raw), defects), defects)
    except Exception:  # noqa: BLE001  the last net: a mail may cost its own reading, no other's
        return _unread(bytes(raw))


def _bounded(raw: bytes, defects: Defects) -> bytes:
    if len(raw) > limits.MAIL_BYTES:
        size = limits.MAIL_BYTES // (1024 * 1024)
        defects.add(f"The mail is larger than {size} MB; only its first {size} MB were read.")
        raw = raw[: limits.MAIL_BYTES]
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        raw = raw.decode("utf-16", "replace").encode("utf-8")
    raw = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if b"\n" not in raw and b"\r" in raw:
        raw = raw.replace(b"\r", b"\n")
    if b"\r\r\n" in raw[:_FIRST_LINES]:
        # A gateway has turned breaks into breaks that were breaks already.
        raw = raw.replace(b"\r\r\n", b"\r\n")
    if not raw.strip():
        defects.add("The mail is empty.")
    return raw


def _read(raw: bytes, defects: Defects) -> Email:
    root = Tree(defects).read(raw)
    fields = _Fields(root, defects)
    sender = fields.sender()
    content = read_content(root, defects)
    return Email(
        message_id=next(iter(fields.ids("message-id", bare=True)), ""),
        in_reply_to=fields.ids("in-reply-to"),
        references=fields.ids("references"),
        date=fields.date(),
        subject=fields.subject(),
        sender=sender,
        reply_to=fields.addresses("reply-to"),
        to=fields.addresses("to"),
        cc=fields.addresses("cc"),
        envelope_to=fields.envelope(),
        text=content.text,
        html=content.html,
        attachments=content.attachments,
        headers=fields.decoded,
        auto=automatic(fields.by_name, root.content_type, sender.address if sender else ""),
        language=language_of(content.text),
        defects=defects.sentences(),
    )


def _unread(raw: bytes) -> Email:
    """The headers if they can be read, and the beginning of the raw mail as its text."""
    text = raw[:_SHOWN_BYTES].decode("utf-8", "replace").replace("\0", "")
    head = raw[:_SHOWN_BYTES].replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    for fields in (head, b""):
        with suppress(Exception):
            mail = _read(fields + b"\n\n", Defects())
            return replace(mail, text=text, html="", attachments=(), defects=(UNREADABLE,))
    raise AssertionError("an empty mail is readable")


class _Fields:
    """The header fields of the mail itself, by lower-case name."""

    def __init__(self, root: Part, defects: Defects) -> None:
        self._defects = defects
        self._raw: dict[str, list[str]] = {}
        charset = root.content_type.get("charset")
        decoded = []
        for name_bytes, value in root.fields:
            name = name_bytes.decode("ascii")
            text = raw_text(value, charset)
            self._raw.setdefault(name.lower(), []).append(text)
            decoded.append((name, _one_line(decode_words(text)) if "=?" in text else text))
        self.decoded = tuple(decoded)
        self.by_name: dict[str, str] = {}
        for name, text in decoded:
            self.by_name.setdefault(name.lower(), text)
        for name in _SINGLE:
            if len(set(self._raw.get(name, ()))) > 1:
                defects.add(f"The mail has several {name.title()} headers; the first one counts.")

    def subject(self) -> str:
        return self.by_name.get("subject", "")[: limits.SUBJECT_CHARACTERS]

    def date(self) -> datetime | None:
        value = self.by_name.get("date", "")
        moment = read_date(value)
        if moment is None:
            self._defects.add(
                "The mail's date is unreadable." if value else "The mail has no date."
            )
        return moment

    def addresses(self, name: str) -> tuple[Address, ...]:
        values = self._raw.get(name, ())
        if len(values) == 1:
            return read_addresses(values[0])
        return tuple(address for value in values for address in read_addresses(value))[
            : limits.ADDRESSES
        ]

    def sender(self) -> Address | None:
        candidates = [*self.addresses("from"), *self.addresses("sender")]
        readable = [candidate for candidate in candidates if candidate.address]
        if not readable:
            self._defects.add("The mail does not say who sent it.")
        return next(iter(readable or candidates), None)

    def envelope(self) -> tuple[str, ...]:
        values = [value for name in _ENVELOPE for value in self._raw.get(name, ())]
        found = [address.address for value in values for address in read_addresses(value)]
        if not found:
            # The last relay's stamp is on top.
            stamps = (_RECEIVED_FOR.search(value) for value in self._raw.get("received", ()))
            found = [read_addresses(stamp[1])[0].address for stamp in stamps if stamp][:1]
        return _unique(address for address in found if address)

    def ids(self, name: str, *, bare: bool = False) -> tuple[str, ...]:
        """Message ids of a field; `bare` also takes one that lacks its brackets and its "@"."""
        found: list[str] = []
        for value in self._raw.get(name, ()):
            inside = _BRACKETED.findall(value) or [
                word.strip("<>,;") for word in value.split() if bare or "@" in word
            ]
            found.extend("".join(each.split()) for each in inside)
        return _unique(each[: limits.MESSAGE_ID_CHARACTERS] for each in found if each)[
            : limits.MESSAGE_IDS
        ]


def _one_line(text: str) -> str:
    return " ".join(text.replace("\0", "").splitlines()).strip()


def _unique(items: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(items))
