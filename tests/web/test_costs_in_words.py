"""How the cost report says its figures and its days."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from triage.reports.costs import Cell, CostReport, Tally
from triage.reports.periods import Period
from triage.web.pages.amounts import amount, count, exact, places_for, size
from triage.web.pages.costs import CostsPage
from triage.web.pages.figures import money
from triage.web.pages.periods import in_a_sentence, in_words

NOVEMBER = Period(date(2026, 11, 1), date(2026, 11, 30))
DAY = date(2026, 11, 20)


@pytest.mark.parametrize(
    ("spent", "words"),
    [
        (None, "unknown"),
        ("0", "$0"),
        ("0.000000001", "$0.000\u202f000\u202f001"),
        ("0.002091", "$0.002\u202f091"),
        ("0.8461", "$0.8461"),
        ("1.314", "$1.31"),
        ("1234.5", "$1,234.50"),
    ],
)
def test_money_has_as_many_digits_as_matter(spent: str | None, words: str) -> None:
    assert money(None if spent is None else Decimal(spent)) == words


@pytest.mark.parametrize(
    ("costs", "places"),
    [
        ([], 4),
        (["0.1000"], 4),
        (["12", None], 4),
        (["0.00001"], 6),
        (["0.1", "0.0000738"], 9),
    ],
)
def test_a_column_shows_every_amount_whole(costs: list[str | None], places: int) -> None:
    amounts = [None if cost is None else Decimal(cost) for cost in costs]
    assert places_for(amounts) == places
    for each in amounts:
        if each is not None:
            shown = exact(each, places).replace("\u202f", "")
            assert Decimal(shown) == each


def test_amounts_of_an_invoice_keep_every_digit() -> None:
    assert amount(Decimal("1264")) == "1,264.00"
    assert amount(Decimal("0.12345")) == "0.12345"
    assert amount(Decimal("1E+3")) == "1,000.00"
    assert amount(Decimal("-5.5")) == "-5.50"
    assert amount(None) == ""


def test_counts_and_sizes_are_read_at_a_glance() -> None:
    assert (count(12345), count(None)) == ("12,345", "unknown")
    assert [size(n) for n in (12, 310_000, 2_100_000)] == ["12 bytes", "310 KB", "2.1 MB"]


@pytest.mark.parametrize(
    ("period", "words", "sentence"),
    [
        (NOVEMBER, "November 2026", "since 1 November"),
        (Period(date(2026, 10, 1), date(2026, 10, 31)), "October 2026", "in October 2026"),
        (Period(DAY, DAY), "20 November 2026", "on 20 November 2026"),
        (
            Period(date(2026, 11, 3), date(2026, 11, 9)),
            "3 November to 9 November 2026",
            "from 3 November to 9 November 2026",
        ),
    ],
)
def test_a_period_is_said_in_words(period: Period, words: str, sentence: str) -> None:
    assert in_words(period) == words
    assert in_a_sentence(period, today=DAY) == sentence


def test_a_running_month_says_where_it_ends_at_this_pace() -> None:
    half_way = datetime(2026, 11, 16, tzinfo=UTC)
    assert page("1.50", mails=10, now=half_way).forecast == "$3.00"


def test_a_month_that_is_over_forecasts_nothing() -> None:
    assert page("1.50", mails=10, now=datetime(2026, 12, 2, tzinfo=UTC)).forecast == ""


@pytest.mark.parametrize(
    ("cost", "mails", "words"),
    [
        ("0.8461", 3339, "25 cents per 1,000"),
        ("5", 1000, "$5.00 per 1,000"),
        ("1", 0, ""),
        (None, 10, ""),
        ("0", 10, "$0 per 1,000"),
    ],
)
def test_cost_per_thousand_mails_is_said_in_cents(cost: Any, mails: int, words: str) -> None:
    assert page(cost, mails=mails).per_thousand == words


@pytest.mark.parametrize(
    ("unknown", "words"),
    [
        (0, ""),
        (1, "1 call has no known cost and is not in this sum."),
        (37, "37 calls have no known cost and are not in this sum."),
    ],
)
def test_unknown_costs_are_said_beside_the_sum(unknown: int, words: str) -> None:
    assert page("1", mails=1, unknown=unknown).unknown == words


def page(
    cost: str | None, *, mails: int, unknown: int = 0, now: datetime | None = None
) -> CostsPage:
    """A November of one cell."""
    tally = Tally(calls=1 + unknown, unknown=unknown, cost=None if cost is None else Decimal(cost))
    cell = Cell(DAY, "classify", "gemini-2.5-flash", "gemini-2.5-flash", "ok", tally)
    report = CostReport(NOVEMBER, (cell,), {DAY: mails} if mails else {})
    return CostsPage(report, {}, {}, (), (), (), now=now or datetime(2026, 11, 20, 12, tzinfo=UTC))
