"""Raw mails to Alder Lamps, as their customers' programs write them."""

from collections.abc import Iterable

from triage.mail import Email, parse

HEAD = (
    b"From: Farah Nadir <farah@example.org>\r\n"
    b"To: support@alder-lamps.example.com\r\n"
    b"Subject: The reading lamp flickers\r\n"
    b"Date: Mon, 2 Nov 2026 09:15:00 +0100\r\n"
    b"Message-ID: <lamp-1@example.org>\r\n"
)


def letter(body: bytes, *fields: bytes, head: bytes = HEAD) -> bytes:
    """A mail with further header fields and a body."""
    return head + b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def read(body: bytes, *fields: bytes, head: bytes = HEAD) -> Email:
    """The same, parsed."""
    return parse(letter(body, *fields, head=head))


def part(body: bytes, *fields: bytes) -> bytes:
    """One part of a multipart."""
    return b"".join(field + b"\r\n" for field in fields) + b"\r\n" + body


def multipart(parts: Iterable[bytes], kind: bytes = b"mixed", boundary: bytes = b"lamp") -> bytes:
    """A multipart entity: its Content-Type, a blank line, its parts."""
    inside = b"".join(b"--" + boundary + b"\r\n" + each + b"\r\n" for each in parts)
    return (
        b'Content-Type: multipart/%s; boundary="%s"\r\n\r\n' % (kind, boundary)
        + inside
        + b"--"
        + boundary
        + b"--\r\n"
    )


def parcel(parts: Iterable[bytes], kind: bytes = b"mixed", boundary: bytes = b"lamp") -> Email:
    """A multipart mail, parsed."""
    return parse(HEAD + multipart(parts, kind, boundary))
