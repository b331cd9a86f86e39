"""How bytes get in: where we listen, and every arrival."""

import hashlib
import hmac
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone


class Source(models.TextChoices):
    WEBHOOK = "webhook", "webhook"
    IMAP = "imap", "IMAP"
    PIPE = "pipe", "files and pipes"


class Mailbox(models.Model):
    """An address we watch."""

    Source = Source

    address = models.CharField(max_length=320, unique=True)
    name = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.WEBHOOK)
    created_at = models.DateTimeField(auto_now_add=True)
    # Raised to make every earlier inbound address of this mailbox worthless.
    token_version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "mailboxes"

    def __str__(self) -> str:
        return self.name or self.address

    @property
    def inbound_token(self) -> str:
        """The secret part of its webhook address; derived, so that no secret lies in the table."""
        text = f"inbound:{self.pk}:{self.token_version}".encode()
        digest = hmac.new(settings.SECRET_KEY.encode(), text, hashlib.sha256).hexdigest()
        return f"{self.pk}-{digest[:40]}"

    @classmethod
    def for_token(cls, token: str) -> "Mailbox | None":
        """The mailbox whose `inbound_token` this is; compared in constant time."""
        number = token.partition("-")[0]
        if not (number.isascii() and number.isdecimal() and len(number) < 19):
            return None
        mailbox = cls.objects.filter(pk=int(number)).first()
        if mailbox is None or not hmac.compare_digest(
            mailbox.inbound_token.encode(), token.encode("utf-8", "surrogateescape")
        ):
            return None
        return mailbox


class State(models.TextChoices):
    PENDING = "pending", "waiting"
    PROCESSED = "processed", "processed"
    DUPLICATE = "duplicate", "the same mail was here before"
    FAILED = "failed", "could not be processed"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Waiting, and not put off after a failure."""
        return self.filter(state=State.PENDING, due_at__lte=now).order_by("due_at", "pk")

    def failed(self) -> "DeliveryQuerySet":
        return self.filter(state=State.FAILED)


class Delivery(models.Model):
    """One arrival of raw bytes, kept before anything is made of it (promise 1)."""

    State = State
    Source = Source

    mailbox = models.ForeignKey(Mailbox, on_delete=models.PROTECT, related_name="deliveries")
    source = models.CharField(max_length=8, choices=Source.choices)
    # Its name at the source (folder, UIDVALIDITY and UID; event id; content), unique there: fetched
    # twice is stored once.
    source_key = models.CharField(max_length=200)
    raw = models.BinaryField()
    size = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State.choices, default=State.PENDING)
    due_at = models.DateTimeField()
    attempts = models.PositiveSmallIntegerField(default=0)
    processed_at = models.DateTimeField(null=True, blank=True)
    # For staff, in words: why it failed, or of which message it is a duplicate.
    reason = models.TextField(blank=True)

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "deliveries"
        ordering = ["-received_at", "-pk"]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state="pending"), name="pending"),
            models.Index(fields=["-received_at"], condition=Q(state="failed"), name="problems"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "source", "source_key"], name="one_delivery_a_source_key"
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_key}"


class Heartbeat(models.Model):
    """When a background process was last seen: `worker` by the sweep, `mailbox:7` by its own."""

    name = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, name: str) -> None:
        """Say that `name` lives."""
        cls.objects.update_or_create(name=name, defaults={"at": timezone.now()})
