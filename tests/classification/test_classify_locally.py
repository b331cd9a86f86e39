"""No key, no answer, no service: mail still lands in a queue, and the ticket says why."""

import pytest
from pytest_django.fixtures import Settings

from tests import factories
from tests.classification.sorting import current, sort, sorted_, waiting
from tests.gemini import GeminiDouble, replies
from triage.classification import classify
from triage.classification.classify import NO_KEY
from triage.llm.models import Call
from triage.tickets.models import Category, Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("categories")]


def test_without_a_key_the_local_classifier_sorts_and_says_so() -> None:
    ticket = sorted_(waiting("Your invoice RE-2026-3391 of 1,504.16 EUR is overdue. Please pay."))
    prediction = current(ticket)
    assert ticket.category == factories.category("billing")
    assert (prediction.by, prediction.fallback, prediction.call) == ("local", NO_KEY, None)
    assert prediction.model.startswith("local-")
    assert sum(prediction.shares.values()) == pytest.approx(1, abs=0.01)
    assert ticket.confidence == round((prediction.confidence or 0) * 100)
    assert not Call.objects.exists()


def test_what_the_local_classifier_is_not_sure_of_goes_to_people_too() -> None:
    Category.objects.update(threshold=1)
    ticket = sorted_(waiting("Hm.", subject=""))
    assert ticket.category is not None
    assert ticket.review_reason == "unsure"


def test_a_mail_without_a_word_is_sorted_somewhere() -> None:
    ticket = waiting("", subject="")
    assert sorted_(ticket).category is not None


DOWN = {
    "503": replies.error(503),
    "502 in HTML": replies.html(),
    "cut connections": replies.cut(),
    "garbage": replies.garbage(),
    "nothing usable": replies.text("It is about billing."),
    "blocked": replies.blocked_prompt(),
    "refused": replies.error(400),
}


@pytest.mark.parametrize("name", DOWN)
def test_when_the_model_gives_no_answer_the_local_classifier_does(
    name: str, gemini: GeminiDouble, settings: Settings
) -> None:
    settings.MAX_ATTEMPTS = 1
    gemini.always(DOWN[name])
    ticket = sorted_(waiting())
    prediction = current(ticket)
    assert ticket.category is not None
    assert ticket.triage_due_at is None
    assert prediction.by == "local"
    assert prediction.fallback == Call.objects.get().error[:100]
    assert prediction.fallback


def test_when_the_key_is_refused_every_ticket_is_sorted_all_the_same(
    gemini: GeminiDouble, settings: Settings
) -> None:
    settings.MAX_IN_FLIGHT = 2
    gemini.always(replies.error(403))
    tickets = [waiting() for _ in range(8)]
    assert sort() == 8
    assert not Ticket.objects.filter(category=None).exists()
    assert {current(ticket).by for ticket in tickets} == {"local"}
    assert len(gemini.requests) <= 2


def test_one_ticket_without_an_answer_does_not_take_the_others_from_the_model(
    gemini: GeminiDouble, settings: Settings
) -> None:
    settings.MAX_ATTEMPTS = 1
    gemini.when("Please be quiet", replies.error(500))
    silent, heard = waiting("Please be quiet about this."), waiting()
    sort()
    assert (current(silent).by, current(heard).by) == ("local", "model")


def test_without_a_key_many_tickets_are_sorted_in_batches(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(classify, "LOCAL_BATCH", 4)
    for number in range(9):
        waiting(f"The lamp in room {number} flickers.")
    assert list(classify.classify_pending()) == [4, 4, 1]
    assert not Ticket.objects.filter(triage_due_at__isnull=False).exists()
