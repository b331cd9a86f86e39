"""Is the desk ready for work: database, broker, worker?"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.conf import settings
from django.db import Error, connection
from django.utils import timezone

from triage.celery import app
from triage.ingest.models import Heartbeat, Mailbox

OK = "ok"
# Three sweeps missed in a row are no hiccup any more; a sweep may wait behind long work, so never
# less than half a minute.
SILENCE = timedelta(seconds=max(3 * settings.SWEEP_SECONDS, 30))
# A broker that does not answer a connection within this is not there for mail either.
BROKER_SECONDS = 2


@dataclass(frozen=True, slots=True)
class Health:
    """Each part is `ok`, or a sentence that says what is wrong and what to do."""

    database: str
    broker: str
    worker: str
    # Numbers of mailboxes that are fetched, and of those nobody could read for minutes. They do
    # not make the desk unready: a mail server that is away is no reason to stop serving pages.
    mailboxes: dict[str, int] = field(default_factory=dict)

    @property
    def parts(self) -> dict[str, str]:
        return {"database": self.database, "broker": self.broker, "worker": self.worker}

    @property
    def is_ready(self) -> bool:
        return all(said == OK for said in self.parts.values())


def check(*, now: datetime | None = None) -> Health:
    """Asks each part; never raises for one that is missing."""
    database = _database()
    if database != OK:
        return Health(
            database, "unknown: the database is missing", "unknown: the database is missing"
        )
    now = now or timezone.now()
    return Health(database, _broker(), _worker(now), _mailboxes(now))


def worker_seen_at() -> datetime | None:
    """When the worker's sweep last ran; None when it never has."""
    return Heartbeat.objects.filter(name="worker").values_list("at", flat=True).first()


def is_silent(seen_at: datetime | None, *, now: datetime) -> bool:
    """Has the worker been quiet for longer than a sweep can take?"""
    return seen_at is None or now - seen_at > SILENCE


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        # Not the error's own text: this page is public, and that names hosts and users.
        return "PostgreSQL does not answer; is it running, and is DATABASE_URL right?"
    return OK


def _broker() -> str:
    return _broker_by_url() if settings.CELERY_BROKER_URL else _broker_in_database()


def _broker_in_database() -> str:
    # A table lookup, not a connection: this is asked every few seconds.
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_regclass('pgmq.meta') IS NOT NULL")
        (is_there,) = cursor.fetchone()
    return OK if is_there else "The message queue is not installed; run: manage.py migrate"


def _broker_by_url() -> str:
    try:
        with app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_SECONDS)
    except Exception:  # noqa: BLE001 - each transport has errors of its own
        return "The broker does not answer; is it running, and is CELERY_BROKER_URL right?"
    return OK


def _mailboxes(now: datetime) -> dict[str, int]:
    return {
        "fetched": Mailbox.objects.on_servers().count(),
        "silent": Mailbox.objects.silent(now).count(),
    }


def _worker(now: datetime) -> str:
    seen_at = worker_seen_at()
    if seen_at is None:
        return "No worker has been seen yet; start: celery -A triage worker --beat"
    if is_silent(seen_at, now=now):
        return f"The worker has not been seen since {seen_at.isoformat(timespec='seconds')}."
    return OK
