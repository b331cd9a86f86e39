"""What an invitation says (RFC 5545), for a mail whose only content it is."""

import re

_FOLD = re.compile(r"\r?\n[ \t]")
_LINE = re.compile(
    r"(?im)^(summary|dtstart|dtend|location|organizer|description)(?:;[^:\r\n]*)?:([^\r\n]*)"
)
_ESCAPED = re.compile(r"\\([nN,;\\])")
_TITLES = {
    "summary": "Event",
    "dtstart": "Start",
    "dtend": "End",
    "location": "Place",
    "organizer": "Organizer",
    "description": "Description",
}
_MOMENT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})\d{2}(Z)?)?")


def calendar_to_text(calendar: str) -> str:
    """A line each for the first event's name, times, place, organizer and description."""
    event = _FOLD.sub("", calendar).partition("BEGIN:VEVENT")[2]
    found: dict[str, str] = {}
    for name, value in _LINE.findall(event.partition("END:VEVENT")[0]):
        found.setdefault(name.lower(), _plain(name.lower(), value))
    return "\n".join(
        f"{title}: {found[name]}" for name, title in _TITLES.items() if found.get(name)
    )


def _plain(name: str, value: str) -> str:
    if name.startswith("dt") and (moment := _MOMENT.match(value)):
        year, month, day, hour, minute, utc = moment.groups()
        clock = f" {hour}:{minute}{' UTC' if utc else ''}" if hour else ""
        return f"{year}-{month}-{day}{clock}"
    text = _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], value.strip())
    return re.sub(r"(?i)^mailto:", "", text) if name == "organizer" else text
