"""What the palette finds: places by name, tickets by what search looks in."""

from dataclasses import dataclass

from django.contrib.auth.models import User
from django.utils import timezone

from triage.web.pages.frame import Frame, Tab
from triage.web.pages.rows import Row, row_of, with_row_facts
from triage.web.pages.search import found

# As many tickets as fit under the places without scrolling.
TICKETS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Found:
    """Places and tickets for a query; without one, all places and no ticket."""

    query: str
    tabs: list[Tab]
    rows: list[Row]


def look_up(query: str, frame: Frame, *, me: User) -> Found:
    """What there is for `query`, the newest tickets first."""
    now = timezone.now()
    tickets = with_row_facts(found(query)).order_by("-last_message_at", "-pk")[:TICKETS_SHOWN]
    tabs = [
        tab
        for group in frame.groups
        for tab in group.tabs
        if query.casefold() in tab.name.casefold()
    ]
    return Found(query, tabs, [row_of(one, queue="", me=me, now=now) for one in tickets])
