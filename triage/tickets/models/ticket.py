from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.models import User
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from triage.tickets.models.category import Category
from triage.tickets.models.requester import Requester

if TYPE_CHECKING:
    from triage.tickets.models.event import Event


class ReviewReason(models.TextChoices):
    """Why a person is asked. Empty: nobody is asked."""

    NONE = "", "sorted"
    UNSURE = "unsure", "the machine was not sure"
    OUTSIDE = "outside", "the answer was not in the list"
    FAILED = "failed", "no answer could be had"


class TicketQuerySet(models.QuerySet["Ticket"]):
    """Queues are questions asked here; pages and commands only name them."""

    def open(self) -> "TicketQuerySet":
        return self.filter(closed_at=None)

    def closed(self) -> "TicketQuerySet":
        return self.exclude(closed_at=None).filter(merged_into=None)

    def awaiting_review(self) -> "TicketQuerySet":
        return self.open().exclude(review_reason=ReviewReason.NONE)

    def in_queue(self, category: Category) -> "TicketQuerySet":
        """Open tickets of a category, those that wait for review apart."""
        return self.open().filter(category=category, review_reason=ReviewReason.NONE)

    def unassigned(self) -> "TicketQuerySet":
        return self.open().filter(assignee=None).exclude(category__slug="spam")

    def mine(self, user: User) -> "TicketQuerySet":
        return self.open().filter(assignee=user)

    def awaiting_triage(self, now: datetime) -> "TicketQuerySet":
        """Tickets whose first mail no machine has sorted yet, and nobody is at it."""
        return self.filter(triage_due_at__lte=now)


class Ticket(models.Model):
    """The unit of work: what one requester wants, until it is closed."""

    ReviewReason = ReviewReason

    mailbox = models.ForeignKey("ingest.Mailbox", on_delete=models.PROTECT, related_name="tickets")
    requester = models.ForeignKey(Requester, on_delete=models.PROTECT, related_name="tickets")
    subject = models.CharField(max_length=500, blank=True)
    snippet = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=2, blank=True)
    # Empty, or what made the first mail automatic (`bounce`, `auto-reply`): then no model is asked.
    auto = models.CharField(max_length=20, blank=True)

    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, blank=True, related_name="tickets"
    )
    # Set: a person chose the category, and no machine may write it any more (promise 4).
    category_set_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    category_set_at = models.DateTimeField(null=True, blank=True)
    review_reason = models.CharField(
        max_length=12, choices=ReviewReason.choices, default=ReviewReason.NONE, blank=True
    )
    # Of the current prediction, 0 to 100: a copy, to sort by.
    confidence = models.PositiveSmallIntegerField(null=True, blank=True)
    # When a drain may claim it for sorting; None once sorted. A claim moves it into the future,
    # so that a drain that died gives its tickets back by itself.
    triage_due_at = models.DateTimeField(null=True, blank=True)
    triage_attempts = models.PositiveSmallIntegerField(default=0)

    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="tickets",
    )
    # Another ticket its first mail spoke of, when the sender did not belong there.
    related = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    # Where its messages went; a merged ticket is empty, and its address leads there.
    merged_into = models.ForeignKey(
        "self", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    message_count = models.PositiveIntegerField(default=0)
    attachment_count = models.PositiveIntegerField(default=0)
    opened_at = models.DateTimeField(help_text="When its first mail arrived here.")
    last_message_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = TicketQuerySet.as_manager()

    class Meta:
        ordering = ["-last_message_at", "-pk"]
        indexes = [
            models.Index(
                fields=["category", "last_message_at", "id"],
                condition=Q(closed_at=None, review_reason=""),
                name="queue",
            ),
            models.Index(
                fields=["last_message_at", "id"],
                condition=Q(closed_at=None) & ~Q(review_reason=""),
                name="review_queue",
            ),
            models.Index(
                fields=["triage_due_at"],
                condition=Q(triage_due_at__isnull=False),
                name="triage_due",
            ),
            models.Index(
                fields=["assignee", "last_message_at", "id"],
                condition=Q(closed_at=None),
                name="open_by_assignee",
            ),
            models.Index(
                fields=["closed_at", "id"],
                condition=Q(closed_at__isnull=False),
                name="closed",
            ),
            models.Index(fields=["requester", "-last_message_at"], name="tickets_of_requester"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(category_set_by=None, category_set_at=None)
                | Q(category_set_by__isnull=False, category_set_at__isnull=False),
                name="category_set_by_whom_and_when",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk} {self.subject}"

    @property
    def is_open(self) -> bool:
        return self.closed_at is None

    @property
    def is_sorted_by_person(self) -> bool:
        return self.category_set_by_id is not None

    def close(self, *, by: User) -> bool:
        """Close it; False when it was closed already."""
        now = timezone.now()
        with transaction.atomic():
            closed = Ticket.objects.open().filter(pk=self.pk).update(closed_at=now, closed_by=by)
            if closed:
                self.record("closed", by=by, at=now)
        self.refresh_from_db(fields=["closed_at", "closed_by"])
        return bool(closed)

    def reopen(self, *, by: User | None) -> bool:
        """Open it again (`by` None: a new mail did); False when it was open."""
        with transaction.atomic():
            tickets = Ticket.objects.closed().filter(pk=self.pk)
            opened = tickets.update(closed_at=None, closed_by=None)
            if opened:
                self.record("reopened", by=by)
        self.refresh_from_db(fields=["closed_at", "closed_by"])
        return bool(opened)

    def assign(self, *, to: User | None, by: User) -> None:
        """Give it to a colleague, or to nobody."""
        with transaction.atomic():
            if Ticket.objects.filter(pk=self.pk).exclude(assignee=to).update(assignee=to):
                self.record("assigned", by=by, to=to.get_username() if to else None)
        self.refresh_from_db(fields=["assignee"])

    def record(
        self,
        kind: str,
        *,
        by: User | None = None,
        at: datetime | None = None,
        **facts: Any,
    ) -> "Event":
        """Add a fact to its history; `facts` must be JSON."""
        return self.events.create(kind=kind, by=by, at=at or timezone.now(), facts=facts)
