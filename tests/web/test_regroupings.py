"""Splitting and merging in the browser: for those who may, once, and never half."""

import pytest
from django.test import Client

from tests import factories
from triage.invoices.models import Invoice
from triage.tickets.models import Message, Regrouping, Ticket


@pytest.fixture
def ticket(db: None) -> Ticket:
    return factories.ticket("The two cracked shades")


@pytest.fixture
def second(ticket: Ticket) -> Message:
    return factories.message(ticket, text="Another matter: our invoice is attached.")


def test_a_message_is_split_off_with_its_invoice_and_taken_back(
    desk: Client, ticket: Ticket, second: Message
) -> None:
    invoice = factories.invoice(second)
    assert "Split off" in desk.get(f"/tickets/{ticket.pk}/").text
    desk.post(f"/messages/{second.pk}/split")
    second.refresh_from_db()
    assert second.ticket != ticket
    assert Invoice.objects.get(pk=invoice.pk).ticket == second.ticket
    assert "was split off" in desk.get(f"/tickets/{second.ticket_id}/").text

    desk.post(f"/regroupings/{Regrouping.objects.get().pk}/reversal")
    second.refresh_from_db()
    assert second.ticket == ticket
    assert Invoice.objects.get(pk=invoice.pk).ticket == ticket


def test_a_merged_ticket_leads_to_where_it_went(desk: Client, ticket: Ticket) -> None:
    other = factories.ticket("Shades again")
    answer = desk.post(f"/tickets/{other.pk}/merge", {"into": f"#{ticket.pk}"})
    assert answer.headers["Location"] == f"/tickets/{ticket.pk}/"
    assert desk.get(f"/tickets/{other.pk}/").headers["Location"] == f"/tickets/{ticket.pk}/"


@pytest.mark.parametrize("into", ["", "lamp", "999999999", "9" * 40, "itself"])
def test_a_merge_into_nowhere_changes_nothing(desk: Client, ticket: Ticket, into: str) -> None:
    number = str(ticket.pk) if into == "itself" else into
    desk.post(f"/tickets/{ticket.pk}/merge", {"into": number})
    assert not Regrouping.objects.exists()
    assert ticket.messages.count() == 1


def test_the_only_message_is_not_split(desk: Client, ticket: Ticket) -> None:
    assert "Split off" not in desk.get(f"/tickets/{ticket.pk}/").text
    desk.post(f"/messages/{ticket.messages.get().pk}/split")
    assert not Regrouping.objects.exists()


def test_done_twice_is_done_once(desk: Client, ticket: Ticket, second: Message) -> None:
    desk.post(f"/messages/{second.pk}/split")
    desk.post(f"/messages/{second.pk}/split")
    assert Regrouping.objects.count() == 1
    for _ in range(2):
        desk.post(f"/regroupings/{Regrouping.objects.get().pk}/reversal")
    assert ticket.messages.count() == 2


@pytest.mark.parametrize("who", ["reader", "stranger"])
def test_readers_and_strangers_may_not(
    looking: Client, stranger: Client, ticket: Ticket, second: Message, who: str
) -> None:
    client = looking if who == "reader" else stranger
    paths = [
        f"/messages/{second.pk}/split",
        f"/tickets/{ticket.pk}/merge",
        "/regroupings/1/reversal",
    ]
    for path in paths:
        answer = client.post(path, {"into": "1"})
        assert answer.status_code == (403 if who == "reader" else 302)
    assert not Regrouping.objects.exists()
    assert ticket.messages.count() == 2


def test_it_is_only_posted_and_only_to_what_is_there(desk: Client, ticket: Ticket) -> None:
    assert desk.get(f"/tickets/{ticket.pk}/merge").status_code == 405
    for path in ("/messages/999999/split", "/tickets/999999/merge", "/regroupings/999999/reversal"):
        assert desk.post(path).status_code == 404
