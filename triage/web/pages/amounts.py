"""Columns of figures: as many decimals as the column needs, thousands in groups."""

from collections.abc import Iterable
from decimal import Decimal

# U+202F keeps a figure on one line, where a plain space would let it break.
_THIN = "\u202f"
# Whole groups of three above the first; the ledger has nine places.
_PLACES = (4, 6, 9)


def exact(amount: Decimal | None, places: int) -> str:
    """The amount with `places` decimals, in groups of three once there are more than four."""
    if amount is None:
        return "unknown"
    whole, _, decimals = f"{amount:,.{places}f}".partition(".")
    if places > _PLACES[0]:
        groups = (decimals[start : start + 3] for start in range(0, len(decimals), 3))
        decimals = _THIN.join(groups)
    return f"{whole}.{decimals}" if decimals else whole


def places_for(amounts: Iterable[Decimal | None]) -> int:
    """4, 6 or 9: the fewest that show every amount whole, so that a column can be added by hand."""
    needed = max((-_exponent(amount) for amount in amounts if amount is not None), default=0)
    return next((places for places in _PLACES if places >= needed), _PLACES[-1])


def count(number: int | None) -> str:
    """12,345; `unknown` when nobody said."""
    return "unknown" if number is None else f"{number:,}"


def size(octets: int) -> str:
    """2.1 MB, 310 KB, 12 bytes."""
    if octets < 1000:
        return f"{octets} bytes"
    if octets < 1_000_000:
        return f"{octets / 1000:.0f} KB"
    return f"{octets / 1_000_000:.1f} MB"


def _exponent(amount: Decimal) -> int:
    exponent = amount.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0


def amount(value: Decimal | None) -> str:
    """An invoice's amount: 1,264.00; two decimals or more, none cut off; "" for None."""
    if value is None:
        return ""
    return f"{value:,.{max(2, -_exponent(value))}f}"
