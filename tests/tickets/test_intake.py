"""What a mail becomes: ticket, message, files, history."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import factories, people
from tests.ingest.letters import letter
from tests.tickets.arrivals import arrival, take_in, taken_in
from triage.tickets.intake import SILENT, accept
from triage.tickets.models import Attachment, Blob, Event, Requester, Ticket

pytestmark = pytest.mark.django_db

LOGO = ("logo.png", b"\x89PNG the mark of Glaswerk Renner")
AWAY = letter(
    "I am away until Monday.",
    sender="Ida Renner <ida@glaswerk.example.org>",
    subject="Out of office",
    message_id="away@glaswerk.example.org",
    fields=["Auto-Submitted: auto-replied"],
)


def test_a_new_mail_opens_a_ticket_that_waits_for_sorting() -> None:
    message = taken_in(letter(to="Desk <desk@alder-lamps.example.com>, Bob <bob@example.org>"))
    ticket = message.ticket
    assert (ticket.subject, ticket.requester.name) == ("The two cracked shades", "Jo Renner")
    assert ticket.snippet.startswith("Two of the shades in crate 12")
    assert ticket.triage_due_at is not None
    assert (ticket.category, ticket.review_reason, ticket.closed_at) == (None, "", None)
    assert (ticket.opened_at, ticket.last_message_at) == (message.received_at,) * 2
    assert (message.message_id, message.from_address) == (
        "shades-1@glaswerk.example.org",
        "jo.renner@glaswerk.example.org",
    )
    assert [each["address"] for each in message.to] == [
        "desk@alder-lamps.example.com",
        "bob@example.org",
    ]
    assert message.sent_at is not None
    assert message.sent_at.isoformat() == "2026-11-02T08:15:00+00:00"
    assert message.invoice_look_due_at is not None


def test_its_arrival_is_the_first_line_of_its_history() -> None:
    event = Event.objects.get(ticket=taken_in(letter()).ticket)
    assert (event.kind, event.by) == ("arrived", None)
    assert event.facts == {"from": "jo.renner@glaswerk.example.org", "reason": "new", "auto": ""}


def test_results_come_in_the_order_of_the_arrivals() -> None:
    mails = [letter(f"Question {n}", message_id=f"{n}@glaswerk.example.org") for n in range(5)]
    results = take_in(mails[0], mails[1], mails[0], *mails[2:])
    assert [each.message.text.strip() for each in results] == [
        "Question 0", "Question 1", "Question 0", "Question 2", "Question 3", "Question 4",
    ]  # fmt: skip
    assert [each.is_duplicate for each in results] == [False, False, True, False, False, False]


def test_a_person_is_known_by_their_address_however_it_is_written() -> None:
    take_in(
        letter("One", sender="JO.RENNER@glaswerk.example.org"),
        letter("Two", sender="Jo Renner <jo.renner@Glaswerk.example.org>"),
    )
    taken_in(letter("Three", sender="Somebody Else <jo.renner@glaswerk.example.org>"))
    known = Requester.objects.get()
    assert (known.address, known.name) == ("jo.renner@glaswerk.example.org", "Jo Renner")


def test_the_same_file_in_many_mails_is_stored_once() -> None:
    take_in(
        letter("One", files=[LOGO, ("crate.txt", b"fragile")]),
        letter("Two", files=[LOGO, LOGO]),
    )
    taken_in(letter("Three", files=[LOGO]))
    assert Blob.objects.count() == 2
    assert Attachment.objects.filter(filename="logo.png").count() == 4
    assert bytes(Attachment.objects.filter(filename="logo.png")[0].blob.content) == LOGO[1]


def test_a_ticket_counts_its_mails_and_their_files() -> None:
    taken_in(letter(message_id="q@x.example.org", files=[LOGO]))
    take_in(
        letter("Two", message_id="2@x.example.org", answers="q@x.example.org", files=[LOGO]),
        letter("Three", message_id="3@x.example.org", answers="q@x.example.org"),
    )
    ticket = Ticket.objects.get()
    assert (ticket.message_count, ticket.attachment_count) == (3, 2)


def test_an_out_of_office_note_is_filed_away_unsorted() -> None:
    message = taken_in(AWAY)
    ticket = message.ticket
    assert (message.auto, ticket.auto) == ("auto-reply", "auto-reply")
    assert (ticket.closed_at, ticket.closed_by) == (message.received_at, None)
    assert (ticket.triage_due_at, message.invoice_look_due_at) == (None, None)


def test_a_person_s_reply_to_a_mail_filed_away_is_sorted_after_all() -> None:
    taken_in(AWAY)
    taken_in(letter("Back again, and still broken.", answers="away@glaswerk.example.org"))
    ticket = Ticket.objects.get()
    assert ticket.closed_at is None
    assert ticket.triage_due_at is not None


def test_a_reply_to_a_sorted_ticket_is_not_sorted_again() -> None:
    taken_in(letter())
    Ticket.objects.update(category=factories.category("support"), triage_due_at=None)
    taken_in(letter("Any news?", answers="shades-1@glaswerk.example.org"))
    assert Ticket.objects.get().triage_due_at is None


@pytest.mark.parametrize(
    "field", ["List-Id: <crates.example.org>", "Auto-Submitted: auto-generated"]
)
def test_what_a_program_sends_in_somebody_s_name_is_sorted_like_any_other(field: str) -> None:
    message = taken_in(letter(fields=[field]))
    assert message.auto not in SILENT | {""}
    assert message.ticket.triage_due_at is not None
    assert message.ticket.closed_at is None


def test_fifty_mails_cost_as_many_queries_as_five() -> None:
    counts = []
    for size in (5, 50):
        arrivals = [
            arrival(letter(f"{size}-{n}", message_id=f"{size}-{n}@x.example.org", files=[LOGO]))
            for n in range(size)
        ]
        with CaptureQueriesContext(
            connection,
        ) as queries:
            accept(arrivals)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_nothing_to_take_in_is_nothing_taken_in() -> None:
    assert take_in() == []


def test_a_batch_that_fails_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> None:
        raise ValueError("in the middle of writing")

    monkeypatch.setattr(Attachment.objects, "bulk_create", full)
    with pytest.raises(ValueError, match="in the middle"):
        take_in(letter(), letter("Two"))
    assert not Ticket.objects.exists()
    assert not Requester.objects.exists()


def test_a_reply_to_a_ticket_somebody_has_taken_leaves_it_with_them() -> None:
    alice = people.alice()
    taken_in(letter())
    Ticket.objects.get().assign(to=alice, by=alice)
    taken_in(letter("Any news?", answers="shades-1@glaswerk.example.org"))
    assert Ticket.objects.get().assignee == alice
