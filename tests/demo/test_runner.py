"""The runner on real parts: PostgreSQL, a worker, a web server, and no process afterwards."""

import os
import pty
import re
import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from tests.demo.desk import COMMAND, READY, Demo, free_port, left_behind, until
from triage.demo import samples

pytestmark = [
    pytest.mark.skipif(
        not Path("/proc/self/environ").exists(), reason="looks for processes in /proc (Linux)"
    ),
    pytest.mark.timeout(600),  # a start is seconds of work, and a busy machine has little to give
]
START_SECONDS = 240


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """One folder for all: only the first start is a cold one."""
    with tempfile.TemporaryDirectory(prefix="triage-demo-") as name:
        yield Path(name)


@pytest.fixture(scope="module")
def started(folder: Path) -> Iterator[list[Demo]]:
    demos: list[Demo] = []
    yield demos
    for demo in demos:
        demo.clean_up()


@pytest.fixture
def demo(folder: Path, started: list[Demo]) -> Demo:
    """A demo that runs: the last test's, or a new one when that was stopped."""
    if not started or started[-1].process.poll() is not None:
        started.append(Demo(folder, free_port()))
        started[-1].wait_for(READY, START_SECONDS)
    return started[-1]


def test_a_first_start_answers_and_prints_what_one_needs(demo: Demo) -> None:
    text = demo.text()
    assert f"http://127.0.0.1:{demo.port}/\n" in text
    assert "maren / alder-lamps  (agent)" in text
    assert "tomas / alder-lamps  (supervisor)" in text
    assert f"http://127.0.0.1:{demo.port}/inbound/raw/1-" in text
    assert "No GEMINI_API_KEY: mail is sorted on this machine by the local classifier." in text
    assert demo.ask() < 400


def test_the_sample_mail_is_sorted_by_the_worker(demo: Demo) -> None:
    demo.wait_for(" sorted: 0 by the model, ", START_SECONDS)
    assert re.search(r"\d+ tickets? sorted: 0 by the model, \d+ by the local", demo.text())


def test_a_second_demo_on_a_folder_is_told_where_the_first_one_is(demo: Demo) -> None:
    second = Demo(demo.folder, free_port())
    assert second.process.wait(60) == 1
    (line,) = second.text().splitlines()
    assert f"http://127.0.0.1:{demo.port}/ (process {demo.process.pid})" in line
    assert f"TRIAGE_VAR=/tmp/second PORT={demo.port + 1} make demo" in line
    assert demo.ask() < 400


def test_a_killed_worker_is_started_again(demo: Demo) -> None:
    worker = min(pid for pid, name in left_behind(demo.folder).items() if "celery" in name)
    os.kill(worker, signal.SIGKILL)
    demo.wait_for("worker ended (signal 9); the end of")
    demo.wait_for("worker: started again.")
    assert demo.process.poll() is None


def test_ctrl_c_stops_all_processes_in_order(demo: Demo) -> None:
    running = " ".join(left_behind(demo.folder).values())
    assert all(name in running for name in ("uvicorn", "celery", "postgres", "guardian"))
    assert demo.end(signal.SIGINT) == 0
    assert left_behind(demo.folder) == {}
    assert demo.text().endswith("Stopping ...\nStopped.\n")


def test_sample_mail_is_loaded_once(demo: Demo, started: list[Demo]) -> None:
    read, stored = re.findall(r"(\d+) of (\d+) mails stored", started[0].text())[0]
    assert read == stored == str(len(samples.files()))
    if len(started) == 1:  # this test was run alone
        demo.end()
        started.append(Demo(demo.folder, free_port()))
        started[-1].wait_for(READY, START_SECONDS)
    assert "Loading the sample mail" not in started[-1].text()


def test_a_killed_runner_takes_everything_along(demo: Demo) -> None:
    assert demo.end(signal.SIGKILL) == -signal.SIGKILL
    again = Demo(demo.folder, demo.port)  # waits for the folder and the port to be free
    try:
        again.wait_for(READY, START_SECONDS)
        assert again.end(signal.SIGTERM) == 0
        assert left_behind(demo.folder) == {}
    finally:
        again.clean_up()


def test_a_killed_make_takes_everything_along(folder: Path) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".mk") as makefile:
        makefile.write(f"demo:\n\t@{' '.join(COMMAND)}\n")
        makefile.flush()
        demo = Demo(folder, free_port(), command=["make", "-f", makefile.name, "demo"])
        try:
            demo.wait_for(READY, START_SECONDS)
            demo.end(signal.SIGKILL)
            until(lambda: not left_behind(folder), 60, lambda: str(left_behind(folder)))
        finally:
            demo.clean_up()


def test_closing_the_terminal_stops_everything(folder: Path) -> None:
    """The kernel's own SIGHUP, and a console where every line is an error from then on."""
    master, terminal = pty.openpty()
    demo = _on_terminal(folder, terminal)
    try:
        _read_until(master, READY)
        os.close(terminal)
        os.close(master)
        assert demo.process.wait(60) is not None
        until(lambda: not left_behind(folder), 60, lambda: str(left_behind(folder)))
    finally:
        demo.clean_up()


def test_a_port_in_use_is_one_line_and_nothing_is_started(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        demo = Demo(folder / "other", port)
        assert demo.process.wait(60) == 1
    (line,) = demo.text().splitlines()
    assert f"Port {port} is in use. Choose another: PORT=" in line
    assert line.endswith(" make demo")
    assert left_behind(folder / "other") == {}


def _on_terminal(folder: Path, terminal: int) -> Demo:
    """A session leader's first terminal becomes its controlling one (setsid is of util-linux)."""
    shell = f'exec "$0" "$@" <{os.ttyname(terminal)} >{os.ttyname(terminal)} 2>&1'
    return Demo(folder, free_port(), command=["setsid", "--wait", "sh", "-c", shell, *COMMAND])


def _read_until(master: int, words: str) -> None:
    text = ""
    with suppress(OSError):
        while words not in text:
            text += os.read(master, 4096).decode(errors="replace")
    assert words in text, text
