"""Promises 1 and 2 at the worst moment: a worker killed in the middle loses and doubles nothing."""

from email.message import EmailMessage
from pathlib import Path

from tests.flows.desk import Desk, desk
from tests.gemini import GeminiDouble

MAILS = 200


def test_two_hundred_mails_survive_a_killed_worker(tmp_path: Path) -> None:
    mails = tmp_path / "mails"
    mails.mkdir()
    for number in range(MAILS):
        (mails / f"{number:03}.eml").write_bytes(_mail(number))
    with (
        GeminiDouble(latency_ms=150) as gemini,
        desk(
            tmp_path,
            GEMINI_API_KEY="k",
            GOOGLE_GEMINI_BASE_URL=gemini.url,
            TRIAGE_MAX_IN_FLIGHT="8",  # slow enough to be caught in the middle
        ) as office,
    ):
        stored = office.manage("ingest", "--mailbox", "hello@alderlamps.example.com", str(mails))
        assert stored["stored"] == MAILS
        first = office.start_worker()
        office.wait_for(lambda: 20 <= _triaged(office) < MAILS, "some triaged tickets")
        office.kill(first)
        before = _triaged(office)
        assert before < MAILS, "the worker was too quick to be killed in the middle"
        office.start_worker()
        office.wait_for(lambda: _triaged(office) == MAILS, "all tickets triaged")
        _settled(office)
        assert office.value("SELECT count(*) FROM tickets_ticket") == MAILS
        assert office.value("SELECT count(*) FROM tickets_message") == MAILS
        assert office.value("SELECT count(DISTINCT subject) FROM tickets_message") == MAILS
        current = "SELECT count(*) FROM classification_prediction WHERE superseded_at IS NULL"
        assert office.value(current) == MAILS
        assert office.value("SELECT count(*) FROM classification_prediction") == MAILS
        # Every request the model saw is on the books: none was made that was not entered first.
        assert office.value("SELECT count(*) FROM llm_call") >= len(gemini.book.rows)


def _triaged(office: Desk) -> int:
    return int(
        office.value(
            "SELECT count(*) FROM tickets_ticket"
            " WHERE triage_due_at IS NULL AND category_id IS NOT NULL"
        )
    )


def _settled(office: Desk) -> None:
    office.wait_for(
        lambda: office.value("SELECT count(*) FROM llm_call WHERE outcome = 'pending'") == 0,
        "abandoned calls to be closed",
    )


def _mail(number: int) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Customer {number} <customer{number}@example.org>"
    mail["To"] = "hello@alderlamps.example.com"
    mail["Subject"] = f"Lamp {number} flickers"
    mail["Message-ID"] = f"<lamp-{number}@example.org>"
    mail["Date"] = "Fri, 20 Nov 2026 08:00:00 +0000"
    mail.set_content(f"The lamp of order {20000 + number} flickers since yesterday.")
    return mail.as_bytes()
