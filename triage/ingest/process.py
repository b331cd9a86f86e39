"""Deliveries become messages: parsed, threaded, kept. One lane, in the order of arrival.

Two workers at once would thread a reply before the mail it answers is committed. So whoever holds
the lane (a PostgreSQL advisory lock, gone with its connection) does all the work; a ring that
finds it taken goes home. The lane holds no transaction while it parses.
"""

import logging
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta

from django.conf import settings
from django.contrib.auth.models import User
from django.db import DataError, Error, IntegrityError, connection, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from triage.ingest.addressing import Unassigned, assign
from triage.ingest.arrived import arrived_at
from triage.ingest.models import Delivery
from triage.mail import parse
from triage.tickets.intake import Accepted, Arrival, accept

log = logging.getLogger(__name__)

# Any number, the same everywhere; the two halves keep clear of other programs' locks.
LANE = (0x7472_6961, 1)
BATCH = 100
BATCH_BYTES = 16 * 1024 * 1024  # raw mail held in memory at once
# A mail that took the process down with it this often is set aside for people to see (promise 3).
MAX_ATTEMPTS = 3
RETRY_AFTER = timedelta(minutes=1)


def process_pending() -> int:
    """Process whatever is due until nothing is, unless another process is at it; how many."""
    total = 0
    while Delivery.objects.due(timezone.now()).exists():
        with _lane() as is_ours:
            if not is_ours:
                return total
            while batch := _claim():
                total += len(batch)
                _process(batch)
        # A ring that came while we held the lane found it taken: look once more.
    return total


def replay(deliveries: QuerySet[Delivery], *, by: User | None) -> int:
    """Let failed deliveries be processed again; how many."""
    return deliveries.filter(state=Delivery.State.FAILED).update(
        state=Delivery.State.PENDING,
        due_at=timezone.now(),
        attempts=0,
        processed_at=None,
        reason=f"replayed by {by.get_username()}" if by else "replayed",
    )


def _claim() -> list[Delivery]:
    """The next deliveries in order of arrival, their attempt counted before it is made."""
    due = Delivery.objects.due(timezone.now()).values_list("pk", "size", "attempts")[:BATCH]
    keys: list[int] = []
    total = 0
    for key, size, attempts in due:
        total += size
        # What was tried before goes alone: a mail that kills the process must not count against
        # the company it happened to be in.
        if keys and (attempts or total > BATCH_BYTES):
            break
        keys.append(key)
        if attempts:
            break
    Delivery.objects.filter(pk__in=keys).update(attempts=F("attempts") + 1)
    return list(Delivery.objects.filter(pk__in=keys).order_by("due_at", "pk"))


def _process(batch: Sequence[Delivery]) -> None:
    """All in one transaction; if one spoils it, each in its own."""
    poisoned = [each for each in batch if each.attempts > MAX_ATTEMPTS]
    for delivery in poisoned:
        _fail(delivery, f"The worker stopped {MAX_ATTEMPTS} times while reading this mail.")
    batch = [each for each in batch if each.attempts <= MAX_ATTEMPTS]
    try:
        _accept(batch)
    except Exception as error:
        if _is_of_the_database(error):
            _give_back(batch)
            raise
        if len(batch) == 1:
            _put_off(batch[0], error)
            return
        log.warning("a batch of %d deliveries failed; trying each alone", len(batch))
        for delivery in batch:
            _process([delivery])


def _accept(batch: Sequence[Delivery]) -> None:
    arrivals = []
    for delivery in batch:
        if delivery.size > settings.MAX_MAIL_BYTES:
            _fail(delivery, _too_large(delivery))
        elif arrival := _arrival(delivery):
            arrivals.append(arrival)
    with transaction.atomic():
        results = accept(arrivals)
        _settle([arrival.delivery_id for arrival in arrivals], results)


def _arrival(delivery: Delivery) -> Arrival | None:
    """The mail, parsed; None when it is for no mailbox of ours, or was for one before."""
    email = parse(bytes(delivery.raw))
    mailbox_id = delivery.mailbox_id
    if mailbox_id is None:
        try:
            mailbox_id = assign(delivery, email)
        except Unassigned as error:
            _finish(delivery, error.state, str(error))
            return None
    return Arrival(
        email=email,
        mailbox_id=mailbox_id,
        delivery_id=delivery.pk,
        received_at=arrived_at(delivery, email),
    )


def _settle(keys: Sequence[int], results: Sequence[Accepted]) -> None:
    now = timezone.now()
    new = [key for key, result in zip(keys, results, strict=True) if not result.is_duplicate]
    Delivery.objects.filter(pk__in=new).update(
        state=Delivery.State.PROCESSED, processed_at=now, reason=""
    )
    for key, result in zip(keys, results, strict=True):
        if result.is_duplicate:
            Delivery.objects.filter(pk=key).update(
                state=Delivery.State.DUPLICATE,
                processed_at=now,
                reason=f"the same mail as message {result.message.pk}"
                f" in ticket #{result.message.ticket_id}",
            )


def _put_off(delivery: Delivery, error: Exception) -> None:
    """After an error in processing one mail: later again, then aside, with the reason."""
    # Where it happened, not what was said: the words of an error quote the mail.
    frames = "".join(traceback.format_tb(error.__traceback__))
    log.error(
        "delivery %d could not be processed: %s\n%s", delivery.pk, type(error).__name__, frames
    )
    if delivery.attempts >= MAX_ATTEMPTS:
        _fail(delivery, f"Processing failed {MAX_ATTEMPTS} times: {type(error).__name__}.")
        return
    Delivery.objects.filter(pk=delivery.pk).update(
        due_at=timezone.now() + RETRY_AFTER * delivery.attempts,
        reason=f"Attempt {delivery.attempts} failed: {type(error).__name__}.",
    )


def _is_of_the_database(error: Exception) -> bool:
    """Whether no mail is to blame: the database is away, full, or not migrated."""
    if not isinstance(error, Error) or isinstance(error, DataError | IntegrityError):
        return False
    # Class 54 is a value beyond PostgreSQL's own limits, and a mail can bring one.
    return not (getattr(error.__cause__, "sqlstate", None) or "").startswith("54")


def _give_back(batch: Sequence[Delivery]) -> None:
    """Take back the attempts just counted; where the database is quite away, they stay counted."""
    with suppress(Error):
        Delivery.objects.filter(pk__in=[each.pk for each in batch]).update(
            attempts=F("attempts") - 1
        )


def _fail(delivery: Delivery, reason: str) -> None:
    log.error("delivery %d was set aside under Problems: %s", delivery.pk, reason)
    _finish(delivery, Delivery.State.FAILED, reason)


def _finish(delivery: Delivery, state: str, reason: str) -> None:
    Delivery.objects.filter(pk=delivery.pk).update(
        state=state, processed_at=timezone.now(), reason=reason
    )


def _too_large(delivery: Delivery) -> str:
    megabytes = delivery.size / 1024 / 1024
    return (
        f"This mail has {megabytes:.0f} MB and the limit is"
        f" {settings.MAX_MAIL_BYTES / 1024 / 1024:.0f} MB (TRIAGE_MAX_MAIL_BYTES). It is kept raw."
    )


@contextmanager
def _lane() -> Iterator[bool]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", LANE)
        is_ours = cursor.fetchone() == (True,)
    try:
        yield is_ours
    finally:
        if is_ours and connection.connection is not None and not connection.connection.closed:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", LANE)
