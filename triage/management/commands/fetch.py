from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import CommandError

from triage import tasks
from triage.ingest.fetch import MailboxPass, fetch
from triage.ingest.models import Mailbox, Source
from triage.management.output import JsonCommand


class Command(JsonCommand):
    help = "One pass over the IMAP mailboxes: take in whatever is new there."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--mailbox", metavar="ADDRESS", help="only this one")
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            metavar="YYYY-MM-DD",
            help="also look for mails since that day that were passed by",
        )

    def handle(self, *, mailbox: str | None, since: date | None, **_: Any) -> None:
        passes = [self._fetch(each, since) for each in _mailboxes(mailbox)]
        tasks.ring_process()
        self.result(mailboxes=[_row(each) for each in passes])
        if errors := [error for each in passes for error in each.errors]:
            raise CommandError(" ".join(errors))
        if failed := sum(each.failed for each in passes):
            raise CommandError(f"{failed} could not be fetched: see Problems. The others are here.")

    def _fetch(self, mailbox: Mailbox, since: date | None) -> MailboxPass:
        done = fetch(mailbox, since=since, on_stored=tasks.ring_process)
        self.say(f"{mailbox.address}: {done.stored} stored")
        return done


def _mailboxes(address: str | None) -> list[Mailbox]:
    mailboxes = Mailbox.objects.filter(source=Source.IMAP).order_by("pk")
    if address is None:
        return list(mailboxes)
    found = list(mailboxes.filter(address=address.lower()))
    if not found:
        raise CommandError(f"No IMAP mailbox has the address {address}.")
    return found


def _row(done: MailboxPass) -> dict[str, Any]:
    return {
        "address": done.mailbox.address,
        "folders": [asdict(folder) for folder in done.folders],
        "error": done.error,
    }
