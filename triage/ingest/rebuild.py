"""MIME for mail that a provider took apart: the same parts always give the same bytes."""

from email import encoders
from email.message import Message
from email.policy import SMTP
from hashlib import sha256
from typing import Any

# Fields stay as they came where they came whole; 8-bit bodies need no second encoding here.
_AS_THEY_CAME = SMTP.clone(refold_source="none", cte_type="8bit")


def rebuilt(message: "Message[Any, Any]") -> bytes:
    """The bytes (RFC 5322, CRLF) of a message made of parsed parts; alters it on the way.

    Boundaries are made of the content instead of chance, so that a retry gives the same bytes.
    """
    leaves = [part for part in message.walk() if not part.is_multipart()]
    for leaf in leaves:
        _encode(leaf)
    digest = sha256()
    for leaf in leaves:
        digest.update(str(leaf.get_payload()).encode("utf-8", "surrogateescape"))
    mark = digest.hexdigest()[:40]
    for number, part in enumerate(message.walk()):
        if part.get_content_maintype() == "multipart" and not part.get_boundary():
            part.set_boundary(f"=_{mark}_{number}")
    return message.as_bytes(policy=_AS_THEY_CAME)


def _encode(leaf: "Message[Any, Any]") -> None:
    """Binary content without an encoding would have its line ends rewritten (RFC 2046, 4.5.1)."""
    is_file = leaf.get_content_maintype() != "text" or leaf.get_content_disposition() is not None
    if leaf.get_payload() is None:
        leaf.set_payload("")
    elif is_file and "Content-Transfer-Encoding" not in leaf:
        encoders.encode_base64(leaf)
