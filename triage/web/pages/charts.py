"""Geometry of charts: numbers in, places on the paper out. Colours and type are the CSS's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

# The drawn size of costs.html: at this width a text of 11 px stays one.
WIDTH, HEIGHT = 680, 220
_LEFT, _RIGHT, _TOP, _FLOOR = 40.0, 676.0, 16.0, 196.0
_WIDEST_BAR = 14.0
_GAP = 1.0  # between the pieces of a bar, so that they are told apart without colour
_STEPS = 5
_LABELS = 8


@dataclass(frozen=True, slots=True)
class Grid:
    """A horizontal line, its label, and where the label's foot stands."""

    y: str
    text_y: str
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A rectangle of a bar; `series` is 1 to 4."""

    series: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, slots=True)
class Bar:
    title: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Label:
    x: str
    text: str
    is_now: bool


@dataclass(frozen=True, slots=True)
class StackedBars:
    """A bar a day, stacked by series; days to come are dots on the floor."""

    grid: tuple[Grid, ...]
    bars: tuple[Bar, ...]
    labels: tuple[Label, ...]
    to_come: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DayOfBars:
    """What a bar says: `amounts` by series, in their order from the floor up."""

    day: date
    amounts: tuple[Decimal, ...]
    title: str


def stacked_bars(days: Sequence[DayOfBars], *, today: date) -> StackedBars:
    """The chart of some days, in their order; there is at least one."""
    step, top = _scale(max(sum(day.amounts, Decimal(0)) for day in days))
    slot = (_RIGHT - _LEFT) / len(days)
    height = (_FLOOR - _TOP) / float(top)
    middles = [_LEFT + slot * (number + 0.5) for number in range(len(days))]
    return StackedBars(
        grid=_grid(step, top, height),
        bars=tuple(
            Bar(day.title, _pieces(day.amounts, middle, min(_WIDEST_BAR, slot * 0.7), height))
            for day, middle in zip(days, middles, strict=True)
            if any(day.amounts)
        ),
        labels=_labels([day.day for day in days], middles, today),
        to_come=tuple(
            _place(middle) for day, middle in zip(days, middles, strict=True) if day.day > today
        ),
    )


def _scale(most: Decimal) -> tuple[Decimal, Decimal]:
    """The step between lines (1, 2 or 5 times a power of ten) and the highest line."""
    if most <= 0:
        return Decimal(1), Decimal(1)
    rough = most / _STEPS
    power = Decimal(10) ** (rough.adjusted())
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return step, step * math.ceil(most / step)


def _grid(step: Decimal, top: Decimal, height: float) -> tuple[Grid, ...]:
    decimals = max(0, -(step.normalize().adjusted()))
    lines = []
    for number in range(int(top / step) + 1):
        y = _FLOOR - float(step * number) * height
        label = f"{step * number:.{decimals}f}" if number else "0"
        lines.append(Grid(_place(y), _place(y + 4), label))
    return tuple(lines)


def _pieces(
    amounts: tuple[Decimal, ...], middle: float, width: float, height: float
) -> tuple[Piece, ...]:
    pieces = []
    floor = _FLOOR - _GAP
    for series, amount in enumerate(amounts, start=1):
        if not amount:
            continue
        # A sliver stays visible: what was spent is never drawn as nothing.
        tall = max(float(amount) * height - _GAP, 0.5)
        floor -= tall
        pieces.append(
            Piece(series, _place(middle - width / 2), _place(floor), _place(width), _place(tall))
        )
        floor -= _GAP
    return tuple(pieces)


def _labels(days: list[date], middles: list[float], today: date) -> tuple[Label, ...]:
    every = next((n for n in (1, 2, 5, 10, 15, 30, 61) if len(days) / n <= _LABELS), 61)
    shows_months = (days[0].year, days[0].month) != (days[-1].year, days[-1].month)
    labels = []
    for number, (day, middle) in enumerate(zip(days, middles, strict=True)):
        is_now = day == today
        if not is_now and not _is_labelled(number, every):
            continue
        near_today = today in days and abs(days.index(today) - number) * 2 < every
        if near_today and not is_now:
            continue
        text = "today" if is_now else f"{day.day} {day:%b}" if shows_months else str(day.day)
        labels.append(Label(_place(middle), text, is_now))
    return tuple(labels)


def _is_labelled(number: int, every: int) -> bool:
    # 1, 5, 10, 15: people count days from one.
    return number == 0 or (number + 1) % every == 0


def _place(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
