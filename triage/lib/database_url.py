"""DATABASE_URL to Django's settings, with errors that name the fix."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from psycopg import ProgrammingError
from psycopg.conninfo import make_conninfo

SCHEMES = {"postgres", "postgresql"}
EXAMPLE = "postgresql://USER:PASSWORD@HOST:5432/NAME"


def parse(url: str) -> dict[str, Any]:
    """`postgresql://user:password@host:port/name?sslmode=require` as a DATABASES entry.

    `?host=/run/postgresql` names a unix socket folder, as in libpq.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ImproperlyConfigured(f"DATABASE_URL cannot be read: use {EXAMPLE}.") from error
    if parts.scheme not in SCHEMES:
        raise ImproperlyConfigured(
            f"DATABASE_URL starts with {parts.scheme or 'nothing'}: only PostgreSQL works. "
            f"Use {EXAMPLE}, or unset it for the embedded database."
        )
    options = dict(parse_qsl(parts.query))
    try:
        make_conninfo(**options)  # libpq's own judgement, before Django's first connection
    except ProgrammingError as error:
        raise ImproperlyConfigured(f"DATABASE_URL: {error}. Use {EXAMPLE}.") from error
    name = unquote(parts.path.lstrip("/"))
    if not name:
        raise ImproperlyConfigured(f"DATABASE_URL names no database: use {EXAMPLE}.")
    return {
        "NAME": name,
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": options.pop("host", unquote(parts.hostname or "")),
        "PORT": str(port or ""),
        "OPTIONS": options,
    }
