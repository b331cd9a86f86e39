from django.conf import settings
from django.db import models
from django.db.models import Q

from triage.tickets.models.ticket import Ticket


class Direction(models.TextChoices):
    IN = "in", "received"
    OUT = "out", "sent"
    NOTE = "note", "note for colleagues"


class Message(models.Model):
    """An Email kept in a ticket; also what we send, and notes among colleagues."""

    Direction = Direction

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="messages")
    mailbox = models.ForeignKey("ingest.Mailbox", on_delete=models.PROTECT, related_name="+")
    # The arrival it was parsed from; None for what was written here.
    delivery = models.OneToOneField(
        "ingest.Delivery",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="message",
    )
    direction = models.CharField(max_length=4, choices=Direction.choices, default=Direction.IN)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Without angle brackets; not unique: senders reuse ids (promise 2). Empty when there was none.
    message_id = models.CharField(max_length=998, blank=True)
    # What makes it the same mail again, whichever way it came: see tickets/identity.py.
    fingerprint = models.CharField(max_length=64, blank=True)
    from_name = models.CharField(max_length=200, blank=True)
    from_address = models.CharField(max_length=320, blank=True)
    to = models.JSONField(default=list, blank=True)
    cc = models.JSONField(default=list, blank=True)
    subject = models.CharField(max_length=998, blank=True)
    text = models.TextField(blank=True)
    html = models.TextField(blank=True)  # as it came: it is made safe when it is shown
    language = models.CharField(max_length=2, blank=True)
    auto = models.CharField(max_length=20, blank=True)
    defects = models.JSONField(default=list, blank=True)
    # Why it is in this ticket: see tickets/threads.py.
    threaded_by = models.CharField(max_length=20, blank=True)
    sent_at = models.DateTimeField(null=True, blank=True, help_text="What its Date header says.")
    received_at = models.DateTimeField()
    # When its parts are to be searched for invoices; None: done, or nothing to search. A claim
    # moves it into the future, as with Ticket.triage_due_at.
    invoice_look_due_at = models.DateTimeField(null=True, blank=True)
    invoice_look_attempts = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["received_at", "pk"]
        indexes = [
            models.Index(fields=["ticket", "received_at"], name="messages_of_ticket"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="by_message_id"),
            models.Index(
                fields=["invoice_look_due_at"],
                condition=Q(invoice_look_due_at__isnull=False),
                name="invoice_look_due",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["mailbox", "fingerprint"],
                condition=~Q(fingerprint=""),
                name="one_mail_one_message",
            )
        ]

    def __str__(self) -> str:
        return f"{self.from_name or self.from_address}: {self.subject}"
