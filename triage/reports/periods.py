"""A run of whole days in the desk's time zone, both ends included."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

# A year and a day: a bar a day is still a bar, and one query stays one look at an index.
MAX_DAYS = 366


@dataclass(frozen=True, slots=True)
class Period:
    """The days from `first` to `last`; `last` may lie in the future (a running month)."""

    first: date
    last: date

    @classmethod
    def month_of(cls, day: date) -> "Period":
        first = day.replace(day=1)
        return cls(first, _next_month(first) - timedelta(days=1))

    @property
    def start(self) -> datetime:
        """The first moment of the first day."""
        return _midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment after the last day."""
        return _midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> tuple[date, ...]:
        length = (self.last - self.first).days + 1
        return tuple(self.first + timedelta(days=number) for number in range(length))

    @property
    def is_month(self) -> bool:
        """Is it exactly one calendar month?"""
        return self == Period.month_of(self.first)

    def month_before(self) -> "Period":
        """The calendar month before the one its first day is in."""
        return Period.month_of(self.first.replace(day=1) - timedelta(days=1))


def this_month() -> Period:
    return Period.month_of(timezone.localdate())


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))
