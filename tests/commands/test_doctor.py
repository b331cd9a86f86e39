"""manage.py doctor: each part is tried, and what is wrong comes with its fix."""

from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection

from tests.commands.running import Done, manage
from tests.gemini import GeminiDouble
from tests.imap.dovecot import PASSWORD, USER, dovecot
from triage.ingest.models import Heartbeat, Mailbox, Source

pytestmark = pytest.mark.django_db(transaction=True)


def lines(done: Done) -> dict[str, str]:
    """Of each finding its name, and `ok` or what was said."""
    findings = done.result["findings"]
    return {each["name"]: "ok" if each["is_ok"] else each["said"] for each in findings}


def test_a_desk_without_key_and_mailboxes_is_well() -> None:
    Heartbeat.beat("worker")
    done = manage("doctor", CELERY_BROKER_URL="")
    found = lines(done)
    assert {found.pop(name) for name in ("database", "tables", "worker", "mailbox", "model")} == {
        "ok"
    }
    assert done.stderr.count("ok ") >= 5


def test_a_worker_that_never_came_is_wrong_and_the_line_says_how_to_start_it() -> None:
    done = manage("doctor")
    assert done.status == 1
    assert "celery" in lines(done)["worker"]
    assert "WRONG  worker" in done.stderr


def test_a_database_that_is_away_is_the_only_finding(tmp_path: Path) -> None:
    done = manage("doctor", DATABASE_URL=f"postgresql://desk@/desk?host={tmp_path}")
    assert done.status == 1
    assert list(lines(done)) == ["database"]
    assert "Traceback" not in done.stderr


def test_an_empty_database_is_told_to_be_migrated() -> None:
    there = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE IF EXISTS triage_doctor")
        cursor.execute("CREATE DATABASE triage_doctor")
    try:
        address = f"postgresql://{there['USER']}@/triage_doctor?host={quote(there['HOST'])}"
        found = lines(manage("doctor", DATABASE_URL=address))
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP DATABASE triage_doctor WITH (FORCE)")
    assert "manage.py migrate" in found["tables"]


def test_a_mailbox_is_tried_with_its_password() -> None:
    with dovecot() as server:
        mailbox = Mailbox(
            address="hello@alderlamps.example.com",
            source=Source.IMAP,
            host=server.host,
            port=server.imaps_port,
            username=USER,
        )
        mailbox.secret = PASSWORD
        mailbox.save()
        trusted = str(server.certificate)
        found = lines(manage("doctor", TRIAGE_IMAP_CA_FILE=trusted))
        assert found["mailbox hello@alderlamps.example.com"] == "ok"
        mailbox.secret = "wrong"
        mailbox.save()
        found = lines(manage("doctor", TRIAGE_IMAP_CA_FILE=trusted))
        assert "refused the log-in" in found["mailbox hello@alderlamps.example.com"]


def test_models_are_looked_up_with_the_key_and_an_unknown_one_is_named() -> None:
    with GeminiDouble() as gemini:
        done = manage(
            "doctor",
            GEMINI_API_KEY="k",
            GOOGLE_GEMINI_BASE_URL=gemini.url,
            TRIAGE_MODELS="gemini-2.5-flash gemini-9.9-flash",
        )
    found = lines(done)
    assert found["model gemini-2.5-flash"] == "ok"
    assert "TRIAGE_MODELS" in found["model gemini-9.9-flash"]
    assert found["price gemini-2.5-flash"] == "ok"
    assert "genai-prices" in found["price gemini-9.9-flash"]


def test_a_provider_that_is_away_is_told() -> None:
    done = manage("doctor", GEMINI_API_KEY="k", GOOGLE_GEMINI_BASE_URL="http://127.0.0.1:9")
    assert "on-line" in lines(done)["model"]
