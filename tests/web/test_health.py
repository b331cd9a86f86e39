"""/healthz and /readyz: for whoever restarts processes, without a log-in."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connections
from django.utils import timezone

from tests import people
from triage.celery import app
from triage.ingest.models import Heartbeat
from triage.reports import health


def test_a_process_is_alive_without_asking_the_database(client: Any) -> None:
    # Not marked for the database: a query would fail this test.
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


@pytest.mark.django_db
def test_it_is_ready_when_database_broker_and_worker_are_there() -> None:
    Heartbeat.beat("worker")
    answer = people.charlie().get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "ready": True,
        "database": "ok",
        "broker": "ok",
        "worker": "ok",
        "mailboxes": {"fetched": 0, "silent": 0},
    }


@pytest.mark.django_db
def test_it_is_not_ready_before_a_worker_was_seen() -> None:
    answer = people.charlie().get("/readyz")
    assert answer.status_code == 503
    assert answer.json()["database"] == "ok"
    assert "No worker" in answer.json()["worker"]


@pytest.mark.django_db
def test_a_worker_that_fell_silent_is_missing() -> None:
    long_ago = timezone.now() - health.SILENCE - timedelta(seconds=1)
    Heartbeat.objects.create(name="worker", at=long_ago)
    answer = people.charlie().get("/readyz")
    assert answer.status_code == 503
    assert "not been seen since" in answer.json()["worker"]


@pytest.mark.django_db
def test_another_process_alive_is_no_worker() -> None:
    Heartbeat.beat("mailbox:7")
    assert people.charlie().get("/readyz").status_code == 503


@pytest.mark.django_db
def test_a_broker_that_nobody_runs_is_missing(settings: Any, monkeypatch: Any) -> None:
    Heartbeat.beat("worker")
    monkeypatch.setattr(app.conf, "broker_url", "amqp://127.0.0.1:9//")
    monkeypatch.setattr(app.conf, "broker_write_url", "amqp://127.0.0.1:9//")
    settings.CELERY_BROKER_URL = "amqp://127.0.0.1:9//"
    answer = people.charlie().get("/readyz")
    assert answer.status_code == 503
    assert "CELERY_BROKER_URL" in answer.json()["broker"]


@pytest.mark.django_db
def test_the_queue_in_postgresql_is_found_where_it_is_installed(settings: Any) -> None:
    settings.CELERY_BROKER_URL = ""
    Heartbeat.beat("worker")
    assert people.charlie().get("/readyz").json()["broker"] == "ok"


@pytest.mark.django_db
def test_health_cannot_be_posted_to() -> None:
    for address in ("/healthz", "/readyz"):
        assert people.charlie().post(address).status_code == 405


@pytest.mark.django_db(transaction=True)
def test_without_its_database_it_says_so_and_names_no_host(settings: Any) -> None:
    connection = connections["default"]
    known = connection.settings_dict
    connection.close()
    connection.settings_dict = {
        **known,
        "HOST": "127.0.0.1",
        "PORT": "9",
        "DATA": "/nonexistent/triage",
    }
    try:
        answer = people.charlie().get("/readyz")
    finally:
        connection.settings_dict = known
        connection.close()
    assert answer.status_code == 503
    assert "DATABASE_URL" in answer.json()["database"]
    assert "127.0.0.1" not in answer.content.decode()
