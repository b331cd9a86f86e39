"""A server double of the Gemini API, for the real SDK over a real socket.

In a test: `with GeminiDouble() as gemini: ...`; on its own: `python -m tests.gemini`.
Scripted replies are in `replies`, the default answers in `answers`, the counting of
tokens in `tokens`, what the API refuses in `strictness`.
"""

from __future__ import annotations

from . import replies
from .book import Book, Entry, Total
from .catalogue import Model
from .errors import ApiError
from .replies import Reply
from .request import Request
from .server import GeminiDouble
from .tokens import Usage

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
