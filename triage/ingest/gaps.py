"""What a mail server has against what is here: the proof that no mail was passed by."""

from dataclasses import dataclass

from triage.ingest import imap
from triage.ingest.fetch import folders_of
from triage.ingest.imap import Session
from triage.ingest.imap_errors import FolderMissing
from triage.ingest.models import Copy, Folder, Mailbox, State

MAX_NAMED = 20  # UIDs a person can do something with


@dataclass(frozen=True, slots=True)
class FolderReport:
    """Numbers of mails in a folder, compared UID by UID."""

    name: str
    on_server: int = 0
    here: int = 0
    # Below the high-water mark and not here: this is the gap. The first few by UID.
    missing: int = 0
    missing_uids: tuple[int, ...] = ()
    # Above the mark: the next pass fetches them.
    waiting: int = 0
    # The server did not give them: they are under Problems.
    set_aside: int = 0
    # Here, and deleted or moved away on the server since.
    gone: int = 0
    error: str = ""

    @property
    def is_complete(self) -> bool:
        return not self.error and not self.missing


def folder_report(mailbox: Mailbox) -> list[FolderReport]:
    """A row for each folder; asks the server, so MailServerError and SealBroken come through."""
    with imap.session(mailbox) as session:
        return [_report(session, folder) for folder in folders_of(mailbox)]


def _report(session: Session, folder: Folder) -> FolderReport:
    try:
        opened = session.open(folder.name)
    except FolderMissing as error:
        return FolderReport(folder.name, error=str(error))
    there = {uid for uids in session.uids(above=0) for uid in uids}
    copies = Copy.objects.filter(folder=folder, uidvalidity=opened.uidvalidity)
    here = set(copies.values_list("uid", flat=True))
    aside = copies.filter(delivery__state=State.FAILED, delivery__withheld_at__isnull=False)
    mark = folder.high_water if folder.uidvalidity == opened.uidvalidity else 0
    missing = sorted(uid for uid in there - here if uid <= mark)
    return FolderReport(
        name=folder.name,
        on_server=len(there),
        here=len(here & there),
        missing=len(missing),
        missing_uids=tuple(missing[:MAX_NAMED]),
        waiting=len(there - here) - len(missing),
        set_aside=aside.count(),
        gone=len(here - there),
    )
