"""What files, batches and caches have in common: names, pages, points in time."""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TypeVar

from tests.gemini.errors import ApiError, Json
from tests.gemini.request import Request
from tests.gemini.wire import Answer

Item = TypeVar("Item")

DEFAULT_PAGE = 10
_LETTERS = string.ascii_lowercase + string.digits


def json_answer(value: Json) -> Answer:
    return Answer(body=json.dumps(value).encode())


def new_id() -> str:
    """Twelve letters and digits, as the API names things."""
    return "".join(secrets.choice(_LETTERS) for _ in range(12))


def now() -> datetime:
    return datetime.now(UTC)


def stamp(moment: datetime) -> str:
    """RFC 3339 in UTC with microseconds, ending in Z."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def page(items: Sequence[Item], request: Request) -> tuple[Sequence[Item], Json]:
    """The page asked by pageSize and pageToken, and `{"nextPageToken"}` if there is another."""
    size = int(request.query.get("pageSize") or DEFAULT_PAGE)
    start = int(request.query.get("pageToken") or 0)
    more = {"nextPageToken": str(start + size)} if start + size < len(items) else {}
    return items[start : start + size], more


def no_such_url(request: Request) -> ApiError:
    return ApiError(404, f"The requested URL {request.path} was not found on this server.")
