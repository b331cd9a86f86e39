"""The desk from start to stop: database, web server, worker; then the sample mail; then staying."""

import logging
import os
import socket
import sys
import time
import warnings
from pathlib import Path

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from triage.demo import activity, claims, company, first_page, samples
from triage.demo.children import Child
from triage.demo.console import Console
from triage.demo.guardian import Guardian
from triage.demo.signals import Stopping
from triage.ingest.models import Mailbox
from triage.lib.embedded import server

LOOK_SECONDS = 1.0  # how soon a dead child or new mail is noticed
WEB_PATIENCE_SECONDS = 5
# An idle worker needs 5 s for a warm stop. Work that takes longer is cut short: its claim expires.
WORKER_PATIENCE_SECONDS = 10


def run(port: int, console: Console) -> None:
    """Run the desk on 127.0.0.1 until a signal comes; everything is stopped on return.

    Raises claims.RefusedError before anything is started, first_page.NoPageError after all is
    stopped again.
    """
    with claims.folder(settings.VAR, port=port) as lock, claims.port(port) as listener:
        _quieten()
        desk = Desk(port, console, lock=lock, listener=listener)
        try:
            desk.stopping.listen()
            mailboxes = desk.open()
            seen = activity.Activity()
            greet(console, port=port, mailboxes=mailboxes)
            desk.stay(seen)
        except KeyboardInterrupt:
            console.say()
        finally:
            desk.close()


class Desk:
    """What runs, and in which order it starts and stops."""

    def __init__(self, port: int, console: Console, *, lock: int, listener: socket.socket) -> None:
        self.port = port
        self.console = console
        self.stopping = Stopping()
        self.guardian = Guardian(lock=lock)
        self.data = None if settings.DATABASE_URL else Path(settings.EMBEDDED_DATA)
        self._owns_database = False
        self._parent = os.getppid()
        self.web = self._child("web", _web_command(listener), (listener.fileno(),))
        self.worker = self._child("worker", _worker_command())

    def _child(self, name: str, command: list[str], descriptors: tuple[int, ...] = ()) -> Child:
        return Child(
            name,
            [sys.executable, "-m", *command],
            folder=settings.VAR / "log",
            guardian=self.guardian,
            stopping=self.stopping,
            descriptors=descriptors,
        )

    def open(self) -> list[Mailbox]:
        """Start everything; return when the first page answers and the sample mail is stored.

        Returns the demo's mailboxes; none in a database that is not a demo's.
        """
        self.console.say(f"Starting Triage with {self._database()} ...")
        self.web.start()  # its imports take longest, and it asks the database nothing yet
        if self.data:
            self.guardian.watch_database(self.data)
            with self.stopping.held():  # half a start would leave a server that nobody stops
                self._owns_database = server.ensure_running(self.data)
        migrate(self.console)
        mailboxes = company.move_in() if company.is_at_home() else []
        self._wait_for_page()
        self.worker.start()  # only now: on two cores its imports would hold up the page by a second
        if mailboxes:
            self._load_samples(mailboxes)
        return mailboxes

    def _database(self) -> str:
        return f"its own PostgreSQL in {settings.VAR}" if self.data else "DATABASE_URL"

    def _wait_for_page(self) -> None:
        try:
            first_page.wait(self.port, lives=lambda: self.web.status is None)
        except first_page.NoPageError as error:
            words = "\n".join(self.web.last_words(20))
            raise first_page.NoPageError(f"{error}. The end of {self.web.log}:\n{words}") from error

    def _load_samples(self, mailboxes: list[Mailbox]) -> None:
        if samples.are_loaded(mailboxes):
            return
        self.console.say("Loading the sample mail ...")
        try:
            counts = samples.load(mailboxes)
        except CommandError as error:  # an empty desk is still a desk
            self.console.say(f"The sample mail could not be loaded: {error}")
            return
        self.console.say(f"{counts['stored']} of {counts['read']} mails stored; sorting begins.")

    def stay(self, seen: activity.Activity) -> None:
        """Tell what happens, start again what died, until a signal comes or `make` is killed."""
        while not self._is_orphaned():
            self._revive()
            for line in seen.news():
                self.console.note(line)
            time.sleep(LOOK_SECONDS)

    def _is_orphaned(self) -> bool:
        """Under `make demo`, make's end is ours; whoever calls manage.py may leave it alone."""
        return "MAKELEVEL" in os.environ and os.getppid() != self._parent

    def _revive(self) -> None:
        for child in (self.web, self.worker):
            for line in child.revive():
                self.console.note(line)

    def close(self) -> None:
        """Web, worker, database; then the guardian has nothing left to guard."""
        self.stopping.ignore()
        self.console.say("Stopping ...")
        self.web.stop(WEB_PATIENCE_SECONDS)
        self.worker.stop(WORKER_PATIENCE_SECONDS)
        connection.close()
        self._stop_database()
        self.guardian.dismiss()
        self.console.say("Stopped.")

    def _stop_database(self) -> None:
        if not self.data:
            return
        if self._owns_database:
            server.stop(self.data)
        else:  # it ran before: left behind by a killed demo, or at work for another command
            server.stop_unless_used(self.data)


def _quieten() -> None:
    """Keep off the console what no reader of it can act on."""
    # pgmq:// has no host: kombu says each time that it takes localhost, and then does not use it.
    logging.getLogger("kombu.connection").setLevel(logging.ERROR)
    # Asked by the wheel's imports for a folder nobody uses here, where no login session runs.
    warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")


def migrate(console: Console) -> None:
    """Bring the tables up to date; asking first is quicker than migrating nothing."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        console.say("Preparing the database ...")
        call_command("migrate", interactive=False, verbosity=0)


def greet(console: Console, *, port: int, mailboxes: list[Mailbox]) -> None:
    """Address, log-ins, where to post mail, and who sorts it."""
    address = f"http://{claims.HOST}:{port}"
    console.say(f"\n  Triage is at  {address}/\n")
    if mailboxes:
        for colleague in company.PEOPLE:
            role = "supervisor" if colleague.is_supervisor else "agent"
            console.say(f"  Log in as     {colleague.username} / {company.PASSWORD}  ({role})")
        console.say("\n  Send it a mail of your own:")
        console.say("  curl -H 'Content-Type: message/rfc822' --data-binary @mail.eml \\")
        console.say(f"    {address}/inbound/raw/{mailboxes[0].inbound_token}/")
    else:
        console.say("  This database has accounts of its own: log in with one of those.")
        console.say("  No demo accounts and no sample mail were added.")
    console.say(f"\n  {_who_sorts()}")
    console.say("  Ctrl-C stops everything.\n")


def _who_sorts() -> str:
    if settings.GEMINI_API_KEY:
        return f"Mail is sorted by {settings.MODELS[0]}, with the key from the environment."
    return "No GEMINI_API_KEY: mail is sorted on this machine by the local classifier."


def _web_command(listener: socket.socket) -> list[str]:
    # An open page holds a stream of events: without a limit it would hold up the stop.
    return ["uvicorn", "triage.asgi:application", "--fd", str(listener.fileno()),
            "--lifespan", "off", "--no-access-log", "--timeout-graceful-shutdown", "2"]  # fmt: skip


def _worker_command() -> list[str]:
    return ["celery", "-A", "triage.celery", "worker", "-B", "--concurrency", "2",
            "--loglevel", "INFO", "--without-gossip", "--without-mingle"]  # fmt: skip
