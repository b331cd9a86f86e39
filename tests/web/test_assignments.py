"""Taking a ticket, giving it back, giving it to somebody."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from tests import factories, people
from triage.tickets.models import Ticket


@pytest.fixture
def ticket(db: None) -> Ticket:
    return factories.ticket()


def test_taken_given_away_and_given_back(desk: Client, alice: User, ticket: Ticket) -> None:
    address = f"/tickets/{ticket.pk}/assignment"
    dana = people.dana()

    for to, expected in (("me", alice), ("dana", dana), ("nobody", None)):
        assert desk.post(address, {"to": to}).status_code == 302
        ticket.refresh_from_db()
        assert ticket.assignee == expected

    sentences = desk.get(f"/tickets/{ticket.pk}/").text
    assert "took the ticket." in sentences
    assert "gave the ticket to dana." in sentences
    assert "gave the ticket back." in sentences


def test_htmx_gets_the_row_with_its_new_owner(desk: Client, ticket: Ticket) -> None:
    answer = desk.post(
        f"/tickets/{ticket.pk}/assignment", {"to": "me"}, headers={"HX-Request": "true"}
    )

    assert 'aria-label="Taken by Alice Arden"' in answer.text
    assert "Taken: Jo Renner" in answer.text
    assert "data-mine" in answer.text


def test_it_is_only_posted(desk: Client, ticket: Ticket) -> None:
    assert desk.get(f"/tickets/{ticket.pk}/assignment").status_code == 405


def test_readers_and_strangers_may_not(looking: Client, stranger: Client, ticket: Ticket) -> None:
    address = f"/tickets/{ticket.pk}/assignment"

    assert looking.post(address, {"to": "me"}).status_code == 403
    assert stranger.post(address, {"to": "me"}).headers["Location"].startswith("/login/")
    ticket.refresh_from_db()
    assert ticket.assignee is None


def test_a_missing_ticket_is_not_found(desk: Client) -> None:
    assert desk.post("/tickets/999999999/assignment", {"to": "me"}).status_code == 404


def test_taken_twice_is_taken_once(desk: Client, ticket: Ticket) -> None:
    for _ in range(2):
        desk.post(f"/tickets/{ticket.pk}/assignment", {"to": "me"})

    assert ticket.events.filter(kind="assigned").count() == 1


@pytest.mark.parametrize("to", ["", "zoe", "\x00", "x" * 200])
def test_nobody_of_that_name_changes_nothing(desk: Client, ticket: Ticket, to: str) -> None:
    answer = desk.post(
        f"/tickets/{ticket.pk}/assignment", {"to": to}, headers={"HX-Request": "true"}
    )

    ticket.refresh_from_db()
    assert answer.status_code == 422
    assert ticket.assignee is None
