from django.db import models

from triage.tickets.models.message import Message


class Blob(models.Model):
    """Bytes by their SHA-256: the logo in a thousand signatures is stored once."""

    sha256 = models.CharField(max_length=64, primary_key=True)
    content = models.BinaryField()

    def __str__(self) -> str:
        return self.sha256


class Attachment(models.Model):
    """A part of a message that is not its text."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    position = models.PositiveIntegerField()
    filename = models.CharField(max_length=255, blank=True)
    content_type = models.CharField(max_length=127)
    content_id = models.CharField(max_length=255, blank=True)
    inline = models.BooleanField(default=False)
    size = models.PositiveIntegerField()
    blob = models.ForeignKey(Blob, on_delete=models.PROTECT, related_name="attachments")

    class Meta:
        ordering = ["message", "position"]
        constraints = [
            models.UniqueConstraint(fields=["message", "position"], name="one_attachment_a_place")
        ]

    def __str__(self) -> str:
        return self.filename or f"part {self.position}"

    @property
    def sha256(self) -> str:
        """Of its content, in hex."""
        return self.blob_id
