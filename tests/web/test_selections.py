"""Several tickets at once: corrected, taken, closed, and all of it taken back."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import factories, people
from triage.classification.correct import correct
from triage.classification.models import Correction
from triage.tickets.models import Ticket

HTMX = {"HX-Request": "true", "HX-Current-URL": "http://testserver/queues/review/"}
NOUNS = ["tickets/corrections", "tickets/assignments", "tickets/closures", "tickets/reopenings",
         "corrections/reversals"]  # fmt: skip


@pytest.fixture
def tickets(db: None) -> list[Ticket]:
    made = [factories.ticket(f"Lamp {number}") for number in range(3)]
    for one in made:
        factories.prediction(one)
    return made


def _ids(tickets: list[Ticket]) -> list[int]:
    return [one.pk for one in tickets]


def test_all_of_them_go_where_the_person_says_and_come_back_at_once(
    desk: Client, tickets: list[Ticket]
) -> None:
    answer = desk.post(
        "/tickets/corrections",
        {"ticket": _ids(tickets[:2]), "category": "billing", "queue": "review"},
        headers=HTMX,
    )

    assert "2 moved to Billing" in answer.text
    assert answer.text.count("data-done") == 2
    assert Ticket.objects.filter(category__slug="billing", review_reason="").count() == 2
    fields = re.findall(r'name="correction" value="(\d+)"', answer.text)

    back = desk.post("/corrections/reversals", {"correction": fields}, headers=HTMX)

    assert "2 taken back" in back.text
    assert Ticket.objects.awaiting_review().count() == 3


def test_taken_and_closed_and_opened_again(
    desk: Client, alice: User, tickets: list[Ticket]
) -> None:
    desk.post("/tickets/assignments", {"ticket": _ids(tickets), "to": "me"})
    assert Ticket.objects.mine(alice).count() == 3

    answer = desk.post("/tickets/closures", {"ticket": _ids(tickets)}, headers=HTMX)
    assert "3 closed" in answer.text
    assert Ticket.objects.closed().count() == 3

    desk.post("/tickets/reopenings", {"ticket": _ids(tickets)})
    assert Ticket.objects.closed().count() == 0


def test_without_javascript_it_leads_back_to_the_list(desk: Client, tickets: list[Ticket]) -> None:
    answer = desk.post(
        "/tickets/corrections",
        {"ticket": _ids(tickets), "category": "sales", "next": "/queues/review/"},
        follow=True,
    )

    assert answer.redirect_chain == [("/queues/review/", 302)]
    assert "3 moved to Sales" in answer.text


@pytest.mark.parametrize("noun", NOUNS)
def test_it_is_only_posted(desk: Client, noun: str) -> None:
    assert desk.get(f"/{noun}").status_code == 405


@pytest.mark.parametrize("noun", NOUNS)
def test_readers_and_strangers_may_not(
    looking: Client, stranger: Client, alice: User, tickets: list[Ticket], noun: str
) -> None:
    made = correct(tickets[0], to=factories.category("sales"), by=alice)
    values = {"ticket": _ids(tickets), "category": "spam", "to": "me", "correction": [made.pk]}
    before = list(Ticket.objects.order_by("pk").values())

    assert looking.post(f"/{noun}", values).status_code == 403
    assert stranger.post(f"/{noun}", values).headers["Location"].startswith("/login/")
    assert list(Ticket.objects.order_by("pk").values()) == before


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize("chosen", [[], ["999999999"], ["", "x", "-1", "9" * 40, "\x00"]])
def test_nothing_selected_changes_nothing(
    desk: Client, tickets: list[Ticket], noun: str, chosen: list[str]
) -> None:
    values = {"ticket": chosen, "correction": chosen, "category": "spam", "to": "me"}

    assert desk.post(f"/{noun}", values, headers=HTMX).status_code == 422
    assert not Correction.objects.exists()


@pytest.mark.parametrize("values", [{"category": "lunch"}, {"category": ""}])
def test_a_category_outside_the_list_changes_nothing(
    desk: Client, tickets: list[Ticket], values: dict[str, str]
) -> None:
    answer = desk.post("/tickets/corrections", {"ticket": _ids(tickets), **values}, headers=HTMX)

    assert answer.status_code == 422
    assert not Correction.objects.exists()


def test_done_twice_it_is_recorded_once(desk: Client, tickets: list[Ticket]) -> None:
    for _ in range(2):
        desk.post("/tickets/corrections", {"ticket": _ids(tickets), "category": "billing"})
        desk.post("/tickets/closures", {"ticket": _ids(tickets)})

    assert Correction.objects.count() == 3
    assert tickets[0].events.filter(kind="closed").count() == 1


def test_a_colleague_s_later_word_is_not_taken_back_with_the_rest(
    desk: Client, tickets: list[Ticket]
) -> None:
    desk.post("/tickets/corrections", {"ticket": _ids(tickets), "category": "billing"})
    mine = list(Correction.objects.values_list("pk", flat=True))
    correct(tickets[0], to=factories.category("sales"), by=people.dana())

    answer = desk.post("/corrections/reversals", {"correction": mine}, headers=HTMX)

    tickets[0].refresh_from_db()
    assert "2 taken back" in answer.text
    assert tickets[0].category == factories.category("sales")
