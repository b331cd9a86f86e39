"""Which attachments are worth reading as an invoice."""

import pytest

from tests.invoices.builders import cii, fatturapa, in_base64, pdf, signed, zipped
from triage.invoices.candidates import is_candidate

PDF = "application/pdf"
PHOTO = b"\xff\xd8\xff\xe0" + b"\0" * 400_000
LOGO = b"\x89PNG\r\n\x1a\n" + b"\0" * 8_000
HEIC = b"\0\0\0\x18ftypheic" + b"\0" * 200_000
WORD = zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"})


@pytest.mark.parametrize(
    ("filename", "content_type", "content"),
    [
        ("RL-2026-0417.pdf", PDF, pdf()),
        ("scan0001.pdf", "application/octet-stream", pdf()),
        ("", "", pdf()),
        ("RL-2026-0417.xml", "text/xml", cii()),
        ("data", "application/octet-stream", cii()),
        ("IT07642310150_00A1F.xml.p7m", "application/pkcs7-mime", signed(fatturapa())),
        ("invoices.zip", "application/zip", zipped({"a.xml": cii()})),
        ("IMG_2041.jpg", "image/jpeg", PHOTO),
        ("IMG_2041.HEIC", "image/heic", HEIC),
        ("image001.jpg", "image/jpeg", PHOTO),
        ("Rechnung.docx", "application/octet-stream", WORD),
        ("receipt.txt", "text/plain", b"Total 12.00"),
        ("mail.txt", "text/plain", "Faktura nr 7, do zapłaty".encode()),
        # Named for another paper, but an invoice by name or by what is inside.
        ("Rechnung und Mahnung.pdf", PDF, pdf()),
        ("Lieferschein.pdf", PDF, pdf({"factur-x.xml": cii()})),
        ("contract.xml", "text/xml", cii()),
        ("RL-2026-0417.xml", "text/xml", in_base64(cii())),
        ("coffee.pdf", PDF, pdf()),
    ],
)
def test_what_may_be_an_invoice_is_a_candidate(
    filename: str, content_type: str, content: bytes
) -> None:
    assert is_candidate(filename, content_type, content)


@pytest.mark.parametrize(
    ("filename", "content_type", "content"),
    [
        ("Zahlungserinnerung.pdf", PDF, pdf()),
        ("2. Mahnung Kunde 4711.pdf", PDF, pdf()),
        ("account_statement.pdf", PDF, pdf()),
        ("Lieferschein 88.pdf", PDF, pdf()),
        ("Angebot.docx", "", WORD),
        ("devis-2026-11.pdf", PDF, pdf()),
        ("Mietvertrag.pdf", PDF, pdf()),
        ("AGB.pdf", PDF, pdf()),
        ("logo.png", "image/png", LOGO),
        ("logo-large.jpg", "image/jpeg", PHOTO[:100_000]),
        ("image001.png", "image/png", PHOTO[:100_000]),
        ("smime.p7m", "application/pkcs7-mime", signed(b"Content-Type: text/plain\r\n\r\nHi")),
        ("smime.p7s", "application/pkcs7-signature", b"0\x80"),
        ("notes.txt", "text/plain", b"See you on Monday"),
        ("order.xml", "text/xml", b"<Order><ID>4711</ID></Order>"),
        ("meeting.ics", "text/calendar", b"BEGIN:VCALENDAR\nSUMMARY:Invoice run"),
        ("setup.exe", "application/octet-stream", b"MZ\x90"),
        ("app.jar", "application/java-archive", zipped({"META-INF/MANIFEST.MF": b""})),
        ("empty.pdf", PDF, b""),
    ],
)
def test_what_nobody_would_pay_is_none(filename: str, content_type: str, content: bytes) -> None:
    assert not is_candidate(filename, content_type, content)
