"""One process at a time reads a folder: not for safety, which is in the rows, but to save work."""

import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.db import Error, connection

from triage.ingest.models import Folder

# Beside the lane of process.py; the second half of each lock is the folder's number.
FOLDERS = 0x7472_6962
LOOK_SECONDS = 0.2


class Busy(Exception):
    """Another process is reading the folder."""


@contextmanager
def turn(folder: Folder, *, patience: float) -> Iterator[None]:
    """Hold the folder; Busy when another process still has it after `patience` seconds.

    An advisory lock of PostgreSQL: it goes with its connection, so a killed reader leaves none.
    """
    key = [FOLDERS, folder.pk % 2**31]
    until = time.monotonic() + patience
    while not _ask("SELECT pg_try_advisory_lock(%s, %s)", key):
        if time.monotonic() >= until:
            raise Busy(f"Another process has been reading {folder} for {patience:g} s.")
        time.sleep(LOOK_SECONDS)
    try:
        yield
    finally:
        # With the connection gone the lock is gone, too.
        with suppress(Error):
            _ask("SELECT pg_advisory_unlock(%s, %s)", key)


def _ask(statement: str, key: list[int]) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(statement, key)
        return bool(cursor.fetchone() == (True,))
