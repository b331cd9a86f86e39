"""A ticket as one line of a list, ready to draw."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.db.models import Exists, OuterRef, Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone

from triage.classification.models import Correction, Prediction
from triage.invoices.models import Invoice
from triage.tickets.models import Category, Ticket
from triage.web.pages import times
from triage.web.pages.people import Face, face_of
from triage.web.pages.sureness import Sureness, sureness

LANGUAGES = {"en": "English", "fr": "French", "de": "German", "es": "Spanish", "it": "Italian",
             "nl": "Dutch", "pt": "Portuguese"}  # fmt: skip
# Beyond the two best guesses nobody reads, and a spine has room for two colours.
_GUESSES = 2


@dataclass(frozen=True, slots=True)
class Band:
    """A stretch of the spine: where it begins and how long it is, in percent."""

    category: str
    y: int
    height: int


@dataclass(frozen=True, slots=True)
class Guess:
    """Whose word it is (pencil: a machine's), and the words: `first` or `second`."""

    category: str
    is_pencil: bool
    first: str = ""
    second: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """What was just done to a row, and how to take it back."""

    words: str
    category: str = ""
    undo_url: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One line. Texts are plain; `languages` is a (code, name) pair or empty."""

    pk: int
    url: str
    queue: str
    who: str
    subject: str
    snippet: str
    age: str
    is_late: bool
    category: str
    guess: Guess
    sureness: Sureness | None
    owner: Face | None
    spine: list[Band] = field(default_factory=list)
    language: str = ""
    language_name: str = ""
    messages: int = 1
    attachments: int = 0
    has_invoice: bool = False
    is_local: bool = False
    is_closed: bool = False
    is_mine: bool = False
    is_current: bool = False
    is_pickable: bool = True
    done: Done | None = None


def with_row_facts(tickets: QuerySet[Ticket, Any]) -> QuerySet[Ticket, Any]:
    """Everything a row draws, in two queries however many rows there are."""
    return (
        tickets.select_related("category", "requester", "assignee")
        .annotate(has_invoice=Exists(Invoice.objects.shown().filter(ticket=OuterRef("pk"))))
        .prefetch_related(
            Prefetch(
                "predictions",
                queryset=Prediction.objects.current().select_related("category"),
                to_attr="current_predictions",
            )
        )
    )


def row_of(ticket: Ticket, *, queue: str, me: User, now: datetime | None = None,
           current: int | None = None, done: Done | None = None,
           pickable: bool = True) -> Row:  # fmt: skip
    """The row of a ticket that came through `with_row_facts`."""
    now = now or timezone.now()
    prediction = current_prediction(ticket)
    waits = ticket.closed_at is None and now - ticket.last_message_at > times.LATE
    return Row(
        pk=ticket.pk,
        url=reverse("ticket", args=[ticket.pk]) + (f"?queue={queue}" if queue else ""),
        queue=queue,
        who=str(ticket.requester),
        subject=ticket.subject or "(no subject)",
        snippet=ticket.snippet,
        age=times.age(ticket.closed_at or ticket.last_message_at, now=now),
        is_late=waits,
        category=ticket.category.slug if ticket.category else "",
        guess=guess_of(ticket, prediction),
        sureness=None if ticket.is_sorted_by_person else sureness(ticket.confidence),
        owner=face_of(ticket.assignee, me=me),
        spine=_spine(ticket, prediction),
        language="" if ticket.language == "en" else ticket.language.upper(),
        language_name=LANGUAGES.get(ticket.language, ticket.language),
        messages=ticket.message_count,
        attachments=ticket.attachment_count,
        has_invoice=bool(getattr(ticket, "has_invoice", False)),
        is_local=_is_local(ticket, prediction),
        is_closed=ticket.closed_at is not None,
        is_mine=ticket.assignee_id == me.pk,
        is_current=ticket.pk == current,
        is_pickable=pickable,
        done=done,
    )


def current_prediction(ticket: Ticket) -> Prediction | None:
    """The machine's standing word, already fetched."""
    found: list[Prediction] = getattr(ticket, "current_predictions", [])
    return found[0] if found else None


def done_by(correction: Correction) -> Done:
    """A correction as its row says it."""
    kept = correction.from_category_id == correction.to_category_id
    name = correction.to_category.name
    return Done(
        words=f"Confirmed as {name}" if kept else f"Moved to {name}",
        category=correction.to_category.slug,
        undo_url=reverse("reversal", args=[correction.pk]),
    )


def guess_of(ticket: Ticket, prediction: Prediction | None) -> Guess:
    """What stands in the category's column, and in whose hand."""
    category = ticket.category
    if category and ticket.is_sorted_by_person:
        return Guess(category.slug, is_pencil=False, first=category.name)
    if category:
        doubts = ticket.review_reason == Ticket.ReviewReason.UNSURE
        second = _second(prediction, category) if doubts else ""
        return Guess(category.slug, is_pencil=True, first=category.name, second=second)
    return Guess("unsorted", is_pencil=True, words=_why_unsorted(ticket, prediction))


def best_shares(prediction: Prediction | None) -> list[tuple[str, float]]:
    """(slug, share of 1) from the likeliest down; empty when nothing usable was said."""
    if prediction is None or not isinstance(prediction.shares, dict):
        return []
    shares = [(slug, share) for slug, share in prediction.shares.items()
              if isinstance(share, int | float)]  # fmt: skip
    return sorted(shares, key=lambda pair: -pair[1])


def _second(prediction: Prediction | None, category: Category) -> str:
    others = [
        slug for slug, share in best_shares(prediction) if slug != category.slug and share > 0
    ]
    return others[0].capitalize() if others else ""


def _why_unsorted(ticket: Ticket, prediction: Prediction | None) -> str:
    if ticket.triage_due_at:
        return "not sorted yet"
    if prediction and prediction.said:
        return f"said “{prediction.said[:24]}”"
    return "automatic mail" if ticket.auto else "no answer"


def _spine(ticket: Ticket, prediction: Prediction | None) -> list[Band]:
    if ticket.category is None:
        return []
    best = best_shares(prediction)[:_GUESSES]
    certain = ticket.is_sorted_by_person or not ticket.review_reason
    if certain or len(best) < _GUESSES or best[1][1] <= 0:
        return [Band(ticket.category.slug, 0, 100)]
    first = round(100 * best[0][1] / (best[0][1] + best[1][1]))
    return [Band(best[0][0], 0, first), Band(best[1][0], first, 100 - first)]


def _is_local(ticket: Ticket, prediction: Prediction | None) -> bool:
    return (
        prediction is not None
        and prediction.by == Prediction.PredictedBy.LOCAL
        and not ticket.is_sorted_by_person
    )
