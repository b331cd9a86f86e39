from django.conf import settings
from django.contrib.auth.models import User
from django.db import models
from django.db.models import Q
from django.utils import timezone


class TrustedSenderQuerySet(models.QuerySet["TrustedSender"]):
    def standing(self) -> "TrustedSenderQuerySet":
        return self.filter(undone_at=None)

    def trusts(self, address: str) -> bool:
        """Whether the remote images of mail from `address` are shown without asking."""
        return bool(address) and self.standing().filter(address=address.lower()).exists()

    def trust(self, address: str, *, by: User) -> "TrustedSender":
        """From now on; done twice it is the first one that stands."""
        return self.get_or_create(
            address=address.lower(), undone_at=None, defaults={"by": by, "at": timezone.now()}
        )[0]


class TrustedSender(models.Model):
    """A sender whose remote images are always shown, to everybody at the desk."""

    # Lower-cased, as with Requester.address.
    address = models.CharField(max_length=320)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    undone_at = models.DateTimeField(null=True, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )

    objects = TrustedSenderQuerySet.as_manager()

    class Meta:
        ordering = ["-at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["address"], condition=Q(undone_at=None), name="a_sender_is_trusted_once"
            )
        ]

    def __str__(self) -> str:
        return self.address

    def distrust(self, *, by: User) -> bool:
        """Ask again from now on; False when that was so already."""
        standing = TrustedSender.objects.standing().filter(pk=self.pk)
        done = standing.update(undone_at=timezone.now(), undone_by=by)
        self.refresh_from_db(fields=["undone_at", "undone_by"])
        return bool(done)
