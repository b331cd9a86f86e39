import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from triage import tasks
from triage.ingest.models import Delivery
from triage.management.output import JsonCommand
from triage.tickets.models import Ticket

POLL_SECONDS = 0.5


class Command(JsonCommand):
    help = "Run everything pending in this process; no worker is needed, and one does no harm."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--timeout", type=float, default=600, metavar="S", help="seconds")

    def handle(self, *, timeout: float, **_: Any) -> None:
        began = time.monotonic()
        done = tasks.drain_once()
        while self._left() and time.monotonic() - began < timeout:
            # Claimed by a worker, or put off after a failure: it comes due by itself.
            if not (more := tasks.drain_once()):
                time.sleep(POLL_SECONDS)
            done += more
        left = self._left()
        self.result(done=done, left=left, seconds=round(time.monotonic() - began, 3))
        if left:
            raise CommandError(f"{left} are still pending after {timeout:g} s.")

    def _left(self) -> int:
        pending = Delivery.objects.filter(state=Delivery.State.PENDING).count()
        return pending + Ticket.objects.filter(triage_due_at__isnull=False).count()
