"""Writing the books: a row before each attempt, settled once when it is known how it went."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.utils import timezone

from triage.llm import pricing
from triage.llm.contract import Prompt, Reply
from triage.llm.errors import AttemptError
from triage.llm.models import Call

_SETTLED_FIELDS = [
    "model_served",
    "input_tokens",
    "cached_tokens",
    "thinking_tokens",
    "output_tokens",
    "cost",
    "latency_ms",
    "outcome",
    "error",
]


def open_calls(attempts: Sequence[tuple[Prompt, str, str, int]]) -> list[Call]:
    """A pending row for each (prompt, provider, model, number of the attempt)."""
    now = timezone.now()
    return Call.objects.bulk_create(
        Call(
            at=now,
            purpose=prompt.purpose,
            provider=provider,
            model_asked=model,
            prompt_version=prompt.version,
            attempt=number,
            ticket_id=prompt.ticket_id,
        )
        for prompt, provider, model, number in attempts
    )


def settle(call: Call, reply: Reply | None, error: AttemptError | None, *, seconds: float) -> None:
    """Fill in how the attempt went; `close_calls` writes it."""
    call.latency_ms = round(seconds * 1000)
    call.outcome = error.outcome if error else Call.Outcome.OK
    call.error = _printable(str(error))[:500] if error else ""
    if reply is None:
        # A status instead of an answer is not charged; silence may have been.
        call.cost = Decimal(0) if error and error.is_free else None
        return
    call.model_served = reply.model_served
    call.input_tokens = reply.usage.input
    call.cached_tokens = reply.usage.cached
    call.thinking_tokens = reply.usage.thinking
    call.output_tokens = reply.usage.output
    call.cost = pricing.cost(
        reply.usage, model=reply.model_served, provider=call.provider, at=call.at
    )


def _printable(text: str) -> str:
    """A provider's words as PostgreSQL takes them: no NUL, no lone surrogate, one line."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def close_calls(calls: Sequence[Call]) -> None:
    """Write settled rows: one upsert by primary key, whatever their number."""
    if calls:
        Call.objects.bulk_create(
            calls, update_conflicts=True, unique_fields=["id"], update_fields=_SETTLED_FIELDS
        )


def settle_abandoned(*, before: datetime, seconds: int) -> int:
    """Close pending rows older than `seconds`: the process that made the attempt is dead."""
    return Call.objects.filter(
        outcome=Call.Outcome.PENDING, at__lt=before - timedelta(seconds=seconds)
    ).update(
        outcome=Call.Outcome.FAILED,
        error="The process died before the answer came; tokens and cost are unknown.",
    )
