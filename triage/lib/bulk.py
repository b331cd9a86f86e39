"""One UPDATE for many rows with different values, by arrays.

Django's `bulk_update` writes a CASE per column and builds an expression per value: for batches of
a hundred rows most of the time goes into that SQL, not into the database.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models


def update_many(rows: Iterable[models.Model], fields: Sequence[str]) -> int:
    """Write `fields` of rows of one model that are in the database; how many were written."""
    rows = list(rows)
    if not rows:
        return 0
    meta = rows[0]._meta
    # The names come from our models, never from outside; they are quoted all the same.
    columns: list[Any] = [meta.pk, *(meta.get_field(name) for name in fields)]
    table = connection.ops.quote_name(meta.db_table)
    key, *names = (connection.ops.quote_name(column.column) for column in columns)
    sets = ", ".join(f"{name} = given.{name}" for name in names)
    arrays = ", ".join(f"%s::{column.db_type(connection)}[]" for column in columns)
    statement = (
        f"UPDATE {table} SET {sets}"  # noqa: S608 - see above
        f" FROM unnest({arrays}) AS given ({', '.join([key, *names])})"
        f" WHERE {table}.{key} = given.{key}"
    )
    values = [
        [column.get_db_prep_save(getattr(row, column.attname), connection) for row in rows]
        for column in columns
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return int(cursor.rowcount)
