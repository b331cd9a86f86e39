"""The one question: which of four. Who answered it, how sure, why, at what price."""

from dataclasses import dataclass
from decimal import Decimal

from django.contrib.auth.models import User
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from triage.classification.models import Correction, Prediction
from triage.llm.models import Call
from triage.tickets.models import Category, Ticket
from triage.web.pages import times
from triage.web.pages.figures import money
from triage.web.pages.people import face_of
from triage.web.pages.rows import best_shares
from triage.web.pages.sureness import Sureness, sureness

# A ticket that was tried more often than this has its calls in the ledger, not on its page.
CALLS_SHOWN = 20
_PURPOSES = {"classify": "Sorting", "extract": "Reading the invoice"}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the four; `share` is 0 to 100, None where nobody said."""

    slug: str
    name: str
    key: int
    share: int | None
    is_pressed: bool
    is_likely: bool
    is_pencil: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """A person's word, and how to take it back ("" when another came after it)."""

    who: str
    words: str
    undo_url: str


@dataclass(frozen=True, slots=True)
class Pencil:
    """A machine's word as a sentence: `lead` **`name`** figure `rest`; `source` says whose."""

    lead: str = ""
    name: str = ""
    sureness: Sureness | None = None
    rest: str = ""
    source: str = ""
    # What follows the figure without a break: a colon must not begin a line.
    stop: str = ""


@dataclass(frozen=True, slots=True)
class Expense:
    """One call of the ledger."""

    purpose: str
    cost: str
    model: str
    tokens: str


@dataclass(frozen=True, slots=True)
class Expenses:
    """`summary` is one line; `calls` its breakdown."""

    summary: str
    calls: list[Expense]


@dataclass(frozen=True, slots=True)
class Decision:
    """The part that stands in the peek and in the rail."""

    pk: int
    queue: str
    url: str
    choices: list[Choice]
    sureness: Sureness | None
    verdict: Verdict | None
    pencil: Pencil | None
    expenses: Expenses
    is_open_question: bool
    may_write: bool


def decision_of(ticket: Ticket, *, me: User, queue: str, may_write: bool) -> Decision:
    """The decision on a ticket, in four queries."""
    prediction = (
        Prediction.objects.current().select_related("category").filter(ticket=ticket).first()
    )
    return Decision(
        pk=ticket.pk,
        queue=queue,
        url=reverse("correction", args=[ticket.pk]),
        choices=_choices(ticket, prediction),
        sureness=None if ticket.is_sorted_by_person else sureness(ticket.confidence),
        verdict=_verdict(ticket, me=me),
        pencil=_pencil(ticket, prediction),
        expenses=_expenses(Call.objects.filter(ticket=ticket)),
        is_open_question=bool(ticket.review_reason) or ticket.category is None,
        may_write=may_write,
    )


def _choices(ticket: Ticket, prediction: Prediction | None) -> list[Choice]:
    shares = dict(best_shares(prediction))
    by_person = ticket.is_sorted_by_person
    return [
        Choice(
            slug=category.slug,
            name=category.name,
            key=category.position,
            share=round(100 * shares[category.slug]) if category.slug in shares else None,
            is_pressed=by_person and category.pk == ticket.category_id,
            is_likely=not by_person and category.pk == ticket.category_id,
            is_pencil=not (by_person and category.pk == ticket.category_id),
        )
        for category in Category.objects.all()
    ]


def _verdict(ticket: Ticket, *, me: User) -> Verdict | None:
    if not ticket.is_sorted_by_person:
        return None
    who = face_of(ticket.category_set_by, me=me)
    name = "You" if who is None or who.is_me else who.name
    latest = Correction.objects.standing().filter(ticket=ticket).first()
    undo_url = reverse("reversal", args=[latest.pk]) if latest else ""
    confirmed = latest is not None and latest.from_category_id == latest.to_category_id
    verb = "confirmed" if confirmed else "sorted"
    at = times.in_sentence(ticket.category_set_at or timezone.now(), now=timezone.now())
    return Verdict(name, f"{verb} this {at}.", undo_url)


def _pencil(ticket: Ticket, prediction: Prediction | None) -> Pencil | None:
    if prediction is None:
        return _silence(ticket)
    source = _source(prediction)
    if prediction.category is None:
        rest = f"said “{prediction.said}”, which is none of the four." if prediction.said else \
            "gave no usable answer."  # fmt: skip
        return Pencil(lead=f"{_speaker(prediction)} {rest}", source=source)
    reason = f": {prediction.reason.rstrip('.')}." if prediction.reason else "."
    if ticket.is_sorted_by_person:
        figure = None if prediction.confidence is None else round(100 * prediction.confidence)
        lead = f"{_speaker(prediction)} had said"
        return Pencil(lead, prediction.category.name, sureness(figure), reason[1:], stop=reason[0])
    doubts = ticket.review_reason == Ticket.ReviewReason.UNSURE
    rest = f"{reason} {_threshold(prediction.category)}" if doubts else reason
    return Pencil("Leans to" if doubts else "Says", prediction.category.name, None, rest, source)


def _silence(ticket: Ticket) -> Pencil | None:
    if ticket.triage_due_at:
        return Pencil(lead="Not sorted yet. The machine will come to it, or you say it now.")
    if ticket.review_reason == Ticket.ReviewReason.FAILED:
        return Pencil(lead="No answer could be had. The mail is safe; you decide.")
    return Pencil(lead="Automatic mail: no machine was asked.") if ticket.auto else None


def _speaker(prediction: Prediction) -> str:
    if prediction.by == Prediction.PredictedBy.LOCAL:
        return "The classifier on this server"
    return prediction.model or "The model"


def _source(prediction: Prediction) -> str:
    if prediction.by == Prediction.PredictedBy.LOCAL:
        why = f": {prediction.fallback.rstrip('.')}" if prediction.fallback else ""
        return f"Sorted on this server, without the model{why}."
    return f"Said by {prediction.model or 'the model'}."


def _threshold(category: Category) -> str:
    return f"Below {round(100 * category.threshold)}, {category.name} asks you."


def _expenses(made: "QuerySet[Call]") -> Expenses:
    calls = list(made.order_by("-at", "-pk")[:CALLS_SHOWN])
    if not calls:
        return Expenses("No call was made for it", [])
    known = [call.cost for call in calls if call.cost is not None]
    total = money(sum(known, Decimal(0)) if known else None)
    missing = len(calls) - len(known)
    also = f" and {missing} at an unknown price" if known and missing else ""
    plural = "call" if len(calls) == 1 else "calls"
    return Expenses(f"{total} for {len(calls)} {plural}{also}", [_expense(call) for call in calls])


def _expense(call: Call) -> Expense:
    tokens = [
        f"{count:,} {name}"
        for count, name in (
            (call.input_tokens, "in"),
            (call.cached_tokens, "cached"),
            (call.thinking_tokens, "thinking"),
            (call.output_tokens, "out"),
        )
        if count
    ]
    return Expense(
        purpose=_PURPOSES.get(call.purpose, call.purpose.capitalize()),
        cost=money(call.cost),
        model=call.model_served or call.model_asked,
        tokens=", ".join(tokens) or call.get_outcome_display(),
    )
