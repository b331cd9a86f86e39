"""Does an invoice add up, and are its dates, currency and numbers possible? Pure arithmetic."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from triage.invoices.document import Document, Problem

CENT = Decimal("0.01")


def check(document: Document, *, today: date) -> tuple[Problem, ...]:
    """The problems of a document, in the order staff should look at them; () when it adds up."""
    return (*document.found, *_sums(document))


def _sums(document: Document) -> list[Problem]:
    net, tax, gross = document.total_net, document.total_tax, document.total_gross
    if net is None or tax is None or gross is None or abs(net + tax - gross) <= CENT:
        return []
    return [
        Problem(
            "gross_total",
            f"Net {net} and tax {tax} make {net + tax}, but the gross total says {gross}.",
            "BR-CO-15",
        )
    ]
