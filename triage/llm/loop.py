"""One event loop in a thread of its own per process, for the calls in flight.

The rest of the program stays synchronous. Keyed by process id: a loop or a client that was made
before `fork` hands one child's answers to another (seen with google-genai 3.3).
"""

import asyncio
import os
import threading
from collections.abc import Coroutine
from concurrent.futures import Future
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_loops: dict[int, asyncio.AbstractEventLoop] = {}


def submit(work: Coroutine[Any, Any, T]) -> "Future[T]":
    """Start `work` on this process's loop; the future is for the calling thread."""
    return asyncio.run_coroutine_threadsafe(work, _loop())


def _loop() -> asyncio.AbstractEventLoop:
    with _lock:
        loop = _loops.get(os.getpid())
        if loop is None:
            _loops.clear()  # a parent's loop has no thread here
            loop = _loops[os.getpid()] = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="model-calls", daemon=True).start()
        return loop
