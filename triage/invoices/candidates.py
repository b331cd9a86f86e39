"""Which attachments may be invoices: decided by names and bytes, before any model call.

Wide on purpose: "not an invoice" is a result of the reading too. What is left out here is what
nobody would print and pay: logos, calendars, other business papers that say so in their name.
"""

from __future__ import annotations

import re

from triage.invoices.structured.archive import is_archive
from triage.invoices.structured.elements import is_invoice_xml
from triage.invoices.structured.pdf import is_pdf
from triage.invoices.structured.signed import is_signed

OFFICE = (".docx", ".xlsx", ".odt", ".ods")
TEXTS = (".txt", ".html", ".htm", ".csv", ".xml")
# JPEG, PNG, TIFF (two byte orders), WebP is RIFF; HEIC is told by its fourth byte on.
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG\r\n", b"II*\0", b"MM\0*", b"RIFF")
_HEIC = re.compile(rb"....ftyp(?:heic|heix|mif1|msf1|heim|heis)", re.DOTALL)
# Logos, signatures and tracking pixels come as pictures too, and are smaller than any scan.
MIN_PICTURE_BYTES = 20_000
# Outlook names the pictures of a letterhead image001.png; photos of paper are far larger.
MIN_NUMBERED_PICTURE_BYTES = 150_000
_NUMBERED = re.compile(r"(?:image|outlook-?)\d{3,}\.\w+|.*(?:logo|signature|banner).*")
# As far into a text as its heading can be.
TEXT_START = 4_000

# Beginnings of words, in the languages of this product's first customers: en de fr it es nl pl.
_INVOICE = re.compile(
    r"invoice|bill(?:ing)?(?![a-z])|credit.?note|receipt|rechnung|gutschrift|quittung|beleg"
    r"|factur|avoir(?![a-z])|fattur|nota.di.credito|rekening|creditnota|faktur|rachunek|abono",
    re.IGNORECASE,
)
_OTHER_PAPER = re.compile(
    r"reminder|dunning|statement|delivery.?note|packing.?list|quot(?:e|ation)|offer(?![a-z]*ings)"
    r"|contract|agreement|terms|conditions|mahnung|erinnerung|kontoauszug|lieferschein|angebot"
    r"|vertrag|agb(?![a-z])|datenschutz|rappel|relev[eé]|livraison|devis(?![a-z])|contrat"
    r"|cg[vu](?![a-z])|sollecito|estratto|preventivo|recordatorio|extracto|albar[aá]n|presupuesto"
    r"|herinnering|aanmaning|pakbon|offerte|umow|ofert[ay]",
    re.IGNORECASE,
)


def is_candidate(filename: str, content_type: str, content: bytes) -> bool:
    """May this attachment be an invoice? Cheap: looks at names and bytes, unpacks nothing."""
    name, kind = filename.lower(), content_type.lower()
    if is_invoice_xml(content, expected="xml" in kind):
        return True
    if is_signed(content) or name.endswith(".p7m"):
        return _is_signed_candidate(name, content)
    # Whatever the paper is called, a PDF with a file in it may be a hybrid invoice.
    if is_pdf(content) and b"/EmbeddedFile" in content:
        return True
    if _OTHER_PAPER.search(name) and not _INVOICE.search(name):
        return False
    if is_pdf(content):
        return True
    if is_archive(content):
        return name.endswith((*OFFICE, ".zip")) or kind.startswith("application/zip")
    if content.startswith(_PICTURES) or _HEIC.match(content):
        return _is_picture_candidate(name, content)
    return _is_text_candidate(name, kind, content)


def _is_signed_candidate(name: str, content: bytes) -> bool:
    # smime.p7m is a signed mail, not a signed file.
    return name.endswith((".xml.p7m", ".pdf.p7m")) or is_invoice_xml(content, expected=True)


def _is_picture_candidate(name: str, content: bytes) -> bool:
    if _NUMBERED.fullmatch(name):
        return len(content) >= MIN_NUMBERED_PICTURE_BYTES
    return len(content) >= MIN_PICTURE_BYTES


def _is_text_candidate(name: str, kind: str, content: bytes) -> bool:
    if not (name.endswith(TEXTS) or kind.startswith("text/plain")) or kind == "text/calendar":
        return False
    start = content[:TEXT_START].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if name.endswith(".xml") and start and not start.startswith("<"):
        # Broken or in base64: opening it tells.
        return True
    return bool(_INVOICE.search(name) or _INVOICE.search(start))
