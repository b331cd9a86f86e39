from django.conf import settings
from django.db import models

from triage.tickets.models.ticket import Ticket


class RegroupingKind(models.TextChoices):
    SPLIT = "split", "a message became its own ticket"
    MERGE = "merge", "a ticket went into another"


class RegroupingQuerySet(models.QuerySet["Regrouping"]):
    def standing(self) -> "RegroupingQuerySet":
        return self.filter(undone_at=None)


class Regrouping(models.Model):
    """Messages that a person moved from one ticket to another; undone by moving them back."""

    Kind = RegroupingKind

    kind = models.CharField(max_length=5, choices=RegroupingKind.choices)
    source = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    target = models.ForeignKey(Ticket, on_delete=models.CASCADE, related_name="+")
    messages = models.JSONField(help_text="The ids of the messages that moved.")
    # What the emptied ticket was before, for undo.
    before = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = RegroupingQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.kind} #{self.source_id} to #{self.target_id}"
