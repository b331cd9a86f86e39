"""What a hybrid PDF shows people, held against what its XML tells machines.

A payer who reads the page and a program that reads the XML must pay the same: a difference is a
mistake of the issuer's software, or fraud.
"""

from __future__ import annotations

import re
from decimal import Decimal
from io import BytesIO

from pypdf import PdfReader

from triage.invoices.document import Document, Problem
from triage.invoices.structured import pdf
from triage.invoices.structured.errors import Unreadable

# The total stands at the end of the first page or on one of the last.
FIRST_PAGES, LAST_PAGES = 1, 2
# Text extraction takes pypdf about 50 ms a page; a page that unpacks to more than this is a plan.
MAX_PAGE_BYTES = 2_000_000
MAX_PAGE_OPERATIONS = 200_000
# pypdf walks the whole tree before it gives the first page.
MAX_PAGES = 2_000
# With fewer amounts in its text layer a page is a scan, or its fonts cannot be read.
MIN_AMOUNTS = 4

_LIMITS = pdf.LIMITS.with_overwrites(
    stream_decoding_work_maximum_length=MAX_PAGE_BYTES,
    zlib_maximum_output_length=MAX_PAGE_BYTES,
    stream_parsing_work_maximum_count=MAX_PAGE_OPERATIONS,
    page_tree_maximum_entries=MAX_PAGES,
)
_AMOUNT = re.compile(r"\d[.,]\d{2}(?!\d)")


def compare_total(content: bytes, document: Document) -> Problem | None:
    """A Problem when the PDF's pages show amounts but neither the gross total nor the amount due.

    None also where there is nothing to compare: no gross total, no text, a PDF that pypdf cannot
    lay out. Takes far longer than reading the XML: for one document, not for a backlog.
    """
    gross, due = document.total_gross, document.due
    if gross is None:
        return None
    try:
        shown = _text(content)
    except Unreadable:
        return None
    if len(_AMOUNT.findall(shown)) < MIN_AMOUNTS:
        return None
    if any(_printed(amount).search(shown) for amount in (gross, due) if amount is not None):
        return None
    message = f"The XML says {gross:f} in total, but the pages of the PDF show no such amount."
    return Problem("pdf_total", message)


def _printed(amount: Decimal) -> re.Pattern[str]:
    """How an amount is printed: 1234.56 also as 1234,56, 1.234,56, 1,234.56, 1'234.56, 1 234,56.

    Text is extracted in pieces, so a blank may stand anywhere; but 234.56 is not the end of
    1 234.56.
    """
    whole, _, cents = f"{abs(amount):,.2f}".partition(".")
    digits = r"\s*".join(whole.replace(",", "x")).replace("x", r"[.,'’]?")
    return re.compile(rf"(?<![\d.,'’])(?<!\d\s){digits}\s*[.,]\s*{cents[0]}\s*{cents[1]}(?!\d)")


def _text(content: bytes) -> str:
    with pdf.bounded(_LIMITS):
        pages = PdfReader(BytesIO(content)).pages
        count = len(pages)
        wanted = {*range(min(FIRST_PAGES, count)), *range(max(count - LAST_PAGES, 0), count)}
        return "\n".join(pages[index].extract_text() for index in sorted(wanted))
