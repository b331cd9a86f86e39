"""Which attachments may be invoices: decided by names and first bytes, before any model call."""

from __future__ import annotations

import re

# What the product can read an invoice from: documents, pictures, tables, containers.
EXTENSIONS = frozenset(
    ".pdf .xml .p7m .zip .png .jpg .jpeg .heic .heif .tif .tiff .webp .docx .xlsx .odt .ods".split()
)
SIGNS = (
    b"CrossIndustryInvoice",
    b"CrossIndustryDocument",
    b"xsd:Invoice-2",
    b"xsd:CreditNote-2",
    b"FatturaElettronica",
)
# Logos, signatures and tracking pixels come as pictures too, and are smaller than any scan.
MIN_PICTURE_BYTES = 20_000
_OTHER_PAPER = re.compile(
    r"reminder|mahnung|statement|kontoauszug|delivery|lieferschein|offer|angebot|quote|contract"
    r"|vertrag|agb|terms",
    re.IGNORECASE,
)


def is_candidate(filename: str, content_type: str, content: bytes) -> bool:
    """May this attachment be an invoice? Cheap: looks at names and bytes, parses nothing."""
    if any(sign in content[:4096] for sign in SIGNS):
        return True
    extension = "." + filename.lower().rpartition(".")[2]
    if content_type.startswith("image/"):
        return len(content) >= MIN_PICTURE_BYTES and not _OTHER_PAPER.search(filename)
    return extension in EXTENSIONS and not _OTHER_PAPER.search(filename)
