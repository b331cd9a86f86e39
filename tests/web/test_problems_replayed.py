"""POST /deliveries/<id>/replay and /problems/replay: five questions each."""

import pytest
from django.test import Client
from django.utils import timezone

from tests import factories
from triage.ingest.models import Delivery
from triage.ingest.process import process_pending
from triage.tickets.models import Message

pytestmark = pytest.mark.django_db
MAIL = b"From: jo@example.org\r\nTo: desk@alder-lamps.example.com\r\nSubject: Shades\r\n\r\nHello"


@pytest.fixture
def delivery(db: None) -> Delivery:
    """A mail that failed three times, for a reason that is gone by now."""
    return factories.delivery(
        MAIL, state=Delivery.State.FAILED, reason="ValueError", attempts=3,
        processed_at=timezone.now(),
    )  # fmt: skip


@pytest.fixture
def other(delivery: Delivery) -> Delivery:
    """Another one."""
    return factories.delivery(
        MAIL + b" again", state=Delivery.State.FAILED, reason="ValueError", attempts=3
    )


def test_one_mail_is_due_again_and_the_other_stays(
    desk: Client, delivery: Delivery, other: Delivery
) -> None:
    answer = desk.post(f"/deliveries/{delivery.pk}/replay", follow=True)
    assert [each.pk for each in Delivery.objects.due(timezone.now())] == [delivery.pk]
    assert "1 mail is being read again." in answer.content.decode()
    assert f'id="delivery-{other.pk}"' in answer.content.decode()


def test_a_replayed_mail_becomes_a_message(desk: Client, delivery: Delivery) -> None:
    desk.post(f"/deliveries/{delivery.pk}/replay")
    assert process_pending() == 1
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.PROCESSED
    assert Message.objects.get(delivery=delivery).subject == "Shades"


def test_all_mails_are_due_again(desk: Client, delivery: Delivery, other: Delivery) -> None:
    answer = desk.post("/problems/replay", follow=True)
    assert {each.pk for each in Delivery.objects.due(timezone.now())} == {delivery.pk, other.pk}
    assert "2 mails are being read again." in answer.content.decode()


def test_replaying_twice_is_harmless(desk: Client, delivery: Delivery) -> None:
    for address in (f"/deliveries/{delivery.pk}/replay", "/problems/replay") * 2:
        assert desk.post(address).status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (Delivery.State.PENDING, 0)


def test_mail_that_was_processed_is_not_processed_again(desk: Client) -> None:
    processed = factories.delivery(MAIL)
    desk.post(f"/deliveries/{processed.pk}/replay")
    processed.refresh_from_db()
    assert processed.state == Delivery.State.PROCESSED


def test_looking_at_the_address_replays_nothing(desk: Client, delivery: Delivery) -> None:
    for address in (f"/deliveries/{delivery.pk}/replay", "/problems/replay"):
        assert desk.get(address).status_code == 405
    assert_untouched(delivery)


def test_a_reader_may_not(looking: Client, delivery: Delivery) -> None:
    for address in (f"/deliveries/{delivery.pk}/replay", "/problems/replay"):
        assert looking.post(address).status_code == 403
    assert_untouched(delivery)


def test_a_stranger_is_sent_to_the_door(stranger: Client, delivery: Delivery) -> None:
    for address in (f"/deliveries/{delivery.pk}/replay", "/problems/replay"):
        assert stranger.post(address)["Location"].startswith("/login/")
    assert_untouched(delivery)


def test_a_delivery_that_is_not_there_is_404(desk: Client, delivery: Delivery) -> None:
    assert desk.post(f"/deliveries/{delivery.pk + 1}/replay").status_code == 404


def assert_untouched(delivery: Delivery) -> None:
    delivery.refresh_from_db()
    assert delivery.state == Delivery.State.FAILED
