"""How checks word what they found."""

from __future__ import annotations

from decimal import Decimal

from triage.invoices.document import Problem


def failed(code: str, message: str, rule: str | None = None) -> Problem:
    """A Problem whose message ends in the rule, for whoever argues with the supplier."""
    return Problem(code, f"{message} ({rule})" if rule else message, rule)


def money(amount: Decimal) -> str:
    """An amount for a sentence: at least two places, none invented beyond what is there."""
    plain = amount.normalize()
    exponent = plain.as_tuple().exponent
    return f"{plain:.2f}" if isinstance(exponent, int) and exponent >= -2 else f"{plain:f}"
