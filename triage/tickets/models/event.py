from django.conf import settings
from django.db import models

from triage.tickets.models.ticket import Ticket


class EventKind(models.TextChoices):
    ARRIVED = "arrived", "a message arrived"
    ANSWERED = "answered", "a message was added to it"
    PREDICTED = "predicted", "the machine said a category"
    CORRECTED = "corrected", "a person changed the category"
    CORRECTION_UNDONE = "correction-undone", "a person took a correction back"
    CONFIRMED = "confirmed", "a person confirmed the category"
    ASSIGNED = "assigned", "somebody took it or gave it"
    CLOSED = "closed", "closed"
    REOPENED = "reopened", "reopened"
    SPLIT = "split", "a message was split off"
    MERGED = "merged", "another ticket was merged in"
    REGROUPING_UNDONE = "regrouping-undone", "a split or merge was taken back"
    INVOICE_READ = "invoice-read", "an invoice was read"
    INVOICE_FAILED = "invoice-failed", "an invoice could not be read"


class Event(models.Model):
    """A fact in a ticket's history. Facts only: sentences are made where they are shown."""

    Kind = EventKind

    ticket = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=24, choices=EventKind.choices)
    at = models.DateTimeField()
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    facts = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["at", "pk"]
        indexes = [models.Index(fields=["ticket", "at"], name="event_of_ticket")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} (#{self.ticket_id})"
