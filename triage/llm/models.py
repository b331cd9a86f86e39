"""The ledger: every attempt at a model, and what is known of the models."""

from django.db import models
from django.db.models import Q


class Outcome(models.TextChoices):
    PENDING = "pending", "under way"
    OK = "ok", "answered"
    CACHED = "cached", "answered from store"
    REFUSED = "refused", "not asked"
    BLOCKED = "blocked", "blocked by the provider"
    TRUNCATED = "truncated", "cut short"
    INVALID = "invalid", "not a usable answer"
    FAILED = "failed", "failed"


class Call(models.Model):
    """One attempt at a model. Entered before it is made, settled once, never changed after.

    `input_tokens` includes `cached_tokens`; `output_tokens` does not include `thinking_tokens`.
    A number is None when the provider did not say it; `cost` (US dollars) is None when tokens or
    price are unknown: never 0 for want of knowledge.
    """

    Outcome = Outcome

    at = models.DateTimeField(help_text="When the attempt began.")
    purpose = models.CharField(max_length=20)
    provider = models.CharField(max_length=20)
    model_asked = models.CharField(max_length=100)
    model_served = models.CharField(max_length=100, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    attempt = models.PositiveSmallIntegerField(default=1)
    input_tokens = models.PositiveIntegerField(null=True, blank=True)
    cached_tokens = models.PositiveIntegerField(null=True, blank=True)
    thinking_tokens = models.PositiveIntegerField(null=True, blank=True)
    output_tokens = models.PositiveIntegerField(null=True, blank=True)
    cost = models.DecimalField(max_digits=15, decimal_places=9, null=True, blank=True)
    latency_ms = models.PositiveIntegerField(null=True, blank=True)
    outcome = models.CharField(max_length=9, choices=Outcome.choices, default=Outcome.PENDING)
    error = models.CharField(max_length=500, blank=True)
    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.SET_NULL, null=True, blank=True, related_name="calls"
    )

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [
            models.Index(fields=["at", "purpose"], name="calls_by_time"),
            models.Index(fields=["at"], condition=Q(outcome="pending"), name="calls_under_way"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.model_served or self.model_asked}: {self.outcome}"


class RetiredModel(models.Model):
    """A model that answered 404: not asked again until a person removes the row."""

    name = models.CharField(max_length=100, unique=True)
    retired_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return self.name
