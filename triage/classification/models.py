"""What machines said a ticket is about, and what people made of it."""

from django.conf import settings
from django.db import models
from django.db.models import Q


class PredictedBy(models.TextChoices):
    MODEL = "model", "the model"
    LOCAL = "local", "the local classifier"


class PredictionQuerySet(models.QuerySet["Prediction"]):
    def current(self) -> "PredictionQuerySet":
        return self.filter(superseded_at=None)


class Prediction(models.Model):
    """A category said by a machine, with its confidence, reason and price."""

    PredictedBy = PredictedBy

    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.CASCADE, related_name="predictions"
    )
    # None: no usable answer; `said` keeps what was answered instead (promise 5).
    category = models.ForeignKey(
        "tickets.Category", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    confidence = models.DecimalField(max_digits=4, decimal_places=3, null=True, blank=True)
    # The shares of all categories as {"support": 0.58, ...}; may be empty.
    shares = models.JSONField(default=dict, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    said = models.CharField(max_length=300, blank=True)
    by = models.CharField(max_length=5, choices=PredictedBy.choices)
    # Why the local classifier answered although a model is the rule: no key, no answer, ...
    fallback = models.CharField(max_length=100, blank=True)
    model = models.CharField(max_length=100, blank=True)
    prompt_version = models.CharField(max_length=40, blank=True)
    call = models.ForeignKey(
        "llm.Call", on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    at = models.DateTimeField()
    superseded_at = models.DateTimeField(null=True, blank=True)

    objects = PredictionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["ticket"],
                condition=Q(superseded_at=None),
                name="one_current_prediction",
            )
        ]

    def __str__(self) -> str:
        return f"{self.category or self.said or 'no answer'} for #{self.ticket_id}"


class CorrectionQuerySet(models.QuerySet["Correction"]):
    def standing(self) -> "CorrectionQuerySet":
        return self.filter(undone_at=None)


class Correction(models.Model):
    """A person's category in place of a machine's; the same category again is a confirmation."""

    ticket = models.ForeignKey(
        "tickets.Ticket", on_delete=models.CASCADE, related_name="corrections"
    )
    prediction = models.ForeignKey(
        Prediction, on_delete=models.SET_NULL, null=True, blank=True, related_name="corrections"
    )
    from_category = models.ForeignKey(
        "tickets.Category", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    to_category = models.ForeignKey(
        "tickets.Category", on_delete=models.PROTECT, related_name="corrections"
    )
    # What undo gives back.
    before = models.JSONField(default=dict, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        indexes = [models.Index(fields=["ticket", "-at"], name="corrections_of_ticket")]

    def __str__(self) -> str:
        return f"#{self.ticket_id} to {self.to_category}"
