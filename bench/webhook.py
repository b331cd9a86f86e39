"""The raw webhook at 100 posts a second, beside a bare INSERT and COMMIT of the same bytes."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.client import HTTPConnection
from statistics import quantiles

import psycopg

from bench.figure import Figure
from bench.workbench import mails, set_up

RATE = 100
SECONDS = 15
SENDERS = 8


def run() -> Iterator[Figure]:
    set_up()
    from django.db import connection  # noqa: PLC0415 - after set_up

    from triage.ingest.models import Mailbox  # noqa: PLC0415

    mailbox = Mailbox.objects.create(address=f"hook-{time.time_ns()}@example.com")
    raws = mails(RATE * SECONDS)
    bare = _bare(connection.get_connection_params(), raws)
    with _web() as port:
        posts = _at_rate(raws, lambda: _poster(port, f"/inbound/raw/{mailbox.inbound_token}/"))
    assert mailbox.deliveries.count() == len(raws)
    yield Figure("bare INSERT + COMMIT, p99", _p99(bare), "ms", n=len(raws))
    yield Figure("POST /inbound/raw/ at 100/s, p99", _p99(posts), "ms", n=len(raws))
    yield Figure("webhook p99 / bare p99", _p99(posts) / _p99(bare), "ratio", n=len(raws))


def _bare(parameters: dict[str, object], raws: Sequence[bytes]) -> list[float]:
    names = {"dbname", "host", "port", "user", "password"}
    conninfo = {key: str(value) for key, value in parameters.items() if key in names and value}

    def inserter() -> Callable[[bytes], None]:
        connection = psycopg.connect(**conninfo, autocommit=True)  # type: ignore[arg-type]
        connection.execute("CREATE TABLE IF NOT EXISTS bare (id bigserial PRIMARY KEY, raw bytea)")

        def insert(raw: bytes) -> None:
            connection.execute("INSERT INTO bare (raw) VALUES (%s)", [raw])

        return insert

    inserter()  # the table, before many want it at once
    return _at_rate(raws, inserter)


def _poster(port: int, path: str) -> Callable[[bytes], None]:
    connection = HTTPConnection("127.0.0.1", port)

    def post(raw: bytes) -> None:
        connection.request("POST", path, raw, {"Content-Type": "message/rfc822"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 201, answer.status

    return post


def _at_rate(raws: Sequence[bytes], maker: Callable[[], Callable[[bytes], None]]) -> list[float]:
    """Milliseconds of each act, from when it was due: a late start counts as waiting."""
    began = time.perf_counter() + 0.2
    latencies: list[float] = []

    def work(first: int) -> None:
        act = maker()
        for number in range(first, len(raws), SENDERS):
            due = began + number / RATE
            time.sleep(max(0.0, due - time.perf_counter()))
            act(raws[number])
            latencies.append((time.perf_counter() - due) * 1000)

    threads = [threading.Thread(target=work, args=[first]) for first in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(latencies) == len(raws)
    return latencies


@contextmanager
def _web() -> Iterator[int]:
    """The port of the product's own server, on the bench's database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-m", "uvicorn", "triage.asgi:application", "--port", str(port)]
    options = ["--log-level", "warning", "--lifespan", "off"]
    with subprocess.Popen([*command, *options], env=_environment()) as process:
        try:
            _wait_for(port)
            yield port
        finally:
            process.terminate()


def _wait_for(port: int) -> None:
    for _ in range(300):
        try:
            connection = HTTPConnection("127.0.0.1", port, timeout=1)
            connection.request("GET", "/healthz")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError("the web server did not start")


def _environment() -> dict[str, str]:
    import os  # noqa: PLC0415 - after set_up has put the scratch folder into it

    return {**os.environ, "DJANGO_SETTINGS_MODULE": "triage.settings"}


def _p99(milliseconds: Sequence[float]) -> float:
    return quantiles(milliseconds, n=100, method="inclusive")[98]
