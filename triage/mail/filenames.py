"""Names of attached files: what the sender called them, made safe to show and to save."""

import mimetypes
import unicodedata

from triage.mail import limits

# The end of a name is what tells the kind of file.
_NAME_CHARACTERS = 2_000
# "gpj.exe" shown backwards reads as "exe.jpg": direction marks have no place in a name.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_FORBIDDEN = str.maketrans(dict.fromkeys('<>:"|?*', "_"))
# mimetypes answers from the machine's own tables; these are the same everywhere.
_EXTENSIONS = {
    "text/plain": ".txt",
    "text/html": ".html",
    "text/calendar": ".ics",
    "text/vcard": ".vcf",
    "text/x-vcard": ".vcf",
    "text/rfc822-headers": ".txt",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/tiff": ".tiff",
    "application/pdf": ".pdf",
    "application/xml": ".xml",
    "text/xml": ".xml",
    "application/pgp-signature": ".asc",
    "application/pgp-keys": ".asc",
    "application/pkcs7-signature": ".p7s",
    "application/x-pkcs7-signature": ".p7s",
    "application/pkcs7-mime": ".p7m",
    "application/x-pkcs7-mime": ".p7m",
    "application/ms-tnef": ".dat",
    "application/octet-stream": ".bin",
    "message/rfc822": ".eml",
    "message/global": ".eml",
    "message/delivery-status": ".txt",
    "message/disposition-notification": ".txt",
}


def safe_filename(name: str, content_type: str, *, otherwise: str = "attachment") -> str:
    """`name` without folders and unseen characters, at most `limits.FILENAME_BYTES` in UTF-8.

    A nameless file is called after `otherwise`, with the ending that suits its type.
    """
    name = _cleaned(name)
    if not name or not name.strip(". "):
        return _shortened(_cleaned(otherwise).strip(". ") or "attachment", _extension(content_type))
    stem, dot, ending = name.rpartition(".")
    if not dot or not stem or len(ending) > 10:
        return _shortened(name, "")
    return _shortened(stem, "." + ending)


def _cleaned(name: str) -> str:
    name = name[-_NAME_CHARACTERS:].replace("\\", "/").rpartition("/")[2].strip()
    if not name.isascii() or not name.isprintable():
        name = "".join(char for char in name if unicodedata.category(char) not in _UNSEEN)
    return " ".join(name.translate(_FORBIDDEN).split()).rstrip(". ")


def _extension(content_type: str) -> str:
    known = _EXTENSIONS.get(content_type) or mimetypes.guess_extension(content_type)
    return known or (".txt" if content_type.startswith("text/") else ".bin")


def _shortened(stem: str, ending: str) -> str:
    room = limits.FILENAME_BYTES - len(ending.encode("utf-8", "replace"))
    if len(stem) * 4 <= room:
        return stem + ending
    return stem.encode("utf-8", "replace")[:room].decode("utf-8", "ignore") + ending
