"""One pass over an IMAP mailbox: whatever is new there becomes a Delivery (promises 1 to 3).

The order is the promise: mails are committed first, the high-water mark of their folder moves
after. A crash in between fetches nothing twice, since their source keys are known by then.
"""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from triage.ingest import imap, shelf
from triage.ingest.imap import Session
from triage.ingest.imap_errors import ConnectionLost, MailServerError, Refused
from triage.ingest.models import Folder, Mailbox
from triage.ingest.sealing import SealBroken
from triage.ingest.turns import Busy, turn

log = logging.getLogger(__name__)

# One commit for this many mails or bytes; more mails in one FETCH are no faster.
BATCH = 100
BATCH_BYTES = 16 * 1024 * 1024
SIZES = 500  # UIDs in one command: servers take lines of 8,000 bytes (RFC 7162, section 4)
# PostgreSQL holds a field of 1 GB; twice that is needed to send it.
MOST_BYTES = 256 * 1024 * 1024
# A mail at which the server hangs up this often, asked for alone, is set aside (promise 3).
MOST_LOSSES = 3
# Lost connections in one pass before it gives up; what was reached by then is kept.
MOST_RECONNECTS = 20


@dataclass(slots=True)
class FolderPass:
    """What one pass did in one folder, in mails; `error` says why it did not reach the end."""

    name: str
    seen: int = 0
    stored: int = 0
    duplicates: int = 0
    failed: int = 0
    error: str = ""


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
    def is_good(self) -> bool:
        return not self.error and not any(each.error or each.failed for each in self.folders)


def fetch(
    mailbox: Mailbox,
    *,
    since: date | None = None,
    on_stored: Callable[[], None] = lambda: None,
    patience: float = 60,
    until: Callable[[], bool] = lambda: False,
) -> MailboxPass:
    """Read every folder from its high-water mark up; mails since `since` below it, too.

    `patience`: seconds to wait for another process that is at the same folder. `on_stored` is
    called after each commit. `until` is asked between commits whether to stop early. Errors of the
    server are in the result, and on the rows for people to see.
    """
    folders = folders_of(mailbox)
    work = _Pass(mailbox, folders, since=since, on_stored=on_stored, patience=patience, until=until)
    try:
        work.run()
    except (MailServerError, SealBroken) as error:
        result = MailboxPass(mailbox, work.reports, str(error))
        result.is_permanent = isinstance(error, SealBroken) or error.is_permanent
    else:
        result = MailboxPass(mailbox, work.reports)
    Mailbox.objects.filter(pk=mailbox.pk).update(
        fetched_at=timezone.now(), fetch_error=result.error
    )
    return result


def folders_of(mailbox: Mailbox) -> list[Folder]:
    """Its folders; INBOX when none was named."""
    folders = list(mailbox.folders.all())
    if not folders:
        Folder.objects.bulk_create([Folder(mailbox=mailbox)], ignore_conflicts=True)
        folders = list(mailbox.folders.all())
    return folders


class _Pass:
    """The pass as it survives lost connections: the rows say where to go on."""

    def __init__(
        self,
        mailbox: Mailbox,
        folders: Sequence[Folder],
        *,
        since: date | None,
        on_stored: Callable[[], None],
        patience: float,
        until: Callable[[], bool],
    ) -> None:
        self.mailbox = mailbox
        self.since = since
        self.on_stored = on_stored
        self.patience = patience
        self.until = until
        self.left = list(folders)
        self.report = {folder.pk: FolderPass(folder.name) for folder in folders}
        # How often the connection broke while a mail was fetched: (folder, UID) -> times.
        self.losses: Counter[tuple[int, int]] = Counter()

    @property
    def reports(self) -> list[FolderPass]:
        return list(self.report.values())

    def run(self) -> None:
        reconnects = 0
        while self.left:
            try:
                with imap.session(self.mailbox) as session:
                    while self.left:
                        self._folder(session, self.left[0])
                        self.left.pop(0)
            except ConnectionLost as error:
                reconnects += 1
                if not error.uids or reconnects > MOST_RECONNECTS:
                    raise
                self.losses.update((self.left[0].pk, uid) for uid in error.uids)
                log.warning("%s Connecting again.", error)
                time.sleep(min(0.2 * reconnects, 2))

    def _folder(self, session: Session, folder: Folder) -> None:
        report = self.report[folder.pk]
        report.error = ""
        try:
            with turn(folder, patience=self.patience):
                self._read(session, folder, report)
        except (Refused, Busy) as error:
            report.error = str(error)
        Folder.objects.filter(pk=folder.pk).update(passed_at=timezone.now(), error=report.error)

    def _read(self, session: Session, folder: Folder, report: FolderPass) -> None:
        opened = session.open(folder.name)
        # Only now, in our turn: another process may have moved the mark.
        folder.refresh_from_db()
        shelf.begin(folder, opened)
        self._store(session, folder, report, shelf.asked_again(folder), is_new=False)
        for uids in session.uids(above=folder.high_water):
            self._store(session, folder, report, uids)
        if self.since:
            found = session.uids_since(self.since)
            self._store(session, folder, report, found, moves_mark=False)

    def _store(
        self,
        session: Session,
        folder: Folder,
        report: FolderPass,
        uids: Sequence[int],
        *,
        is_new: bool = True,
        moves_mark: bool = True,
    ) -> None:
        """Fetch these mails, ascending, and keep them; those that are here already are counted."""
        for chunk in _chunks(uids, SIZES):
            known = shelf.known(folder, chunk) if is_new else set()
            wanted = [uid for uid in chunk if uid not in known]
            report.seen += len(chunk)
            report.duplicates += len(known)
            for batch in self._batches(session, folder, wanted):
                if self.until():
                    return
                self._keep(session, folder, report, batch)
                if moves_mark and is_new:
                    shelf.move_mark(folder, max(batch))
            if moves_mark and is_new and chunk:
                shelf.move_mark(folder, chunk[-1])

    def _keep(
        self, session: Session, folder: Folder, report: FolderPass, batch: Sequence[int]
    ) -> None:
        pass

    def _batches(
        self, session: Session, folder: Folder, uids: Sequence[int]
    ) -> Iterator[list[int]]:
        yield from ()


def _chunks(uids: Sequence[int], size: int) -> Iterable[Sequence[int]]:
    return (uids[start : start + size] for start in range(0, len(uids), size))
