"""A process that outlives the runner's `kill -9` by the seconds it takes to stop the rest.

The runner tells it what it started, over a pipe. The pipe's end is the runner's end, whatever
caused it, on any system; PR_SET_PDEATHSIG would reach neither the database nor other systems.
"""

import signal
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from triage.demo import groups

PATIENCE_SECONDS = 8


class Guardian:
    """The runner's side of the pipe."""

    def __init__(self, *, lock: int) -> None:
        """`lock` is the folder's lock: shared, so that a next demo waits until all is stopped."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "triage.demo.guardian"],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=(lock,),
        )

    def watch(self, pid: int) -> None:
        self._tell(f"child {pid}")

    def forget(self, pid: int) -> None:
        self._tell(f"ended {pid}")

    def watch_database(self, data: Path) -> None:
        self._tell(f"database {data}")

    def dismiss(self) -> None:
        """Everything is stopped: it may go."""
        self._tell("done")
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        self._process.wait(PATIENCE_SECONDS)

    def _tell(self, line: str) -> None:
        assert self._process.stdin is not None
        with suppress(OSError):  # without a guardian the demo is as good, while nobody kills it
            self._process.stdin.write(f"{line}\n".encode())
            self._process.stdin.flush()


def stand_guard(lines: Iterable[str]) -> None:
    """Read what the runner started until the pipe ends; without "done", stop it all."""
    children: list[int] = []
    database: Path | None = None
    for line in lines:
        word, _, rest = line.rstrip("\n").partition(" ")
        if word == "child":
            children.append(int(rest))
        elif word == "ended":
            children.remove(int(rest))
        elif word == "database":
            database = Path(rest)
        elif word == "done":
            return
    groups.end(children, patience=PATIENCE_SECONDS)
    if database:
        _stop(database)


def _stop(database: Path) -> None:
    from triage.lib.embedded import server  # noqa: PLC0415 - its imports take 20 MB

    deadline = time.monotonic() + PATIENCE_SECONDS
    # A server that is still starting cannot be asked to stop yet.
    while (database / "postmaster.pid").exists() and time.monotonic() < deadline:
        server.stop(database)
        time.sleep(0.1)


if __name__ == "__main__":
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    stand_guard(sys.stdin)
