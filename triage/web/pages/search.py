"""Search in subjects, names and addresses: every word must be in one of them."""

from typing import Any

from django.db.models import Q, QuerySet

from triage.tickets.models import Ticket
from triage.web.pages.places import Place

# More words than this are a pasted paragraph, and each costs a comparison with every row.
MOST_WORDS = 8
SEARCH = Place("search", "Search", "", lambda _: Ticket.objects.none(), oldest_first=False)


def found(query: str) -> QuerySet[Ticket, Any]:
    """The tickets; none for an empty query."""
    # PostgreSQL has no NUL in its text, so nothing stored could match one.
    words = query.replace("\x00", " ").split()[:MOST_WORDS]
    if not words:
        return Ticket.objects.none()
    tickets: QuerySet[Ticket, Any] = Ticket.objects.all()
    for word in words:
        number = Q(pk=int(word[1:])) if _is_number(word) else Q()
        tickets = tickets.filter(
            number
            | Q(subject__icontains=word)
            | Q(requester__name__icontains=word)
            | Q(requester__address__icontains=word)
        )
    return tickets


def _is_number(word: str) -> bool:
    return word.startswith("#") and word[1:].isascii() and word[1:].isdecimal() and len(word) < 19
