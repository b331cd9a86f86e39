"""PGP armour in text (RFC 9580, 6 and 7): signed words without it, hidden ones told apart."""

import re

_BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE = "-----BEGIN PGP SIGNATURE-----"
_END = "-----END PGP SIGNATURE-----"
_DASHED = re.compile(r"^- ", re.M)


def strip_signature(text: str) -> str:
    """Text whose first cleartext signature is taken off, dash escapes undone."""
    begin = text.find(_BEGIN)
    # A blank line ends the armour's headers, "Hash: SHA256" among them.
    words = text.find("\n\n", begin) + 2 if begin >= 0 else 0
    signature = text.find("\n" + _SIGNATURE, words - 1) if words > 1 else -1
    if signature < 0:
        return text
    end = text.find(_END, signature)
    after = text[end + len(_END) :].lstrip("\n") if end >= 0 else ""
    return text[:begin] + _DASHED.sub("", text[words:signature]) + "\n" + after


def is_encrypted(text: str) -> bool:
    """Whether the text holds an encrypted message."""
    return "-----BEGIN PGP MESSAGE-----" in text
