"""The embedded PostgreSQL: started by whoever comes first, once, and again when it was killed."""

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from triage.lib.embedded import server

# A whole server's life: some seconds each.
PROGRAM = """
import sys
from pathlib import Path
import psycopg
from triage.lib.embedded import server

data = Path(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
started = server.ensure_running(data)
address = f"host={server.socket_folder(data)} port={server.PORT} user=postgres dbname=postgres"
with psycopg.connect(address) as connection:
    row = connection.execute("SELECT pg_postmaster_start_time()::text").fetchone()
print(started, row[0], flush=True)
"""


@pytest.fixture(scope="module")
def desk() -> Iterator[Path]:
    """Not pytest's own folder: as root the server is another user, and pytest locks others out."""
    folder = Path(tempfile.mkdtemp(prefix="triage-desk-"))
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def data(desk: Path) -> Iterator[Path]:
    folder = desk / "var" / "postgres"
    yield folder
    server.stop(folder)


def connect(data: Path) -> psycopg.Connection:
    """As another process would: those of our own are known by their name."""
    return psycopg.connect(
        f"host={server.socket_folder(data)} port={server.PORT} user=postgres dbname=postgres",
        application_name="somebody else",
    )


def postmaster(data: Path) -> int:
    return int((data / "postmaster.pid").read_text().split("\n")[0])


def starters(data: Path, number: int) -> list[list[str]]:
    """What each of `number` processes that begin at the same moment says: started, since when."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(data)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(number)
    ]
    for process in processes:
        assert process.stdout
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin
        process.stdin.write("\n")
        process.stdin.flush()
    return [process.communicate(timeout=60)[0].split(maxsplit=1) for process in processes]


def test_processes_that_come_at_once_start_one_server(data: Path) -> None:
    said = starters(data, 3)
    assert sorted(started for started, _ in said) == ["False", "False", "True"]
    assert len({since for _, since in said}) == 1


def test_it_listens_on_a_socket_closed_to_others_and_on_no_port(data: Path) -> None:
    server.ensure_running(data)
    with connect(data) as connection:
        assert connection.execute("SHOW listen_addresses").fetchone() == ("",)
    assert data.stat().st_mode & 0o077 == 0


def test_after_kill_9_the_next_one_starts_it_again_and_nothing_is_lost(data: Path) -> None:
    server.ensure_running(data)
    with connect(data) as connection:
        connection.execute("CREATE TABLE lamp AS SELECT 'Fenna' AS name")
    with connect(data) as idle:
        # A client that is still connected keeps its own server process alive for a moment.
        killed = postmaster(data)
        os.kill(killed, signal.SIGKILL)
        _wait_until(lambda: not server.is_running(data))
        assert server.ensure_running(data)
        assert postmaster(data) != killed
        with pytest.raises(psycopg.OperationalError):
            idle.execute("SELECT 1")
    with connect(data) as connection:
        assert connection.execute("SELECT name FROM lamp").fetchone() == ("Fenna",)


def test_it_stops_only_when_nobody_is_connected(data: Path) -> None:
    server.ensure_running(data)
    with connect(data):
        server.stop_unless_used(data)
        assert server.is_running(data)
    _wait_until_alone(data)
    ours = psycopg.connect(
        f"host={server.socket_folder(data)} port={server.PORT} user=postgres dbname=postgres",
        application_name=server.application_name(),
    )
    with contextlib.closing(ours):
        server.stop_unless_used(data)
    assert not server.is_running(data)
    server.stop_unless_used(data)
    server.stop(data)


def test_a_number_that_belongs_to_another_program_by_now_is_no_server(data: Path) -> None:
    server.ensure_running(data)
    file = data / "postmaster.pid"
    text = file.read_text()
    file.write_text(text.replace(str(postmaster(data)), str(os.getpid()), 1))
    try:
        assert not server.is_running(data)
    finally:
        file.write_text(text)
    assert server.is_running(data)


@pytest.mark.parametrize("text", ["", "not a number\n" * 8, "1\n", "99999999\n" * 7 + "ready\n"])
def test_a_broken_pid_file_is_no_server(tmp_path: Path, text: str) -> None:
    (tmp_path / "postmaster.pid").write_text(text)
    assert not server.is_running(tmp_path)


def test_a_path_too_long_for_a_socket_gets_a_short_one_that_stays_the_same(tmp_path: Path) -> None:
    deep = tmp_path / ("kontor-f\u00fcr-leuchten/" * 6) / "postgres"
    folder = server.socket_folder(deep)
    assert folder != deep
    assert len(os.fsencode(folder / ".s.PGSQL.5432")) <= 107
    assert server.socket_folder(deep) == folder
    assert server.socket_folder(deep / "2") != folder
    assert server.socket_folder(Path("/srv/triage/var/postgres")) == Path(
        "/srv/triage/var/postgres"
    )


def test_with_a_long_path_it_runs_all_the_same(desk: Path) -> None:
    deep = desk / ("kontor-fuer-leuchten-und-lampen/" * 4) / "var" / "postgres"
    try:
        assert server.ensure_running(deep)
        with connect(deep) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
    finally:
        server.stop(deep)
    server.socket_folder(deep).rmdir()


def test_one_that_cannot_start_says_why_in_the_server_s_words(desk: Path) -> None:
    data = desk / "postgres"
    data.mkdir()
    (data / "PG_VERSION").write_text("9\n")
    with pytest.raises(server.EmbeddedServerError, match=r"failed at pg_ctl: .+"):
        server.ensure_running(data)


def _wait_until_alone(data: Path) -> None:
    """A closed connection's server process takes a moment to go."""
    query = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    with connect(data) as connection:
        connection.autocommit = True
        _wait_until(lambda: connection.execute(query).fetchone() == (0,))


def _wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)
