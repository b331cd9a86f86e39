"""Secrets of mailboxes, sealed for the database: a dump or a backup alone opens no mailbox."""

import base64

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.utils.encoding import force_bytes

# Another purpose of SECRET_KEY must not yield the same key (RFC 5869, section 3.2).
PURPOSE = b"triage: secrets of mailboxes, 1"


class SealBroken(Exception):
    """SECRET_KEY is not the one this was sealed with."""

    def __init__(self) -> None:
        super().__init__(
            "The mailbox's secret was stored under another SECRET_KEY. Set that key again,"
            " or enter the secret anew in the mailbox's settings."
        )


def seal(text: str) -> str:
    """Encrypted and authenticated (Fernet); empty stays empty."""
    return _fernet().encrypt(text.encode()).decode() if text else ""


def unseal(sealed: str) -> str:
    """What `seal` was given; SealBroken under another key."""
    if not sealed:
        return ""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken from None


def _fernet() -> MultiFernet:
    """Seals with SECRET_KEY; opens with the fallback keys too, so that a key can be changed."""
    return MultiFernet(
        [_key(each) for each in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)]
    )


def _key(secret: str | bytes) -> Fernet:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=PURPOSE)
    return Fernet(base64.urlsafe_b64encode(derived.derive(force_bytes(secret))))
