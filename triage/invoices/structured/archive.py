"""The files in a zip, within bounds."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from triage.invoices.structured.errors import Unreadable

SIGNATURE = b"PK\x03\x04"
# A month's invoices of one supplier fit; a zip bomb of a million empty files does not.
MAX_MEMBERS = 200
# Together, unpacked. Ten times an ordinary invoice PDF for each of the first dozen.
MAX_UNPACKED_BYTES = 60_000_000
# Deflate reaches 1,032; XML and PDF stay under 50.
MAX_RATIO = 200
# Below this a high ratio is only a small repetitive file.
RATIO_FROM_BYTES = 1_000_000

_NAMES = (".xml", ".pdf", ".p7m", ".zip", ".b64")
# Word, Excel and OpenDocument files are zips too, and carry no e-invoice.
_OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/")


def is_archive(content: bytes) -> bool:
    return content.startswith(SIGNATURE)


def members(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Name and bytes of each file that may hold an invoice, in the archive's order.

    Raises Unreadable for a damaged, encrypted or absurdly large archive.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            yield from _members(archive)
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError) as error:
        raise Unreadable("The zip file is damaged.") from error
    except (NotImplementedError, RuntimeError) as error:
        # zipfile's own words for encryption and for methods it does not know.
        raise Unreadable("The zip file is protected with a password.") from error


def _members(archive: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    infos = archive.infolist()
    if any(info.filename.startswith(_OFFICE) for info in infos[:5]):
        return
    if len(infos) > MAX_MEMBERS:
        raise Unreadable(f"The zip file holds {len(infos)} files; {MAX_MEMBERS} are read.")
    left = MAX_UNPACKED_BYTES
    for info in infos:
        if info.is_dir() or not info.filename.lower().endswith(_NAMES):
            continue
        left -= info.file_size
        if left < 0 or _is_bomb(info):
            raise Unreadable("The zip file unpacks to far more than any invoice needs.")
        # The size is what the archive claims; reading stops there whatever it holds.
        with archive.open(info) as file:
            yield info.filename, file.read(info.file_size)


def _is_bomb(info: zipfile.ZipInfo) -> bool:
    ratio = info.file_size / max(info.compress_size, 1)
    return info.file_size > RATIO_FROM_BYTES and ratio > MAX_RATIO
