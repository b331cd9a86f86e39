"""Promises 1 and 2 over a real mailbox, while everything is killed again and again.

TRIAGE_DRILL_ROUNDS: how many kills (8; the full drill has 300). TRIAGE_DRILL_SEED repeats one.
"""

import os
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from pathlib import Path

import psycopg
import pytest

from tests.flows.desk import Desk
from tests.imap.dovecot import PASSWORD, USER, Dovecot, dovecot
from triage.lib.embedded import server

ROUNDS = int(os.environ.get("TRIAGE_DRILL_ROUNDS") or 8)
SEED = int(os.environ.get("TRIAGE_DRILL_SEED") or random.randrange(10**6))
MAILS_A_ROUND = 6
# Long enough for a killed process to have come back and be at work when the next one dies.
LONGEST_PAUSE = 2.5
# `connections`: those of the mail server's clients.
VICTIMS = ["fetcher", "worker", "web", "postgres", "connections"]
SETTLE_SECONDS = 180


class Drill:
    """A desk with a database of its own, a mail server, and somebody who pulls plugs."""

    def __init__(self, folder: Path, mail: Dovecot) -> None:
        self.mail = mail
        self.dice = random.Random(SEED)
        self.data = folder / "postgres"
        environment = {
            "DATABASE_URL": "",
            "TRIAGE_IMAP_CA_FILE": str(mail.certificate),
            "TRIAGE_LOG_LEVEL": "ERROR",
        }
        self.office = Desk("postgres", folder, environment)
        self.office.conninfo = (
            f"host={server.socket_folder(self.data)} user={server.SUPERUSER} dbname=postgres"
        )
        self.running: dict[str, subprocess.Popen[bytes]] = {}
        self.victims: list[str] = []
        self.killed: Counter[str] = Counter()
        self.delivered = 0
        self.posted = 0

    def begin(self) -> None:
        self.office.manage("migrate", "--verbosity", "0")
        script = (
            "from triage.ingest.models import Mailbox;"
            "box = Mailbox(address='hello@alderlamps.example.com', source='imap',"
            f" host={self.mail.host!r}, port={self.mail.imaps_port}, username={USER!r});"
            f"box.secret = {PASSWORD!r}; box.save()"
        )
        self.office.manage("shell", "--no-imports", "-c", script)
        self.office.inbound_url()
        for name in ("web", "worker", "fetcher"):
            self.start(name)
        self.office.wait_for(lambda: self.office.get("/healthz") == 200, "the first page")

    def start(self, name: str) -> None:
        starts: dict[str, Callable[[], subprocess.Popen[bytes]]] = {
            "worker": self.office.start_worker,
            "fetcher": lambda: self.office.start("fetcher", "manage.py", "watch"),
            "web": lambda: self.office.start(
                "web", "-m", "uvicorn", "triage.asgi:application",
                "--port", str(self.office.port), "--log-level", "error",
            ),
        }  # fmt: skip
        self.running[name] = starts[name]()

    def round(self) -> None:
        raws = [self._next_mail() for _ in range(MAILS_A_ROUND)]
        self.mail.deliver(*raws)
        self._post(self.dice.choice(raws))
        time.sleep(self.dice.uniform(0, LONGEST_PAUSE))
        if not self.victims:
            self.victims = self.dice.sample(VICTIMS, len(VICTIMS))
        victim = self.victims.pop()
        self.killed[victim] += 1
        if victim == "postgres":
            self._kill_postgres()
        elif victim == "connections":
            self.mail.hang_up()
        else:
            self.office.kill(self.running[victim])
        self.supervise()

    def supervise(self) -> None:
        """Start again whatever is not there, as an init system does."""
        for name, process in self.running.items():
            if process.poll() is not None:
                self.start(name)

    def is_settled(self) -> bool:
        """Every mail is here and processed, and every ticket sorted."""
        self.supervise()
        try:
            left = self.office.value(
                "SELECT (SELECT count(*) FROM ingest_delivery WHERE state = 'pending')"
                " + (SELECT count(*) FROM tickets_ticket WHERE triage_due_at IS NOT NULL)"
            )
            return left == 0 and self.messages() >= self.delivered
        except psycopg.OperationalError:
            return False  # it was killed, and whoever needs it next starts it again

    def messages(self) -> int:
        return int(self.office.value("SELECT count(*) FROM tickets_message"))

    def _next_mail(self) -> bytes:
        """Mail that is all different, with ids that are reused or missing at times."""
        self.delivered += 1
        number = self.delivered
        mail = EmailMessage()
        mail["From"] = f"Customer {number} <customer{number}@example.org>"
        mail["To"] = "hello@alderlamps.example.com"
        mail["Subject"] = f"Lamp {number} flickers"
        mail["Date"] = "Fri, 20 Nov 2026 08:00:00 +0000"
        if number % 7:
            mail["Message-ID"] = f"<lamp-{number - number % 5}@example.org>"
        mail.set_content(f"The lamp of order {20000 + number} flickers since yesterday.")
        return mail.as_bytes()

    def _post(self, raw: bytes) -> None:
        """The same mail by webhook, too; a web server that is away is no reason to stop."""
        with suppress(OSError):
            self.posted += (
                self.office.post_mail(b"Received: by relay.example.org; now\r\n" + raw) < 300
            )

    def _kill_postgres(self) -> None:
        with suppress(OSError, ValueError):  # it may be starting, or not running at all
            first_line = (self.data / "postmaster.pid").read_text().split("\n")[0]
            os.kill(int(first_line), signal.SIGKILL)


@contextmanager
def drill() -> Iterator[Drill]:
    # A short path of its own: the database's socket lies in it.
    folder = Path(tempfile.mkdtemp(prefix="triage-drill-"))
    try:
        with dovecot() as mail:
            made = Drill(folder, mail)
            try:
                yield made
            finally:
                made.office.stop()
                server.stop(made.data)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.mark.timeout(120 + SETTLE_SECONDS + 10 * ROUNDS)
def test_every_mail_of_the_mailbox_is_one_message_whatever_is_killed() -> None:
    print(f"seed {SEED}, {ROUNDS} rounds")
    with drill() as the:
        the.begin()
        for _ in range(ROUNDS):
            the.round()
        the.office.wait_for(the.is_settled, "everything to be processed", SETTLE_SECONDS)
        print(f"killed {dict(the.killed)}; {the.delivered} mails, {the.posted} of them posted, too")
        assert the.messages() == the.delivered == len(the.mail.mails())
        distinct = "SELECT count(DISTINCT subject) FROM tickets_message"
        assert the.office.value(distinct) == the.delivered
        failed = "SELECT count(*) FROM ingest_delivery WHERE state = 'failed'"
        assert the.office.value(failed) == 0
        [report] = the.office.manage("fetch", "--check")["mailboxes"]
        [inbox] = report["folders"]
        assert (inbox["on_server"], inbox["missing"]) == (the.delivered, 0)
