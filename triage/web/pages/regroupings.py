"""What was split off a ticket or merged into it, as lines that can be taken back."""

from dataclasses import dataclass

from django.db.models import Q
from django.urls import reverse

from triage.tickets.models import Regrouping, Ticket

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Moved:
    """A sentence, and where to post to take it back."""

    words: str
    undo_url: str


def moved(ticket: Ticket) -> list[Moved]:
    """The newest regroupings that stand, seen from this ticket."""
    standing = Regrouping.objects.standing().filter(Q(source=ticket) | Q(target=ticket))
    return [
        Moved(_words(one, ticket), reverse("regrouping-reversal", args=[one.pk]))
        for one in standing[:SHOWN]
    ]


def _words(one: Regrouping, ticket: Ticket) -> str:
    if one.kind == Regrouping.Kind.MERGE:
        return f"#{one.source_id} was merged into this ticket."
    if one.source_id == ticket.pk:
        return f"A message was split off as #{one.target_id}."
    return f"This was split off #{one.source_id}."
