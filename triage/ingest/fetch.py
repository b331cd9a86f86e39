"""One pass over an IMAP mailbox: whatever is new there becomes a Delivery (promises 1 to 3).

The order is the promise: mails are committed first, the high-water mark of their folder moves
after. A crash in between fetches nothing twice, since their source keys are known by then.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from triage.ingest import imap
from triage.ingest.imap import Session
from triage.ingest.imap_errors import ConnectionLost, MailServerError, Refused
from triage.ingest.models import Folder, Mailbox
from triage.ingest.reader import FolderPass, Reader, Stopped
from triage.ingest.sealing import SealBroken
from triage.ingest.turns import Busy, turn

log = logging.getLogger(__name__)

# Lost connections in one pass before it gives up; what was reached by then is kept.
MOST_RECONNECTS = 20
MOST_PAUSE = 2.0  # seconds before connecting again within a pass


@dataclass(slots=True)
class MailboxPass:
    """What one pass did; `error` says what kept it from the mailbox as a whole."""

    mailbox: Mailbox
    folders: list[FolderPass]
    error: str = ""
    is_permanent: bool = False

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
    reading = _Reading(mailbox, since, patience, on_stored, is_to_stop)
    result = MailboxPass(mailbox, reading.reports)
    try:
        reading.run()
    except Stopped:
        pass
    except (MailServerError, SealBroken) as error:
        result.error = str(error)
        result.is_permanent = isinstance(error, SealBroken) or error.is_permanent
    Mailbox.objects.filter(pk=mailbox.pk).update(
        fetched_at=timezone.now(), fetch_error=result.error
    )
    return result


def folders_of(mailbox: Mailbox) -> Sequence[Folder]:
    """Its folders; INBOX when none was named."""
    if not mailbox.folders.exists():
        Folder.objects.bulk_create([Folder(mailbox=mailbox)], ignore_conflicts=True)
    return list(mailbox.folders.select_related("mailbox"))


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
        self.losses: Counter[int] = Counter()

    def run(self) -> None:
        reconnects = 0
        while self.left:
            try:
                with imap.session(self.mailbox) as session:
                    self.read(session)
            except ConnectionLost as error:
                reconnects += 1
                # Without mails to blame it is the server's trouble, and the next pass's.
                if not error.uids or reconnects > MOST_RECONNECTS:
                    raise
                self.losses.update(error.uids)
                log.warning("%s Connecting again.", error)
                time.sleep(min(0.2 * reconnects, MOST_PAUSE))

    def read(self, session: Session) -> None:
        """The folders that are left, on this connection."""
        while self.left:
            folder, report = self.left[0], self.reports[-len(self.left)]
            report.error = ""
            try:
                with turn(folder, patience=self.patience):
                    self._reader(session, folder, report).read(since=self.since)
            except (Refused, Busy) as error:
                report.error = str(error)
            Folder.objects.filter(pk=folder.pk).update(passed_at=timezone.now(), error=report.error)
            self.left.pop(0)
            self.losses.clear()

    def _reader(self, session: Session, folder: Folder, report: FolderPass) -> Reader:
        return Reader(session, folder, report, self.losses, self.on_stored, self.is_to_stop)
