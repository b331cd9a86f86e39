"""The invoices the double reads: they add up, in three languages and with none at all."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from google import genai
from google.genai import types

from tests.gemini.asking import FLASH
from tests.gemini.invoice_facts import invoice_facts, parse_amount

PARTY = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "vat_id": {"type": ["string", "null"]}},
}
LINE = {
    "type": "object",
    "properties": {
        "description": {"type": "string"},
        "quantity": {"type": "string"},
        "net": {"type": "number"},
        "unit_code": {"anyOf": [{"type": "string"}, {"type": "null"}]},
    },
}
INVOICE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "type": {"type": "string", "enum": ["invoice", "credit_note"]},
        "number": {"type": "string"},
        "issue_date": {"type": "string", "format": "date"},
        "due_date": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "currency": {"type": "string"},
        "supplier": {"$ref": "#/$defs/Party"},
        "total_net": {"type": "string"},
        "total_tax": {"type": "string"},
        "total_gross": {"type": "string"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/Line"}},
    },
    "$defs": {"Party": PARTY, "Line": LINE},
}
ENGLISH = """Harbour Tools Ltd
Invoice no. HT-2291 of 2026-11-03, due 2026-12-03
Subtotal: GBP 1,250.00
VAT 20%: GBP 250.00
Total: GBP 1,500.00"""
FRENCH = """Moulin Vert SARL - Facture n° F-2026-041 du 31/10/2026
Total HT 1 000,00 €
TVA 5,5 % 55,00 €
Total TTC 1 055,00 €"""
GERMAN = """Rechnungsnummer 4711 vom 05.11.2026
Zwischensumme 2.000,00 EUR
MwSt. 19% 380,00 EUR
Gesamtbetrag 2.380,00 EUR"""


def extract(client: genai.Client, *parts: types.Part, schema: dict[str, Any]) -> Any:
    config = types.GenerateContentConfig(
        response_mime_type="application/json", response_json_schema=schema
    )
    response = client.models.generate_content(
        model=FLASH, contents=types.Content(role="user", parts=list(parts)), config=config
    )
    return json.loads(response.text or "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ENGLISH, ("HT-2291", "2026-11-03", "GBP", "1250.00", "250.00", "1500.00", "20.00")),
        (FRENCH, ("F-2026-041", "2026-10-31", "EUR", "1000.00", "55.00", "1055.00", "5.50")),
        (GERMAN, ("4711", "2026-11-05", "EUR", "2000.00", "380.00", "2380.00", "19.00")),
        ("Amount due: $80", ("F-2026-041", "2026-10-31", "USD", "80.00", "0.00", "80.00", "0.00")),
        (
            "No sums here.",
            ("F-2026-041", "2026-10-31", "EUR", "100.00", "20.00", "120.00", "20.00"),
        ),
    ],
)
def test_the_amounts_of_the_text_are_found(text: str, expected: tuple[str, ...]) -> None:
    facts = invoice_facts(text)

    fields = ("number", "issue_date", "currency", "total_net", "total_tax", "total_gross")
    assert tuple(facts[name] for name in fields) == expected[:-1]
    assert facts["taxes"][0]["rate"] == expected[-1]


@pytest.mark.parametrize("text", [ENGLISH, FRENCH, GERMAN, "Total 99.90", "Net 50.00", ""])
def test_every_invoice_adds_up(text: str) -> None:
    facts = invoice_facts(text)

    net, tax, gross = (Decimal(facts[name]) for name in ("total_net", "total_tax", "total_gross"))
    assert net + tax == gross > 0
    assert sum(Decimal(line["net"]) for line in facts["lines"]) == net


def test_the_answer_follows_the_schema_asked(client: genai.Client) -> None:
    invoice = extract(client, types.Part(text=ENGLISH), schema=INVOICE_SCHEMA)

    assert list(invoice) == list(INVOICE_SCHEMA["properties"])
    assert (invoice["type"], invoice["number"]) == ("invoice", "HT-2291")
    assert invoice["due_date"] == "2026-12-03"
    assert invoice["supplier"] == {"name": "Moulin Vert SARL", "vat_id": None}
    assert invoice["lines"] == [
        {
            "description": "Goods and services",
            "quantity": "1",
            "net": 1250.0,
            "unit_code": None,
        }
    ]


def test_a_pdf_alone_gets_the_fixed_invoice(client: genai.Client) -> None:
    pdf = types.Part.from_bytes(data=b"%PDF-1.7 scanned", mime_type="application/pdf")

    invoice = extract(client, pdf, types.Part(text="Read the document."), schema=INVOICE_SCHEMA)

    assert (invoice["total_net"], invoice["total_gross"]) == ("100.00", "120.00")
    assert invoice["due_date"] is None


def test_an_invoice_a_level_down_is_found_too(client: genai.Client) -> None:
    schema = {"type": "object", "properties": {"invoice": INVOICE_SCHEMA | {"$defs": {}}},
              "$defs": INVOICE_SCHEMA["$defs"]}  # fmt: skip

    answer = extract(client, types.Part(text=GERMAN), schema=schema)

    assert answer["invoice"]["total_gross"] == "2380.00"


@pytest.mark.parametrize(
    ("text", "amount"),
    [("1 234,50", "1234.50"), ("1,234.50", "1234.50"), ("1234.5", "1234.50"), ("1.234", "1234.00"),
     ("12", "12.00"), ("1'200.00", "1200.00")],
)  # fmt: skip
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert str(parse_amount(text)) == amount


def test_what_is_no_amount_is_none() -> None:
    assert parse_amount("twelve") is None
