"""The days a report is about: read from the address, said in words, offered as links."""

from dataclasses import dataclass
from datetime import date, datetime

from django.urls import reverse

from triage.reports.periods import MAX_DAYS, Period, this_month
from triage.web.pages import times


class UnreadablePeriod(ValueError):
    """The days asked for are no period; the text is a sentence for the page."""


def read_period(first: str, last: str) -> Period:
    """The days of two ISO dates, this month for two empty ones. Raises UnreadablePeriod."""
    if not first and not last:
        return this_month()
    try:
        period = Period(date.fromisoformat(first), date.fromisoformat(last))
    except ValueError:
        raise UnreadablePeriod("Both days are needed, written like 2026-11-20.") from None
    if period.last < period.first:
        raise UnreadablePeriod("The last day is before the first.")
    if (period.last - period.first).days >= MAX_DAYS:
        raise UnreadablePeriod(f"At most {MAX_DAYS} days can be shown at once.")
    if not 2000 <= period.first.year <= period.last.year <= 2999:
        raise UnreadablePeriod("There is no mail from those days.")
    return period


@dataclass(frozen=True, slots=True)
class Choice:
    """A period to choose, as a link."""

    name: str
    url: str
    is_current: bool


def in_words(period: Period) -> str:
    """`November 2026`, or both days."""
    first, last = period.first, period.last
    if period.is_month:
        return f"{first:%B %Y}"
    if first == last:
        return day_in_words(first, with_year=True)
    start = day_in_words(first, with_year=first.year != last.year)
    return f"{start} to {day_in_words(last, with_year=True)}"


def in_a_sentence(period: Period, *, today: date) -> str:
    """`since 1 November` while it runs, else `in October 2026` or the days."""
    if period.first <= today < period.last:
        return f"since {day_in_words(period.first)}"
    if period.is_month:
        return f"in {in_words(period)}"
    return f"on {in_words(period)}" if period.first == period.last else f"from {in_words(period)}"


def choices(period: Period) -> tuple[Choice, ...]:
    """The month shown and the one before it, and the running one."""
    month = Period.month_of(period.first) if period.is_month else this_month()
    shown = sorted({this_month(), month, month.month_before()}, key=lambda each: each.first)
    return tuple(Choice(f"{each.first:%B}", url(each), is_current=each == period) for each in shown)


def url(period: Period, view: str = "costs") -> str:
    return f"{reverse(view)}?from={period.first}&to={period.last}"


def day_in_words(day: date, *, with_year: bool = False) -> str:
    """1 November, 1 November 2026."""
    return f"{day.day} {day:%B %Y}" if with_year else f"{day.day} {day:%B}"


def moment_in_words(at: datetime, *, now: datetime) -> str:
    """`today 07:02`, `Thu 14:20`: a moment in the middle of a sentence."""
    words = times.moment(at, now=now)
    return words[0].lower() + words[1:] if words.startswith(("Today", "Yesterday")) else words
