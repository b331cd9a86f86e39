"""What one demo has to itself: its folder and its port. Both are taken before anything starts."""

import errno
import fcntl
import os
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TextIO

HOST = "127.0.0.1"  # the demo's passwords are public: it answers this machine only
# A killed demo's guardian needs this long at most to stop what was left behind.
GUARDIAN_SECONDS = 20


class RefusedError(Exception):
    """The demo cannot start; the message is one line that names the fix."""


@contextmanager
def folder(path: Path, *, port: int) -> Iterator[int]:
    """Hold `path` for one demo; yields the lock's file descriptor, which a child may share.

    Raises RefusedError when another demo runs there.
    """
    path.mkdir(parents=True, exist_ok=True)
    with (path / "demo.lock").open("a+", encoding="ascii") as handle:
        _lock(handle, path)
        handle.truncate(0)
        handle.write(f"{os.getpid()} {port}")
        handle.flush()
        yield handle.fileno()


def _lock(handle: TextIO, path: Path) -> None:
    deadline = time.monotonic() + GUARDIAN_SECONDS
    while True:
        with suppress(BlockingIOError):
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        pid, port = _holder(handle)
        # A holder that is gone was killed: its guardian shares the lock until all is stopped.
        if _lives(pid) or time.monotonic() > deadline:
            raise RefusedError(
                f"A demo runs on {path} already: http://{HOST}:{port}/ (process {pid}). Stop it"
                f" with Ctrl-C, or start a second: TRIAGE_VAR=/tmp/second PORT={port + 1} make demo"
            )
        time.sleep(0.1)


def _holder(handle: TextIO) -> tuple[int, int]:
    handle.seek(0)
    try:
        pid, port = handle.read().split()
        return int(pid), int(port)
    except ValueError:  # it has the lock and has not written yet
        return 0, 8000


def _lives(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def port(number: int) -> socket.socket:
    """A socket that listens on `number`. The web server inherits it: no one can come between.

    Raises RefusedError when the port is taken or not ours to take.
    """
    try:
        return _listen(number)
    except (OSError, OverflowError) as error:
        raise RefusedError(_why(error, number)) from error


def _listen(number: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        # Accepted sockets inherit it. uvicorn takes a handed-over socket for a unix one and would
        # leave it off: each answer then waits for the browser's delayed acknowledgement.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        listener.bind((HOST, number))
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener


def _why(error: Exception, number: int) -> str:
    if isinstance(error, OverflowError):
        return f"PORT={number}: use a number from 1 to 65535."
    assert isinstance(error, OSError)
    if error.errno == errno.EADDRINUSE:
        return f"Port {number} is in use. Choose another: PORT={_free_after(number)} make demo"
    if error.errno == errno.EACCES:
        return f"Port {number} is for root only. Choose another: PORT=8000 make demo"
    return f"Port {number} cannot be had ({error.strerror}). Choose another: PORT=8000 make demo"


def _free_after(number: int) -> int:
    for other in range(number + 1, min(number + 100, 65536)):
        with suppress(OSError):
            _listen(other).close()
            return other
    return 8000
