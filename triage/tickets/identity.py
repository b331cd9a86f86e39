"""What makes two arrivals the same mail (promise 2).

Not the Message-ID: senders reuse it with other content, and some mail has none. Not the raw bytes:
the same mail by webhook and by IMAP carries other Received lines. It is the id, the sender, the
date as written and everything a person would see.
"""

import json
import re
from hashlib import sha256

from triage.mail import Email


def fingerprint(email: Email) -> str:
    """SHA-256 in hex; equal for two copies of one mail, whichever way they came."""
    seen = [
        email.message_id,
        email.sender.address.lower() if email.sender else "",
        _header(email, "date"),
        _words(email.subject),
        _words(email.text),
        _words(email.html),
        sorted(attachment.sha256 for attachment in email.attachments),
    ]
    return sha256(json.dumps(seen, ensure_ascii=True).encode()).hexdigest()


def _header(email: Email, name: str) -> str:
    return next((value for key, value in email.headers if key.lower() == name), "")


def _words(text: str) -> str:
    """Gateways re-wrap lines and trim spaces; words stay."""
    return re.sub(r"\s+", " ", text).strip()
