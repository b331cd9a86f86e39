"""How bytes get in: where we listen, and every arrival."""

import hashlib
import hmac
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from triage.ingest import sealing


class Source(models.TextChoices):
    WEBHOOK = "webhook", "webhook"
    IMAP = "imap", "IMAP"
    PIPE = "pipe", "files and pipes"


class Security(models.TextChoices):
    TLS = "tls", "TLS (port 993)"
    STARTTLS = "starttls", "STARTTLS (port 143)"
    NONE = "none", "none (this machine only)"


class Authentication(models.TextChoices):
    PASSWORD = "password", "password"
    GOOGLE = "google", "Google (XOAUTH2)"
    MICROSOFT = "microsoft", "Microsoft (XOAUTH2)"


class Handling(models.TextChoices):
    """What becomes of sorted mail on its server."""

    LEAVE = "leave", "leave it as it is"
    FLAG = "flag", "flag it"
    MOVE = "move", "move it to its category's folder"


# A watcher beats every ten seconds; three beats missed are no hiccup any more.
UNWATCHED_AFTER = timedelta(seconds=45)
# The worker reads an unwatched mailbox every minute, and may be busy with another for one.
SILENT_AFTER = timedelta(minutes=3)


class MailboxQuerySet(models.QuerySet["Mailbox"]):
    def on_servers(self) -> "MailboxQuerySet":
        """Those whose mail is fetched."""
        return self.filter(source=Source.IMAP).exclude(host="").order_by("pk")

    def silent(self, now: datetime) -> "MailboxQuerySet":
        """Those that neither a watcher nor the worker could read for minutes."""
        heard = Heartbeat.objects.filter(name__startswith="mailbox:", at__gt=now - SILENT_AFTER)
        return self.on_servers().exclude(pk__in=_numbers(heard))

    def unattended(self, now: datetime) -> "MailboxQuerySet":
        """Due to be read, and nobody watches them, or older mail is asked for besides."""
        watched = Heartbeat.objects.filter(
            name__startswith="mailbox:", at__gt=now - UNWATCHED_AFTER
        )
        is_left = ~Q(pk__in=_numbers(watched)) | Q(backfill_since__isnull=False)
        return self.on_servers().filter(is_left, fetch_due_at__lte=now)


class Mailbox(models.Model):
    """An address we watch."""

    Source = Source
    Security = Security
    Authentication = Authentication
    Handling = Handling

    address = models.CharField(max_length=320, unique=True)
    name = models.CharField(max_length=100, blank=True)
    source = models.CharField(max_length=8, choices=Source.choices, default=Source.WEBHOOK)
    created_at = models.DateTimeField(auto_now_add=True)
    # Raised to make every earlier inbound address of this mailbox worthless.
    token_version = models.PositiveIntegerField(default=1)

    # Where the mail of an IMAP mailbox lies, and how to get in.
    host = models.CharField(max_length=253, blank=True)
    port = models.PositiveIntegerField(default=993)
    security = models.CharField(max_length=8, choices=Security.choices, default=Security.TLS)
    username = models.CharField(max_length=320, blank=True, help_text="Empty: the address.")
    authentication = models.CharField(
        max_length=9, choices=Authentication.choices, default=Authentication.PASSWORD
    )
    # Password, or refresh token; the access token is kept until it expires. All sealed.
    sealed_secret = models.TextField(blank=True, editable=False)
    client_id = models.CharField(max_length=200, blank=True)
    sealed_client_secret = models.TextField(blank=True, editable=False)
    sealed_access_token = models.TextField(blank=True, editable=False)
    access_token_expires_at = models.DateTimeField(null=True, blank=True, editable=False)
    handling = models.CharField(max_length=5, choices=Handling.choices, default=Handling.LEAVE)
    # Category slug -> folder on the server; what is missing goes to `Triage/<category>`.
    category_folders = models.JSONField(default=dict, blank=True)
    # The newest ticket event that was looked at for mail to flag or move.
    handled_event = models.BigIntegerField(default=0, editable=False)
    # Somebody asked for older mail: from this day on; None once it was looked for.
    backfill_since = models.DateField(null=True, blank=True, editable=False)
    fetched_at = models.DateTimeField(null=True, blank=True, editable=False)
    fetch_error = models.TextField(blank=True, editable=False)
    fetch_failures = models.PositiveSmallIntegerField(default=0, editable=False)
    # When the worker may read it, unless somebody watches it; a claim moves it into the future.
    fetch_due_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = MailboxQuerySet.as_manager()

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

    @property
    def login(self) -> str:
        """The name it logs in with."""
        return self.username or self.address

    @property
    def secret(self) -> str:
        """The password or refresh token; SealBroken when SECRET_KEY is not the one it was."""
        return sealing.unseal(self.sealed_secret)

    @secret.setter
    def secret(self, text: str) -> None:
        self.sealed_secret = sealing.seal(text)
        self.sealed_access_token = ""

    @property
    def client_secret(self) -> str:
        """Of the OAuth client; empty for public clients."""
        return sealing.unseal(self.sealed_client_secret)

    @client_secret.setter
    def client_secret(self, text: str) -> None:
        self.sealed_client_secret = sealing.seal(text)
        self.sealed_access_token = ""

    @property
    def heartbeat_name(self) -> str:
        """What its watcher beats under."""
        return f"mailbox:{self.pk}"

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


class Folder(models.Model):
    """A folder of an IMAP mailbox, and how far it has been read."""

    mailbox = models.ForeignKey(Mailbox, on_delete=models.CASCADE, related_name="folders")
    name = models.CharField(max_length=500, default="INBOX")
    # UIDs mean something together with this number only (RFC 3501, 2.3.1.1).
    uidvalidity = models.BigIntegerField(null=True, blank=True, editable=False)
    # Every mail up to this UID is durable here, or was set aside in sight.
    high_water = models.BigIntegerField(default=0, editable=False)
    server_count = models.PositiveIntegerField(null=True, blank=True, editable=False)
    passed_at = models.DateTimeField(null=True, blank=True, editable=False)
    error = models.TextField(blank=True, editable=False)

    class Meta:
        ordering = ["mailbox", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["mailbox", "name"], name="one_folder_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class State(models.TextChoices):
    PENDING = "pending", "waiting"
    PROCESSED = "processed", "processed"
    DUPLICATE = "duplicate", "the same mail was here before"
    FAILED = "failed", "could not be processed"


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> "DeliveryQuerySet":
        """Waiting with its bytes, and not put off after a failure."""
        waiting = self.filter(state=State.PENDING, withheld_at=None)
        return waiting.filter(due_at__lte=now).order_by("due_at", "pk")

    def failed(self) -> "DeliveryQuerySet":
        return self.filter(state=State.FAILED)


class Delivery(models.Model):
    """One arrival of raw bytes, kept before anything is made of it (promise 1)."""

    State = State
    Source = Source

    # None while no mailbox has an address the mail was sent to (triage.ingest.addressing).
    mailbox = models.ForeignKey(
        Mailbox, on_delete=models.PROTECT, related_name="deliveries", null=True, blank=True
    )
    # To whom it was sent as its provider says, which headers need not (Bcc, lists): one a line.
    envelope_to = models.TextField(blank=True)
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
    # When its server did not give it: `raw` is empty. Replayed, it is asked for again.
    withheld_at = models.DateTimeField(null=True, blank=True)
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
                fields=["mailbox", "source", "source_key"],
                nulls_distinct=False,
                name="one_delivery_a_source_key",
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.source_key}"


class Copy(models.Model):
    """Where the mail of a delivery lies on its IMAP server."""

    delivery = models.OneToOneField(Delivery, on_delete=models.CASCADE, related_name="copy")
    folder = models.ForeignKey(Folder, on_delete=models.CASCADE, related_name="copies")
    # As it was fetched.
    uidvalidity = models.BigIntegerField()
    uid = models.BigIntegerField()
    # Where it was moved to since; empty: where it was fetched.
    moved_to = models.CharField(max_length=500, blank=True)
    moved_uidvalidity = models.BigIntegerField(null=True, blank=True)
    moved_uid = models.BigIntegerField(null=True, blank=True)
    # The category it was flagged or moved for; None: not looked at since it was sorted.
    handled_as = models.CharField(max_length=50, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "copies"
        indexes = [
            models.Index(fields=["folder", "id"], condition=Q(handled_at=None), name="unhandled"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["folder", "uidvalidity", "uid"], name="one_copy_a_uid")
        ]

    def __str__(self) -> str:
        return f"{self.moved_to or self.folder} {self.moved_uid or self.uid}"


def _numbers(beats: "models.QuerySet[Heartbeat]") -> list[int]:
    return [int(name.partition(":")[2]) for name in beats.values_list("name", flat=True)]


class Heartbeat(models.Model):
    """When a background process was last seen: `worker` by the sweep, `mailbox:7` by its own."""

    name = models.CharField(max_length=60, unique=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name

    @classmethod
    def beat(cls, *names: str) -> None:
        """Say that these live."""
        now = timezone.now()
        Heartbeat.objects.bulk_create(
            (Heartbeat(name=name, at=now) for name in names),
            update_conflicts=True,
            unique_fields=["name"],
            update_fields=["at"],
        )
