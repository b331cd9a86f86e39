"""Deliveries become messages: in order, once, one process at a time."""

from datetime import timedelta

import psycopg
import pytest
from django.db import connection
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests import factories, people
from tests.ingest.connections import at_once
from tests.ingest.letters import letter
from tests.ingest.test_receive import take
from triage.ingest import process
from triage.ingest.models import Delivery, Source
from triage.ingest.process import process_pending, replay
from triage.ingest.receive import Parcel, receive
from triage.tickets.intake import Accepted, Arrival, accept
from triage.tickets.models import Message, Ticket

pytestmark = pytest.mark.django_db


def states() -> list[str]:
    return list(Delivery.objects.order_by("pk").values_list("state", flat=True))


def test_a_delivery_becomes_a_message_that_knows_where_it_came_from() -> None:
    take(letter())
    assert process_pending() == 1
    delivery = Delivery.objects.get()
    message = Message.objects.get()
    assert (delivery.state, delivery.reason) == ("processed", "")
    assert delivery.processed_at is not None
    assert message.delivery == delivery
    assert message.received_at == delivery.received_at


def test_with_nothing_to_do_it_does_nothing() -> None:
    assert process_pending() == 0


def test_what_is_put_off_is_left_alone() -> None:
    take(letter())
    Delivery.objects.update(due_at=timezone.now() + timedelta(minutes=1))
    assert process_pending() == 0
    assert states() == ["pending"]


def test_a_reply_right_behind_its_question_finds_the_ticket() -> None:
    question = letter(message_id="q@glaswerk.example.org")
    reply = letter("In fact three.", message_id="r@glaswerk.example.org",
                   answers="q@glaswerk.example.org")  # fmt: skip
    take(question, reply)
    process_pending()
    assert Ticket.objects.get().message_count == 2


def test_more_than_a_batch_is_processed_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "BATCH", 4)
    take(*[letter(f"Question {n}", message_id=f"q{n}@glaswerk.example.org") for n in range(11)])
    assert process_pending() == 11
    texts = Message.objects.order_by("pk").values_list("text", flat=True)
    assert [text.strip() for text in texts] == [f"Question {n}" for n in range(11)]


def test_large_mails_are_not_held_in_memory_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "BATCH_BYTES", 3_000)
    sizes: list[int] = []

    def watched(arrivals: list[Arrival]) -> list[Accepted]:
        sizes.append(len(arrivals))
        return accept(arrivals)

    monkeypatch.setattr(process, "accept", watched)
    take(*[letter("Hm. " * 300, message_id=f"{n}@glaswerk.example.org") for n in range(5)])
    assert process_pending() == 5
    assert sizes == [2, 2, 1]


def test_the_same_mail_by_another_way_is_a_duplicate_and_says_of_what() -> None:
    take(letter(fields=["Received: from a.example.org by b.example.org"]))
    take(letter(fields=["Received: from c.example.org by d.example.org"]), source=Source.IMAP)
    assert process_pending() == 2
    message = Message.objects.get()
    assert states() == ["processed", "duplicate"]
    reason = Delivery.objects.get(state="duplicate").reason
    assert reason == f"the same mail as message {message.pk} in ticket #{message.ticket_id}"


def test_a_duplicate_that_comes_days_later_is_one_too() -> None:
    take(letter())
    process_pending()
    take(letter(fields=["X-Spam-Score: 0.1"]))
    process_pending()
    assert states() == ["processed", "duplicate"]
    assert Message.objects.count() == 1


def test_a_mail_over_the_limit_is_kept_raw_and_says_which_limit(settings: Settings) -> None:
    settings.MAX_MAIL_BYTES = 2_000
    take(letter("x" * 3_000), letter("A short one.", message_id="s@glaswerk.example.org"))
    process_pending()
    assert states() == ["failed", "processed"]
    failed = Delivery.objects.get(state="failed")
    assert "TRIAGE_MAX_MAIL_BYTES" in failed.reason
    assert bytes(failed.raw) == letter("x" * 3_000)
    # The limit is raised, and the mail comes in after all.
    settings.MAX_MAIL_BYTES = 10_000
    assert replay(Delivery.objects.filter(pk=failed.pk), by=people.alice()) == 1
    process_pending()
    assert states() == ["processed", "processed"]


def test_while_another_process_holds_the_lane_the_ring_goes_home() -> None:
    take(letter())
    other = psycopg.connect(**connection.get_connection_params(), autocommit=True)
    with other:
        other.execute("SELECT pg_advisory_lock(%s, %s)", process.LANE)
        assert process_pending() == 0
        assert states() == ["pending"]
    other.close()
    assert process_pending() == 1


def test_the_lane_is_free_again_afterwards(monkeypatch: pytest.MonkeyPatch) -> None:
    take(letter())
    process_pending()
    with psycopg.connect(**connection.get_connection_params()) as other:
        row = other.execute("SELECT pg_try_advisory_lock(%s, %s)", process.LANE).fetchone()
    assert row == (True,)


def test_only_failed_deliveries_are_replayed() -> None:
    done = factories.delivery()
    failed = factories.delivery(
        letter(), state="failed", attempts=3, reason="no luck", processed_at=timezone.now()
    )
    assert replay(Delivery.objects.all(), by=people.alice()) == 1
    done.refresh_from_db()
    failed.refresh_from_db()
    assert done.state == "processed"
    assert (failed.state, failed.attempts, failed.processed_at) == ("pending", 0, None)
    assert failed.reason == "replayed by alice"
    assert replay(Delivery.objects.all(), by=None) == 0


def test_a_mail_replayed_although_it_is_here_already_is_not_doubled() -> None:
    mailbox = factories.mailbox()
    receive([Parcel(letter(), "a"), Parcel(letter(), "b")], mailbox=mailbox, source=Source.IMAP)
    process_pending()
    Delivery.objects.filter(state="duplicate").update(state="failed")
    replay(Delivery.objects.all(), by=None)
    process_pending()
    assert states() == ["processed", "duplicate"]


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_keep_each_mail_once_and_a_conversation_whole() -> None:
    mails = [letter("Question", message_id="0@glaswerk.example.org")]
    mails += [
        letter(f"Answer {n}", message_id=f"{n}@glaswerk.example.org",
               answers=f"{n - 1}@glaswerk.example.org")
        for n in range(1, 12)
    ]  # fmt: skip
    take(*mails)
    assert sum(at_once(*[process_pending] * 3)) == len(mails)
    assert Ticket.objects.get().message_count == len(mails)
    assert set(states()) == {"processed"}
