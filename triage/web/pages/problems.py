"""What could not be handled: who sent it, how far it came, why, and what one can do."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import BinaryField, QuerySet
from django.db.models.functions import Substr
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from triage.ingest.models import Delivery, Mailbox
from triage.invoices.models import Invoice, Status
from triage.reports.health import is_silent, worker_seen_at
from triage.tickets.models import Ticket
from triage.web.pages import times
from triage.web.pages.amounts import size
from triage.web.pages.headers import HEAD_BYTES, guess
from triage.web.pages.older import older_than, split
from triage.web.pages.periods import moment_in_words
from triage.web.pages.queue import Cursor


@dataclass(frozen=True, slots=True)
class Step:
    """A station of a mail's way: `done`, `stuck` or `open`, and what is said beside it."""

    name: str
    state: str
    icon: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class ProblemRow:
    """A delivery that failed. `has_raw`: its server gave it, so that there is something to see."""

    pk: int
    subject: str
    sender: str
    mailbox: str
    when: str
    size: str
    why: str
    way: tuple[Step, ...]
    has_raw: bool


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """Trouble that is kept in another list: how much of it, and the way there."""

    count: str
    text: str
    url: str
    link: str


@dataclass(frozen=True, slots=True)
class SilentMailbox:
    """A mailbox that could not be read, when that was tried last, and why; where to mend it."""

    address: str
    tried: str
    why: str
    url: str


class ProblemsPage:
    """Page object of /problems/."""

    def __init__(
        self, *, before: str, may_write: bool, may_mend: bool, now: datetime | None = None
    ) -> None:
        self.may_write = may_write
        self.may_mend = may_mend
        self._before = before
        self._now = now or timezone.now()

    @cached_property
    def count(self) -> int:
        return Delivery.objects.failed().order_by().count()

    @property
    def replay_all_label(self) -> str:
        return f"Replay all {self.count:,}" if self.count > 1 else "Replay"

    @cached_property
    def rows(self) -> list[ProblemRow]:
        return [self._row(delivery) for delivery in self._found[0]]

    @property
    def older_url(self) -> str:
        """The next page; empty on the last one."""
        deliveries, has_more = self._found
        if not has_more:
            return ""
        cursor = Cursor(deliveries[-1].received_at, deliveries[-1].pk)
        return f"{reverse('problems')}?{urlencode({'before': str(cursor)})}"

    @cached_property
    def elsewhere(self) -> list[Elsewhere]:
        return [each for each in (_invoices(), _tickets()) if each]

    @cached_property
    def worker(self) -> str:
        """A sentence when the worker is silent, so that nothing is processed; else empty."""
        seen_at = worker_seen_at()
        if not is_silent(seen_at, now=self._now):
            return ""
        if seen_at is None:
            return "No worker has run yet."
        when = moment_in_words(seen_at, now=self._now)
        return f"The worker has not been seen since {when}."

    @cached_property
    def silent_mailboxes(self) -> list[SilentMailbox]:
        """Mailboxes whose last pass ended in an error."""
        return [
            SilentMailbox(
                mailbox.address,
                moment_in_words(mailbox.fetched_at, now=self._now) if mailbox.fetched_at else "",
                mailbox.fetch_error,
                reverse("admin:ingest_mailbox_change", args=[mailbox.pk]),
            )
            for mailbox in Mailbox.objects.exclude(fetch_error="").order_by("address")
        ]

    @property
    def is_empty(self) -> bool:
        return not self.rows and not self._before

    @cached_property
    def _found(self) -> tuple[list[Delivery], bool]:
        # Only the head of each mail: fifty mails of 50 MB are no page.
        failed = (
            Delivery.objects.failed()
            .select_related("mailbox")
            .defer("raw")
            .annotate(head=Substr("raw", 1, HEAD_BYTES, output_field=BinaryField()))
        )
        older: QuerySet[Delivery] = older_than(failed, "received_at", self._before)
        return split(older, settings.PAGE_SIZE)

    def _row(self, delivery: Delivery) -> ProblemRow:
        said = guess(bytes(delivery.head))  # type: ignore[attr-defined]
        return ProblemRow(
            pk=delivery.pk,
            subject=said.subject or "(no readable subject)",
            sender=said.sender or "unreadable sender",
            mailbox=_addressee(delivery),
            when=moment_in_words(delivery.received_at, now=self._now),
            size=size(delivery.size),
            why=delivery.reason or "It failed, and no reason was kept.",
            way=_way(delivery),
            has_raw=delivery.withheld_at is None,
        )


def _addressee(delivery: Delivery) -> str:
    if delivery.mailbox is not None:
        return delivery.mailbox.address
    return ", ".join(delivery.envelope_to.split()) or "no mailbox of ours"


def _way(delivery: Delivery) -> tuple[Step, ...]:
    seen_at = times.clock(delivery.received_at)
    if delivery.withheld_at is not None:
        return (
            Step("Seen on its server", "done", "check", seen_at),
            Step("Fetched", "stuck", "close"),
            Step("Read", "open", "more"),
        )
    tries = "" if delivery.attempts < 2 else f"{delivery.attempts} tries"
    return (
        Step("Arrived", "done", "check", seen_at),
        Step("Read", "stuck", "close", tries),
        Step("Sorted", "open", "more"),
    )


def _invoices() -> Elsewhere | None:
    failed = Invoice.objects.filter(status=Status.FAILED).order_by().count()
    things = "invoice" if failed == 1 else "invoices"
    return _elsewhere(
        failed, f"{things} could not be read.", f"{reverse('invoices')}?status=failed", "Look"
    )


def _tickets() -> Elsewhere | None:
    waiting = Ticket.objects.awaiting_review().order_by()
    failed = waiting.filter(review_reason=Ticket.ReviewReason.FAILED).count()
    things = "ticket" if failed == 1 else "tickets"
    return _elsewhere(
        failed,
        f"{things} got no answer from the model.",
        reverse("queue", args=["review"]),
        "Sort by hand",
    )


def _elsewhere(number: int, text: str, url: str, link: str) -> Elsewhere | None:
    return Elsewhere(f"{number:,}", text, url, link) if number else None
