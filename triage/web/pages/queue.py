"""A queue: which tickets, in which order, and the page of rows that is asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Q, QuerySet
from django.utils import timezone

from triage.tickets.models import Category, Ticket
from triage.tickets.models.category import SLUGS
from triage.web.pages import times
from triage.web.pages.rows import Row, row_of, with_row_facts

Tickets = QuerySet[Ticket, Any]
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Place:
    """A queue by its name in addresses. `moment` is the column it is ordered by."""

    name: str
    title: str
    said: str
    tickets: Callable[[User], Tickets]
    moment: str = "last_message_at"
    oldest_first: bool = True
    # All of one category: its name in every row would only repeat the title.
    is_sorted: bool = False
    empty_title: str = "Nothing here"
    empty_words: str = "New mail will appear here by itself."


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
class Listing:
    """A page of rows; `after` continues it, "" at the end."""

    place: Place
    days: list[Day]
    after: str
    oldest_first: bool
    is_continued: bool
    query: str = ""

    @property
    def rows(self) -> Iterator[Row]:
        for day in self.days:
            yield from day.rows

    @property
    def is_empty(self) -> bool:
        return not self.days


def place(name: str) -> Place | None:
    """The queue of that name: a named view, or a category's."""
    if name in _VIEWS:
        return _VIEWS[name]
    found = Category.objects.filter(slug=name).first() if name in SLUGS else None
    if found is None:
        return None
    category = found

    def tickets(_: User) -> Tickets:
        return Ticket.objects.in_queue(category)

    return Place(
        category.slug, category.name, category.meaning, tickets, oldest_first=False, is_sorted=True,
        empty_title=f"Nothing in {category.name}",
        empty_words="Open mail of this kind will appear here by itself.",
    )  # fmt: skip


def listing(where: Place, *, me: User, after: str = "", sort: str = "",
            current: int | None = None, tickets: Tickets | None = None,
            query: str = "") -> Listing:  # fmt: skip
    """One page of a queue, from `after` on; `sort` is oldest, newest or "" for its own order."""
    oldest_first = where.oldest_first if sort not in ("oldest", "newest") else sort == "oldest"
    cursor = Cursor.read(after)
    rows = where.tickets(me) if tickets is None else tickets
    # One more than is shown tells whether there is a next page.
    found = list(_from(rows, where, cursor, oldest_first=oldest_first)[: settings.PAGE_SIZE + 1])
    shown = found[: settings.PAGE_SIZE]
    more = len(found) > settings.PAGE_SIZE
    return Listing(
        place=where,
        days=_days(shown, where, me=me, current=current, above=cursor),
        after=str(_cursor_of(shown[-1], where)) if more else "",
        oldest_first=oldest_first,
        is_continued=cursor is not None,
        query=query,
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
        row_of(one, queue=where.name, me=me, now=now, current=ticket.pk)
        for one in [*reversed(before), *own, *after]
    ]


def queue_of(ticket: Ticket) -> str:
    """The queue in which a ticket is looked for first."""
    if ticket.closed_at:
        return "closed"
    if ticket.review_reason or ticket.category is None:
        return "review"
    return ticket.category.slug


# Rows above and below the ticket in the slim list: a tall screen's worth, most of it to come.
_ABOVE = 8
_BELOW = 24

_VIEWS = {
    "review": Place(
        "review", "Needs review", "The machine was not sure.",
        lambda _: Ticket.objects.awaiting_review(),
        empty_title="Nothing to review",
        empty_words="The machine was sure, and nobody disagreed. New doubts will appear here.",
    ),
    "mine": Place(
        "mine", "Mine", "What you have taken.", Ticket.objects.mine,
        empty_title="Nothing of yours",
        empty_words="Take a ticket with A, and it waits for you here.",
    ),
    "unassigned": Place(
        "unassigned", "Unassigned", "Nobody has taken these.",
        lambda _: Ticket.objects.unassigned(),
        empty_title="All of it is in somebody’s hands",
        empty_words="Mail that nobody has taken will appear here.",
    ),
    "closed": Place(
        "closed", "Closed", "Done. A new mail from the requester opens a ticket again.",
        lambda _: Ticket.objects.closed(), moment="closed_at", oldest_first=False,
        empty_title="Nothing is closed yet",
        empty_words="What you close with E is kept here, and can be opened again.",
    ),
}  # fmt: skip


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


def _days(tickets: list[Ticket], where: Place, *, me: User, current: int | None,
          above: Cursor | None) -> list[Day]:  # fmt: skip
    now = timezone.now()

    def day_of(ticket: Ticket) -> str:
        return times.day(getattr(ticket, where.moment), now=now)

    said = times.day(above.at, now=now) if above else ""
    return [
        Day(
            "" if name == said else name,
            [row_of(one, queue=where.name, me=me, now=now, current=current) for one in group],
        )
        for name, group in groupby(tickets, key=day_of)
    ]


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 19
