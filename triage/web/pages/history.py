"""A ticket's history as sentences. Events are facts; the words are made here and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import User
from django.utils import timezone

from triage.tickets.models import Event, Ticket
from triage.web.pages import times

# Newest first; what came before is in the admin.
EVENTS_SHOWN = 50


@dataclass(frozen=True, slots=True)
class Line:
    """`who` (in ink, may be "") and the `words` after it. A machine's line is quiet."""

    time: str
    who: str
    words: str
    is_machine: bool


def history_of(ticket: Ticket, *, me: User) -> list[Line]:
    """The sentences, newest first, in one query."""
    events = ticket.events.select_related("by").order_by("-at", "-pk")[:EVENTS_SHOWN]
    now = timezone.now()
    lines = []
    for event in events:
        who = _who(event, me=me)
        lines.append(Line(times.short(event.at, now=now), who, sentence(event), not who))
    return lines


def sentence(event: Event) -> str:
    """The words of an event; what a person did goes on from that person's name."""
    facts: dict[str, Any] = event.facts if isinstance(event.facts, dict) else {}
    words = _BY_FACTS.get(event.kind)
    return words(facts, event) if words else f"{event.get_kind_display().capitalize()}."


def _arrived(facts: dict[str, Any], _: Event) -> str:
    kind = "Automatic mail" if facts.get("auto") else "Mail"
    sender = facts.get("from") or "an unknown sender"
    return f"{kind} from {sender} arrived."


def _predicted(facts: dict[str, Any], _: Event) -> str:
    speaker = "The classifier on this server" if facts.get("by") == "local" else \
        facts.get("model") or "The machine"  # fmt: skip
    if not facts.get("category"):
        return f"{speaker} gave no answer from the list, so it went to Needs review."
    figure = _percent(facts.get("confidence"))
    words = f"{speaker} said {_name(facts.get('category'))}{f' with {figure}' if figure else ''}"
    return f"{words}, so it went to Needs review." if facts.get("review") else f"{words}."


def _corrected(facts: dict[str, Any], _: Event) -> str:
    origin = f" from {_name(facts['origin'])}" if facts.get("origin") else ""
    return f"moved it{origin} to {_name(facts.get('category'))}."


def _confirmed(facts: dict[str, Any], _: Event) -> str:
    return f"confirmed {_name(facts.get('category'))}."


def _undone(facts: dict[str, Any], _: Event) -> str:
    return f"took {_name(facts.get('category'))} back."


def _assigned(facts: dict[str, Any], event: Event) -> str:
    to = facts.get("to")
    if not to:
        return "gave the ticket back."
    if event.by is not None and to == event.by.get_username():
        return "took the ticket."
    return f"gave the ticket to {to}."


def _closed(_: dict[str, Any], event: Event) -> str:
    return "closed it." if event.by else "Closed by itself."


def _reopened(_: dict[str, Any], event: Event) -> str:
    return "opened it again." if event.by else "A new mail opened it again."


def _invoice_read(facts: dict[str, Any], _: Event) -> str:
    name = facts.get("file")
    origin = f" from {name}" if isinstance(name, str) else ""
    number = f" {facts['number']}" if facts.get("number") else ""
    problems = facts.get("problems")
    count = len(problems) if isinstance(problems, list) else problems or 0
    found = f", with {count} problem{'s' if count != 1 else ''}" if count else ""
    return f"The invoice{number} was read{origin}{found}."


def _invoice_failed(facts: dict[str, Any], _: Event) -> str:
    reason = facts.get("reason") or facts.get("failure")
    return f"The invoice could not be read{f': {reason}' if reason else ''}."


_BY_FACTS: dict[str, Callable[[dict[str, Any], Event], str]] = {
    Event.Kind.ARRIVED: _arrived,
    Event.Kind.ANSWERED: lambda facts, event: "answered.",
    Event.Kind.PREDICTED: _predicted,
    Event.Kind.CORRECTED: _corrected,
    Event.Kind.CONFIRMED: _confirmed,
    Event.Kind.CORRECTION_UNDONE: _undone,
    Event.Kind.ASSIGNED: _assigned,
    Event.Kind.CLOSED: _closed,
    Event.Kind.REOPENED: _reopened,
    Event.Kind.INVOICE_READ: _invoice_read,
    Event.Kind.INVOICE_FAILED: _invoice_failed,
}


def _who(event: Event, *, me: User) -> str:
    if not isinstance(event.by, User):
        return ""
    return "You" if event.by.pk == me.pk else event.by.get_full_name() or event.by.get_username()


def _name(slug: Any) -> str:
    return str(slug).capitalize() if slug else "nothing"


def _percent(confidence: Any) -> str:
    try:
        value = float(confidence)
    except (TypeError, ValueError):
        return ""
    return str(round(100 * value if value <= 1 else value))
