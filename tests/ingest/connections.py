"""Work on connections of its own: what one process sees of another."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import TypeVar

from django.db import connection

T = TypeVar("T")


def elsewhere(work: Callable[[], T]) -> T:
    """The result of `work` on another connection."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(_closing(work)).result(timeout=30)


def at_once(*works: Callable[[], T]) -> list[T]:
    """The results of `works`, each on its own connection and all started at the same moment."""
    barrier = Barrier(len(works))

    def together(work: Callable[[], T]) -> T:
        connection.ensure_connection()
        barrier.wait(timeout=30)
        return work()

    with ThreadPoolExecutor(len(works)) as pool:
        futures = [pool.submit(_closing(partial(together, work))) for work in works]
        return [future.result(timeout=30) for future in futures]


def begin(pool: ThreadPoolExecutor, work: Callable[[], T]) -> "Future[T]":
    """`work` on another connection while the test goes on."""
    return pool.submit(_closing(work))


def _closing(work: Callable[[], T]) -> Callable[[], T]:
    def run() -> T:
        try:
            return work()
        finally:
            connection.close()

    return run
