"""An invoice as Glaswerk Renner, who blow the shades for Alder Lamps, would send it."""

import copy
from decimal import Decimal
from typing import Any

from tests import factories
from triage.invoices.models import Invoice

RENNER: dict[str, Any] = {
    "type": "invoice",
    "number": "RE-2026-3391",
    "issue_date": "2026-11-20",
    "due_date": "2026-12-04",
    "currency": "EUR",
    "supplier": {
        "name": "Glaswerk Renner",
        "vat_id": "DE136695976",
        "iban": "DE89370400440532013000",
    },
    "customer": {"name": "Alder Lamps", "vat_id": None},
    "total_net": "1216.00",
    "total_tax": "231.04",
    "total_gross": "1447.04",
    "prepaid": None,
    "due": "1447.04",
    "taxes": [{"rate": "19.00", "net": "1216.00", "tax": "231.04"}],
    "lines": [
        {
            "description": "Schirm Alba, Opalglas",
            "quantity": "24",
            "unit_price": "32.00",
            "net": "768.00",
            "tax_rate": "19.00",
        },
        {
            "description": "Schirm Fenna, <b>klar</b>",
            "quantity": "14",
            "unit_price": "32.00",
            "net": "448.00",
            "tax_rate": "19.00",
        },
    ],
    "source": "gemini",
    "problems": [],
}
WRONG_NET = {"code": "net_total", "message": "The lines add up to 1,216.00, not to 1,264.00."}
LOOSE = {"code": "new_supplier", "message": "Nobody here has paid this supplier before."}
PDF = b"%PDF-1.4 a small invoice"


def renner(
    *,
    problems: list[dict[str, str]] | None = None,
    file: tuple[str, bytes, str] | None = ("RE-2026-3391.pdf", PDF, "application/pdf"),
    **columns: Any,
) -> Invoice:
    """An invoice of Glaswerk Renner in a ticket of its own."""
    data = {**copy.deepcopy(RENNER), "problems": problems or []}
    mail = factories.ticket("Rechnung", queue="billing").messages.get()
    if file is not None:
        factories.attachment(mail, *file)
    return factories.invoice(
        mail,
        **{
            "data": data,
            "problem_count": len(problems or []),
            "total_gross": Decimal("1447.04"),
            **columns,
        },
    )
