from decimal import Decimal

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

# The closed list. Their drawings (marks, keys 1-4) are part of the design, so they are rows that a
# migration makes, not rows that people add.
SLUGS = ("support", "billing", "sales", "spam")


class CategoryQuerySet(models.QuerySet["Category"]):
    """Categories in the order of their keys."""

    def by_slug(self) -> dict[str, "Category"]:
        """Every category by its slug: four rows, one query."""
        return {category.slug: category for category in self}


class Category(models.Model):
    """What a ticket is about. A category's open tickets are its queue."""

    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=40)
    meaning = models.TextField(help_text="One sentence for the model and for new colleagues.")
    position = models.PositiveSmallIntegerField(unique=True, help_text="Also its key: 1 to 4.")
    # Below this confidence (0 to 1) a person is asked.
    threshold = models.DecimalField(
        max_digits=3,
        decimal_places=2,
        default=settings.DEFAULT_THRESHOLD,
        validators=[MinValueValidator(Decimal(0)), MaxValueValidator(Decimal(1))],
    )

    objects = CategoryQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        verbose_name_plural = "categories"

    def __str__(self) -> str:
        return self.name
