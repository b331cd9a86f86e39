from django.db import models


class Requester(models.Model):
    """Somebody who wrote to us, known by address."""

    # Stored lower-cased: people write their own address in many ways, and mean one mailbox.
    address = models.CharField(max_length=320, unique=True)
    name = models.CharField(max_length=200, blank=True)
    first_seen_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name or self.address or "unknown sender"
