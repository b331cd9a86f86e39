"""The desk behind a real uvicorn, spoken to over a socket byte by byte."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.commands.running import ROOT, environment

START_SECONDS = 60


@contextmanager
def served(**variables: str) -> Iterator[int]:
    """The port of a web server in a process of its own, on the test's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    process = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "triage.asgi:application", "--port", str(port)],
        env=environment(**variables),
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait_for(port, process)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=20)


def _wait_for(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            assert process.poll() is None, "uvicorn has ended"
            assert time.monotonic() < deadline, "uvicorn does not listen"
            time.sleep(0.05)
        else:
            return


def say(port: int, *pieces: bytes, seconds: float = 20) -> bytes:
    """Send the pieces, each by itself; everything that comes back until the server is silent.

    A server that refuses in the middle closes while we still write: what it said counts.
    """
    with socket.create_connection(("127.0.0.1", port), timeout=seconds) as connection:
        try:
            for piece in pieces:
                connection.sendall(piece)
        except OSError:
            pass
        return _heard(connection)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


def _heard(connection: socket.socket) -> bytes:
    heard = b""
    try:
        while piece := connection.recv(65536):
            heard += piece
    except OSError:
        pass
    return heard
