"""The pages of a hybrid PDF and its XML must ask for the same amount."""

from dataclasses import replace
from decimal import Decimal
from io import BytesIO

import pytest
from fpdf import FPDF
from pypdf import PdfReader, PdfWriter

from tests.invoices.builders import cii, encrypted_pdf, pdf, sound_document
from triage.invoices.structured.pages import compare_total

D = Decimal


def page(*lines: str) -> bytes:
    """A printed page with these lines, hybrid by the invoice's XML."""
    paper = FPDF()
    paper.add_page()
    paper.set_font("Helvetica")
    for line in lines:
        paper.cell(0, 8, line, new_x="LMARGIN", new_y="NEXT")
    writer = PdfWriter(clone_from=PdfReader(BytesIO(bytes(paper.output()))))
    writer.add_attachment("factur-x.xml", cii())
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


PRINTED = ("12 x 14,50  174,00", "2 x 89,90  179,80", "Netto 350,70", "MwSt 46,95")


def found(content: bytes, gross: str = "397.65", due: str = "347.65") -> str | None:
    document = replace(sound_document(), total_gross=D(gross), due=D(due))
    problem = compare_total(content, document)
    return None if problem is None else problem.code


def test_pages_that_show_the_total_agree() -> None:
    assert found(page(*PRINTED, "Brutto 397,65")) is None


def test_pages_that_show_what_is_due_agree() -> None:
    assert found(page(*PRINTED, "Noch zu zahlen 347,65")) is None


def test_pages_that_show_another_total_do_not() -> None:
    assert found(page(*PRINTED, "Brutto 1.397,65", "Zu zahlen 1.347,65")) == "pdf_total"


@pytest.mark.parametrize(
    "printed",
    ["1.234,56", "1,234.56", "1234,56", "1'234.56", "1 234,56", "EUR 12 34,56", "-1234.56"],
)
def test_a_total_may_be_printed_in_many_ways(printed: str) -> None:
    assert found(page(*PRINTED, f"Total {printed}"), gross="1234.56") is None


@pytest.mark.parametrize("printed", ["11.234,56", "1 234,56", "1234,567", "234,5", "234,65"])
def test_a_longer_number_does_not_hide_a_shorter_one(printed: str) -> None:
    assert found(page(*PRINTED, f"Total {printed}"), gross="234.56", due="234.56") == "pdf_total"


def test_a_scan_cannot_be_compared() -> None:
    assert found(page("Rösterei Lindgren GmbH")) is None


@pytest.mark.parametrize(
    "content", [b"%PDF-1.7 broken", encrypted_pdf({}, user_password="beans"), pdf(pages=3_000)]
)
def test_a_pdf_that_cannot_be_laid_out_is_not_compared(content: bytes) -> None:
    assert found(content) is None
