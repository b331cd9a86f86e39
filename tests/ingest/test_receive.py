"""Promise 1: what was received is kept, once, before anybody says thank you."""

import pytest
from django.db import transaction

from tests import factories
from tests.ingest.connections import at_once, elsewhere
from tests.ingest.letters import letter
from triage.ingest.models import Delivery, Mailbox, Source
from triage.ingest.receive import Parcel, receive

pytestmark = pytest.mark.django_db


def take(*raws: bytes, mailbox: Mailbox | None = None, source: Source = Source.WEBHOOK) -> int:
    return receive(
        [Parcel(raw) for raw in raws], mailbox=mailbox or factories.mailbox(), source=source
    )


def test_a_mail_is_kept_byte_for_byte_and_waits() -> None:
    raw = b"From: jo@glaswerk.example.org\r\nSubject: \xfcber \x00\xff\r\n\r\n\x80\x81\n\n"
    assert take(raw) == 1
    kept = Delivery.objects.get()
    assert bytes(kept.raw) == raw
    assert (kept.size, kept.state, kept.attempts) == (len(raw), "pending", 0)
    assert kept.due_at == kept.received_at


def test_the_same_bytes_again_change_nothing() -> None:
    assert take(letter()) == 1
    first = Delivery.objects.values().get()
    assert take(letter()) == 0
    assert Delivery.objects.values().get() == first


def test_the_same_bytes_twice_in_one_go_are_one() -> None:
    assert take(letter(), letter(), letter("Another matter.")) == 2


def test_the_same_bytes_to_another_mailbox_are_kept_there_too() -> None:
    assert take(letter()) == 1
    assert take(letter(), mailbox=factories.mailbox("orders@alder-lamps.example.com")) == 1


def test_a_source_key_is_the_source_s_own() -> None:
    by_imap = [Parcel(letter(), "INBOX/1700000000/41")]
    mailbox = factories.mailbox()
    assert receive(by_imap, mailbox=mailbox, source=Source.IMAP) == 1
    assert receive(by_imap, mailbox=mailbox, source=Source.WEBHOOK) == 1


def test_a_known_source_key_keeps_the_bytes_that_came_first() -> None:
    mailbox = factories.mailbox()
    for text in ("first", "second"):
        receive([Parcel(letter(text), "event-7")], mailbox=mailbox, source=Source.WEBHOOK)
    assert bytes(Delivery.objects.get().raw) == letter("first")


def test_mails_are_numbered_in_the_order_they_came() -> None:
    raws = [letter(f"Question {number}") for number in range(30)]
    take(*raws)
    kept = Delivery.objects.order_by("pk")
    assert [bytes(each.raw) for each in kept] == raws


def test_nothing_to_receive_is_nothing_received() -> None:
    assert take() == 0


@pytest.mark.django_db(transaction=True)
def test_it_is_committed_when_the_call_returns() -> None:
    take(letter())
    assert elsewhere(Delivery.objects.count) == 1


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_it_refuses_since_that_could_still_roll_back() -> None:
    mailbox = factories.mailbox()
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        take(letter(), mailbox=mailbox)
    assert not Delivery.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_senders_at_once_leave_one_delivery_and_one_of_them_stored_it() -> None:
    mailbox = factories.mailbox()
    raws = [letter(f"Question {number}") for number in range(20)]

    def send() -> int:
        return take(*raws, mailbox=mailbox)

    stored = at_once(*[send] * 6)
    assert sum(stored) == len(raws)
    assert Delivery.objects.count() == len(raws)


@pytest.mark.django_db(transaction=True)
def test_two_senders_with_the_same_mails_in_opposite_order_do_not_block_each_other() -> None:
    mailbox = factories.mailbox()
    raws = [letter(f"Question {number}") for number in range(200)]

    def forwards() -> int:
        return take(*raws, mailbox=mailbox)

    def backwards() -> int:
        return take(*reversed(raws), mailbox=mailbox)

    assert sum(at_once(forwards, backwards, forwards, backwards)) == len(raws)
