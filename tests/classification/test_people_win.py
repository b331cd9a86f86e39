"""Promise 4: what a person said stands, whenever the machine comes back with its answer."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests import factories, people
from tests.classification.sorting import current, make_due, sort, waiting
from tests.gemini import GeminiDouble, replies
from tests.ingest.connections import begin
from triage.classification import classify
from triage.classification.correct import correct, undo
from triage.classification.models import Correction, Prediction
from triage.tickets.models import Ticket

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.usefixtures("categories"),
]


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(2) as threads:
        yield threads


def billing(confidence: int = 99) -> replies.Reply:
    return replies.json({"category": "billing", "confidence": confidence, "second": "sales",
                         "reason": "why"})  # fmt: skip


def test_a_correction_during_the_call_stands(
    gemini: GeminiDouble, pool: ThreadPoolExecutor
) -> None:
    ticket, alice = waiting(), people.alice()
    gemini.enqueue(billing().later(600))
    drain = begin(pool, sort)
    gemini.wait_for_requests(1)
    correct(ticket, to=factories.category("support"), by=alice)
    assert drain.result(timeout=20) == 1
    ticket.refresh_from_db()
    assert ticket.category == factories.category("support")
    assert (ticket.category_set_by, ticket.review_reason) == (alice, "")
    assert ticket.triage_due_at is None
    # What the machine said is kept all the same: it was paid for, and quality is measured by it.
    assert current(ticket).category == factories.category("billing")


def test_the_correction_of_an_answer_outside_the_list_asks_nobody_again(
    gemini: GeminiDouble, pool: ThreadPoolExecutor
) -> None:
    ticket = waiting()
    gemini.enqueue(replies.outside_category("complaints").later(600))
    drain = begin(pool, sort)
    gemini.wait_for_requests(1)
    correct(ticket, to=factories.category("support"), by=people.alice())
    drain.result(timeout=20)
    ticket.refresh_from_db()
    assert (ticket.category, ticket.review_reason) == (factories.category("support"), "")


def test_the_other_tickets_of_the_batch_are_sorted_as_usual(
    gemini: GeminiDouble, pool: ThreadPoolExecutor
) -> None:
    tickets = [waiting() for _ in range(4)]
    gemini.enqueue(*[billing().later(600)] * 4)
    drain = begin(pool, sort)
    gemini.wait_for_requests(4)
    correct(tickets[1], to=factories.category("spam"), by=people.alice())
    assert drain.result(timeout=20) == 4
    found = [Ticket.objects.get(pk=each.pk).category for each in tickets]
    assert [each.slug for each in found if each] == ["billing", "spam", "billing", "billing"]


def test_a_second_drain_that_comes_late_overwrites_neither_person_nor_first_drain(
    gemini: GeminiDouble, pool: ThreadPoolExecutor, settings: Settings
) -> None:
    ticket = waiting()
    gemini.enqueue(replies.json({"category": "sales", "confidence": 99, "second": "spam",
                                 "reason": "late"}).later(900), billing())  # fmt: skip
    late = begin(pool, sort)
    gemini.wait_for_requests(1)
    make_due(ticket)  # its claim has run out
    assert sort() == 1
    assert late.result(timeout=20) == 0
    ticket.refresh_from_db()
    assert ticket.category == factories.category("billing")
    assert Prediction.objects.filter(ticket=ticket).count() == 1


def test_two_drains_at_once_take_each_ticket_once(
    gemini: GeminiDouble, pool: ThreadPoolExecutor
) -> None:
    for _ in range(12):
        waiting()
    gemini.follow(lambda _: billing().later(100))
    drains = [begin(pool, sort), begin(pool, sort)]
    assert sum(drain.result(timeout=20) for drain in drains) == 12
    assert len(gemini.requests) == 12
    assert Prediction.objects.count() == 12


def test_giving_up_does_not_touch_what_a_person_has_sorted(gemini: GeminiDouble) -> None:
    ticket = waiting(triage_attempts=classify.MAX_ATTEMPTS)
    correct(ticket, to=factories.category("support"), by=people.alice())
    assert sort() == 0
    ticket.refresh_from_db()
    assert ticket.review_reason == ""


def test_a_correction_taken_back_during_the_call_lets_the_machine_speak(
    gemini: GeminiDouble, pool: ThreadPoolExecutor
) -> None:
    ticket, alice = waiting(), people.alice()
    gemini.enqueue(billing().later(800))
    drain = begin(pool, sort)
    gemini.wait_for_requests(1)
    undo(correct(ticket, to=factories.category("support"), by=alice), by=alice)
    drain.result(timeout=20)
    ticket.refresh_from_db()
    assert ticket.category == factories.category("billing")
    assert ticket.category_set_by is None
    assert Correction.objects.standing().count() == 0


def test_a_claim_lies_further_ahead_than_all_attempts_take(gemini: GeminiDouble) -> None:
    ticket = waiting()
    classify._claim(1)
    ticket.refresh_from_db()
    assert ticket.triage_due_at is not None
    assert ticket.triage_due_at > timezone.now() + timedelta(seconds=90)
