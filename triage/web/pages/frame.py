"""What stands round every page: the side bar with its counts, the dock, who sorts, who is here."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from triage.ingest.models import Delivery
from triage.invoices.models import Invoice
from triage.llm.models import Call, RetiredModel
from triage.tickets.models import Category, Ticket
from triage.tickets.models.category import SLUGS
from triage.web.access import is_supervisor, may_write
from triage.web.pages.figures import money
from triage.web.pages.people import Face, initials

# Beyond this a count is no longer read, and counting on would scan: shown as "999+".
COUNT_LIMIT = 1_000
THEMES = ("light", "dark")
THEME_COOKIE = "theme"
QUEUES = {"review", "mine", "unassigned", "closed", *SLUGS}
KEYS = {"support": "s", "billing": "b", "sales": "l", "spam": "x"}


@dataclass(frozen=True, slots=True)
class Tab:
    """One line of the side bar. `count` is text, "" for none; `key` follows `g` on the keyboard."""

    name: str
    url: str
    icon: str = ""
    category: str = ""
    count: str = ""
    tone: str = ""
    key: str = ""
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class Group:
    """Tabs that belong together; `label` is for ears where there is no `heading`."""

    tabs: list[Tab]
    heading: str = ""
    label: str = ""


@dataclass(frozen=True, slots=True)
class Machine:
    """Who sorts, and what that has cost since midnight."""

    says: str
    today: str
    is_local: bool


def frame(request: HttpRequest) -> dict[str, Any]:
    """Context processor. Nothing is asked of the database before a template names it."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    return {"frame": Frame(request, user)}


class Frame:
    """The frame of one page, for one person."""

    def __init__(self, request: HttpRequest, user: User) -> None:
        chosen = request.COOKIES.get(THEME_COOKIE, "")
        self.theme = chosen if chosen in THEMES else ""
        self._user = user
        # A ticket's page is a place within the queue it was opened from.
        posted = request.GET.get("queue", "") or request.POST.get("queue", "")
        queue = getattr(request, "queue", posted)
        self._here = reverse("queue", args=[queue]) if queue in QUEUES else request.path

    @cached_property
    def groups(self) -> list[Group]:
        groups = [
            Group(self._needs_you(), label="Needs you"),
            Group(self._queues(), heading="Queues"),
            Group(self._desk(), heading="Desk"),
        ]
        return [group for group in groups if group.tabs]

    @cached_property
    def dock(self) -> list[Tab]:
        """Four places for the thumb; `Queues`, between them, opens the side bar."""
        tabs = [
            self._queue("review", "Review", icon="review"),
            self._queue("mine", "Mine", icon="mine"),
            self._page("search", "Search", icon="search"),
            self._page("problems", "Problems", icon="problem", count=self._counts["problems"]),
        ]
        return [replace(tab, count=tab.count.lstrip("0")) for tab in tabs if tab]

    @property
    def may_write(self) -> bool:
        return may_write(self._user)

    @property
    def here(self) -> Tab | None:
        """The tab of this page."""
        tabs = (tab for group in self.groups for tab in group.tabs)
        return next((tab for tab in tabs if tab.is_current), None)

    @cached_property
    def with_keys(self) -> list[Tab]:
        return [tab for group in self.groups for tab in group.tabs if tab.key]

    @cached_property
    def with_work(self) -> list[Tab]:
        """Other queues that have something to do, for a page that has nothing."""
        tabs = [*self._needs_you(), *self._queues()[:3]]
        return [tab for tab in tabs if tab.count not in ("", "0") and not tab.is_current][:3]

    @cached_property
    def machine(self) -> Machine:
        model = sorting_model()
        says = f"Sorting with {model}" if model else "Sorting on this server, without a model"
        return Machine(says, _today(), is_local=not model)

    @cached_property
    def me(self) -> Face:
        name = self._user.get_full_name() or self._user.get_username()
        return Face(name, initials(name), is_me=True)

    def _needs_you(self) -> list[Tab]:
        return [
            self._queue("review", "Needs review", icon="review", key="r", tone="due"),
            self._queue("mine", "Mine", icon="mine", key="m"),
            self._queue("unassigned", "Unassigned", icon="unassigned", key="u"),
        ]

    def _queues(self) -> list[Tab]:
        tabs: list[Tab | None] = [
            self._queue(row.slug, row.name, category=row.slug, key=KEYS[row.slug])
            for row in self.categories
        ]
        problems = self._counts["problems"]
        tabs += [
            self._queue("closed", "Closed", icon="closed"),
            self._page("problems", "Problems", icon="problem", key="p", count=problems, tone="bad"),
        ]
        return [tab for tab in tabs if tab]

    def _desk(self) -> list[Tab]:
        tabs = [self._page("invoices", "Invoices", icon="invoice", key="i",
                           count=self._counts["invoices"])]  # fmt: skip
        if is_supervisor(self._user):
            tabs += [
                self._page("costs", "Costs", icon="cost", key="c"),
                self._page("quality", "Quality", icon="quality", key="q"),
                self._page("mailboxes", "Mailboxes", icon="mail"),
            ]
        if self._user.is_staff:
            tabs.append(self._page("admin:index", "Settings", icon="settings"))
        return [tab for tab in tabs if tab]

    def _queue(self, slug: str, name: str, *, category: str = "", icon: str = "",
               key: str = "", tone: str = "") -> Tab:  # fmt: skip
        url = reverse("queue", args=[slug])
        count = _count(self._counts.get(slug))
        return Tab(name, url, icon, category, count, tone, key, is_current=url == self._here)

    def _page(self, view: str, name: str, *, icon: str, key: str = "",
              count: int | None = None, tone: str = "") -> Tab | None:  # fmt: skip
        try:
            url = reverse(view)
        except NoReverseMatch:
            return None  # a part of the product this installation does not serve
        return Tab(name, url, icon, "", _count(count or None), tone, key,
                   is_current=self._here.startswith(url))  # fmt: skip

    @cached_property
    def categories(self) -> list["Category"]:
        return list(_categories_counted(self._user))

    @cached_property
    def _counts(self) -> dict[str, int]:
        counts = {category.slug: category.n_open for category in self.categories}  # type: ignore[attr-defined]
        # The same in every row; no row only where the migrations' four are missing.
        first = next(iter(self.categories), None)
        for name in ("review", "mine", "unassigned", "problems", "invoices"):
            counts[name] = getattr(first, f"n_{name}", 0)
        return counts


class Tally(Subquery):
    """How many rows a queryset has, as a column: each is counted once, all in one query."""

    template = "(SELECT count(*) FROM (%(subquery)s) AS tallied)"
    output_field = IntegerField()


def sorting_model() -> str:
    """The model that is asked first; "" when there is no key, so that mail is sorted here."""
    if not settings.GEMINI_API_KEY:
        return ""
    retired = set(RetiredModel.objects.values_list("name", flat=True))
    return next((model for model in settings.MODELS if model not in retired), "")


def _categories_counted(user: Any) -> "QuerySet[Category]":
    tickets = Ticket.objects.order_by()
    in_queue = tickets.open().filter(category=OuterRef("pk"), review_reason="")
    return Category.objects.annotate(
        n_open=_tally(in_queue),
        n_review=_tally(tickets.awaiting_review()),
        n_mine=_tally(tickets.mine(user)),
        n_unassigned=_tally(tickets.unassigned()),
        n_problems=_tally(Delivery.objects.order_by().failed()),
        n_invoices=_tally(Invoice.objects.order_by().to_review()),
    )


def _tally(rows: "QuerySet[Any]") -> Tally:
    return Tally(rows.values("pk")[:COUNT_LIMIT])


def _count(count: int | None) -> str:
    if count is None:
        return ""
    return str(count) if count < COUNT_LIMIT else f"{COUNT_LIMIT - 1}+"


def _today() -> str:
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return _spent(midnight, midnight + timedelta(days=1))


def _spent(since: datetime, until: datetime) -> str:
    made = Call.objects.order_by().filter(at__gte=since, at__lt=until)
    sums = made.exclude(outcome=Call.Outcome.CACHED).aggregate(
        calls=Count("pk"), spent=Sum("cost"), priced=Count("cost")
    )
    if not sums["calls"]:
        return "No calls today"
    words = f"{sums['calls']:,} today for {money(sums['spent'] or Decimal(0))}"
    unknown = sums["calls"] - sums["priced"]
    return f"{words}, {unknown} unknown" if unknown else words
