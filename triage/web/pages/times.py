"""Times in the words of the desk: 58 min, Today 07:02, Thu 14:20, 6 Nov. All in the desk's zone."""

from datetime import date, datetime, timedelta

from django.utils import timezone

# An open ticket older than this is drawn in signal: a working day has gone by.
LATE = timedelta(hours=24)


def age(at: datetime, *, now: datetime) -> str:
    """How long ago, in one unit: 4 min, 26 h, 9 d."""
    minutes = max(int((now - at).total_seconds() // 60), 0)
    if minutes < 60:
        return f"{minutes} min" if minutes else "now"
    if minutes < 48 * 60:
        return f"{minutes // 60} h"
    return f"{minutes // (24 * 60)} d"


def clock(at: datetime) -> str:
    """07:02."""
    return timezone.localtime(at).strftime("%H:%M")


def day(at: datetime, *, now: datetime) -> str:
    """Today, Yesterday, a weekday within a week, else the date."""
    then, today = timezone.localtime(at).date(), timezone.localtime(now).date()
    days = (today - then).days
    if days < 0 or days > 6:
        return _date(then, today)
    return {0: "Today", 1: "Yesterday"}.get(days, then.strftime("%A"))


def moment(at: datetime, *, now: datetime) -> str:
    """Today 07:02, Yesterday 14:20, Thu 14:20, else the date with the time."""
    name = day(at, now=now)
    short = name[:3] if name.endswith("day") and name not in ("Today", "Yesterday") else name
    return f"{short} {clock(at)}"


def in_sentence(at: datetime, *, now: datetime) -> str:
    """at 10:14, yesterday at 14:20, on Thursday at 14:20, on 6 Nov."""
    name = day(at, now=now)
    if name == "Today":
        return f"at {clock(at)}"
    if name == "Yesterday":
        return f"yesterday at {clock(at)}"
    return f"on {name} at {clock(at)}" if name.endswith("day") else f"on {name}"


def short(at: datetime, *, now: datetime) -> str:
    """The time today, the date before: for a narrow column."""
    name = day(at, now=now)
    if name == "Today":
        return clock(at)
    then = timezone.localtime(at).date()
    return _date(then, timezone.localtime(now).date())


def _date(then: date, today: date) -> str:
    text = f"{then.day} {then.strftime('%b')}"
    return text if then.year == today.year else f"{text} {then.year}"
