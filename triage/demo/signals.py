"""Ctrl-C, SIGTERM and a closed terminal all mean the same: stop everything, in order."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopping:
    """Raises KeyboardInterrupt on a signal, but never between a child's birth and its entry."""

    def __init__(self) -> None:
        self._held = False
        self._came = False

    def listen(self) -> None:
        for number in SIGNALS:
            signal.signal(number, self._heard)

    def ignore(self) -> None:
        """From now on nothing interrupts: stopping has begun."""
        for number in SIGNALS:
            signal.signal(number, lambda *_: None)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Signals that arrive inside are raised at the end."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
        if self._came:
            raise KeyboardInterrupt

    def _heard(self, number: int, frame: FrameType | None) -> None:
        self._came = True
        if not self._held:
            raise KeyboardInterrupt
