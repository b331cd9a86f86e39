"""Figures as people read them: money with as many digits as matter."""

from decimal import Decimal

from triage.web.pages.amounts import exact


def money(amount: Decimal | None) -> str:
    """US dollars, rounded to what one says aloud: $12.50, $0.8461, $0.002 091; `unknown`."""
    if amount is None:
        return "unknown"
    size = abs(amount)
    if size == 0:
        return "$0"
    places = 2 if size >= 1 else 4 if size >= Decimal("0.01") else 6
    if size < Decimal("0.00001"):
        places = 9
    return f"${exact(amount, places)}"
