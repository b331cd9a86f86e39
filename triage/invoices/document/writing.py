"""An invoice as JSON."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from triage.invoices.document.values import Document, Problem

LINE_KEYS = ("description", "quantity", "unit_price", "net", "tax_rate")
TAX_KEYS = ("rate", "net", "tax")
TOTAL_KEYS = ("total_net", "total_tax", "total_gross", "prepaid", "due")


def to_json(document: Document, problems: tuple[Problem, ...] = ()) -> dict[str, Any]:
    """The JSON of one invoice: amounts as decimal strings, dates as YYYY-MM-DD, else null."""
    supplier, customer = document.supplier, document.customer
    return {
        "type": document.type,
        "number": document.number,
        "issue_date": _day(document.issue_date),
        "due_date": _day(document.due_date),
        "currency": document.currency,
        "supplier": {
            "name": supplier.name,
            "vat_id": supplier.vat_id,
            "iban": supplier.iban,
        },
        "customer": {"name": customer.name, "vat_id": customer.vat_id},
        **{key: _plain(getattr(document, key)) for key in TOTAL_KEYS},
        "taxes": [{key: _plain(getattr(tax, key)) for key in TAX_KEYS} for tax in document.taxes],
        "lines": [
            {key: _plain(getattr(line, key)) for key in LINE_KEYS} for line in document.lines
        ],
        "source": document.source,
        "problems": [_without_rule(problem) for problem in problems],
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _plain(value: Decimal | str | None) -> str | None:
    # "f" because str() would write a very small or large amount with an exponent.
    return format(value, "f") if isinstance(value, Decimal) else value


def _without_rule(problem: Problem) -> dict[str, str]:
    return {"code": problem.code, "message": problem.message}
