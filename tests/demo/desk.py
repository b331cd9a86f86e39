"""A demo in a process of its own, as a person starts it, and whatever it leaves behind."""

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "manage.py", "demo"]
READY = "Ctrl-C stops everything."


class Demo:
    """`manage.py demo` on a folder and a port; what it says goes to a file."""

    def __init__(self, folder: Path, port: int, *, command: list[str] = COMMAND) -> None:
        self.folder = folder
        self.port = port
        folder.mkdir(exist_ok=True)
        self.said = folder / f"console-{time.monotonic_ns()}.txt"
        with self.said.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=environment(folder, port),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def text(self) -> str:
        return self.said.read_text(encoding="utf-8")

    def wait_for(self, words: str, seconds: float = 60) -> None:
        until(lambda: words in self.text() or self.process.poll() is not None, seconds, self.text)
        assert words in self.text(), self.text()

    def ask(self, path: str = "/") -> int:
        """The status of a page."""
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(f"http://127.0.0.1:{self.port}{path}", timeout=20) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def end(self, number: signal.Signals = signal.SIGINT, seconds: float = 60) -> int:
        """Send a signal to the runner alone and wait for its exit status."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def clean_up(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        until(lambda: not left_behind(self.folder), 60, lambda: str(left_behind(self.folder)))


def environment(folder: Path, port: int) -> dict[str, str]:
    """The outer world's, without what the tests' own Django was given."""
    ours = {"DJANGO_SETTINGS_MODULE", "CELERY_BROKER_URL", "SECRET_KEY", "MAKELEVEL"}
    inherited = {name: value for name, value in os.environ.items() if name not in ours}
    return {**inherited, "TRIAGE_VAR": str(folder), "PORT": str(port)}


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def left_behind(folder: Path) -> dict[int, str]:
    """Live processes that belong to the folder: by environment, command line or working folder."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            marks = command + (process / "environ").read_bytes()
            here = str((process / "cwd").readlink()).startswith(f"{folder}/")
        except OSError:  # it ended while we looked
            continue
        # A zombie has no command line: it runs nothing and waits for its parent.
        if command and int(process.name) != os.getpid() and (here or bytes(folder) in marks):
            found[int(process.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def until(done: Callable[[], bool], seconds: float, told: Callable[[], str]) -> None:
    """Wait for `done`; what `told` says explains a wait in vain."""
    deadline = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < deadline, f"in vain for {seconds} s: {told()}"
        time.sleep(0.05)
