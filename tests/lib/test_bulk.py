"""Many rows, one statement, each with its own values."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests import factories, people
from triage.lib.bulk import update_many
from triage.tickets.models import Ticket

pytestmark = pytest.mark.django_db


def test_each_row_gets_its_own_values_in_one_statement() -> None:
    tickets = [factories.ticket(f"Lamp {number}") for number in range(5)]
    alice, now = people.alice(), timezone.now()
    for number, ticket in enumerate(tickets):
        ticket.confidence = number
        ticket.category = None if number % 2 else factories.category("sales")
        ticket.closed_at = now - timedelta(days=number) if number else None
        ticket.closed_by = alice if number else None
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert update_many(tickets, ["confidence", "category", "closed_at", "closed_by"]) == 5
    assert len(queries) == 1
    for ticket in tickets:
        kept = Ticket.objects.get(pk=ticket.pk)
        assert kept.confidence == ticket.confidence
        assert kept.category_id == ticket.category_id
        assert (kept.closed_at, kept.closed_by_id) == (ticket.closed_at, ticket.closed_by_id)


def test_other_columns_and_other_rows_stay() -> None:
    mine, other = factories.ticket("Mine"), factories.ticket("Other")
    Ticket.objects.filter(pk=mine.pk).update(subject="Changed meanwhile")
    mine.confidence = 7
    update_many([mine], ["confidence"])
    assert Ticket.objects.get(pk=mine.pk).subject == "Changed meanwhile"
    assert Ticket.objects.get(pk=other.pk).confidence != 7


def test_nothing_is_no_statement() -> None:
    with CaptureQueriesContext(connection) as queries:
        assert update_many([], ["confidence"]) == 0
    assert len(queries) == 0
