from argparse import ArgumentParser
from dataclasses import asdict
from datetime import date
from typing import Any

from django.core.management.base import CommandError

from triage import tasks
from triage.ingest.fetch import MailboxPass, fetch
from triage.ingest.gaps import FolderReport, folder_report
from triage.ingest.imap_errors import MailServerError
from triage.ingest.models import Mailbox, Source
from triage.ingest.sealing import SealBroken
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
        parser.add_argument(
            "--check",
            action="store_true",
            help="fetch nothing: compare what the server has with what is here",
        )

    def handle(self, *, mailbox: str | None, since: date | None, check: bool, **_: Any) -> None:
        mailboxes = _mailboxes(mailbox)
        if check:
            self._check(mailboxes)
        else:
            self._fetch(mailboxes, since)

    def _fetch(self, mailboxes: list[Mailbox], since: date | None) -> None:
        passes = []
        for mailbox in mailboxes:
            passes.append(fetch(mailbox, since=since, on_stored=tasks.ring_process))
            self.say(f"{mailbox.address}: {passes[-1].stored} stored")
        self.result(mailboxes=[_pass_row(each) for each in passes])
        if errors := [error for each in passes for error in each.errors]:
            raise CommandError(" ".join(errors))
        if failed := sum(each.failed for each in passes):
            raise CommandError(f"{failed} could not be fetched: see Problems. The others are here.")

    def _check(self, mailboxes: list[Mailbox]) -> None:
        rows, wrong = [], []
        for mailbox in mailboxes:
            reports: list[FolderReport] = []
            error = ""
            try:
                reports = folder_report(mailbox)
            except (MailServerError, SealBroken) as trouble:
                error = str(trouble)
            wrong += [error] if error else []
            wrong += [_gap(mailbox, each) for each in reports if not each.is_complete]
            rows.append(_row(mailbox, reports, error))
        self.result(mailboxes=rows)
        if wrong:
            raise CommandError(" ".join(wrong))


def _mailboxes(address: str | None) -> list[Mailbox]:
    mailboxes = Mailbox.objects.filter(source=Source.IMAP).order_by("pk")
    if address is None:
        return list(mailboxes)
    found = list(mailboxes.filter(address=address.lower()))
    if not found:
        raise CommandError(f"No IMAP mailbox has the address {address}.")
    return found


def _pass_row(done: MailboxPass) -> dict[str, Any]:
    return _row(done.mailbox, done.folders, done.error)


def _row(mailbox: Mailbox, folders: list[Any], error: str) -> dict[str, Any]:
    return {
        "address": mailbox.address,
        "folders": [asdict(folder) for folder in folders],
        "error": error,
    }


def _gap(mailbox: Mailbox, report: FolderReport) -> str:
    if report.error:
        return report.error
    return (
        f"{mailbox.address}: {report.missing} mails of folder {report.name} are not here."
        " Run fetch --since with the day of the oldest."
    )
