"""A child is revived with its last words told, and stopped with whatever it started."""

import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.demo.desk import left_behind, until
from triage.demo import children
from triage.demo.children import Child
from triage.demo.guardian import Guardian
from triage.demo.signals import Stopping

SLEEPER = "import time; time.sleep(600)"
STUBBORN = (
    "import signal, subprocess, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    f" subprocess.Popen([sys.executable, '-c', {SLEEPER!r}, sys.argv[1]]); print('up', flush=True);"
    " time.sleep(600)"
)
LEAVES_ONE = (
    f"import subprocess, sys; subprocess.Popen([sys.executable, '-c', {SLEEPER!r}, sys.argv[1]])"
)


@pytest.fixture
def guardian(tmp_path: Path) -> Iterator[Guardian]:
    with (tmp_path / "lock").open("w") as lock:
        guardian = Guardian(lock=lock.fileno())
        yield guardian
        guardian.dismiss()


def child(guardian: Guardian, folder: Path, program: str) -> Child:
    return Child(
        "lamp",
        [sys.executable, "-c", program, str(folder)],
        folder=folder / "log",
        guardian=guardian,
        stopping=Stopping(),
    )


def test_a_dead_child_is_told_with_its_last_words_and_started_again(
    guardian: Guardian, tmp_path: Path
) -> None:
    lamp = child(guardian, tmp_path, "print('the bulb broke'); raise SystemExit(3)")
    lamp.start()
    until(lambda: lamp.status == 3, 20, lambda: f"status {lamp.status}")
    told = lamp.revive()
    assert told[0] == f"lamp ended (exit status 3); the end of {tmp_path}/log/lamp.log:"
    assert told[1] == "    the bulb broke"
    assert told[-1] == "lamp: starts again in 1 s."
    assert lamp.revive() == [], "not before its time"
    until(lambda: lamp.revive() == ["lamp: started again."], 5, lambda: "never started again")
    lamp.stop(5)


def test_the_wait_before_a_start_doubles(guardian: Guardian, tmp_path: Path) -> None:
    lamp = child(guardian, tmp_path, "raise SystemExit(1)")
    lamp.start()
    waits: list[str] = []
    while len(waits) < 2:
        for line in lamp.revive():
            if "starts again in" in line:
                waits.append(line)
        time.sleep(0.02)
    lamp.stop(5)
    assert waits == ["lamp: starts again in 1 s.", "lamp: starts again in 2 s."]


def test_a_child_that_will_not_end_is_killed_with_all_it_started(
    guardian: Guardian, tmp_path: Path
) -> None:
    lamp = child(guardian, tmp_path, STUBBORN)
    lamp.start()
    until(lambda: lamp.last_words() == ["    up"], 20, lambda: str(lamp.last_words()))
    lamp.stop(0.2)
    until(lambda: not left_behind(tmp_path), 5, lambda: str(left_behind(tmp_path)))


def test_what_a_dead_child_left_behind_is_ended(guardian: Guardian, tmp_path: Path) -> None:
    lamp = child(guardian, tmp_path, LEAVES_ONE)
    lamp.start()
    until(lambda: lamp.status == 0, 20, lambda: f"status {lamp.status}")
    assert left_behind(tmp_path)
    assert lamp.revive()[-1] == "lamp: starts again in 1 s."
    until(lambda: not left_behind(tmp_path), 5, lambda: str(left_behind(tmp_path)))


def test_a_long_log_makes_room(guardian: Guardian, tmp_path: Path) -> None:
    lamp = child(guardian, tmp_path, "print('new')")
    lamp.log.parent.mkdir()
    lamp.log.write_bytes(b"old\n" * (children.MAX_LOG_BYTES // 4 + 1))
    lamp.start()
    until(lambda: lamp.status == 0, 20, lambda: f"status {lamp.status}")
    assert lamp.log.read_text() == "new\n"
    assert (tmp_path / "log/lamp.log.1").exists()
    lamp.stop(1)
