"""Two programs that answer each other fill a ticket, and wake nobody."""

import pytest
from django.utils import timezone

from tests.ingest.letters import letter
from tests.tickets.arrivals import take_in, taken_in
from triage.tickets.models import Message, Ticket
from triage.tickets.threads import LOOP_MAILS

pytestmark = pytest.mark.django_db


def echo(number: int) -> bytes:
    return letter(
        f"Your message number {number} was received.",
        message_id=f"echo-{number}@glaswerk.example.org",
        answers="shades-1@glaswerk.example.org",
    )


@pytest.mark.parametrize("batch", [1, 40])
def test_mail_faster_than_a_person_writes_is_kept_as_a_loop(batch: int) -> None:
    asked = taken_in(letter())
    echoes = [echo(number) for number in range(40)]
    for start in range(0, 40, batch):
        take_in(*echoes[start : start + batch])
    kept = Message.objects.filter(ticket=asked.ticket)
    assert kept.count() == 41
    assert kept.filter(auto="loop").count() == 41 - LOOP_MAILS


def test_a_loop_does_not_open_a_closed_ticket_again() -> None:
    asked = taken_in(letter())
    take_in(*[echo(number) for number in range(LOOP_MAILS)])
    Ticket.objects.filter(pk=asked.ticket_id).update(closed_at=timezone.now())
    taken_in(echo(99))
    assert Ticket.objects.get(pk=asked.ticket_id).closed_at is not None


def test_somebody_else_in_the_same_ticket_is_heard() -> None:
    asked = taken_in(letter())
    take_in(*[echo(number) for number in range(30)])
    Ticket.objects.filter(pk=asked.ticket_id).update(closed_at=timezone.now())
    answer = letter(
        "I am a person.",
        sender="Ida Renner <ida@glaswerk.example.org>",
        message_id="ida@x.example.org",
        answers="shades-1@glaswerk.example.org",
    )
    assert taken_in(answer).auto == ""
    assert Ticket.objects.get(pk=asked.ticket_id).closed_at is None
