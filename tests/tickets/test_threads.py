"""Which ticket a mail goes into: by what it answers, and only for those who belong there."""

from typing import Any

import pytest

from tests import factories, people
from tests.ingest.letters import DESK, letter
from tests.tickets.arrivals import take_in, taken_in
from triage.tickets.models import Event, Message, Ticket

pytestmark = pytest.mark.django_db

QUESTION = "q@glaswerk.example.org"
IDA = "Ida Renner <ida@glaswerk.example.org>"
MALLORY = "Jo Renner <mallory@elsewhere.test>"


def question(**changes: Any) -> Message:
    return taken_in(letter(message_id=QUESTION, **changes))


def reply(text: str = "Any news?", *, answers: str = QUESTION, **changes: Any) -> bytes:
    return letter(text, message_id=f"{abs(hash(text))}@x.example.org", answers=answers, **changes)


def test_a_reply_goes_where_in_reply_to_says() -> None:
    asked = question()
    answered = taken_in(reply())
    assert answered.ticket == asked.ticket
    assert answered.threaded_by == "in-reply-to"
    assert Ticket.objects.get().message_count == 2


def test_without_in_reply_to_the_references_say_it() -> None:
    asked = question()
    answered = taken_in(letter("Any news?", message_id="r@x.example.org", references=[QUESTION]))
    assert (answered.ticket, answered.threaded_by) == (asked.ticket, "references")


def test_the_newest_reference_that_is_known_counts() -> None:
    old, new = question(), taken_in(letter("Another.", message_id="new@glaswerk.example.org"))
    references = [QUESTION, "new@glaswerk.example.org", "never-seen@glaswerk.example.org"]
    answered = taken_in(letter("Any news?", message_id="r@x.example.org", references=references))
    assert old.ticket != new.ticket
    assert answered.ticket == new.ticket


def test_in_reply_to_outranks_references() -> None:
    asked = question()
    taken_in(letter("Another.", message_id="new@glaswerk.example.org"))
    answered = taken_in(letter("Any news?", message_id="r@x.example.org", answers=QUESTION,
                               references=[QUESTION, "new@glaswerk.example.org"]))  # fmt: skip
    assert answered.ticket == asked.ticket


def test_a_whole_conversation_in_one_batch_is_one_ticket() -> None:
    take_in(
        letter(message_id="1@x.example.org"),
        letter("Two", message_id="2@x.example.org", answers="1@x.example.org"),
        letter("Three", message_id="3@x.example.org", answers="2@x.example.org"),
    )
    assert Ticket.objects.get().message_count == 3
    assert {message.ticket_id for message in Message.objects.all()} == {Ticket.objects.get().pk}


def test_a_batch_that_begins_elsewhere_goes_on_where_it_began() -> None:
    asked = question()
    take_in(
        reply("Two"),
        letter("Three", message_id="3@x.example.org", references=[QUESTION]),
        letter("Four", message_id="4@x.example.org", answers="3@x.example.org"),
    )
    asked.ticket.refresh_from_db()
    assert asked.ticket.message_count == 4


def test_a_colleague_of_the_sender_belongs() -> None:
    asked = question()
    assert taken_in(reply(sender=IDA)).ticket == asked.ticket


def test_whoever_was_copied_belongs_and_from_then_on_so_do_their_colleagues() -> None:
    asked = question(to=f"{DESK}, carrier@parcels.example.com")
    assert taken_in(reply("On its way", sender="carrier@parcels.example.com")).ticket_id == (
        asked.ticket_id
    )
    assert taken_in(reply("Delivered", sender="depot@parcels.example.com")).ticket_id == (
        asked.ticket_id
    )


def test_case_makes_nobody_a_stranger() -> None:
    asked = question(sender="Jo.Renner@gmail.com")
    assert taken_in(reply(sender="jo.renner@GMAIL.com")).ticket == asked.ticket


def test_two_customers_of_one_public_provider_are_no_colleagues() -> None:
    asked = question(sender="jo.renner@gmail.com")
    assert taken_in(reply(sender="mallory@gmail.com")).ticket != asked.ticket


@pytest.mark.parametrize("sender", [MALLORY, "mallory@sub.glaswerk.example.org", "nobody"])
def test_a_stranger_who_knows_the_id_gets_a_ticket_of_their_own(sender: str) -> None:
    asked = question()
    strange = taken_in(reply(sender=sender))
    assert strange.ticket != asked.ticket
    assert strange.threaded_by == "stranger"
    assert strange.ticket.related == asked.ticket
    asked.ticket.refresh_from_db()
    assert asked.ticket.message_count == 1


def test_a_stranger_in_the_same_batch_gets_one_too() -> None:
    take_in(
        letter(message_id=QUESTION),
        letter("Me too", message_id="m@x.test", sender=MALLORY, answers=QUESTION),
        letter("Me three", message_id="n@y.test", sender="eve@third.test", answers="m@x.test"),
    )
    first, second, third = Ticket.objects.order_by("pk")
    assert (first.related, second.related, third.related) == (None, first, second)


def test_a_stranger_does_not_become_a_participant_by_asking() -> None:
    asked = question()
    taken_in(reply("first try", sender=MALLORY))
    assert taken_in(reply("second try", sender=MALLORY)).ticket != asked.ticket


def test_a_subject_alone_threads_nothing() -> None:
    asked = question(subject="Order 4711")
    again = taken_in(letter("Any news?", subject="Re: Order 4711", message_id="r@x.example.org"))
    assert again.ticket != asked.ticket
    assert again.threaded_by == "new"


def test_an_id_nobody_knows_opens_a_ticket() -> None:
    message = taken_in(reply(answers="lost@glaswerk.example.org"))
    assert (message.threaded_by, message.ticket.related) == ("new", None)


def test_a_mail_that_answers_itself_opens_a_ticket() -> None:
    assert taken_in(letter(message_id=QUESTION, answers=QUESTION)).threaded_by == "new"


def test_a_reply_that_overtook_its_question_has_its_own_ticket() -> None:
    overtaking = taken_in(reply())
    assert question().ticket != overtaking.ticket


def test_a_person_s_reply_reopens_a_closed_ticket_and_says_so() -> None:
    asked = question()
    asked.ticket.close(by=people.alice())
    taken_in(reply())
    ticket = Ticket.objects.get()
    assert (ticket.closed_at, ticket.closed_by) == (None, None)
    assert ticket.events.filter(kind=Event.Kind.REOPENED).count() == 1


@pytest.mark.parametrize(
    "fields", [["Auto-Submitted: auto-replied"], ["X-Autoreply: yes"], ["Precedence: auto_reply"]]
)
def test_an_automatic_reply_is_attached_and_reopens_nothing(fields: list[str]) -> None:
    asked = question()
    asked.ticket.close(by=people.alice())
    away = taken_in(letter("I am away.", message_id="a@x.example.org", answers=QUESTION,
                           fields=fields))  # fmt: skip
    ticket = Ticket.objects.get()
    assert (away.ticket, away.auto) == (ticket, "auto-reply")
    assert ticket.closed_at is not None
    assert ticket.message_count == 2


def test_what_a_mailing_list_sends_reopens_like_a_person() -> None:
    asked = question()
    asked.ticket.close(by=people.alice())
    taken_in(letter("On the list.", message_id="l@x.example.org", answers=QUESTION,
                    fields=["List-Id: <crates.glaswerk.example.org>"]))  # fmt: skip
    assert Ticket.objects.get().closed_at is None


def test_an_answer_to_the_same_id_in_another_mailbox_still_finds_its_ticket() -> None:
    asked = question()
    orders = factories.mailbox("orders@alder-lamps.example.com")
    assert taken_in(reply(), orders).ticket == asked.ticket
