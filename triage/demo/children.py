"""The processes under the runner: started in sessions of their own, logged, revived, stopped."""

import subprocess
import time
from collections import deque
from pathlib import Path

from triage.demo import groups
from triage.demo.guardian import Guardian
from triage.demo.signals import Stopping

MAX_LOG_BYTES = 5 * 1024 * 1024  # older lines go to <name>.log.1 at the next start
FIRST_DELAY_SECONDS = 1.0
LAST_DELAY_SECONDS = 30.0
# A child that lived this long was well: the next death is a new story.
STEADY_SECONDS = 60.0


class Child:
    """A command that is kept running."""

    def __init__(
        self,
        name: str,
        command: list[str],
        *,
        folder: Path,
        guardian: Guardian,
        stopping: Stopping,
        descriptors: tuple[int, ...] = (),
    ) -> None:
        self.name = name
        self.command = command
        self.log = folder / f"{name}.log"
        self._guardian = guardian
        self._stopping = stopping
        self._descriptors = descriptors
        self._process: subprocess.Popen[bytes] | None = None
        self._started = 0.0
        self._delay = FIRST_DELAY_SECONDS
        self._due: float | None = None

    def start(self) -> None:
        self.log.parent.mkdir(parents=True, exist_ok=True)
        if self.log.exists() and self.log.stat().st_size > MAX_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self._stopping.held(), self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own commands
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches it through the runner, in order
                pass_fds=self._descriptors,
            )
            self._guardian.watch(self._process.pid)
        self._started = time.monotonic()

    @property
    def status(self) -> int | None:
        """None while it runs; its exit status once it ended, negative for a signal."""
        return None if self._process is None else self._process.poll()

    def revive(self) -> list[str]:
        """Start it again if it died, after a wait that doubles; what to tell about it."""
        if self.status is None:
            return []
        if self._due is None:
            return self._mourn()
        if time.monotonic() < self._due:
            return []
        self._due = None
        self.start()
        return [f"{self.name}: started again."]

    def _mourn(self) -> list[str]:
        if time.monotonic() - self._started > STEADY_SECONDS:
            self._delay = FIRST_DELAY_SECONDS
        told = [*self.obituary(), f"{self.name}: starts again in {self._delay:.0f} s."]
        self._bury()
        self._due = time.monotonic() + self._delay
        self._delay = min(self._delay * 2, LAST_DELAY_SECONDS)
        return told

    def obituary(self) -> list[str]:
        """How it ended and its last words."""
        status = self.status or 0
        how = f"signal {-status}" if status < 0 else f"exit status {status}"
        return [f"{self.name} ended ({how}); the end of {self.log}:", *self.last_words()]

    def last_words(self, count: int = 5) -> list[str]:
        try:
            with self.log.open(encoding="utf-8", errors="replace") as lines:
                return [f"    {line.rstrip()}" for line in deque(lines, maxlen=count)]
        except OSError:
            return []

    def stop(self, patience: float) -> None:
        """Ask it to end, wait `patience` seconds, then end it with all it started."""
        if self._process is None:
            return
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(patience)
            except subprocess.TimeoutExpired:
                groups.kill(self._process.pid)
                self._process.wait()
        self._bury()

    def _bury(self) -> None:
        assert self._process is not None
        groups.kill(self._process.pid)  # what a killed leader left behind
        self._guardian.forget(self._process.pid)
