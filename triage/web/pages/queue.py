"""The rows of a queue: a page of them from a cursor on, or a few round one ticket."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import groupby

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from triage.tickets.models import Ticket
from triage.web.pages import times
from triage.web.pages.places import Place, Tickets
from triage.web.pages.rows import Row, row_of, with_row_facts

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows, as it travels in `?after=`: microseconds since 1970, and the id."""

    at: datetime
    pk: int

    @classmethod
    def read(cls, text: str) -> "Cursor | None":
        """None for anything that is not a cursor: then the list begins at its beginning."""
        micros, _, pk = text.partition("-")
        if not (_is_number(micros) and _is_number(pk)):
            return None
        try:
            return cls(_EPOCH + timedelta(microseconds=int(micros)), int(pk))
        except OverflowError:  # a year beyond 9999
            return None

    def __str__(self) -> str:
        return f"{(self.at - _EPOCH) // timedelta(microseconds=1)}-{self.pk}"


@dataclass(frozen=True, slots=True)
class Day:
    """Rows of one day under its name; "" where the name already stands above."""

    name: str
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Reason:
    """Why tickets wait for review: a tab above them."""

    name: str
    url: str
    count: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of rows; `more` is the query string that continues it, "" at the end."""

    place: Place
    days: list[Day]
    more: str
    oldest_first: bool
    is_continued: bool
    query: str = ""
    reasons: list[Reason] = field(default_factory=list)

    @property
    def rows(self) -> Iterator[Row]:
        for day in self.days:
            yield from day.rows

    @property
    def is_empty(self) -> bool:
        return not self.days


def listing(where: Place, asked: QueryDict, *, me: User,
            tickets: Tickets | None = None) -> Listing:  # fmt: skip
    """One page of a queue; `asked` may have `after`, `sort` (oldest, newest), `why` and `q`."""
    sort, why = asked.get("sort", ""), asked.get("why", "")
    oldest_first = where.oldest_first if sort not in ("oldest", "newest") else sort == "oldest"
    cursor = Cursor.read(asked.get("after", ""))
    rows = where.tickets(me) if tickets is None else tickets
    reasons = _reasons(where, me=me, why=why)
    if reasons and why in _REASONS:
        rows = rows.filter(review_reason=why)
    # One more than is shown tells whether there is a next page.
    found = list(_from(rows, where, cursor, oldest_first=oldest_first)[: settings.PAGE_SIZE + 1])
    shown = found[: settings.PAGE_SIZE]
    more = len(found) > settings.PAGE_SIZE
    return Listing(
        place=where,
        days=_days(shown, where, me=me, above=cursor),
        more=_more(asked, _cursor_of(shown[-1], where)) if more else "",
        oldest_first=oldest_first,
        is_continued=cursor is not None,
        query=asked.get("q", "").strip(),
        reasons=reasons,
    )


def neighbours(where: Place, ticket: Ticket, *, me: User) -> list[Row]:
    """A screen of the queue round a ticket, whether or not it still belongs to it."""
    now = timezone.now()
    here = _cursor_of(ticket, where)
    rows = where.tickets(me).exclude(pk=ticket.pk)
    before = list(_from(rows, where, here, oldest_first=not where.oldest_first)[:_ABOVE])
    after = list(_from(rows, where, here, oldest_first=where.oldest_first)[:_BELOW])
    own = list(with_row_facts(Ticket.objects.filter(pk=ticket.pk)))
    return [
        row_of(one, queue=where.name, me=me, now=now, current=ticket.pk, pickable=False)
        for one in [*reversed(before), *own, *after]
    ]


# Rows above and below the ticket in the slim list: a tall screen's worth, most of it to come.
_ABOVE = 8
_BELOW = 24

_REASONS = {"unsure": "Unsure", "outside": "No such category", "failed": "No answer"}
# More doubts than this are no longer told apart by number.
_REASONS_COUNTED = 1_000


def _from(tickets: Tickets, where: Place, cursor: Cursor | None, *, oldest_first: bool) -> Tickets:
    """In order, beyond the cursor; the bound with `=` is where the index begins to walk."""
    column, sign = where.moment, "" if oldest_first else "-"
    if cursor is not None:
        way = "gt" if oldest_first else "lt"
        tickets = tickets.filter(
            Q(**{f"{column}__{way}e": cursor.at}),
            Q(**{f"{column}__{way}": cursor.at}) | Q(**{f"pk__{way}": cursor.pk}),
        )
    return with_row_facts(tickets.order_by(f"{sign}{column}", f"{sign}pk"))


def _cursor_of(ticket: Ticket, where: Place) -> Cursor:
    return Cursor(getattr(ticket, where.moment) or ticket.last_message_at, ticket.pk)


def _more(asked: QueryDict, cursor: Cursor) -> str:
    following = asked.copy()
    following["after"] = str(cursor)
    return following.urlencode()


def _reasons(where: Place, *, me: User, why: str) -> list[Reason]:
    """The tabs of Needs review; none where there is nothing to choose between."""
    if where.name != "review":
        return []
    waiting = where.tickets(me).order_by().values_list("review_reason", flat=True)
    counts = Counter(waiting[:_REASONS_COUNTED])
    if len(counts) < 2:
        return []
    every = Reason("All", "?", counts.total(), is_current=why not in _REASONS)
    return [every] + [
        Reason(name, f"?why={reason}", counts[reason], is_current=why == reason)
        for reason, name in _REASONS.items()
        if counts[reason]
    ]


def _days(tickets: list[Ticket], where: Place, *, me: User, above: Cursor | None) -> list[Day]:
    now = timezone.now()

    def day_of(ticket: Ticket) -> str:
        return times.day(getattr(ticket, where.moment), now=now)

    said = times.day(above.at, now=now) if above else ""
    return [
        Day(
            "" if name == said else name,
            [row_of(one, queue=where.name, me=me, now=now) for one in group],
        )
        for name, group in groupby(tickets, key=day_of)
    ]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
