"""The double's own ledger, to hold ours against."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from tests.gemini.errors import Json
from tests.gemini.tokens import Usage


@dataclass(slots=True, kw_only=True)
class Entry:
    """One request: what was asked, who served it, what it would cost.

    `status` is the HTTP status, 0 when the connection was cut or left hanging. `verb` is
    the API's ("generateContent", "batchGenerateContent" for an item of a batch, ...).
    `prompt` includes `cached`, `candidates` excludes `thoughts`. `delivered`: the whole
    answer was handed to an open socket.
    """

    number: int
    verb: str
    model_asked: str
    model_served: str
    prompt: int = 0
    cached: int = 0
    thoughts: int = 0
    candidates: int = 0
    status: int = 200
    finish: str = ""
    tier: str = "standard"
    response_id: str = ""
    delivered: bool = False

    def count(self, usage: Usage) -> None:
        self.prompt, self.cached = usage.prompt, usage.cached
        self.thoughts, self.candidates = usage.thoughts, usage.candidates


@dataclass(slots=True, kw_only=True)
class Total:
    """Sums over entries. `requests` counts all, `answered` those with status 200."""

    requests: int = 0
    answered: int = 0
    prompt: int = 0
    cached: int = 0
    thoughts: int = 0
    candidates: int = 0

    def add(self, entry: Entry) -> None:
        self.requests += 1
        self.answered += entry.status == 200
        self.prompt += entry.prompt
        self.cached += entry.cached
        self.thoughts += entry.thoughts
        self.candidates += entry.candidates


@dataclass
class Book:
    """All entries in the order the requests came in.

    Only calls that generate or embed are entered: counting, listing and file calls are
    free and leave no trace here.
    """

    _entries: list[Entry] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, entry: Entry) -> Entry:
        with self._lock:
            self._entries.append(entry)
        return entry

    def clear(self) -> None:
        with self._lock:
            self._entries.clear()

    @property
    def rows(self) -> list[Entry]:
        with self._lock:
            return list(self._entries)

    @property
    def total(self) -> Total:
        return _sum(self.rows)

    @property
    def by_model(self) -> dict[str, Total]:
        """Totals per model served; a refused request counts for the model asked."""
        rows = self.rows
        models = sorted({row.model_served for row in rows})
        return {name: _sum(row for row in rows if row.model_served == name) for name in models}

    def payload(self, *, rows: bool = True) -> Json:
        """The book as JSON: `{"rows": [...], "total": {...}, "by_model": {...}}`."""
        totals = {name: asdict(total) for name, total in self.by_model.items()}
        payload: Json = {"total": asdict(self.total), "by_model": totals}
        return payload | {"rows": [asdict(row) for row in self.rows]} if rows else payload


def _sum(rows: Iterable[Entry]) -> Total:
    total = Total()
    for row in rows:
        total.add(row)
    return total
