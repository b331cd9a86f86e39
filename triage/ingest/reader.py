"""Reads one folder upwards. A mail that cannot be had is set aside in sight; the others go on."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from triage.ingest import shelf
from triage.ingest.imap import Session
from triage.ingest.imap_errors import Refused
from triage.ingest.models import Folder
from triage.ingest.suspects import MOST_LOSSES, Suspects

T = TypeVar("T")

# One commit for this many mails or bytes; more mails in one FETCH are no faster.
BATCH = 100
BATCH_BYTES = 16 * 1024 * 1024
SIZES = 500  # UIDs in one command: servers take lines of 8,000 bytes (RFC 7162, section 4)
# PostgreSQL holds a field of 1 GB; twice that is needed to send it.
MOST_BYTES = 256 * 1024 * 1024
# When the server refuses so many mails together, each of them, it is the server and not the mails.
A_CROWD = 10


@dataclass(slots=True)
class FolderPass:
    """What one pass did in one folder, in mails; `error` says why it did not reach the end."""

    name: str
    seen: int = 0
    stored: int = 0
    duplicates: int = 0
    failed: int = 0
    error: str = ""


class Stopped(Exception):
    """The reader was asked to stop between two commits."""


@dataclass(slots=True)
class Reader:
    """One folder on one connection."""

    session: Session
    folder: Folder
    report: FolderPass
    suspects: Suspects
    on_stored: Callable[[], None]
    is_to_stop: Callable[[], bool]

    def read(self, *, since: date | None) -> None:
        """Everything above the high-water mark; with `since` what lies below it, too."""
        opened = self.session.open(self.folder.name)
        # Only now, in our turn: another process may have moved the mark.
        self.folder.refresh_from_db()
        shelf.begin(self.folder, opened)
        self._ask_again()
        for uids in self.session.uids(above=self.folder.high_water):
            for chunk in _chunks(uids):
                for reached in self._store(chunk):
                    shelf.move_mark(self.folder, reached)
        if since:
            for chunk in _chunks(self.session.uids_since(since)):
                for _ in self._store(chunk):
                    pass

    def _store(self, uids: Sequence[int]) -> Iterator[int]:
        """Keep what is not here yet; yields the UID up to which all of `uids` is durable."""
        known = shelf.known(self.folder, uids)
        shelf.note_copies(self.folder, sorted(known))
        self.report.seen += len(uids)
        self.report.duplicates += len(known)
        for batch in self._batches([uid for uid in uids if uid not in known]):
            if self.is_to_stop():
                raise Stopped
            self._keep(batch)
            yield batch[-1]
        yield uids[-1]

    def _batches(self, uids: Sequence[int]) -> Iterator[list[int]]:
        """The UIDs in order, as many as may be held in memory at once."""
        for uid in filter(self.suspects.is_guilty, uids):
            self._set_aside(uid, _hung_up())
        left = [uid for uid in uids if not self.suspects.is_guilty(uid)]
        sizes: dict[int, int] = {}
        for group in self.suspects.groups(left, SIZES):
            sizes |= self._each(self.session.sizes, group)
        for uid in (uid for uid in sizes if sizes[uid] > MOST_BYTES):
            self._set_aside(uid, _too_large(sizes[uid]), size=sizes[uid])
        fitting = [uid for uid in left if sizes.get(uid, MOST_BYTES + 1) <= MOST_BYTES]
        for group in self.suspects.groups(fitting, BATCH):
            yield from _by_bytes(group, sizes)

    def _keep(self, batch: Sequence[int]) -> None:
        raws = self._each(self.session.raw, batch)
        stored = shelf.keep(self.folder, raws)
        self.report.stored += stored
        self.report.duplicates += len(raws) - stored
        if stored:
            self.on_stored()

    def _ask_again(self) -> None:
        """What a person replayed although the server had not given it."""
        for uid in shelf.asked_again(self.folder):
            if self.suspects.is_guilty(uid):
                self._set_aside(uid, _hung_up())
                continue
            failed = self.report.failed
            if raw := self._each(self.session.raw, [uid]).get(uid):
                shelf.fill_in(self.folder, uid, raw)
                self.report.stored += 1
                self.on_stored()
            elif self.report.failed == failed:
                self._set_aside(uid, "This mail is no longer on the mail server.")

    def _each(
        self, ask: Callable[[Sequence[int]], dict[int, T]], uids: Sequence[int]
    ) -> dict[int, T]:
        """What the server gives of these; what it refuses, asked for alone, is set aside."""
        if not uids:
            return {}
        try:
            got = ask(uids)
        except Refused as error:
            if error.is_busy:
                raise
            got, refused = self._alone(ask, uids)
            if len(refused) == len(uids) >= A_CROWD:
                raise
        else:
            refused = {}
        for uid in uids:
            if uid not in got and uid not in refused and self.session.has(uid):
                refused[uid] = "The mail server did not give this mail, and no reason."
        for uid, reason in refused.items():
            self._set_aside(uid, reason)
        return got

    def _alone(
        self, ask: Callable[[Sequence[int]], dict[int, T]], uids: Sequence[int]
    ) -> tuple[dict[int, T], dict[int, str]]:
        got: dict[int, T] = {}
        refused: dict[int, str] = {}
        for uid in uids:
            try:
                got.update(ask([uid]))
            except Refused as error:
                if error.is_busy:
                    raise
                if self.session.has(uid):  # some servers say NO to a mail that was just deleted
                    refused[uid] = f"The mail server does not give this mail. {error}"
        return got, refused

    def _set_aside(self, uid: int, reason: str, *, size: int = 0) -> None:
        shelf.set_aside(self.folder, uid, f"{reason} (folder {self.folder}, UID {uid})", size=size)
        self.report.failed += 1


def _chunks(uids: Sequence[int]) -> Iterable[Sequence[int]]:
    return (uids[start : start + SIZES] for start in range(0, len(uids), SIZES))


def _by_bytes(uids: Sequence[int], sizes: Mapping[int, int]) -> Iterator[list[int]]:
    batch: list[int] = []
    total = 0
    for uid in uids:
        total += sizes[uid]
        if batch and total > BATCH_BYTES:
            yield batch
            batch, total = [], sizes[uid]
        batch.append(uid)
    yield batch


def _too_large(size: int) -> str:
    return (
        f"This mail has {size / 1024 / 1024:.0f} MB, more than can be stored"
        f" ({MOST_BYTES // 1024 // 1024} MB). It was left on the server."
    )


def _hung_up() -> str:
    return f"The mail server hung up {MOST_LOSSES} times when this mail was fetched."
