"""How far two amounts may differ and still be the same."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

HALF_CENT = Decimal("0.005")
CENT = Decimal("0.01")
# EN 16931's validation rules for the VAT breakdown accept any difference below one unit.
MAX_TAX_DIFFERENCE = Decimal("0.99")


def of_sum(addends: Iterable[Decimal | None]) -> Decimal:
    """Half a cent for each addend with more than two places; cents add up exactly."""
    fine = sum(1 for amount in addends if amount is not None and places(amount) > 2)
    return HALF_CENT * fine


def of_profile(profile: str | None, row_count: int) -> Decimal:
    """The EXTENDED profile allows sums a cent for each row (BR-FXEXT-CO-10 to -15)."""
    return CENT * row_count if "extended" in (profile or "").lower() else Decimal(0)


def of_tax(line_count: int) -> Decimal:
    """Tax may be rounded for each line instead of once: half a cent a line, and one for the sum.

    Without lines (MINIMUM, BASIC WL) nobody knows how many there were.
    """
    if not line_count:
        return MAX_TAX_DIFFERENCE
    return min(CENT + HALF_CENT * line_count, MAX_TAX_DIFFERENCE)


def of_price(price: Decimal, quantity: Decimal) -> Decimal:
    """A printed unit price is rounded in its last place, and the quantity multiplies that."""
    last_place = Decimal(1).scaleb(-max(places(price), 2))
    return abs(quantity) * last_place / 2 + CENT


def places(amount: Decimal) -> int:
    """Decimal places that say something: 2 for 1.50 and 1.500."""
    exponent = amount.normalize().as_tuple().exponent
    return max(-exponent, 0) if isinstance(exponent, int) else 0
