"""The geometry of the spend chart: what is drawn is what was spent."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from triage.web.pages.charts import DayOfBars, StackedBars, stacked_bars

FIRST = date(2026, 11, 1)


def test_a_bar_of_twice_the_money_is_twice_as_tall() -> None:
    one, two = chart("0.03", "0.06", today=30).bars
    # A gap of one pixel belongs to each piece.
    assert float(two.pieces[0].height) + 1 == pytest.approx(
        2 * (float(one.pieces[0].height) + 1), abs=0.2
    )


def test_the_scale_ends_above_the_highest_bar_at_a_round_figure() -> None:
    grid = chart("0.0881", today=30).grid
    assert [line.label for line in grid] == ["0", "0.02", "0.04", "0.06", "0.08", "0.10"]


@pytest.mark.parametrize("most", ["0.000000001", "0.3", "1", "7", "999.99", "123456"])
def test_no_bar_leaves_the_paper(most: str) -> None:
    drawn = chart(most, today=30)
    top = min(float(piece.y) for bar in drawn.bars for piece in bar.pieces)
    assert top >= float(drawn.grid[-1].y)
    assert 2 <= len(drawn.grid) <= 6


def test_what_is_next_to_nothing_is_still_drawn() -> None:
    drawn = stacked_bars(
        [DayOfBars(FIRST, (Decimal(1), Decimal("0.000001")), "a day")], today=FIRST
    )
    assert [piece.series for piece in drawn.bars[0].pieces] == [1, 2]
    assert float(drawn.bars[0].pieces[1].height) > 0


def test_a_day_without_cost_has_no_bar() -> None:
    assert len(chart("0.01", "0", "0.02", today=30).bars) == 2


def test_a_month_of_unknown_costs_is_an_empty_chart_and_no_error() -> None:
    assert chart("0", "0", today=1).bars == ()


def test_days_to_come_are_dots_and_today_is_named() -> None:
    drawn = chart(*["0.01"] * 10, today=7)
    assert len(drawn.to_come) == 3
    assert [label.text for label in drawn.labels if label.is_now] == ["today"]


@pytest.mark.parametrize("length", [1, 2, 7, 28, 30, 31, 90, 365, 366])
def test_labels_never_crowd(length: int) -> None:
    drawn = chart(*["0.01"] * length, today=length)
    places = [float(label.x) for label in drawn.labels]
    gaps = [later - earlier for earlier, later in pairwise(places)]
    assert all(gap > 30 for gap in gaps), gaps
    assert len(places) >= 1


def test_days_of_several_months_are_labelled_with_their_month() -> None:
    texts = [label.text for label in chart(*["0.01"] * 90, today=200).labels]
    assert texts[0] == "1 Nov"
    assert "30 Dec" in texts


def chart(*costs: str, today: int) -> StackedBars:
    """A day each from 1 November on; `today` is the number of days since October."""
    days = [
        DayOfBars(FIRST + timedelta(days=number), (Decimal(cost),), f"day {number}")
        for number, cost in enumerate(costs)
    ]
    return stacked_bars(days, today=FIRST + timedelta(days=today - 1))
