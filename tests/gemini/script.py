"""What the double says next, and how long it takes.

Order of precedence: the queue (first in, first out), then the first `when` whose text is
in the request, then the rule.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from tests.gemini import replies
from tests.gemini.replies import Reply
from tests.gemini.request import Request

Rule = Callable[[Request], Reply]


def answer_by_schema(_request: Request) -> Reply:
    """The default rule: see `answers.py`."""
    return replies.instance()


@dataclass(slots=True)
class _When:
    text: str
    reply: Reply
    times: int | None


class Script:
    """The double's lines. Tests write it from their thread while the server reads it."""

    def __init__(self, latency_ms: float = 0.0) -> None:
        self.latency_ms = latency_ms
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        """Back to the default rule; the latency stays."""
        with self._lock:
            self._queue: deque[Reply] = deque()
            self._whens: list[_When] = []
            self._rule: Rule = answer_by_schema

    def enqueue(self, *lines: Reply) -> None:
        self._queue.extend(lines)

    def when(self, text: str, reply: Reply, *, times: int | None = None) -> None:
        """Answer requests that contain `text` with `reply`, `times` times (None: always)."""
        with self._lock:
            self._whens.append(_When(text, reply, times))

    def follow(self, rule: Rule) -> None:
        self._rule = rule

    @property
    def waiting(self) -> int:
        """Replies enqueued and not yet used."""
        return len(self._queue)

    def next_reply(self, request: Request) -> Reply:
        with self._lock:
            if self._queue:
                return self._queue.popleft()
            if reply := self._matching(request):
                return reply
        return self._rule(request)

    def _matching(self, request: Request) -> Reply | None:
        if not self._whens:
            return None
        said = request.system + "\n" + request.text
        for when in self._whens:
            if when.text in said and when.times != 0:
                when.times = when.times and when.times - 1
                return when.reply
        return None

    def seconds_for(self, reply: Reply) -> float:
        """Latency of this reply in seconds."""
        chosen = self.latency_ms if reply.latency_ms is None else reply.latency_ms
        return chosen / 1000
