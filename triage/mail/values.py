"""What a mail is once it has been read: immutable values that anybody may keep or compare."""

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox of RFC 5322, 3.4: `name` as a person reads it, `address` as `local@domain`.

    The local part stays as written, the domain is lower-cased; `address` is "" when unreadable.
    """

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file carried by a mail.

    `content` is decoded. `filename` is never empty and safe to show: no path, no control or
    direction-changing characters. `inline` says that the HTML shows it through `cid:` (RFC 2392).
    """

    filename: str
    content_type: str
    content: bytes
    content_id: str
    inline: bool

    @property
    def sha256(self) -> str:
        """Digest of the decoded content, in hexadecimal."""
        return sha256(self.content).hexdigest()

    @property
    def size(self) -> int:
        """Length of the decoded content, in bytes."""
        return len(self.content)


@dataclass(frozen=True, slots=True)
class Email:
    """A parsed mail.

    Ids come without angle brackets, `message_id` is "" when missing. `date` is aware and in UTC,
    None when missing or unreadable. `text` is what a person reads, drawn from the HTML when there
    is nothing else; `html` is raw and unsanitised. `headers` are all fields in their order,
    decoded. `auto` is "" or one of the words of `triage.mail.automatic`. `language` is an
    ISO 639-1 code or "". `defects` are sentences for staff: what could not be read and what was
    kept instead.
    """

    message_id: str
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    date: datetime | None
    subject: str
    sender: Address | None
    reply_to: tuple[Address, ...]
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    envelope_to: tuple[str, ...]
    text: str
    html: str
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]
    auto: str
    language: str
    defects: tuple[str, ...]
