"""Dates of mail headers: RFC 5322, 3.3 and 4.3, ISO 8601, and what careless programs write."""

import re
from datetime import UTC, datetime, timedelta, timezone

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# RFC 5322, 4.3 names these; every other name means "unknown", which is UTC.
_ZONES = {
    "edt": -4, "est": -5, "cdt": -5, "cst": -6, "mdt": -6, "mst": -7, "pdt": -7, "pst": -8,
    "cet": 1, "cest": 2, "met": 1, "mest": 2, "bst": 1, "jst": 9,
}  # fmt: skip
_CLOCK = (
    r"(?P<hour>\d{1,2})[:.](?P<minute>\d{1,2})(?:[:.](?P<second>\d{1,2}))?(?:\.\d+)?"
    r"\s*(?P<half>[ap]m\b)?\s*"
)
_ZONE = r"(?:\(?(?P<offset>[+-]\d{1,2}:?\d{2})|\(?(?P<zone>[a-z]+))?"
_MAIL = re.compile(
    rf"(\d{{1,2}})[\s-]+([a-z]{{3}})[a-z]*\.?[\s,-]+(\d{{2,4}})[\s,]+{_CLOCK}{_ZONE}", re.I
)
# The ctime order: "Mon Nov  2 10:00:00 2026".
_CTIME = re.compile(
    rf"([a-z]{{3}})[a-z]*\.?\s+(\d{{1,2}}),?\s+{_CLOCK}{_ZONE}\s*(?P<year>\d{{4}})", re.I
)
_AMERICAN = re.compile(
    rf"([a-z]{{3}})[a-z]*\.?\s+(\d{{1,2}}),?\s+(?P<year>\d{{4}}),?\s+{_CLOCK}{_ZONE}", re.I
)
_ISO = re.compile(rf"(\d{{4}})-(\d{{1,2}})-(\d{{1,2}})[T\s]+{_CLOCK}{_ZONE}", re.I)
_COMMENT = re.compile(r"\([^()]*\)")


def read_date(value: str) -> datetime | None:
    """The moment a Date field names, aware and in UTC; None when there is none to be read.

    A missing or unknown zone counts as UTC, as RFC 5322, 4.3 asks.
    """
    value = value[:200]
    try:
        return _mail(value) or _other(_COMMENT.sub(" ", value))
    except (ValueError, OverflowError):
        return None


def _mail(value: str) -> datetime | None:
    found = _MAIL.search(value)
    if found is None:
        return None
    day, month, year, *clock = found.groups()
    if month.lower() not in _MONTHS:
        return None
    return _moment(_year(year), _MONTHS.index(month.lower()) + 1, int(day), clock)


def _other(value: str) -> datetime | None:
    if found := _MAIL.search(value):
        return _mail(value)
    if found := _ISO.search(value):
        year, month, day, *clock = found.groups()
        return _moment(int(year), int(month), int(day), clock)
    if found := _CTIME.search(value) or _AMERICAN.search(value):
        name, day, *clock, year = found.group(
            1, 2, "hour", "minute", "second", "half", "offset", "zone", "year"
        )
        if name.lower() in _MONTHS:
            return _moment(int(year), _MONTHS.index(name.lower()) + 1, int(day), clock)
    return None


def _moment(year: int, month: int, day: int, clock: list[str | None]) -> datetime:
    hour, minute, second, half, offset, zone = clock
    hours = int(hour or 0)
    if half:
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    # A leap second is a real second that datetime does not know.
    seconds = min(int(second or 0), 59)
    place = timezone(_offset(offset, zone))
    return datetime(year, month, day, hours, int(minute or 0), seconds, tzinfo=place).astimezone(
        UTC
    )


def _offset(offset: str | None, zone: str | None) -> timedelta:
    if not offset:
        return timedelta(hours=_ZONES.get((zone or "").lower(), 0))
    digits = offset[1:].replace(":", "").zfill(4)
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    # "-9999" is seen in spam; a zone of more than a day names no place.
    if size >= timedelta(days=1):
        return timedelta(0)
    return -size if offset[0] == "-" else size


def _year(digits: str) -> int:
    # RFC 5322, 4.3: two digits below 50 are 20xx, other two and three digits count from 1900.
    year = int(digits)
    if len(digits) == 2 and year < 50:
        return 2000 + year
    return 1900 + year if len(digits) < 4 else year
