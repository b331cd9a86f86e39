"""The cost report, ready to be shown: a sentence, a chart with its table, tables that re-add."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cached_property

from django.utils import timezone

from triage.reports.costs import CostReport, Row, Tally
from triage.reports.periods import Period
from triage.web.pages.amounts import count, exact, places_for
from triage.web.pages.charts import DayOfBars, StackedBars, stacked_bars
from triage.web.pages.cost_lines import (
    Line,
    dearest_first,
    line_of,
    many,
    outcome_in_words,
    purpose_in_words,
    tokens,
)
from triage.web.pages.figures import money
from triage.web.pages.periods import Choice, choices, day_in_words, in_a_sentence, in_words, url

# Four colours can be told apart; what is spent on more than that is drawn together.
_SERIES = 4


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    number: int
    cost: str


@dataclass(frozen=True, slots=True)
class PerMail:
    purpose: str
    tickets: str
    each: str


@dataclass(frozen=True, slots=True)
class Cut:
    """The same total cut another way: a table of its own."""

    slug: str
    title: str
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class CostsPage:
    """Page object of /reports/costs/. `fault` says why other days were asked for in vain."""

    report: CostReport
    latencies: dict[tuple[str, str, str], int]
    tickets: dict[str, int]
    categories: tuple[Row, ...]
    mailboxes: tuple[Row, ...]
    prompts: tuple[Row, ...]
    now: datetime
    fault: str = ""

    @property
    def period(self) -> Period:
        return self.report.period

    @cached_property
    def total(self) -> Tally:
        return self.report.total

    # --- the period ---------------------------------------------------------------------------

    @property
    def title(self) -> str:
        return in_words(self.period)

    @cached_property
    def choices(self) -> tuple[Choice, ...]:
        return choices(self.period)

    @property
    def csv_url(self) -> str:
        return f"{url(self.period)}&format=csv"

    @property
    def json_url(self) -> str:
        return f"{url(self.period)}&format=json"

    # --- the sentence -------------------------------------------------------------------------

    @property
    def is_empty(self) -> bool:
        return not self.report.cells

    @property
    def spent(self) -> str:
        return money(self.total.cost)

    @property
    def mails(self) -> str:
        return many(self.report.mail_count, "mail")

    @property
    def since(self) -> str:
        return in_a_sentence(self.period, today=self._today)

    @property
    def per_thousand(self) -> str:
        """`25 cents per 1,000`; empty without mails or a known cost."""
        each = self.report.cost_per_mail
        if each is None:
            return ""
        thousand = each * 1000
        if Decimal("0.01") <= thousand < 1:
            return f"{thousand * 100:.2g} cents per 1,000"
        return f"{money(thousand)} per 1,000"

    @property
    def forecast(self) -> str:
        """What a running month ends near at this pace; empty for other periods."""
        running = self.period.is_month and self.period.first <= self._today < self.period.last
        if not running or not self.total.cost:
            return ""
        past = Decimal((self.now - self.period.start).total_seconds())
        whole = Decimal((self.period.end - self.period.start).total_seconds())
        return money(self.total.cost * whole / past)

    @property
    def unknown(self) -> str:
        """`37 calls have no known price and are not in this sum.` or nothing."""
        number = self.total.unknown
        if not number:
            return ""
        has, is_ = ("has", "is") if number == 1 else ("have", "are")
        return f"{many(number, 'call')} {has} no known cost and {is_} not in this sum."

    # --- by day and purpose -------------------------------------------------------------------

    @cached_property
    def series(self) -> tuple[Series, ...]:
        shown = self._purposes[: _SERIES - 1] if self._has_rest else self._purposes
        series = [
            Series(purpose_in_words(row.key[0]), number, self._exact(row.tally.cost))
            for number, row in enumerate(shown, start=1)
        ]
        if self._has_rest:
            rest = [row.tally for row in self._purposes[_SERIES - 1 :]]
            series.append(Series("Other", _SERIES, self._exact(sum(rest, Tally()).cost)))
        return tuple(series)

    @cached_property
    def chart(self) -> StackedBars:
        return stacked_bars([self._bar(day) for day in self.period.days], today=self._today)

    @property
    def chart_says(self) -> str:
        """The chart for those who do not see it."""
        days = [row for row in self.report.by_day() if row.tally.cost]
        if not days:
            return "No day has a known cost."
        most = max(days, key=lambda row: row.tally.cost or 0)
        return (
            f"{money(self.total.cost)} on {many(len(days), 'day')}; the most on "
            f"{day_in_words(most.key[0])} with {money(most.tally.cost)}."
        )

    @property
    def purpose_names(self) -> tuple[str, ...]:
        return tuple(purpose_in_words(row.key[0]) for row in self._purposes)

    @cached_property
    def day_lines(self) -> tuple[Line, ...]:
        """A line a day with calls or mails: mails, cost by purpose, together."""
        sums = {row.key[0]: row.tally for row in self.report.by_day()}
        return tuple(
            self._line(
                day_in_words(day),
                sums.get(day, Tally()),
                count(self.report.mails.get(day, 0)),
                *(self._on(day, row.key[0]) for row in self._purposes),
            )
            for day in self.period.days
            if day in sums or day in self.report.mails
        )

    @property
    def day_total(self) -> Line:
        return self._line(
            "Together",
            self.total,
            count(self.report.mail_count),
            *(self._exact(row.tally.cost) for row in self._purposes),
        )

    # --- by model, outcome, mail --------------------------------------------------------------

    @cached_property
    def model_lines(self) -> tuple[Line, ...]:
        rows = sorted(self.report.by_model(), key=dearest_first)
        return tuple(self._model_line(row) for row in rows)

    @property
    def model_total(self) -> Line:
        return self._line("Together", self.total, "", *tokens(self.total), "")

    @cached_property
    def outcome_lines(self) -> tuple[Line, ...]:
        rows = sorted(self.report.by_outcome(), key=lambda row: -row.tally.calls)
        return tuple(
            self._line(outcome_in_words(row.key[0]), row.tally, count(row.tally.calls))
            for row in rows
        )

    @property
    def outcome_total(self) -> Line:
        return self._line("Together", self.total, count(self.total.calls))

    @cached_property
    def cuts(self) -> tuple[Cut, ...]:
        return (
            self._cut("category", "By category", self.categories),
            self._cut("mailbox", "By mailbox", self.mailboxes),
            self._cut("prompt", "By prompt", self.prompts),
        )

    @cached_property
    def per_mail(self) -> tuple[PerMail, ...]:
        return tuple(
            PerMail(
                purpose_in_words(row.key[0]),
                count(self.tickets[row.key[0]]),
                money(
                    row.tally.cost / self.tickets[row.key[0]] if row.tally.cost else row.tally.cost
                ),
            )
            for row in self._purposes
            if self.tickets.get(row.key[0])
        )

    @property
    def _today(self) -> date:
        return timezone.localdate(self.now)

    @cached_property
    def _purposes(self) -> tuple[Row, ...]:
        return tuple(sorted(self.report.by_purpose(), key=dearest_first))

    @property
    def _has_rest(self) -> bool:
        return len(self._purposes) > _SERIES

    @cached_property
    def _places(self) -> int:
        return places_for(cell.tally.cost for cell in self.report.cells)

    @cached_property
    def _by_day_and_purpose(self) -> dict[tuple[date, str], Tally]:
        return {(row.key[0], row.key[1]): row.tally for row in self.report.by_day_and_purpose()}

    def _exact(self, amount: Decimal | None) -> str:
        return exact(amount, self._places)

    def _on(self, day: date, purpose: str) -> str:
        tally = self._by_day_and_purpose.get((day, purpose))
        return self._exact(Decimal(0) if tally is None else tally.cost)

    def _bar(self, day: date) -> DayOfBars:
        costs = [
            self._by_day_and_purpose.get((day, row.key[0]), Tally()).cost or Decimal(0)
            for row in self._purposes
        ]
        if self._has_rest:
            costs[_SERIES - 1 :] = [sum(costs[_SERIES - 1 :], Decimal(0))]
        mails = many(self.report.mails.get(day, 0), "mail")
        return DayOfBars(
            day, tuple(costs), f"{day_in_words(day)}: {money(sum(costs, Decimal(0)))} for {mails}"
        )

    def _line(self, head: str, tally: Tally, *cells: str, aside: str = "") -> Line:
        return line_of(head, tally, *cells, places=self._places, aside=aside)

    def _cut(self, slug: str, title: str, rows: tuple[Row, ...]) -> Cut:
        lines = []
        for row in sorted(rows, key=dearest_first):
            *before, last = row.key
            head = f"{purpose_in_words(before[0])}, {last or 'no version'}" if before else last
            calls = count(row.tally.calls)
            lines.append(self._line(head or f"no {slug}", row.tally, calls))
        return Cut(slug, title, tuple(lines))

    def _model_line(self, row: Row) -> Line:
        served, asked, purpose = row.key
        latency = self.latencies.get((served, asked, purpose))
        aside = "gave no answer" if not served else "" if served == asked else f"asked for {asked}"
        within = "" if latency is None else f"{latency / 1000:.1f} s"
        used = tokens(row.tally)
        return self._line(
            served or asked, row.tally, purpose_in_words(purpose), *used, within, aside=aside
        )
