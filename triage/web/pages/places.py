"""The queues by their names in addresses: which tickets, in which order, under which words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.db.models import QuerySet

from triage.tickets.models import Category, Ticket
from triage.tickets.models.category import SLUGS

Tickets = QuerySet[Ticket, Any]


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


def queue_of(ticket: Ticket) -> str:
    """The queue in which a ticket is looked for first."""
    if ticket.closed_at:
        return "closed"
    if ticket.review_reason or ticket.category is None:
        return "review"
    return ticket.category.slug


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
