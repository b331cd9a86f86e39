"""IMAP with real processes: the worker reads what nobody watches, and `watch` is at once."""

import json
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.flows.desk import Desk, desk
from tests.imap.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.imap.test_fetch import letters


@contextmanager
def office(folder: Path) -> Iterator[tuple[Desk, Dovecot]]:
    """A desk that knows one IMAP mailbox."""
    with dovecot() as server, desk(folder, TRIAGE_IMAP_CA_FILE=str(server.certificate)) as made:
        script = (
            "from triage.ingest.models import Mailbox;"
            "box = Mailbox(address='hello@alderlamps.example.com', source='imap',"
            f" host={server.host!r}, port={server.imaps_port}, username={USER!r});"
            f"box.secret = {PASSWORD!r}; box.save()"
        )
        made.manage("shell", "--no-imports", "-c", script)
        yield made, server


def test_the_worker_reads_a_mailbox_that_nobody_watches(tmp_path: Path) -> None:
    with office(tmp_path) as (triage, server):
        server.deliver(*letters(1, 20))
        triage.start_worker()
        triage.wait_for(lambda: sorted_tickets(triage) == 20, "twenty sorted tickets")
        beat = "SELECT count(*) FROM ingest_heartbeat WHERE name LIKE 'mailbox:%'"
        assert triage.value(beat) == 1


def test_watched_mail_is_sorted_within_seconds_and_sigterm_ends_the_watch(tmp_path: Path) -> None:
    with office(tmp_path) as (triage, server):
        triage.start_worker()
        watch = triage.start("watch", "manage.py", "watch")
        server.deliver(*letters(1, 1))
        triage.wait_for(lambda: sorted_tickets(triage) == 1, "the first ticket")
        time.sleep(2)  # it stands in IDLE by now
        began = time.monotonic()
        server.deliver(*letters(2, 2))
        triage.wait_for(lambda: deliveries(triage) == 2, "the second mail")
        assert time.monotonic() - began < 2
        triage.wait_for(lambda: sorted_tickets(triage) == 2, "the second ticket")
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(timeout=10) == 0
        lines = (tmp_path / "watch.log").read_text().splitlines()
        [result] = [json.loads(line) for line in lines if line.startswith("{")]
        assert result == {"stored": deliveries(triage)}


def deliveries(triage: Desk) -> int:
    return int(triage.value("SELECT count(*) FROM ingest_delivery"))


def sorted_tickets(triage: Desk) -> int:
    return int(
        triage.value(
            "SELECT count(*) FROM tickets_ticket"
            " WHERE triage_due_at IS NULL AND category_id IS NOT NULL"
        )
    )
