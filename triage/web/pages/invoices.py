"""The list of invoices, those that wait for a person first."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django.conf import settings
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode

from triage.invoices.models import Invoice, InvoiceQuerySet, Status
from triage.web.pages.amounts import amount
from triage.web.pages.older import older_than, split
from triage.web.pages.queue import Cursor
from triage.web.pages.times import age, moment

# Beyond this a tab's count is no longer read: shown as 999+.
COUNT_LIMIT = 1_000


@dataclass(frozen=True, slots=True)
class Drawer:
    """A tab of the list: invoices of some statuses."""

    slug: str
    name: str
    pick: Callable[[InvoiceQuerySet], InvoiceQuerySet]
    when_empty: str
    is_counted: bool = False


DRAWERS = (
    Drawer(
        "to-review",
        "To review",
        lambda invoices: invoices.to_review(),
        "Every invoice has been decided. The next one that arrives is read by itself.",
        is_counted=True,
    ),
    Drawer(
        "failed",
        "Could not be read",
        lambda invoices: invoices.filter(status=Status.FAILED),
        "Every invoice that arrived could be read.",
        is_counted=True,
    ),
    Drawer(
        "waiting",
        "Waiting",
        lambda invoices: invoices.filter(status=Status.PENDING),
        "No invoice waits to be read.",
        is_counted=True,
    ),
    Drawer(
        "approved",
        "Approved",
        lambda invoices: invoices.filter(status=Status.APPROVED),
        "Nobody has approved an invoice yet.",
    ),
    Drawer(
        "rejected",
        "Rejected",
        lambda invoices: invoices.filter(status=Status.REJECTED),
        "Nobody has rejected an invoice.",
    ),
    Drawer(
        "not-invoice",
        "Not invoices",
        lambda invoices: invoices.filter(status=Status.NOT_INVOICE),
        "No document was found to be something else.",
    ),
)


@dataclass(frozen=True, slots=True)
class Tab:
    name: str
    url: str
    count: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class InvoiceRow:
    """A line of the list. `trouble` is empty where every check passed."""

    url: str
    supplier: str
    title: str
    aside: str
    total: str
    trouble: str
    age: str
    received: str


class InvoicesPage:
    """Page object of /invoices/."""

    def __init__(self, *, drawer: str, before: str, now: datetime | None = None) -> None:
        self.drawer = next((each for each in DRAWERS if each.slug == drawer), DRAWERS[0])
        self._before = before
        self._now = now or timezone.now()

    @cached_property
    def tabs(self) -> list[Tab]:
        return [
            Tab(each.name, _url(each.slug), self._count(each), is_current=each is self.drawer)
            for each in DRAWERS
        ]

    @property
    def rows(self) -> list[InvoiceRow]:
        return [self._row(invoice) for invoice in self._found[0]]

    @property
    def older_url(self) -> str:
        """The next page; empty on the last one."""
        invoices, has_more = self._found
        if not has_more:
            return ""
        return _url(self.drawer.slug, before=str(Cursor(invoices[-1].created_at, invoices[-1].pk)))

    @cached_property
    def _found(self) -> tuple[list[Invoice], bool]:
        rows = self.drawer.pick(Invoice.objects.all()).select_related("ticket")
        # The whole JSON with all its lines is the page's; a row shows the copied columns.
        older: QuerySet[Invoice] = older_than(rows.defer("data"), "created_at", self._before)
        return split(older, settings.PAGE_SIZE)

    def _count(self, drawer: Drawer) -> str:
        if not drawer.is_counted:
            return ""
        number = drawer.pick(Invoice.objects.order_by())[:COUNT_LIMIT].count()
        return f"{COUNT_LIMIT - 1}+" if number >= COUNT_LIMIT else str(number or "")

    def _row(self, invoice: Invoice) -> InvoiceRow:
        return InvoiceRow(
            url=reverse("invoice", args=[invoice.pk]),
            supplier=invoice.supplier or "Unknown supplier",
            title=invoice.number or invoice.ticket.subject or "(no number)",
            aside=_aside(invoice),
            total=_total(invoice),
            trouble=trouble(invoice),
            age=age(invoice.created_at, now=self._now),
            received=moment(invoice.created_at, now=self._now),
        )


def trouble(invoice: Invoice) -> str:
    """What a person should look at, in two words."""
    if invoice.status == Status.FAILED:
        return "not read"
    number = invoice.problem_count
    return "" if not number else "1 problem" if number == 1 else f"{number} problems"


def _aside(invoice: Invoice) -> str:
    if invoice.status == Status.FAILED and invoice.failure:
        return invoice.failure
    kind = "credit note, " if invoice.type == "credit_note" else ""
    issued = (
        f"of {invoice.issue_date.day} {invoice.issue_date:%B %Y}, " if invoice.issue_date else ""
    )
    return f"{kind}{issued}from ticket #{invoice.ticket_id}"


def _total(invoice: Invoice) -> str:
    return (
        f"{amount(invoice.total_gross)} {invoice.currency}".strip() if invoice.total_gross else ""
    )


def _url(drawer: str, *, before: str = "") -> str:
    query = {"status": drawer} | ({"before": before} if before else {})
    return f"{reverse('invoices')}?{urlencode(query)}"
