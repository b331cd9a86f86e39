"""Sorting against the double at 200 ms: stored tickets to triaged ones, with ledger rows, beside
the SDK alone with as many calls in flight and no database."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.figure import Figure
from bench.workbench import mails, set_up

NUMBER = 3280
LATENCY_MS = 200
CEILING_IN_FLIGHT = 256


def run() -> Iterator[Figure]:
    set_up()
    with _double() as url:
        os.environ["GOOGLE_GEMINI_BASE_URL"] = url
        ours, tickets = _ours()
        yield Figure("triaged", ours, "tickets/s", n=tickets)
        yield Figure("triaged", ours * 60, "tickets/min", n=tickets)
        ceiling = asyncio.run(_ceiling(url))
        yield Figure("SDK alone, 256 in flight", ceiling, "calls/s", n=NUMBER)
        yield Figure("triaged / SDK alone", ours / ceiling, "ratio", n=tickets)


def _ours() -> tuple[float, int]:
    from django.conf import settings  # noqa: PLC0415 - after set_up

    from triage.classification.classify import classify_pending  # noqa: PLC0415
    from triage.ingest.models import Mailbox, Source  # noqa: PLC0415
    from triage.ingest.process import process_pending  # noqa: PLC0415
    from triage.ingest.receive import Parcel, receive  # noqa: PLC0415

    settings.GEMINI_API_KEY = "bench"
    mailbox = Mailbox.objects.create(address=f"bench-{time.time_ns()}@example.com")
    receive([Parcel(raw) for raw in mails(NUMBER)], mailbox=mailbox, source=Source.PIPE)
    process_pending()
    began = time.perf_counter()
    tickets = sum(classify_pending())
    return tickets / (time.perf_counter() - began), tickets


async def _ceiling(url: str) -> float:
    from google import genai  # noqa: PLC0415 - half a second
    from google.genai import types  # noqa: PLC0415

    client = genai.Client(
        api_key="bench", http_options=types.HttpOptions(base_url=url, api_version="v1beta")
    )
    places = asyncio.Semaphore(CEILING_IN_FLIGHT)
    text = "The lamp of my order flickers since yesterday. " * 30

    async def call() -> None:
        async with places:
            await client.aio.models.generate_content(model="gemini-2.5-flash", contents=text)

    await asyncio.gather(*[call() for _ in range(CEILING_IN_FLIGHT)])  # connections, warm
    began = time.perf_counter()
    await asyncio.gather(*[call() for _ in range(NUMBER)])
    return NUMBER / (time.perf_counter() - began)


@contextmanager
def _double() -> Iterator[str]:
    command = ["-m", "tests.gemini", "--latency-ms", str(LATENCY_MS), "--print-url"]
    with subprocess.Popen([sys.executable, *command], stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.terminate()
