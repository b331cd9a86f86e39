"""A server double of the Gemini API, for the real SDK over a real socket.

In a test: `with GeminiDouble() as gemini: ...`; on its own: `python -m tests.gemini`.
Scripted replies are in `replies`, the default answers in `answers`, the counting of
tokens in `tokens`, what the API refuses in `strictness`.
"""

from __future__ import annotations

from tests.gemini import replies
from tests.gemini.book import Book, Entry, Total
from tests.gemini.catalogue import Model
from tests.gemini.errors import ApiError
from tests.gemini.replies import Reply
from tests.gemini.request import Request
from tests.gemini.server import GeminiDouble
from tests.gemini.tokens import Usage

__all__ = [
    "ApiError",
    "Book",
    "Entry",
    "GeminiDouble",
    "Model",
    "Reply",
    "Request",
    "Total",
    "Usage",
    "replies",
]
