"""Closing a ticket and opening it again."""

import pytest
from django.test import Client

from tests import factories
from triage.tickets.models import Ticket

NOUNS = ["closure", "reopening"]


@pytest.fixture
def ticket(db: None) -> Ticket:
    return factories.ticket()


def test_closed_and_opened_again(desk: Client, ticket: Ticket) -> None:
    desk.post(f"/tickets/{ticket.pk}/closure")
    ticket.refresh_from_db()
    assert ticket.closed_at
    assert ticket.closed_by
    assert "Open again" in desk.get(f"/tickets/{ticket.pk}/").text

    desk.post(f"/tickets/{ticket.pk}/reopening")
    ticket.refresh_from_db()
    assert ticket.closed_at is None


def test_htmx_gets_the_row_as_done_with_a_way_back(desk: Client, ticket: Ticket) -> None:
    answer = desk.post(f"/tickets/{ticket.pk}/closure", headers={"HX-Request": "true"})

    assert "data-done" in answer.text
    assert answer.text.count(f'hx-post="/tickets/{ticket.pk}/reopening"') >= 2


@pytest.mark.parametrize("noun", NOUNS)
def test_it_is_only_posted(desk: Client, ticket: Ticket, noun: str) -> None:
    assert desk.get(f"/tickets/{ticket.pk}/{noun}").status_code == 405


@pytest.mark.parametrize("noun", NOUNS)
def test_readers_and_strangers_may_not(
    looking: Client, stranger: Client, ticket: Ticket, noun: str
) -> None:
    assert looking.post(f"/tickets/{ticket.pk}/{noun}").status_code == 403
    assert stranger.post(f"/tickets/{ticket.pk}/{noun}").headers["Location"].startswith("/login/")
    assert not ticket.events.exists()


@pytest.mark.parametrize("noun", NOUNS)
def test_a_missing_ticket_is_not_found(desk: Client, noun: str) -> None:
    assert desk.post(f"/tickets/999999999/{noun}").status_code == 404


def test_done_twice_is_done_once(desk: Client, ticket: Ticket) -> None:
    for noun in ("closure", "closure", "reopening", "reopening"):
        assert desk.post(f"/tickets/{ticket.pk}/{noun}").status_code == 302

    assert list(ticket.events.values_list("kind", flat=True)) == ["closed", "reopened"]
