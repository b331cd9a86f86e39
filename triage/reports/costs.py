"""What the model cost, re-added from the ledger (promise 6).

The ledger's rows of a period are summed once, by PostgreSQL's exact numeric type, into cells: a
day, a purpose, a model, an outcome. Every total on the page, in the CSV and in the JSON is a sum
of cells.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any, TypeVar

from django.db.models import Aggregate, Count, FloatField, Q, Sum
from django.db.models.functions import TruncDate

from triage.llm.models import Call
from triage.reports.periods import Period
from triage.tickets.models import Message

# The ledger's own precision: an average is rounded to it, a sum never needs to be.
PLACES = Decimal("0.000000001")

_Number = TypeVar("_Number", int, Decimal)


@dataclass(frozen=True, slots=True)
class Tally:
    """Sums over calls. A sum is None when no call in it says the number, and never 0 for that.

    `cost` (US dollars) adds the calls whose cost is known; `unknown` counts the others.
    `input_tokens` includes `cached_tokens`; `output_tokens` does not include `thinking_tokens`;
    `uncounted` counts the calls whose tokens the provider did not say.
    """

    calls: int = 0
    unknown: int = 0
    uncounted: int = 0
    input_tokens: int | None = None
    cached_tokens: int | None = None
    thinking_tokens: int | None = None
    output_tokens: int | None = None
    cost: Decimal | None = None

    def __add__(self, other: "Tally") -> "Tally":
        return Tally(
            calls=self.calls + other.calls,
            unknown=self.unknown + other.unknown,
            uncounted=self.uncounted + other.uncounted,
            input_tokens=_plus(self.input_tokens, other.input_tokens),
            cached_tokens=_plus(self.cached_tokens, other.cached_tokens),
            thinking_tokens=_plus(self.thinking_tokens, other.thinking_tokens),
            output_tokens=_plus(self.output_tokens, other.output_tokens),
            cost=_plus(self.cost, other.cost),
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """The calls of one day, purpose, model, outcome. `model_served` is empty if none answered."""

    day: date
    purpose: str
    model_asked: str
    model_served: str
    outcome: str
    tally: Tally


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table: what its calls have in common, and their sums."""

    key: tuple[Any, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class CostReport:
    """The ledger of a period. `mails` are the mails that arrived in it, by day."""

    period: Period
    cells: tuple[Cell, ...]
    mails: dict[date, int]

    @property
    def total(self) -> Tally:
        return _sum(cell.tally for cell in self.cells)

    @property
    def mail_count(self) -> int:
        return sum(self.mails.values())

    @property
    def cost_per_mail(self) -> Decimal | None:
        """The known cost over all mails that arrived, calls made for them or not."""
        cost = self.total.cost
        if cost is None or not self.mail_count:
            return None
        return (cost / self.mail_count).quantize(PLACES)

    def by_day(self) -> tuple[Row, ...]:
        return self._rows(lambda cell: (cell.day,))

    def by_purpose(self) -> tuple[Row, ...]:
        return self._rows(lambda cell: (cell.purpose,))

    def by_day_and_purpose(self) -> tuple[Row, ...]:
        return self._rows(lambda cell: (cell.day, cell.purpose))

    def by_model(self) -> tuple[Row, ...]:
        """By model served, model asked and purpose."""
        return self._rows(lambda cell: (cell.model_served, cell.model_asked, cell.purpose))

    def by_outcome(self) -> tuple[Row, ...]:
        return self._rows(lambda cell: (cell.outcome,))

    def _rows(self, key: Callable[[Cell], tuple[Any, ...]]) -> tuple[Row, ...]:
        sums: dict[tuple[Any, ...], Tally] = {}
        for cell in self.cells:
            sums[key(cell)] = sums.get(key(cell), Tally()) + cell.tally
        return tuple(Row(key, tally) for key, tally in sorted(sums.items()))


def costs(period: Period) -> CostReport:
    """The report on a period, in two queries that read its days and no others."""
    return CostReport(period, _cells(period), _mails(period))


def by_category(period: Period) -> tuple[Row, ...]:
    """By the category their tickets have today; "" for calls without a ticket or category."""
    return _by(period, "ticket__category__name")


def by_mailbox(period: Period) -> tuple[Row, ...]:
    """By the mailbox their tickets came to; "" for calls without a ticket."""
    return _by(period, "ticket__mailbox__address")


def by_prompt(period: Period) -> tuple[Row, ...]:
    """By purpose and prompt version."""
    return _by(period, "purpose", "prompt_version")


def slowest(period: Period) -> dict[tuple[str, str, str], int]:
    """Milliseconds within which 95 of 100 calls ended, by model served, model asked and purpose."""
    rows = (
        _calls(period)
        .exclude(latency_ms=None)
        .values_list("model_served", "model_asked", "purpose")
        .annotate(within=_Percentile95("latency_ms"))
    )
    return {(served, asked, purpose): round(within) for served, asked, purpose, within in rows}


def tickets_by_purpose(period: Period) -> dict[str, int]:
    """How many different tickets the calls of each purpose were made for."""
    rows = _calls(period).values_list("purpose").annotate(tickets=Count("ticket", distinct=True))
    return dict(rows)


class _Percentile95(Aggregate):
    # percentile_disc: a latency that was really seen, not one between two.
    function = "PERCENTILE_DISC"
    template = "%(function)s(0.95) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


def _calls(period: Period) -> Any:
    return Call.objects.filter(at__gte=period.start, at__lt=period.end).order_by()


def _cells(period: Period) -> tuple[Cell, ...]:
    keys = ("day", "purpose", "model_asked", "model_served", "outcome")
    rows = _summed(_calls(period).annotate(day=TruncDate("at")), *keys)
    return tuple(Cell(**{key: row[key] for key in keys}, tally=_tally(row)) for row in rows)


def _by(period: Period, *keys: str) -> tuple[Row, ...]:
    rows = _summed(_calls(period), *keys)
    return tuple(Row(tuple(row[key] or "" for key in keys), _tally(row)) for row in rows)


def _summed(calls: Any, *keys: str) -> Any:
    return (
        calls.values(*keys)
        .annotate(
            calls=Count("pk"),
            unknown=Count("pk", filter=Q(cost=None)),
            uncounted=Count("pk", filter=Q(input_tokens=None) | Q(output_tokens=None)),
            # Not named like the columns: Django would take the name for the column.
            sum_input=Sum("input_tokens"),
            sum_cached=Sum("cached_tokens"),
            sum_thinking=Sum("thinking_tokens"),
            sum_output=Sum("output_tokens"),
            sum_cost=Sum("cost"),
        )
        .order_by(*keys)
    )


def _tally(row: dict[str, Any]) -> Tally:
    return Tally(
        calls=row["calls"],
        unknown=row["unknown"],
        uncounted=row["uncounted"],
        input_tokens=row["sum_input"],
        cached_tokens=row["sum_cached"],
        thinking_tokens=row["sum_thinking"],
        output_tokens=row["sum_output"],
        cost=row["sum_cost"],
    )


def _mails(period: Period) -> dict[date, int]:
    rows = (
        Message.objects.filter(
            direction=Message.Direction.IN,
            received_at__gte=period.start,
            received_at__lt=period.end,
        )
        .order_by()
        .annotate(day=TruncDate("received_at"))
        .values_list("day")
        .annotate(mails=Count("pk"))
    )
    return dict(rows)


def _sum(tallies: Iterable[Tally]) -> Tally:
    return reduce(Tally.__add__, tallies, Tally())


def _plus(one: _Number | None, other: _Number | None) -> _Number | None:
    if one is None or other is None:
        return one if other is None else other
    return one + other
