"""The drain that sorts tickets: claims those that are due, asks, decides, writes in bulk.

A claim moves `triage_due_at` into the future: a drain that dies gives its tickets back by itself,
and no transaction is open while a model is asked. What a person said meanwhile stands (promise 4).
"""

import logging
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, F, Q
from django.utils import timezone

from triage.classification import prompt
from triage.classification.models import Prediction
from triage.lib.bulk import update_many
from triage.llm import gateway
from triage.llm.contract import Prompt
from triage.llm.errors import OutsideList
from triage.tickets.intake import SILENT
from triage.tickets.models import Category, Event, Message, Ticket

log = logging.getLogger(__name__)

# A ticket whose sorting took the process down this often goes to people (promise 3).
MAX_ATTEMPTS = 3
LOCAL_BATCH = 100
NO_KEY = "no API key is set"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a machine made of a ticket, not yet written. `category` None: nothing usable."""

    ticket_id: int
    prediction: Prediction
    review_reason: str


def classify_pending() -> Iterator[int]:
    """Sort every ticket that is due; yields how many were written, batch by batch."""
    categories = Category.objects.all().by_slug()
    if gateway.is_available():
        yield from _by_model(categories)
    else:
        yield from _locally(categories)


def _by_model(categories: Mapping[str, Category]) -> Iterator[int]:
    messages: dict[int, Message] = {}

    def more(room: int) -> list[Prompt]:
        claimed = _claim(room)
        messages.update(claimed)
        return [_prompt(message, categories) for message in claimed.values()]

    for answers in gateway.answers(more, read=lambda reply: prompt.read(reply, categories)):
        verdicts, unanswered = [], {}
        for answer in answers:
            assert answer.prompt.ticket_id is not None
            message = messages.pop(answer.prompt.ticket_id, None)
            if message is None:  # claimed twice, since the answer took longer than the claim
                continue
            if answer.value is not None or isinstance(answer.error, OutsideList):
                verdicts.append(_verdict(answer, categories))
            else:
                unanswered[message] = str(answer.error)
        verdicts += _local_verdicts(unanswered, categories)
        yield _write(verdicts)


def _locally(categories: Mapping[str, Category]) -> Iterator[int]:
    while claimed := _claim(LOCAL_BATCH):
        yield _write(_local_verdicts(dict.fromkeys(claimed.values(), NO_KEY), categories))


def _claim(most: int) -> dict[int, Message]:
    """Up to `most` due tickets by id, with the message each is sorted by."""
    now = timezone.now()
    with transaction.atomic():
        due = Ticket.objects.awaiting_triage(now).order_by("triage_due_at", "pk")
        keys = list(
            due.select_for_update(skip_locked=True, of=("self",)).values_list("pk", flat=True)[
                :most
            ]
        )
        Ticket.objects.filter(pk__in=keys).update(
            triage_due_at=now + timedelta(seconds=settings.CLAIM_SECONDS),
            triage_attempts=F("triage_attempts") + 1,
        )
        _give_up(keys)
    first = (
        Message.objects.filter(ticket__in=keys, ticket__triage_attempts__lte=MAX_ATTEMPTS)
        # An out-of-office note that a person's reply brought back says nothing about the matter.
        .annotate(is_silent=ExpressionWrapper(Q(auto__in=SILENT), output_field=BooleanField()))
        .order_by("ticket_id", "is_silent", "received_at", "pk")
        .distinct("ticket_id")
        .prefetch_related("attachments")
    )
    return {message.ticket_id: message for message in first}


def _give_up(keys: Sequence[int]) -> None:
    Ticket.objects.filter(pk__in=keys, triage_attempts__gt=MAX_ATTEMPTS).update(
        triage_due_at=None, review_reason=Ticket.ReviewReason.FAILED
    )


def _prompt(message: Message, categories: Mapping[str, Category]) -> Prompt:
    names = [each.filename for each in message.attachments.all() if not each.inline]
    return prompt.prompt_for(message, list(categories.values()), filenames=names)


def _verdict(answer: gateway.Answer[prompt.Said], categories: Mapping[str, Category]) -> Verdict:
    call, said = answer.call, answer.value
    assert call is not None
    assert answer.prompt.ticket_id is not None
    prediction = Prediction(
        ticket_id=answer.prompt.ticket_id,
        by=Prediction.PredictedBy.MODEL,
        model=call.model_served,
        prompt_version=call.prompt_version,
        call=call,
    )
    if said is None:
        assert isinstance(answer.error, OutsideList)
        prediction.said = answer.error.said
        return Verdict(prediction.ticket_id, prediction, Ticket.ReviewReason.OUTSIDE)
    prediction.category = categories[said.category]
    prediction.confidence = said.confidence
    prediction.shares = said.shares
    prediction.reason = said.reason
    return Verdict(prediction.ticket_id, prediction, _review_reason(prediction))


def _local_verdicts(
    why: Mapping[Message, str], categories: Mapping[str, Category]
) -> list[Verdict]:
    """What the local classifier says; `why` gives for each message the reason it was asked."""
    if not why:
        return []
    from triage.classification import local  # noqa: PLC0415 - scikit-learn: 2 s and 100 MB

    classifier = local.current()
    verdicts = []
    shares = classifier.shares([(message.subject, message.text) for message in why])
    for (message, fallback), share in zip(why.items(), shares, strict=True):
        slug = max(share, key=lambda each: share[each])
        prediction = Prediction(
            ticket_id=message.ticket_id,
            category=categories[slug],
            confidence=Decimal(str(round(share[slug], 3))),
            shares={each: round(value, 3) for each, value in share.items()},
            by=Prediction.PredictedBy.LOCAL,
            fallback=fallback[:100],
            model=f"local-{classifier.version}",
        )
        verdicts.append(Verdict(message.ticket_id, prediction, _review_reason(prediction)))
    return verdicts


def _review_reason(prediction: Prediction) -> str:
    assert prediction.category is not None
    assert prediction.confidence is not None
    is_sure = prediction.confidence >= prediction.category.threshold
    return Ticket.ReviewReason.NONE if is_sure else Ticket.ReviewReason.UNSURE


@transaction.atomic
def _write(verdicts: Sequence[Verdict]) -> int:
    """Keep predictions, and put tickets where they say unless a person already did."""
    now = timezone.now()
    tickets = (
        Ticket.objects.select_for_update(of=("self",))
        .order_by("pk")  # the same order everywhere: two drains must not wait for each other
        .in_bulk([verdict.ticket_id for verdict in verdicts])
    )
    # Sorted already: by another drain, after this one's claim ran out. Its word stands.
    standing = {
        verdict.ticket_id: verdict
        for verdict in verdicts
        if (ticket := tickets.get(verdict.ticket_id))
        and (ticket.triage_due_at is not None or ticket.is_sorted_by_person)
    }
    predictions = [verdict.prediction for verdict in standing.values()]
    for prediction in predictions:
        prediction.at = now
    Prediction.objects.current().filter(ticket__in=standing).update(superseded_at=now)
    Prediction.objects.bulk_create(predictions)
    _place(_unsorted(tickets[key] for key in standing), standing)
    Event.objects.bulk_create(_event(prediction, now) for prediction in predictions)
    return len(standing)


def _unsorted(tickets: Iterable[Ticket]) -> list[Ticket]:
    return [ticket for ticket in tickets if not ticket.is_sorted_by_person]


def _place(tickets: Sequence[Ticket], verdicts: Mapping[int, Verdict]) -> None:
    for ticket in tickets:
        verdict = verdicts[ticket.pk]
        confidence = verdict.prediction.confidence
        ticket.category = verdict.prediction.category
        ticket.review_reason = verdict.review_reason
        ticket.confidence = None if confidence is None else round(confidence * 100)
        ticket.triage_due_at = None
    update_many(tickets, ["category", "review_reason", "confidence", "triage_due_at"])


def _event(prediction: Prediction, now: datetime) -> Event:
    return Event(
        ticket_id=prediction.ticket_id,
        kind=Event.Kind.PREDICTED,
        at=now,
        facts={
            "category": prediction.category.slug if prediction.category else None,
            "said": prediction.said,
            "confidence": str(prediction.confidence) if prediction.confidence is not None else None,
            "by": prediction.by,
            "model": prediction.model,
        },
    )
