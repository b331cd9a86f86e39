"""Lists from new to old, paged by place: page 1,000 costs what page 1 does."""

from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

from triage.web.pages.queue import Cursor

_Row = TypeVar("_Row", bound=Model)


def older_than(rows: QuerySet[_Row], field: str, before: str) -> QuerySet[_Row]:
    """The rows after the cursor `before`, by `field` and pk, both descending; all for no cursor."""
    ordered = rows.order_by(f"-{field}", "-pk")
    cursor = Cursor.read(before)
    if cursor is None:
        return ordered
    # The first condition is implied by the second; it is what an index on `field` can use.
    return ordered.filter(
        Q(**{f"{field}__lte": cursor.at}),
        Q(**{f"{field}__lt": cursor.at}) | Q(**{field: cursor.at, "pk__lt": cursor.pk}),
    )


def split(rows: QuerySet[_Row], size: int) -> tuple[list[_Row], bool]:
    """The first `size` rows, and whether there are more."""
    found: list[Any] = list(rows[: size + 1])
    return found[:size], len(found) > size
