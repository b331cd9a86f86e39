"""Promise 3: a mail that cannot be processed stops no other, and stays in sight with a reason."""

from collections.abc import Callable
from datetime import timedelta

import psycopg
import pytest
from django.db import OperationalError
from django.utils import timezone

from tests import people
from tests.ingest.letters import letter
from tests.ingest.test_process import states
from tests.ingest.test_receive import take
from triage.ingest import process
from triage.ingest.models import Delivery
from triage.ingest.process import MAX_ATTEMPTS, process_pending, replay
from triage.mail import Email, parse
from triage.tickets.intake import Accepted, Arrival, accept
from triage.tickets.models import Message

pytestmark = pytest.mark.django_db

POISON = "This one is poisonous."


class Death(BaseException):
    """The process ends in the middle: nothing after it runs."""


def three_mails() -> list[bytes]:
    texts = ("A question.", POISON, "Another question.")
    return [letter(t, message_id=f"{n}@glaswerk.example.org") for n, t in enumerate(texts)]


def choking(error: BaseException) -> Callable[[bytes], Email]:
    def read(raw: bytes) -> Email:
        if POISON.encode() in raw:
            raise error
        return parse(raw)

    return read


def later() -> None:
    """The wait after a failure is over."""
    Delivery.objects.filter(state="pending").update(due_at=timezone.now() - timedelta(seconds=1))


def test_its_neighbours_are_processed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "parse", choking(ValueError("odd")))
    take(*three_mails())
    process_pending()
    assert states() == ["processed", "pending", "processed"]
    waiting = Delivery.objects.get(state="pending")
    assert waiting.reason == "Attempt 1 failed: ValueError."
    assert waiting.due_at > timezone.now() + timedelta(seconds=30)


def test_after_three_attempts_it_is_set_aside_with_the_reason(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "parse", choking(RecursionError("deep")))
    take(*three_mails())
    for _ in range(MAX_ATTEMPTS):
        process_pending()
        later()
    assert states() == ["processed", "failed", "processed"]
    failed = Delivery.objects.failed().get()
    assert failed.reason == "Processing failed 3 times: RecursionError."
    assert failed.attempts == MAX_ATTEMPTS
    assert process_pending() == 0


def test_once_the_fault_is_mended_a_replay_brings_it_in(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(process, "parse", choking(ValueError("odd")))
        take(*three_mails())
        for _ in range(MAX_ATTEMPTS):
            process_pending()
            later()
    replay(Delivery.objects.failed(), by=people.alice())
    process_pending()
    assert states() == ["processed"] * 3
    assert Message.objects.filter(text__contains=POISON).count() == 1
    assert Delivery.objects.get(message__text__contains=POISON).reason == ""


def test_a_mail_that_kills_the_process_is_set_aside_and_its_company_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process, "parse", choking(Death()))
    take(*three_mails())
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(Death):
            process_pending()
    # The attempt was counted before it was made, so the fourth start does not touch it.
    process_pending()
    assert states() == ["processed", "failed", "processed"]
    assert "stopped 3 times" in Delivery.objects.failed().get().reason


def test_a_mail_that_was_tried_before_goes_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process, "parse", choking(Death()))
    take(*three_mails())
    Delivery.objects.filter(pk=Delivery.objects.order_by("pk")[1].pk).update(attempts=1)
    with pytest.raises(Death):
        process_pending()
    # It died alone: the one before it was done, and the one after it is not yet counted.
    assert states() == ["processed", "pending", "pending"]
    assert list(Delivery.objects.order_by("pk").values_list("attempts", flat=True)) == [1, 2, 0]


def test_a_database_that_is_away_is_no_fault_of_the_mails(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(_: object) -> list[Accepted]:
        raise OperationalError("no space left on device") from psycopg.errors.DiskFull()

    take(*three_mails())
    with monkeypatch.context() as broken:
        broken.setattr(process, "accept", away)
        for _ in range(MAX_ATTEMPTS + 2):
            with pytest.raises(OperationalError):
                process_pending()
    assert set(Delivery.objects.values_list("state", "attempts", "reason")) == {("pending", 0, "")}
    assert process_pending() == 3
    assert states() == ["processed"] * 3


def test_a_mail_the_database_cannot_hold_is_the_mail_s_fault(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def full(arrivals: list[Arrival]) -> list[Accepted]:
        if any(POISON in arrival.email.text for arrival in arrivals):
            # As for an index entry that is too long: PostgreSQL's class 54, program limits.
            raise OperationalError("too long") from psycopg.errors.ProgramLimitExceeded()
        return accept(arrivals)

    monkeypatch.setattr(process, "accept", full)
    take(*three_mails())
    for _ in range(MAX_ATTEMPTS):
        process_pending()
        later()
    assert states() == ["processed", "failed", "processed"]


def test_an_empty_or_unreadable_mail_is_a_message_all_the_same() -> None:
    take(b"\x00\xff\xfe", b"\r\n\r\n", b"no header at all", bytes(range(256)) * 20)
    process_pending()
    assert states() == ["processed"] * 4
    assert Message.objects.exclude(defects=[]).count() == 4


def test_what_an_error_quotes_of_a_mail_stays_out_of_the_log(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def quoting(raw: bytes) -> Email:
        raise ValueError(f"cannot read {raw!r}")

    monkeypatch.setattr("triage.ingest.process.parse", quoting)
    take(letter("my secret is swordfish"))
    process_pending()
    assert "could not be processed: ValueError" in caplog.text
    assert "swordfish" not in caplog.text
