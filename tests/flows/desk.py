"""A whole desk in processes of its own: web, worker, broker and database as in production."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.rows import dict_row

from triage.lib.embedded import server

ROOT = Path(__file__).parents[2]
START_SECONDS = 60


class Desk:
    """One desk on one database; processes are started and killed by the test."""

    def __init__(self, database: str, folder: Path, environment: Mapping[str, str]) -> None:
        address = server.socket_folder(settings.EMBEDDED_DATA)
        self.conninfo = f"host={address} user={server.SUPERUSER} dbname={database}"
        self.port = _free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.folder = folder
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "triage.settings",
            "DATABASE_URL": f"postgresql://{server.SUPERUSER}@/{database}?host={address}",
            "TRIAGE_VAR": str(folder),
            "CELERY_BROKER_URL": "",
            "TRIAGE_SWEEP_SECONDS": "2",
            "TRIAGE_CLAIM_SECONDS": "6",
            **environment,
        }

    def manage(self, *arguments: str, stdin: bytes = b"") -> dict[str, Any]:
        """Run a command; its JSON line, or an empty dict when it has none."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            input=stdin,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()[-2000:]
        line = done.stdout.decode().strip().rpartition("\n")[2]
        return dict(json.loads(line)) if line.startswith("{") else {}

    def start_web(self) -> None:
        self.start(
            "web", "-m", "uvicorn", "triage.asgi:application", "--port", str(self.port),
            "--log-level", "warning",
        )  # fmt: skip
        self.wait_for(lambda: self.get("/healthz") == 200, "the first page")

    def start_worker(self) -> subprocess.Popen[bytes]:
        return self.start(
            "worker", "-m", "celery", "-A", "triage.celery", "worker", "-B", "--concurrency", "2",
            "--loglevel", "WARNING",
        )  # fmt: skip

    def start(self, name: str, *arguments: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def kill(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL, with all its children."""
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                self.kill(process)

    def get(self, path: str) -> int:
        """The status of a page, 0 when nobody listens."""
        try:
            with urlopen(f"{self.url}{path}", timeout=5) as answer:
                return int(answer.status)
        except OSError as error:
            return int(getattr(error, "code", 0))

    def post_mail(self, raw: bytes) -> int:
        """Post to the raw webhook of the first mailbox; the status."""
        request = Request(self.inbound_url(), data=raw, headers={"Content-Type": "message/rfc822"})
        with urlopen(request, timeout=30) as answer:
            return int(answer.status)

    def inbound_url(self) -> str:
        script = (
            "from triage.ingest.models import Mailbox;"
            "box, _ = Mailbox.objects.get_or_create(address='hello@alderlamps.example.com');"
            "print('\\n{\"token\": \"' + box.inbound_token + '\"}')"
        )
        if not hasattr(self, "_token"):
            self._token = self.manage("shell", "--no-imports", "-c", script)["token"]
        return f"{self.url}/inbound/raw/{self._token}/"

    def rows(self, query: str) -> list[dict[str, Any]]:
        with psycopg.connect(self.conninfo, row_factory=dict_row) as connection:
            return connection.execute(query.encode()).fetchall()

    def value(self, query: str) -> Any:
        [row] = self.rows(query)
        [value] = row.values()
        return value

    def wait_for(self, is_true: Callable[[], Any], what: str, seconds: float = 60) -> None:
        until = time.monotonic() + seconds
        while not is_true():
            assert time.monotonic() < until, f"waited {seconds} s for {what}\n{self.logs()}"
            time.sleep(0.1)

    def logs(self) -> str:
        return "\n".join(
            f"--- {log.name}\n{log.read_text(errors='replace')[-3000:]}"
            for log in self.folder.glob("*.log")
        )


@contextmanager
def desk(folder: Path, **environment: str) -> Iterator[Desk]:
    """A migrated desk on a database of its own in the tests' server."""
    server.ensure_running(settings.EMBEDDED_DATA)
    name = f"desk_{folder.name.replace('-', '_').lower()}"[:60]
    address = server.socket_folder(settings.EMBEDDED_DATA)
    admin = f"host={address} user={server.SUPERUSER} dbname=postgres"
    with psycopg.connect(admin, autocommit=True) as connection:
        quoted = sql.Identifier(name)
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(quoted))
        connection.execute(sql.SQL("CREATE DATABASE {}").format(quoted))
    made = Desk(name, folder, environment)
    try:
        made.manage("migrate", "--verbosity", "0")
        yield made
    finally:
        made.stop()
        with psycopg.connect(admin, autocommit=True) as connection:
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(quoted))


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
