"""A line that tells how far a long command has come: redrawn on a terminal, else now and then."""

import sys
import time
from collections.abc import Callable

WIDTH = 30
# A log file wants few lines, a person at a terminal a lively one.
LOG_SECONDS, TERMINAL_SECONDS = 10.0, 0.1


class Progress:
    """`total` in any unit, 0 when unknown; `say` writes a line to a log."""

    def __init__(self, total: int, say: Callable[[str], None]) -> None:
        self._total = total
        self._say = say
        self._is_terminal = sys.stderr.isatty()
        self._began = time.monotonic()
        self._drawn_at = self._began

    def show(self, done: int, words: str, *, is_last: bool = False) -> None:
        """Draw `done` of the total with the words, unless that was done a moment ago."""
        now = time.monotonic()
        pause = TERMINAL_SECONDS if self._is_terminal else LOG_SECONDS
        if now - self._drawn_at < pause and not is_last:
            return
        self._drawn_at = now
        line = f"{self._bar(done)}{words}, {now - self._began:.0f} s"
        if self._is_terminal:
            sys.stderr.write(f"\r\x1b[K{line}" + ("\n" if is_last else ""))
            sys.stderr.flush()
        else:
            self._say(line)

    def _bar(self, done: int) -> str:
        if not self._total:
            return ""
        share = min(1.0, done / self._total)
        filled = round(share * WIDTH)
        return f"[{'#' * filled}{'.' * (WIDTH - filled)}] {share:4.0%} "
