"""Raw mails to Alder Lamps, one keyword per thing that matters to what becomes of them."""

from base64 import encodebytes
from collections.abc import Sequence

JO = "Jo Renner <jo.renner@glaswerk.example.org>"
DESK = "desk@alder-lamps.example.com"
CRACKED = "Two of the shades in crate 12 arrived cracked. Can you send new ones?"


def letter(
    text: str = CRACKED,
    *,
    sender: str = JO,
    to: str = DESK,
    subject: str = "The two cracked shades",
    message_id: str = "shades-1@glaswerk.example.org",
    date: str = "Mon, 2 Nov 2026 09:15:00 +0100",
    answers: str = "",
    references: Sequence[str] = (),
    fields: Sequence[str] = (),
    files: Sequence[tuple[str, bytes]] = (),
) -> bytes:
    """A mail; `message_id` "" leaves the header out, `files` are (name, content)."""
    head = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {date}", *fields]
    if message_id:
        head.append(f"Message-ID: <{message_id}>")
    if answers:
        head.append(f"In-Reply-To: <{answers}>")
    if references:
        head.append("References: " + " ".join(f"<{each}>" for each in references))
    body = text.encode()
    if files:
        head.append('Content-Type: multipart/mixed; boundary="crate"')
        body = _parcel(body, files)
    else:
        head.append("Content-Type: text/plain; charset=utf-8")
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body + b"\r\n"


def _parcel(text: bytes, files: Sequence[tuple[str, bytes]]) -> bytes:
    parts = [b"Content-Type: text/plain; charset=utf-8\r\n\r\n" + text]
    for name, content in files:
        parts.append(
            f'Content-Type: application/octet-stream; name="{name}"\r\n'
            f'Content-Disposition: attachment; filename="{name}"\r\n'
            "Content-Transfer-Encoding: base64\r\n\r\n".encode()
            + encodebytes(content)
        )
    return b"".join(b"--crate\r\n" + part + b"\r\n" for part in parts) + b"--crate--"
