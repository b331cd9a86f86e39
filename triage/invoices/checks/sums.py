"""The document's totals against each other and against its lines (EN 16931 BR-CO-10 to -16)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from triage.invoices.checks import rounding
from triage.invoices.checks.problems import failed, money
from triage.invoices.document import STRUCTURED, Document, Line, Problem

ZERO = Decimal(0)


def check_sums(document: Document) -> Iterator[Problem]:
    yield from _lines(document)
    yield from _line_total(document)
    yield from _adjustments(document)
    yield from _net_total(document)
    yield from _tax_total(document)
    yield from _gross_total(document)
    yield from _due(document)


def _lines(document: Document) -> Iterator[Problem]:
    """Quantity times price, where a model read them.

    Not for structured invoices: EN 16931 has no such rule, and a line may rightly hold a tax that
    is no VAT (German insurance tax is in the line and not in its price).
    """
    if document.source in STRUCTURED:
        return
    for number, line in enumerate(document.lines, start=1):
        expected = _line_net(line)
        if expected is None or line.net is None:
            continue
        net, tolerance = expected
        if abs(net - line.net) > tolerance:
            yield failed(
                "line_net",
                f"Line {number}: quantity and price make {money(net)}, the line says"
                f" {money(line.net)}.",
            )


def _line_net(line: Line) -> tuple[Decimal, Decimal] | None:
    """What the line should come to, and by how much rounding may change it."""
    if line.quantity is None or line.unit_price is None:
        return None
    # A base quantity of 0 is a mistake of the issuer's software for "not used".
    units = line.quantity / (line.base_quantity or Decimal(1))
    net = units * line.unit_price - line.allowances + line.charges
    return net, rounding.of_price(line.unit_price, units)


def _line_nets(document: Document) -> list[Decimal] | None:
    """The net amounts of the lines; None when there are none or one does not say."""
    nets = [line.net for line in document.lines if line.counted]
    known = [net for net in nets if net is not None]
    return known if known and len(known) == len(nets) else None


def _line_total(document: Document) -> Iterator[Problem]:
    nets, stated = _line_nets(document), document.line_total
    if nets is None or stated is None:
        return
    slack = rounding.of_profile(document.profile, len(nets))
    if abs(sum(nets, ZERO) - stated) > rounding.of_sum([*nets, stated]) + slack:
        yield failed(
            "line_total",
            f"The lines add up to {money(sum(nets, ZERO))}, the sum of lines says {money(stated)}.",
            "BR-CO-10",
        )


def _adjustments(document: Document) -> Iterator[Problem]:
    for is_charge, stated, what, rule in (
        (False, document.allowance_total, "allowances", "BR-CO-11"),
        (True, document.charge_total, "charges", "BR-CO-12"),
    ):
        rows = [one.amount for one in document.adjustments if one.is_charge == is_charge]
        # BASIC WL may give the sum alone.
        if stated is None or not rows:
            continue
        slack = rounding.of_profile(document.profile, len(rows))
        if abs(sum(rows, ZERO) - stated) > rounding.of_sum([*rows, stated]) + slack:
            yield failed(
                f"{what[:-1]}_total",
                f"The {what} add up to {money(sum(rows, ZERO))}, their sum says {money(stated)}.",
                rule,
            )


def _net_total(document: Document) -> Iterator[Problem]:
    """BT-109 = BT-106 - BT-107 + BT-108; from the lines where the sums are not stated."""
    stated = document.total_net
    if stated is None:
        return
    if document.line_total is not None:
        parts = [document.line_total, -(document.allowance_total or ZERO)]
        parts.append(document.charge_total or ZERO)
    else:
        nets = _line_nets(document)
        if nets is None:
            return
        parts = nets + [
            one.amount if one.is_charge else -one.amount for one in document.adjustments
        ]
    if abs(sum(parts, ZERO) - stated) > rounding.of_sum([*parts, stated]) + _slack(document):
        yield failed(
            "net_total",
            f"Lines, allowances and charges make {money(sum(parts, ZERO))} net,"
            f" the net total says {money(stated)}.",
            "BR-CO-13",
        )


def _slack(document: Document) -> Decimal:
    rows = sum(1 for line in document.lines if line.counted) + len(document.adjustments)
    return rounding.of_profile(document.profile, rows)


def _tax_total(document: Document) -> Iterator[Problem]:
    taxes, stated = [row.tax for row in document.taxes], document.total_tax
    known = [tax for tax in taxes if tax is not None]
    if stated is None or not known or len(known) != len(taxes):
        return
    if abs(sum(known, ZERO) - stated) > rounding.of_sum([*known, stated]):
        yield failed(
            "tax_total",
            f"The taxes add up to {money(sum(known, ZERO))}, the tax total says {money(stated)}.",
            "BR-CO-14",
        )


def _gross_total(document: Document) -> Iterator[Problem]:
    net, tax, gross = document.total_net, document.total_tax, document.total_gross
    if net is None or tax is None or gross is None:
        return
    expected = net + tax + document.untaxed
    if abs(expected - gross) > rounding.of_sum([net, tax, gross]) + _slack(document):
        yield failed(
            "gross_total",
            f"Net {money(net)} and tax {money(tax)} make {money(expected)},"
            f" the gross total says {money(gross)}.",
            "BR-CO-15",
        )


def _due(document: Document) -> Iterator[Problem]:
    """BT-115 = BT-112 - BT-113 + BT-114."""
    gross, due = document.total_gross, document.due
    if gross is None or due is None or not _states_prepayment(document):
        return
    prepaid, rounded = document.prepaid or ZERO, document.rounding or ZERO
    expected = gross - prepaid + rounded + document.collected
    if abs(expected - due) > rounding.of_sum([gross, prepaid, rounded, due]):
        yield failed(
            "due",
            f"Gross {money(gross)} less prepaid {money(prepaid)} leaves {money(expected)},"
            f" the amount due says {money(due)}.",
            "BR-CO-16",
        )


def _states_prepayment(document: Document) -> bool:
    # MINIMUM has no place for BT-113. FatturaPA's payments leave out tax withheld or paid by the
    # buyer, and may cover a part only.
    is_minimum = "minimum" in (document.profile or "").lower()
    return not is_minimum and document.source != "fatturapa"
