"""Rows of the cost report's tables, as text; all costs of a page with the same decimals."""

from dataclasses import dataclass
from decimal import Decimal

from triage.llm.models import Call
from triage.reports.costs import Row, Tally
from triage.web.pages.amounts import count, exact

# The ledger's words for what a call was for, as people say them. Others are shown as they stand.
PURPOSES = {
    "classify": "Sorting",
    "classification": "Sorting",
    "extract": "Invoices",
    "extraction": "Invoices",
    "invoice": "Invoices",
    "evaluate": "Tests",
    "evaluation": "Tests",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A table's row: its head, an aside to it, its cells as text."""

    head: str
    aside: str
    cells: tuple[str, ...]
    cost: str
    is_unknown: bool


def line_of(head: str, tally: Tally, *cells: str, places: int, aside: str = "") -> Line:
    """A row ending in its cost: exact, `unknown`, or exact `+ unknown` where it is both."""
    nothing_known = tally.calls > 0 and tally.cost is None
    cost = "unknown" if nothing_known else exact(tally.cost or Decimal(0), places)
    if tally.unknown and not nothing_known:
        cost = f"{cost} + unknown"
    return Line(head, aside, cells, cost, nothing_known)


def tokens(tally: Tally) -> tuple[str, ...]:
    """Calls, tokens in, of them cached, thinking, out."""
    return (
        count(tally.calls),
        count(tally.input_tokens),
        count(tally.cached_tokens),
        count(tally.thinking_tokens),
        count(tally.output_tokens),
    )


def purpose_in_words(word: str) -> str:
    return PURPOSES.get(word) or word.replace("-", " ").replace("_", " ").capitalize()


def outcome_in_words(word: str) -> str:
    return dict(Call.Outcome.choices).get(word, word).capitalize()


def dearest_first(row: Row) -> tuple[Decimal, int, tuple[str, ...]]:
    """A key to sort by: cost, then calls, then name."""
    return (-(row.tally.cost or Decimal(0)), -row.tally.calls, row.key)


def many(number: int, thing: str) -> str:
    """1 mail, 3,339 mails."""
    return f"{number:,} {thing}" if number == 1 else f"{number:,} {thing}s"
