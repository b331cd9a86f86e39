"""Tickets are sorted by the model: asked once, decided by the threshold, kept with its reason."""

from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from tests import factories
from tests.classification.sorting import current, make_due, sort, sorted_, waiting
from tests.gemini import GeminiDouble, replies
from triage.classification import classify
from triage.classification.models import Prediction
from triage.llm.models import Call
from triage.tickets.models import Category, Event, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("categories")]


def says(category: str = "billing", confidence: float = 91, **more: Any) -> replies.Reply:
    answer = {"category": category, "confidence": confidence, "second": "sales", "reason": "why"}
    return replies.json({**answer, **more})


def test_a_sure_answer_puts_the_ticket_into_its_queue(gemini: GeminiDouble) -> None:
    gemini.enqueue(says("billing", 91, reason="a payment is asked for"))
    ticket = sorted_(waiting())
    assert ticket.category == factories.category("billing")
    assert (ticket.confidence, ticket.review_reason, ticket.triage_due_at) == (91, "", None)
    prediction = current(ticket)
    assert (prediction.category, prediction.confidence) == (ticket.category, Decimal("0.910"))
    assert prediction.shares == {"billing": 0.91, "sales": 0.09}
    assert prediction.reason == "a payment is asked for"
    assert (prediction.by, prediction.fallback) == ("model", "")
    assert prediction.model == "gemini-2.5-flash"
    call = Call.objects.get()
    assert (prediction.call, call.ticket, call.purpose) == (call, ticket, "classification")


def test_the_history_says_what_the_machine_said(gemini: GeminiDouble) -> None:
    gemini.enqueue(says("billing", 91))
    event = Event.objects.get(ticket=sorted_(waiting()), kind=Event.Kind.PREDICTED)
    assert event.facts == {
        "category": "billing", "said": "", "confidence": "0.910", "by": "model",
        "model": "gemini-2.5-flash",
    }  # fmt: skip


def test_the_mail_is_what_the_model_is_shown(gemini: GeminiDouble) -> None:
    ticket = waiting("Where is crate 12?")
    factories.attachment(ticket.messages.get(), "crate-12.pdf")
    factories.attachment(ticket.messages.get(), "signature.png", inline=True)
    sort()
    text = gemini.requests[0].text
    assert "Where is crate 12?" in text
    assert "Attachments: crate-12.pdf\n" in text
    assert "signature.png" not in text


@pytest.mark.parametrize(
    ("threshold", "confidence", "reason"),
    [("0.80", 80, ""), ("0.80", 79.9, "unsure"), ("0.95", 94, "unsure"), ("0.00", 0, ""),
     ("1.00", 100, ""), ("1.00", 99.9, "unsure")],
)  # fmt: skip
def test_below_the_category_s_threshold_a_person_is_asked(
    gemini: GeminiDouble, threshold: str, confidence: float, reason: str
) -> None:
    Category.objects.filter(slug="billing").update(threshold=Decimal(threshold))
    gemini.enqueue(says("billing", confidence))
    ticket = sorted_(waiting())
    assert ticket.category == factories.category("billing")
    assert ticket.review_reason == reason


def test_another_category_s_threshold_does_not_matter(gemini: GeminiDouble) -> None:
    Category.objects.exclude(slug="billing").update(threshold=1)
    gemini.enqueue(says("billing", 85))
    assert sorted_(waiting()).review_reason == ""


def test_an_answer_outside_the_list_goes_to_people_and_is_kept_for_inspection(
    gemini: GeminiDouble,
) -> None:
    gemini.enqueue(says("complaints", 99))
    ticket = sorted_(waiting())
    assert (ticket.category, ticket.confidence, ticket.review_reason) == (None, None, "outside")
    assert ticket.triage_due_at is None
    prediction = current(ticket)
    assert (prediction.category, prediction.said, prediction.confidence) == (
        None,
        "complaints",
        None,
    )
    assert prediction.call == Call.objects.get()
    assert Call.objects.get().outcome == "invalid"
    event = Event.objects.get(ticket=ticket)
    assert (event.facts["category"], event.facts["said"]) == (None, "complaints")


def test_what_is_not_due_is_left_alone(gemini: GeminiDouble) -> None:
    factories.ticket("sorted long ago")
    later = waiting()
    Ticket.objects.filter(pk=later.pk).update(triage_due_at="2999-01-01T00:00Z")
    assert sort() == 0
    assert not gemini.requests


def test_sixty_tickets_get_their_own_answers(gemini: GeminiDouble) -> None:
    words = {"support": "It flickers.", "billing": "The invoice.", "sales": "A quote, please.",
             "spam": "You are a lottery winner."}  # fmt: skip
    tickets = {waiting(words[slug]).pk: slug for slug in list(words) * 15}
    assert sort() == 60
    found = dict(Ticket.objects.values_list("pk", "category__slug"))
    assert found == tickets
    assert len(gemini.requests) == 60


def test_writing_thirty_answers_costs_as_many_queries_as_three() -> None:
    counts = []
    for size in (3, 30):
        verdicts = [
            classify.Verdict(
                ticket.pk,
                Prediction(
                    ticket=ticket,
                    category=factories.category("billing"),
                    confidence=Decimal("0.9"),
                    by=Prediction.PredictedBy.MODEL,
                ),
                Ticket.ReviewReason.NONE,
            )
            for ticket in (waiting() for _ in range(size))
        ]
        with CaptureQueriesContext(connection) as queries:
            assert classify._write(verdicts) == size
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_the_first_mail_is_what_counts_not_the_latest(gemini: GeminiDouble) -> None:
    ticket = waiting("Please send a quote for 30 lamps.")
    factories.message(ticket, "PS: and the invoice of October.")
    assert sorted_(ticket).category == factories.category("sales")


def test_an_out_of_office_note_in_front_does_not_count(gemini: GeminiDouble) -> None:
    ticket = waiting("I am away; for invoices write to Ida.", auto="auto-reply")
    ticket.messages.update(auto="auto-reply")
    factories.message(ticket, "Back again. Please send a quote for 30 lamps.")
    assert sorted_(ticket).category == factories.category("sales")


def test_a_claim_that_was_lost_comes_due_again(gemini: GeminiDouble) -> None:
    ticket = waiting()
    assert list(classify._claim(10)) == [ticket.pk]
    # The drain dies here: nobody else takes the ticket until the claim runs out.
    assert sort() == 0
    make_due(ticket)
    assert sorted_(ticket).category == factories.category("billing")
    assert ticket.triage_attempts == 2


def test_a_ticket_that_killed_three_drains_goes_to_people(gemini: GeminiDouble) -> None:
    ticket = waiting()
    for _ in range(classify.MAX_ATTEMPTS):
        assert ticket.pk in classify._claim(1)
        make_due(ticket)
    other = waiting()
    assert sort() == 1
    ticket.refresh_from_db()
    assert (ticket.category, ticket.review_reason, ticket.triage_due_at) == (None, "failed", None)
    assert sorted_(other).category == factories.category("billing")
    assert len(gemini.requests) == 1


def test_an_answer_that_comes_after_its_claim_has_run_out_doubles_nothing(
    gemini: GeminiDouble, settings: Settings
) -> None:
    settings.CLAIM_SECONDS = 0
    tickets = [waiting(), waiting()]
    # While the second answer is on its way, the drain claims its ticket again and asks anew.
    gemini.enqueue(says("sales").later(50), says("sales").later(700), says("billing").later(50))
    assert sort() == 2
    assert len(gemini.requests) == 3
    assert [current(each).category for each in tickets].count(factories.category("sales")) == 1
    assert Prediction.objects.count() == 2
    assert not Ticket.objects.filter(triage_due_at__isnull=False).exists()


def test_without_tickets_nothing_is_asked(gemini: GeminiDouble) -> None:
    assert sort() == 0
    assert not gemini.requests
