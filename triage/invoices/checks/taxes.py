"""The VAT breakdown against its rates, its lines and its categories.

EN 16931 BR-CO-17 and -18, and of each category's own rules the sum (-08) and the amount (-09).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from triage.invoices.checks import rounding
from triage.invoices.checks.problems import failed, money
from triage.invoices.document import STRUCTURED, Document, Problem, Tax

ZERO = Decimal(0)
# UNTDID 5305 letters and the prefix of their rules.
RULES = {
    "S": "BR-S",
    "Z": "BR-Z",
    "E": "BR-E",
    "AE": "BR-AE",
    "K": "BR-IC",
    "G": "BR-G",
    "O": "BR-O",
    "L": "BR-IG",
    "M": "BR-IP",
}
# The categories with a rate above zero; all others carry no tax.
TAXED = frozenset({"S", "L", "M"})


@dataclass(frozen=True, slots=True)
class _Group:
    """What one VAT breakdown row stands for: a category, and its rate where it has one."""

    category: str
    rate: Decimal | None

    def __str__(self) -> str:
        rate = "" if self.rate is None else f" {self.rate.normalize():f} %"
        return f"VAT category {self.category}{rate}"


def check_taxes(document: Document) -> Iterator[Problem]:
    yield from _breakdown(document)
    for row in document.taxes:
        yield from _amount(row, tolerance=_tolerance(document, row))
    yield from _taxable_sums(document)


def _breakdown(document: Document) -> Iterator[Problem]:
    # MINIMUM has neither lines nor a breakdown, and may. A receipt may have no VAT at all.
    if document.source in STRUCTURED and document.lines and not document.taxes:
        yield failed(
            "tax_breakdown",
            "The invoice has lines but does not say how its VAT comes about.",
            "BR-CO-18",
        )


def _tolerance(document: Document, row: Tax) -> Decimal:
    """The standard's own for its own; what a model read has to be closer."""
    if document.source in STRUCTURED:
        return rounding.MAX_TAX_DIFFERENCE
    return rounding.of_tax(sum(1 for line in document.lines if line.tax_rate == row.rate))


def _amount(row: Tax, *, tolerance: Decimal) -> Iterator[Problem]:
    if row.tax is None:
        return
    prefix = RULES.get(row.category or "")
    if row.category not in (None, *TAXED) and prefix and row.tax:
        yield failed(
            "untaxed_category",
            f"VAT category {row.category} carries no tax, but {money(row.tax)} is charged.",
            f"{prefix}-09",
        )
    elif row.net is not None and row.rate is not None:
        expected = (row.net * row.rate / 100).quantize(rounding.CENT)
        if abs(expected - row.tax) > tolerance:
            yield failed(
                "tax_amount",
                f"{row.rate.normalize():f} % of {money(row.net)} is {money(expected)},"
                f" the tax says {money(row.tax)}.",
                "BR-CO-17",
            )


def _taxable_sums(document: Document) -> Iterator[Problem]:
    stated, expected = _stated(document), _expected(document)
    if stated is None or expected is None:
        return
    tolerance = rounding.of_tax(sum(1 for line in document.lines if line.counted))
    for group, net in stated.items():
        if abs(expected[group] - net) > tolerance:
            yield failed(
                "taxable_amount",
                f"{group}: lines, allowances and charges make {money(expected[group])},"
                f" the breakdown says {money(net)}.",
                f"{RULES[group.category]}-08",
            )
    for group in expected.keys() - stated.keys():
        if abs(expected[group]) > tolerance:
            yield failed(
                "taxable_amount",
                f"{group}: {money(expected[group])} is charged, the breakdown has no such row.",
                f"{RULES[group.category]}-08",
            )


def _group(category: str | None, rate: Decimal | None) -> _Group | None:
    """None where the document does not say enough."""
    if category is None and rate is not None:
        category = "S" if rate else "Z"
    if category not in RULES:
        return None
    if category not in TAXED:
        return _Group(category, None)
    return None if rate is None else _Group(category, rate.normalize())


def _stated(document: Document) -> dict[_Group, Decimal] | None:
    sums: dict[_Group, Decimal] = defaultdict(Decimal)
    for row in document.taxes:
        group = _group(row.category, row.rate)
        if group is None or row.net is None:
            return None
        sums[group] += row.net
    return sums or None


def _expected(document: Document) -> dict[_Group, Decimal] | None:
    sums: dict[_Group, Decimal] = defaultdict(Decimal)
    counted = [line for line in document.lines if line.counted]
    for line in counted:
        group = _group(line.tax_category, line.tax_rate)
        if group is None or line.net is None:
            return None
        sums[group] += line.net
    for one in document.adjustments:
        group = _group(one.tax_category, one.tax_rate)
        if group is None:
            return None
        sums[group] += one.amount if one.is_charge else -one.amount
    return sums if counted else None
