"""`make demo` from the command to the first page, and what it holds in memory once it is idle."""

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.figure import Figure
from tests.demo.desk import READY, Demo, free_port, left_behind, until

SORTED = " sorted: 0 by the model, "
IDLE_SECONDS = 10


def run() -> Iterator[Figure]:
    with tempfile.TemporaryDirectory(prefix="triage-bench-") as name:
        for start in ("first", "second"):
            yield from _start(Path(name), start)


def _start(folder: Path, start: str) -> Iterator[Figure]:
    began = time.perf_counter()
    demo = Demo(folder, free_port())
    try:
        until(lambda: _listens(demo), 120, demo.text)
        assert demo.ask() < 400, demo.text()
        yield Figure(f"{start} start to first page", time.perf_counter() - began, "s")
        demo.wait_for(READY, 120)
        yield Figure(f"{start} start to log-ins printed", time.perf_counter() - began, "s")
        if start == "first":
            demo.wait_for(SORTED, 120)
            yield Figure("first start to sorted sample mail", time.perf_counter() - began, "s")
        time.sleep(IDLE_SECONDS)
        processes = left_behind(folder)
        memory = sum(map(_proportional_megabytes, processes))
        yield Figure(f"memory after {start} start", memory, "MB PSS", n=len(processes))
        began = time.perf_counter()
        demo.end()
        yield Figure(f"stop after {start} start", time.perf_counter() - began, "s")
    finally:
        demo.clean_up()


def _listens(demo: Demo) -> bool:
    """The runner takes the port before anything starts: from then on a question waits there."""
    return "Starting Triage" in demo.text()


def _proportional_megabytes(pid: int) -> float:
    """Shared pages counted in parts, so that the sum over processes counts each once (proc(5))."""
    try:
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    except OSError:  # it ended
        return 0.0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
