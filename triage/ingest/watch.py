"""Watching mailboxes for ever: a thread and a connection for each, IDLE where the server has it."""

import logging
import random
import time
from collections.abc import Callable
from threading import Event, Thread
from typing import Any

from django.db import Error, connection

from triage.ingest import imap
from triage.ingest.fetch import MailboxPass, attempt, folders_of, note
from triage.ingest.imap import Session
from triage.ingest.imap_errors import MailServerError
from triage.ingest.models import Authentication, Folder, Handling, Heartbeat, Mailbox
from triage.ingest.sealing import SealBroken

log = logging.getLogger(__name__)

# IDLE ends and begins anew, with a look at the folder in between. RFC 2177 demands it within 29
# minutes; home routers and firewalls forget a silent connection after five.
IDLE_SECONDS = 240
# Without IDLE, and for the folders beside the one that IDLE stands on.
POLL_SECONDS = 60
# After a failure 1 s, then twice as long each time; after a refused log-in a minute at least, since
# servers lock accounts that knock too often.
LONGEST_PAUSE = 300
REFUSED_PAUSE = 60
# A watcher that has not looked about for this long hangs: its heart stops.
SILENT_SECONDS = 90
BEAT_SECONDS = 10
STOP_SECONDS = 5


class Watcher(Thread):
    """Watches one mailbox until it is told to stop, whatever happens to server and database."""

    def __init__(self, mailbox: Mailbox, *, on_stored: Callable[[], None]) -> None:
        super().__init__(name=f"watch {mailbox.address}", daemon=True)
        self.mailbox = mailbox
        self.stored = 0
        self._on_stored = on_stored
        self._stop_asked = Event()
        self._failures = 0
        self._is_connected = False
        self._seen_at = time.monotonic()

    @property
    def is_healthy(self) -> bool:
        """Connected, and about its work."""
        is_about = time.monotonic() - self._seen_at < SILENT_SECONDS
        return self._is_connected and is_about and self.is_alive()

    def stop(self) -> None:
        """Ask it to stop; it does within a second, or when the server answers."""
        self._stop_asked.set()

    def run(self) -> None:
        while not self._is_to_stop():
            pause = 0.0
            try:
                self._watch()
            except (MailServerError, SealBroken, Error) as error:
                pause = self._pause(error)
                log.warning("%s: %s Trying again in %.0f s.", self.mailbox.address, error, pause)
            finally:
                # Before the pause: its heart must not beat on while it cannot read.
                self._is_connected = False
                connection.close()
            self._stop_asked.wait(pause)

    def _watch(self) -> None:
        """One connection, as long as it lasts."""
        try:
            self.mailbox.refresh_from_db()
            with imap.session(self.mailbox) as session:
                while not self._is_to_stop():
                    self._fetch(session)
                    self._wait(session)
        except (MailServerError, SealBroken) as error:
            note(MailboxPass(self.mailbox, [], error))
            raise

    def _fetch(self, session: Session) -> None:
        done = attempt(
            self.mailbox, session=session, on_stored=self._on_stored, is_to_stop=self._is_to_stop
        )
        self.stored += done.stored
        if done.cause:
            raise done.cause
        note(done)
        self._is_connected = True
        self._failures = 0

    def _wait(self, session: Session) -> None:
        """Until there is mail, or it is time to look."""
        folders = folders_of(self.mailbox)
        connection.close()  # an idle watcher holds none of the server's connections
        first = next((each for each in folders if not each.error), None)
        if first is None or not session.has_idle:
            self._sleep(POLL_SECONDS)
        elif not _has_more(session, first):
            is_alone = len(folders) == 1 and self.mailbox.handling == Handling.LEAVE
            seconds = IDLE_SECONDS if is_alone else POLL_SECONDS
            session.wait(seconds, is_to_stop=self._is_to_stop)

    def _sleep(self, seconds: float) -> None:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not self._is_to_stop():
            self._stop_asked.wait(1)

    def _is_to_stop(self) -> bool:
        self._seen_at = time.monotonic()
        return self._stop_asked.is_set()

    def _pause(self, error: Exception) -> float:
        """Seconds; with jitter, or all watchers would knock at a restarted server together."""
        self._failures += 1
        pause = min(2.0 ** (self._failures - 1), LONGEST_PAUSE)
        if isinstance(error, SealBroken) or getattr(error, "is_permanent", False):
            pause = max(pause, REFUSED_PAUSE)
        return pause * random.uniform(0.5, 1)  # noqa: S311 - no secret


class Watch:
    """All IMAP mailboxes, as they are now: new ones join, changed ones start anew."""

    def __init__(self, *, on_stored: Callable[[], None]) -> None:
        self._on_stored = on_stored
        self._stop_asked = Event()
        self._watchers: dict[int, tuple[Any, Watcher]] = {}
        self._stored_before = 0

    @property
    def stored(self) -> int:
        """Mails stored since the start."""
        return self._stored_before + sum(each.stored for _, each in self._watchers.values())

    def stop(self) -> None:
        self._stop_asked.set()

    def run(self) -> None:
        """Returns after `stop`, with every watcher told."""
        while not self._stop_asked.is_set():
            try:
                self._follow(Mailbox.objects.on_servers())
                Heartbeat.beat(
                    *(each.mailbox.heartbeat_name for _, each in self._watchers.values()
                      if each.is_healthy)
                )  # fmt: skip
            except Error as error:
                log.warning("the database: %s", error)
                connection.close()
            self._stop_asked.wait(BEAT_SECONDS)
        for _, watcher in self._watchers.values():
            watcher.stop()
        until = time.monotonic() + STOP_SECONDS
        for _, watcher in self._watchers.values():
            watcher.join(max(0, until - time.monotonic()))

    def _follow(self, mailboxes: Any) -> None:
        wanted = {mailbox.pk: mailbox for mailbox in mailboxes}
        for key, (settings, watcher) in list(self._watchers.items()):
            is_changed = key not in wanted or settings != _settings(wanted[key])
            # A thread that died of an error nobody foresaw is followed by another.
            if is_changed or not watcher.is_alive():
                watcher.stop()
                self._stored_before += watcher.stored
                del self._watchers[key]
        for key, mailbox in wanted.items():
            if key not in self._watchers:
                watcher = Watcher(mailbox, on_stored=self._on_stored)
                self._watchers[key] = (_settings(mailbox), watcher)
                watcher.start()


def _has_more(session: Session, folder: Folder) -> bool:
    """Whether mail came between the pass and now; opening the folder is what IDLE counts from."""
    opened = session.open(folder.name)
    if opened.uidvalidity != folder.uidvalidity:
        return True
    return any(session.uids(above=folder.high_water))


def _settings(mailbox: Mailbox) -> Any:
    return (
        mailbox.address, mailbox.host, mailbox.port, mailbox.security, mailbox.username,
        mailbox.authentication, mailbox.client_id, mailbox.sealed_client_secret,
        mailbox.handling, mailbox.category_folders,
        # A refresh token is changed by the provider with each use, which is no news.
        mailbox.sealed_secret if mailbox.authentication == Authentication.PASSWORD else "",
    )  # fmt: skip
