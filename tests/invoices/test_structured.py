"""One invoice, every format and wrapping: the same facts come out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.invoices.builders import (
    CUSTOMER_VAT_ID,
    IBAN,
    SUPPLIER_VAT_ID,
    TODAY,
    cii,
    encrypted_pdf,
    fatturapa,
    in_base64,
    pdf,
    signed,
    signed_in_parts,
    sound_document,
    ubl,
    ubl_credit_note,
    zipped,
    zugferd_1,
)
from triage.invoices.checks import check
from triage.invoices.document import Document, to_json
from triage.invoices.structured import Unreadable, read, read_all


def facts(content: bytes) -> Document:
    document = read(content)
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (cii(), "cii"),
        (ubl(), "ubl"),
        (zugferd_1(), "zugferd"),
        (pdf({"factur-x.xml": cii()}), "facturx"),
        (pdf({"zugferd-invoice.xml": cii()}), "zugferd"),
        (pdf({"ZUGFeRD-invoice.xml": zugferd_1()}), "zugferd"),
        (pdf({"xrechnung.xml": cii()}), "zugferd"),
        (pdf({"RL-2026-0417.xml": ubl()}), "ubl"),
        (encrypted_pdf({"factur-x.xml": cii()}, user_password=""), "facturx"),
        (signed(cii()), "cii"),
        (signed_in_parts(cii()), "cii"),
        (zipped({"november/RL-2026-0417.xml": ubl()}), "ubl"),
        (in_base64(ubl()), "ubl"),
        (
            zipped({"RL-2026-0417.xml.p7m": in_base64(signed(pdf({"factur-x.xml": cii()})))}),
            "facturx",
        ),
        (cii().decode().encode("utf-16"), "cii"),
        (b"\xef\xbb\xbf" + ubl(), "ubl"),
        (b"\r\n" + ubl() + b"\0\0\x1a", "ubl"),
    ],
)
def test_every_format_and_wrapping_tells_the_same_invoice(content: bytes, source: str) -> None:
    assert facts(content) == replace(sound_document(), source=source)
