"""Our mailboxes, how each is doing, and what a mail server has that is not here."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from triage.ingest.gaps import FolderReport, folder_report
from triage.ingest.imap_errors import MailServerError
from triage.ingest.models import Heartbeat, Mailbox
from triage.ingest.sealing import SealBroken
from triage.web.pages import times


@dataclass(frozen=True, slots=True)
class MailboxLine:
    """`state` in a few words; `trouble` in a sentence, "" when there is none."""

    address: str
    source: str
    state: str
    trouble: str
    seen: str
    gaps_url: str


@dataclass(frozen=True, slots=True)
class GapsPage:
    """The comparison with the server, or why there is none."""

    mailbox: Mailbox
    rows: list[FolderReport]
    fault: str

    @property
    def missing(self) -> int:
        return sum(row.missing for row in self.rows)


def mailbox_lines() -> list[MailboxLine]:
    """Every mailbox, three queries."""
    now = timezone.now()
    silent = set(Mailbox.objects.silent(now).values_list("pk", flat=True))
    beats = dict(Heartbeat.objects.values_list("name", "at"))
    return [
        _line(mailbox, beats.get(f"mailbox:{mailbox.pk}"), is_silent=mailbox.pk in silent, now=now)
        for mailbox in Mailbox.objects.order_by("address")
    ]


def gaps_page(mailbox: Mailbox) -> GapsPage:
    """Asks the mail server now; takes as long as it does, within the time-outs of imap.py."""
    try:
        return GapsPage(mailbox, folder_report(mailbox), "")
    except (MailServerError, SealBroken) as error:
        return GapsPage(mailbox, [], str(error))


def _line(
    mailbox: Mailbox, beat: datetime | None, *, is_silent: bool, now: datetime
) -> MailboxLine:
    is_fetched = mailbox.source == Mailbox.Source.IMAP
    seen_at = beat or mailbox.fetched_at
    return MailboxLine(
        address=mailbox.address,
        source=mailbox.get_source_display(),
        state=("silent" if is_silent else "well") if is_fetched else "waits for post",
        trouble=mailbox.fetch_error if is_fetched else "",
        seen=times.short(seen_at, now=now) if seen_at else "",
        gaps_url=reverse("mailbox-gaps", args=[mailbox.pk]) if is_fetched else "",
    )
