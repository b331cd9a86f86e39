"""The quality report, ready to be shown: a matrix whose mistakes can be read, and honest bounds."""

from dataclasses import dataclass
from functools import cached_property

from django.urls import reverse
from django.utils.http import urlencode

from triage.reports.quality import Bin, QualityReport, Share
from triage.tickets.models import Category, Ticket

DAYS = (7, 30, 90)
SORTERS = {"": "Everything", "model": "The model", "local": "This server"}
# Of the mistakes of one kind, as many as one reads in a sitting.
READ_AT_ONCE = 50
# The reliability chart's paper, as drawn in quality.html.
_LEFT, _RIGHT, _TOP, _FLOOR = 40.0, 533.0, 10.0, 290.0
_WHISKER = 160.0


@dataclass(frozen=True, slots=True)
class Choice:
    name: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Square:
    """A field of the matrix: how many, how loud, and where to read them."""

    count: int
    look: str
    url: str


@dataclass(frozen=True, slots=True)
class MatrixRow:
    category: Category
    squares: tuple[Square, ...]
    total: int


@dataclass(frozen=True, slots=True)
class Whisker:
    """A share as text, with its bounds drawn on a scale from 0 to 100."""

    value: str
    bounds: str
    start: str
    end: str
    dot: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    category: Category
    precision: Whisker
    recall: Whisker
    asks_below: str


@dataclass(frozen=True, slots=True)
class Dot:
    """A bin in the reliability chart."""

    title: str
    x: str
    y: str
    low: str
    high: str
    radius: str


@dataclass(frozen=True)
class QualityPage:
    """Page object of /reports/quality/. `said` and `truth` name the mistakes to be read."""

    report: QualityReport
    categories: tuple[Category, ...]
    days: int
    by: str = ""
    said: str = ""
    truth: str = ""

    @property
    def is_empty(self) -> bool:
        return not self.report.verdicts

    @cached_property
    def periods(self) -> tuple[Choice, ...]:
        return tuple(
            Choice(f"{days} days", self._url(days=days), days == self.days) for days in DAYS
        )

    @cached_property
    def sorters(self) -> tuple[Choice, ...]:
        return tuple(Choice(name, self._url(by=by), by == self.by) for by, name in SORTERS.items())

    @property
    def total(self) -> str:
        total = self.report.right.total
        return "1 ticket" if total == 1 else f"{total:,} tickets"

    @property
    def right(self) -> str:
        return f"{self.report.right.right:,} right"

    @property
    def share(self) -> str:
        low, high = self.report.right.interval
        return f"{_percent(self.report.right)} % (between {low * 100:.0f} and {high * 100:.0f})"

    @property
    def corrections(self) -> str:
        wrong = self.report.right.total - self.report.right.right
        return "1 correction" if wrong == 1 else f"{wrong:,} corrections"

    @property
    def off_by(self) -> str:
        error = self.report.calibration_error
        return "" if error is None else f"off by {error * 100:.1f} of 100 on average"

    @cached_property
    def matrix(self) -> tuple[MatrixRow, ...]:
        return tuple(
            MatrixRow(
                truth,
                tuple(self._square(said.slug, truth.slug) for said in self.categories),
                self.report.recall(truth.slug).total,
            )
            for truth in self.categories
        )

    @property
    def worst(self) -> str:
        """`Billing taken for Support, 21 times`; empty without a mistake."""
        number, said, truth = max(
            (
                (number, said, truth)
                for (said, truth), number in self.report.confusion.items()
                if said != truth
            ),
            default=(0, "", ""),
        )
        if not number:
            return ""
        times = "once" if number == 1 else f"{number:,} times"
        return f"{self._names[truth]} taken for {self._names[said]}, {times}"

    @cached_property
    def rows(self) -> tuple[CategoryRow, ...]:
        return tuple(
            CategoryRow(
                category,
                _whisker(self.report.precision(category.slug)),
                _whisker(self.report.recall(category.slug)),
                f"{category.threshold * 100:.0f}",
            )
            for category in self.categories
        )

    @cached_property
    def dots(self) -> tuple[Dot, ...]:
        return tuple(_dot(each) for each in self.report.bins)

    @cached_property
    def read(self) -> tuple[Ticket, ...]:
        """The tickets of the square that was asked for, newest first."""
        keys = [
            verdict.ticket_id
            for verdict in self.report.verdicts
            if (verdict.said, verdict.truth) == (self.said, self.truth)
        ]
        tickets = Ticket.objects.filter(pk__in=keys).select_related("requester")
        return tuple(tickets.order_by("-last_message_at", "-pk")[:READ_AT_ONCE])

    @property
    def read_title(self) -> str:
        names = self._names
        if self.said not in names or self.truth not in names:
            return ""
        if self.said == self.truth:
            return f"{names[self.said]}, and rightly so"
        return f"{names[self.truth]} taken for {names[self.said]}"

    @cached_property
    def _names(self) -> dict[str, str]:
        return {category.slug: category.name for category in self.categories}

    def _square(self, said: str, truth: str) -> Square:
        number = self.report.confusion[said, truth]
        most = max(
            (n for (one, other), n in self.report.confusion.items() if one != other), default=0
        )
        look = "right" if said == truth else _heat(number, most)
        return Square(number, look, f"{self._url(said=said, truth=truth)}#read")

    def _url(self, **changed: str | int) -> str:
        asked: dict[str, str | int] = {"days": self.days, "by": self.by, **changed}
        return f"{reverse('quality')}?{urlencode({k: v for k, v in asked.items() if v})}"


def _heat(number: int, most: int) -> str:
    """Loud where mistakes gather: a third of the worst square for each step."""
    return f"heat-{-(-3 * number // most)}" if number else ""


def _percent(share: Share) -> str:
    return "" if share.value is None else f"{share.value * 100:.1f}"


def _whisker(share: Share) -> Whisker:
    low, high = share.interval
    return Whisker(
        value=_percent(share) or "nobody said",
        bounds=f"{low * 100:.1f} to {high * 100:.1f}",
        start=_place(low * _WHISKER),
        end=_place(high * _WHISKER),
        dot="" if share.value is None else _place(share.value * _WHISKER),
    )


def _dot(each: Bin) -> Dot:
    low, high = each.right.interval
    value = each.right.value or 0.0
    mails = each.right.total
    return Dot(
        title=f"Said {each.said * 100:.0f}, right {value * 100:.0f} of 100, {mails:,} tickets",
        x=_place(_LEFT + each.said * (_RIGHT - _LEFT)),
        y=_height(value),
        low=_height(low),
        high=_height(high),
        radius=_place(min(6.0, 2.5 + mails**0.5 / 8)),
    )


def _height(value: float) -> str:
    return _place(_FLOOR - value * (_FLOOR - _TOP))


def _place(number: float) -> str:
    return f"{number:.1f}".removesuffix(".0")
