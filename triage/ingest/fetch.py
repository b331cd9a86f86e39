"""One pass over an IMAP mailbox: whatever is new there becomes a Delivery (promises 1 to 3).

The order is the promise: mails are committed first, the high-water mark of their folder moves
after. A crash in between fetches nothing twice, since their source keys are known by then.
"""

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils import timezone

from triage.ingest import imap
from triage.ingest.handled import handle
from triage.ingest.imap import Session
from triage.ingest.imap_errors import ConnectionLost, MailServerError, Refused
from triage.ingest.models import Folder, Heartbeat, Mailbox
from triage.ingest.reader import FolderPass, Reader, Stopped
from triage.ingest.sealing import SealBroken
from triage.ingest.suspects import Suspects
from triage.ingest.turns import Busy, turn

log = logging.getLogger(__name__)

# Lost connections, without a mail more or less to fetch, before a pass gives up.
MOST_RECONNECTS = 20
MOST_PAUSE = 2.0  # seconds before connecting again within a pass
# A mailbox nobody watches is read this often. After a failure later, each time twice as late:
# servers lock accounts that knock with a wrong password every minute.
EVERY = timedelta(seconds=60)
LATEST = timedelta(hours=1)
# A worker's turn at one mailbox; a longer first import goes on with the next ring.
TURN_SECONDS = 60


@dataclass(slots=True)
class MailboxPass:
    """What one pass did; `cause` is what kept it from the mailbox as a whole."""

    mailbox: Mailbox
    folders: list[FolderPass]
    cause: MailServerError | SealBroken | None = None
    is_complete: bool = True

    @property
    def error(self) -> str:
        return str(self.cause or "")

    @property
    def stored(self) -> int:
        return sum(each.stored for each in self.folders)

    @property
    def failed(self) -> int:
        return sum(each.failed for each in self.folders)

    @property
    def errors(self) -> list[str]:
        return [each for each in (self.error, *(folder.error for folder in self.folders)) if each]


def fetch(
    mailbox: Mailbox,
    *,
    since: date | None = None,
    patience: float = 60,
    on_stored: Callable[[], None] = lambda: None,
    is_to_stop: Callable[[], bool] = lambda: False,
) -> MailboxPass:
    """Read every folder from its high-water mark up; mails since `since` below it, too.

    `patience`: seconds to wait for another process that is at the same folder. `on_stored` is
    called after each commit, `is_to_stop` asked before the next. Errors of the server are in the
    result, and on the rows for people to see.
    """
    result = attempt(
        mailbox, since=since, patience=patience, on_stored=on_stored, is_to_stop=is_to_stop
    )
    note(result)
    return result


def attempt(
    mailbox: Mailbox,
    *,
    session: Session | None = None,
    since: date | None = None,
    patience: float = 60,
    on_stored: Callable[[], None] = lambda: None,
    is_to_stop: Callable[[], bool] = lambda: False,
) -> MailboxPass:
    """As `fetch`, on `session` if there is one; noted on the mailbox by `note` only."""
    reading = _Reading(mailbox, since, patience, on_stored, is_to_stop)
    result = MailboxPass(mailbox, reading.reports)
    try:
        reading.run(session)
    except Stopped:
        result.is_complete = False
    except (MailServerError, SealBroken) as error:
        result.cause = error
    return result


def fetch_unattended(*, on_stored: Callable[[], None]) -> Iterator[MailboxPass]:
    """A pass over each mailbox that is due and that nobody watches, or that lacks older mail."""
    while mailbox := _claim():
        since = mailbox.backfill_since
        result = fetch(mailbox, since=since, patience=0, on_stored=on_stored,
                       is_to_stop=_after(TURN_SECONDS))  # fmt: skip
        # Asked for until every folder was read to its end; another day may be asked for meanwhile.
        if since and result.is_complete and not result.errors:
            Mailbox.objects.filter(pk=mailbox.pk, backfill_since=since).update(backfill_since=None)
        yield result


def _after(seconds: float) -> Callable[[], bool]:
    until = time.monotonic() + seconds
    return lambda: time.monotonic() > until


def _claim() -> Mailbox | None:
    now = timezone.now()
    for mailbox in Mailbox.objects.unattended(now):
        mine = Mailbox.objects.filter(pk=mailbox.pk, fetch_due_at=mailbox.fetch_due_at)
        if mine.update(fetch_due_at=now + 2 * timedelta(seconds=TURN_SECONDS)):
            return mailbox
    return None


def note(result: MailboxPass) -> None:
    """Say on the mailbox how it went, and when the worker may come again."""
    now = timezone.now()
    failures = result.mailbox.fetch_failures + 1 if result.error else 0
    result.mailbox.fetch_failures = min(failures, 1000)
    wait = min(EVERY * 2 ** min(failures, 10), LATEST) if result.is_complete else timedelta(0)
    Mailbox.objects.filter(pk=result.mailbox.pk).update(
        fetched_at=now,
        fetch_error=result.error,
        fetch_failures=result.mailbox.fetch_failures,
        fetch_due_at=now + wait,
    )
    if not result.error:
        Heartbeat.beat(result.mailbox.heartbeat_name)


def folders_of(mailbox: Mailbox) -> Sequence[Folder]:
    """Its folders; INBOX when none was named."""
    if not mailbox.folders.exists():
        Folder.objects.bulk_create([Folder(mailbox=mailbox)], ignore_conflicts=True)
    return list(mailbox.folders.select_related("mailbox"))


def _note_folder(folder: Folder, report: FolderPass) -> None:
    Folder.objects.filter(pk=folder.pk).update(passed_at=timezone.now(), error=report.error)


class _Reading:
    """A pass that survives lost connections: the rows say where to go on."""

    def __init__(
        self,
        mailbox: Mailbox,
        since: date | None,
        patience: float,
        on_stored: Callable[[], None],
        is_to_stop: Callable[[], bool],
    ) -> None:
        self.mailbox = mailbox
        self.since = since
        self.patience = patience
        self.on_stored = on_stored
        self.is_to_stop = is_to_stop
        self.left = list(folders_of(mailbox))
        self.reports = [FolderPass(folder.name) for folder in self.left]
        self.suspects = Suspects()

    def run(self, session: Session | None) -> None:
        reconnects = settled = 0
        while self.left:
            try:
                with nullcontext(session) if session else imap.session(self.mailbox) as opened:
                    self.read(opened)
            except ConnectionLost as error:
                session = None
                if settled != self.settled:
                    reconnects, settled = 0, self.settled
                reconnects += 1
                # Without mails to blame it is the server's trouble, and the next pass's.
                if not error.uids or reconnects > MOST_RECONNECTS:
                    raise
                self.suspects.blame(error.uids)
                log.warning("%s Connecting again.", error)
                time.sleep(min(0.2 * reconnects, MOST_PAUSE))

    @property
    def settled(self) -> int:
        return sum(each.stored + each.failed for each in self.reports)

    def read(self, session: Session) -> None:
        """The folders that are left, on this connection."""
        while self.left:
            folder, report = self.left[0], self.reports[-len(self.left)]
            report.error = ""
            try:
                with turn(folder, patience=self.patience):
                    self._reader(session, folder, report).read(since=self.since)
            except Busy as error:
                report.error = str(error)  # no trouble of the folder's: the other one notes those
            except Refused as error:
                report.error = str(error)
                _note_folder(folder, report)
            else:
                _note_folder(folder, report)
            self.left.pop(0)
            self.suspects = Suspects()
        if not self.is_to_stop():
            handle(session, self.mailbox)

    def _reader(self, session: Session, folder: Folder, report: FolderPass) -> Reader:
        return Reader(session, folder, report, self.suspects, self.on_stored, self.is_to_stop)
