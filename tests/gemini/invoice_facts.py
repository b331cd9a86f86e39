"""What the double reads in an invoice: amounts beside the usual words, or a fixed invoice.

The result has the fields of the invoice JSON (DESIGN.md, section 7) and always adds up:
net + tax = gross, and the line is the net.
"""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Any

from tests.gemini.errors import Json

_MARKS = frozenset({"lines", "line_items", "total_gross", "total_net", "total", "invoice_number"})
_AMOUNT = r"[^\d\n]{0,24}?(\d[\d.,' \u00a0]*\d|\d)(?!\s*%)"
_CENT = Decimal("0.01")

# The most telling word first: a plain "total" is only believed when nothing better is there.
_GROSS = (
    r"total (?:gross|ttc|incl\w*)", r"gross total", r"amount due", r"grand total",
    r"gesamtbetrag", r"brutto\w*", r"(?:net )?à payer", r"\btotal",
)  # fmt: skip
_NET = (r"total (?:net|ht|excl\w*)", r"sub-?total", r"zwischensumme", r"netto\w*", r"\bnet")
_TAX = (
    r"total tax", r"\bvat[ \d.,]*%?", r"\btva[ \d.,]*%?",
    r"\b(?:mwst|ust)\.?[ \d.,]*%?", r"\btax[ \d.,]*%?",
)  # fmt: skip

_NUMBER = re.compile(
    r"\b(?:invoice|facture|rechnung(?:snummer)?)[ .]*(?:number|no|nr|n°|#)?[ .:#]*"
    r"([A-Z]{0,4}[-/]?\d[\w/-]*)",
    re.I,
)
_RATE = re.compile(r"(\d{1,2}(?:[.,]\d{1,2})?)\s*%")
_CURRENCIES = {"EUR": "EUR", "€": "EUR", "USD": "USD", "$": "USD", "GBP": "GBP", "£": "GBP",
               "CHF": "CHF"}  # fmt: skip
_DATES = (
    (re.compile(r"\b(\d{4})-(\d\d)-(\d\d)\b"), (1, 2, 3)),
    (re.compile(r"\b(\d\d)[./](\d\d)[./](\d{4})\b"), (3, 2, 1)),
)


def looks_like_invoice(schema: Json) -> bool:
    """Whether a schema asks for an invoice: it has lines or a total, if a level down."""
    properties: Json = schema.get("properties") or {}
    below = (inner for inner in properties.values() if isinstance(inner, dict))
    return bool(_MARKS & set(properties)) or any(looks_like_invoice(inner) for inner in below)


def invoice_facts(text: str) -> Json:
    """Facts by field name, amounts as decimal strings; the fixed invoice without amounts."""
    gross, tax, rate = _money(text)
    net = gross - tax
    number = _NUMBER.search(text)
    dates = _found_dates(text)
    line = {
        "description": "Goods and services",
        "quantity": "1",
        "unit_price": str(net),
        "net": str(net),
        "tax_rate": str(rate),
    }
    return {
        "type": "invoice",
        "number": number[1] if number else "F-2026-041",
        "issue_date": dates[0] if dates else "2026-10-31",
        "due_date": dates[1] if len(dates) > 1 else None,
        "currency": _currency(text),
        "supplier": {"name": "Moulin Vert SARL", "vat_id": None, "iban": None},
        "customer": {"name": "Harbour Tools Ltd", "vat_id": None},
        "total_net": str(net),
        "total_tax": str(tax),
        "total_gross": str(gross),
        "total": str(gross),
        "prepaid": "0.00",
        "due": str(gross),
        "taxes": [{"rate": str(rate), "net": str(net), "tax": str(tax)}],
        "lines": [line],
        "line_items": [line],
    }


def _money(text: str) -> tuple[Decimal, Decimal, Decimal]:
    """(gross, tax, rate in per cent); 120.00, 20.00, 20.00 when the text names no amount."""
    gross, net, tax = (_first_amount(words, text) for words in (_GROSS, _NET, _TAX))
    if gross is None and net is None:
        return Decimal("120.00"), Decimal("20.00"), Decimal("20.00")
    if gross is None:
        gross = (net or Decimal(0)) + (tax or Decimal(0))
    if tax is None:
        tax = gross - net if net is not None and net <= gross else Decimal("0.00")
    if tax > gross:
        tax = Decimal("0.00")
    return gross, tax, _rate(text, gross - tax, tax)


def _rate(text: str, net: Decimal, tax: Decimal) -> Decimal:
    if not tax or not net:
        return Decimal("0.00")
    if named := _RATE.search(text):
        return Decimal(named[1].replace(",", ".")).quantize(_CENT)
    return (100 * tax / net).quantize(_CENT)


def _first_amount(words: tuple[str, ...], text: str) -> Decimal | None:
    for word in words:
        for found in re.finditer(word + _AMOUNT, text, re.I):
            if (amount := parse_amount(found[1])) is not None:
                return amount
    return None


def parse_amount(text: str) -> Decimal | None:
    """The amount in "1 234,50", "1,234.50" or "1234.5", two places; None for anything else."""
    digits = re.sub(r"[ '\u00a0]", "", text)
    mark = max(digits.rfind(","), digits.rfind("."))
    if mark >= 0 and len(digits) - mark - 1 in (1, 2):
        whole = re.sub(r"[.,]", "", digits[:mark])
        digits = f"{whole}.{digits[mark + 1 :]}"
    else:
        digits = re.sub(r"[.,]", "", digits)
    try:
        return Decimal(digits).quantize(_CENT)
    except InvalidOperation:
        return None


def _currency(text: str) -> str:
    return next((code for sign, code in _CURRENCIES.items() if sign in text), "EUR")


def _found_dates(text: str) -> list[str]:
    found: list[tuple[int, str]] = []
    for pattern, order in _DATES:
        for match in pattern.finditer(text):
            parts: Any = [match[index] for index in order]
            found.append((match.start(), "-".join(parts)))
    return [date for _, date in sorted(found)]
