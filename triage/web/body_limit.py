"""Bounds request bodies before Django reads them: its ASGI handler takes in all that comes."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

# Forms of ours: a note, a correction, a supervisor's upload.
FORM_BYTES = 10 * 1024 * 1024
# A mail in a multipart form has headers and boundaries around it.
FRAMING_BYTES = 64 * 1024


class _TooLarge(Exception):
    """More came than was announced or allowed."""


class BodyLimit:
    """ASGI middleware: 413 for a body over the limit of its path, as soon as that is known."""

    def __init__(self, app: App) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit = _limit(scope["path"])
        if _announced(scope) > limit:
            await _refuse(send, limit)
            return
        # A body sent in chunks announces nothing: it is counted as it comes.
        total = 0

        async def counted() -> Event:
            nonlocal total
            event = await receive()
            total += len(event.get("body", b""))
            if total > limit:
                raise _TooLarge
            return event

        try:
            await self.app(scope, counted, send)
        except _TooLarge:
            await _refuse(send, limit)


def _limit(path: str) -> int:
    if path.startswith("/inbound/"):
        return int(settings.MAX_MAIL_BYTES) + FRAMING_BYTES
    return FORM_BYTES


def _announced(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit():
            return int(value)
    return 0


async def _refuse(send: Send, limit: int) -> None:
    sentence = f"Too large: up to {limit // 1024 // 1024} MB are taken.\n".encode()
    headers = [(b"content-type", b"text/plain; charset=utf-8"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": 413, "headers": headers})
    await send({"type": "http.response.body", "body": sentence})
