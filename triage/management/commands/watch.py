import signal
from typing import Any

from triage import tasks
from triage.ingest.watch import Watch
from triage.management.output import JsonCommand


class Command(JsonCommand):
    help = "Watch all IMAP mailboxes (IDLE) until SIGTERM or Ctrl-C."

    def handle(self, **_: Any) -> None:
        watch = Watch(on_stored=tasks.ring_process)
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: watch.stop())
        self.say("Watching; SIGTERM or Ctrl-C stops it.")
        watch.run()
        self.result(stored=watch.stored)
