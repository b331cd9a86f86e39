"""Mail in: raw bytes stored durably, then parsed, threaded and queued, in one process."""

import time
from collections.abc import Iterator

from bench.figure import Figure
from bench.workbench import mails, set_up

NUMBER = 3280  # twenty rounds of the samples
BATCH = 200


def run() -> Iterator[Figure]:
    set_up()
    from triage.ingest.models import Mailbox, Source  # noqa: PLC0415 - after set_up
    from triage.ingest.process import process_pending  # noqa: PLC0415
    from triage.ingest.receive import Parcel, receive  # noqa: PLC0415

    mailbox = Mailbox.objects.create(address=f"bench-{time.time_ns()}@example.com")
    parcels = [Parcel(raw) for raw in mails(NUMBER)]
    began = time.perf_counter()
    for start in range(0, NUMBER, BATCH):
        receive(parcels[start : start + BATCH], mailbox=mailbox, source=Source.PIPE)
    stored = time.perf_counter()
    processed = process_pending()
    ended = time.perf_counter()
    assert processed == NUMBER
    yield Figure("stored durably", NUMBER / (stored - began), "mails/s", n=NUMBER)
    yield Figure("parsed, threaded, queued", NUMBER / (ended - stored), "mails/s", n=NUMBER)
    yield Figure("both", NUMBER / (ended - began), "mails/s", n=NUMBER)
