import os
import sys
from argparse import ArgumentParser
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from triage import tasks
from triage.ingest import files
from triage.ingest.models import Mailbox, Source
from triage.ingest.receive import Parcel, receive
from triage.management.output import JsonCommand
from triage.management.progress import Progress

# One commit for this many mails or bytes: a commit costs a write to disk, a crash loses none.
BATCH = 200
BATCH_BYTES = 16 * 1024 * 1024
DEFAULT_MAILBOX = "import@localhost"


class Command(JsonCommand):
    help = (
        "Take in mail from .eml, .mbox, Maildir, folders of them, or - for standard input."
        " Mail that is here already is counted, not doubled."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("paths", nargs="+", metavar="PATH")
        parser.add_argument("--mailbox", metavar="ADDRESS", help="made when it does not exist")

    def handle(self, *, paths: list[str], mailbox: str | None, **_: Any) -> None:
        missing = [path for path in paths if path != "-" and not os.path.exists(path)]
        if missing:
            raise CommandError(f"No such file or folder: {', '.join(missing)}. Nothing was read.")
        self.read = self.stored = self.failed = 0
        self._store(paths, _mailbox(mailbox))
        self.result(
            read=self.read + self.failed,
            stored=self.stored,
            duplicates=self.read - self.stored,
            failed=self.failed,
        )
        if self.failed:
            raise CommandError(f"{self.failed} could not be read; the others are stored.")

    def _store(self, paths: list[str], mailbox: Mailbox) -> None:
        progress = Progress(_size(paths), self.say)
        done = 0
        for batch in _batches(self._mails(paths)):
            done += sum(len(parcel.raw) for parcel in batch)
            self.read += len(batch)
            self.stored += receive(batch, mailbox=mailbox, source=Source.PIPE)
            if self.read == len(batch):
                tasks.ring_process()  # a worker may begin while the rest is read
            progress.show(done, f"{self.read} read, {self.stored} stored")
        progress.show(done, f"{self.read} read, {self.stored} stored", is_last=True)
        tasks.ring_process()

    def _mails(self, paths: Iterable[str]) -> Iterator[Parcel]:
        for path in paths:
            for raw in self._readable(path):
                if raw is not None:
                    yield Parcel(raw)
                else:
                    self.failed += 1
                    limit = files.MOST_BYTES >> 20
                    self.say(f"{path}: a mail of over {limit} MB is too large to store.")

    def _readable(self, path: str) -> Iterator[bytes | None]:
        if path == "-":
            yield from files.stream_mails(sys.stdin.buffer)
            return
        for file in files.mail_files(Path(path)):
            try:
                with file.open("rb") as stream:
                    yield from files.stream_mails(stream)
            except OSError as error:
                self.failed += 1
                self.say(f"{file}: {error.strerror}. Check its permissions.")


def _size(paths: Iterable[str]) -> int:
    """Bytes to be read, for the progress bar; 0 when a pipe is among them."""
    if "-" in paths:
        return 0
    every = (file for path in paths for file in files.mail_files(Path(path)))
    return sum(os.stat(file).st_size for file in every if os.path.exists(file))


def _mailbox(address: str | None) -> Mailbox:
    """The named mailbox; without a name the only one there is, else one for imports."""
    if address is None:
        existing = list(Mailbox.objects.all()[:2])
        if len(existing) == 1:
            return existing[0]
        address = DEFAULT_MAILBOX
    if "@" not in address:
        raise CommandError(f"--mailbox {address}: give an address like support@example.com.")
    mailbox, _ = Mailbox.objects.get_or_create(
        address=address.lower(), defaults={"source": Source.PIPE}
    )
    return mailbox


def _batches(parcels: Iterable[Parcel]) -> Iterator[list[Parcel]]:
    batch: list[Parcel] = []
    size = 0
    for parcel in parcels:
        batch.append(parcel)
        size += len(parcel.raw)
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
