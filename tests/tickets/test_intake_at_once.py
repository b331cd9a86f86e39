"""A mail comes in while a person works on its ticket: neither undoes the other."""

from concurrent.futures import Future, ThreadPoolExecutor
from time import sleep

import pytest

from tests import people
from tests.ingest.connections import begin
from tests.ingest.letters import letter
from tests.tickets.arrivals import taken_in
from triage.tickets import intake
from triage.tickets.intake import Arrival
from triage.tickets.models import Ticket

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_person_who_closes_the_ticket_meanwhile_has_closed_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    alice = people.alice()
    ticket = taken_in(letter()).ticket
    keep = intake._keep
    closing: list[Future[bool]] = []

    with ThreadPoolExecutor(1) as pool:

        def slowly(arrival: Arrival, print_: str, batch: intake._Batch) -> object:
            # The ticket is read and not yet written: the moment in which a word could be lost.
            work = begin(pool, lambda: Ticket.objects.get(pk=ticket.pk).close(by=alice))
            closing.append(work)
            sleep(0.3)
            return keep(arrival, print_, batch)

        monkeypatch.setattr(intake, "_keep", slowly)
        taken_in(letter("Never mind, all is well.", answers="shades-1@glaswerk.example.org"))
        assert closing[0].result(timeout=10)
    ticket.refresh_from_db()
    assert (ticket.closed_by, ticket.message_count) == (alice, 2)
