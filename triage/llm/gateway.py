"""The one way to a model: many prompts in flight, each attempt booked before it is made.

    for answers in gateway.answers(more, read=...):   # lists of Answer, as they come
        ...

The calling thread does all the database work; the calls themselves live on the process's event
loop (triage.llm.loop). No transaction is open while a call is in flight.
"""

import heapq
import itertools
import queue
import random
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from django.conf import settings
from django.utils import timezone

from triage.llm import ledger, loop, providers
from triage.llm.contract import Prompt, Provider, Reply
from triage.llm.errors import AttemptError, BadAnswer, ModelGone, Refused, Stop, Temporary
from triage.llm.models import Call, RetiredModel

# Results are written together this often under load; alone, a result is written at once.
TICK_SECONDS = 0.03
FEW_IN_FLIGHT = 8
# All attempts at one prompt together; a claim lasts longer (settings.CLAIM_SECONDS).
DEADLINE_SECONDS = 90.0
# Full jitter: a random wait up to this, doubled each time.
FIRST_BACKOFF_SECONDS = 0.5
MAX_BACKOFF_SECONDS = 8.0
ATTEMPTS_PER_MODEL = 2

T = TypeVar("T")
# Asked for at most `n` more prompts; an empty list ends the run.
More = Callable[[int], list[Prompt]]


@dataclass(frozen=True, slots=True)
class Answer(Generic[T]):
    """What became of a prompt: a `value`, or the `error` of its last attempt.

    `call` is the last attempt's ledger row; None when no attempt could be made.
    """

    prompt: Prompt
    value: T | None
    error: AttemptError | None
    call: Call | None


class NoModelLeft(AttemptError):
    """Every model of the ladder is retired."""


def is_available() -> bool:
    """Whether there is a key, so that a model can be asked at all."""
    return providers.active() is not None


def known_models() -> set[str]:
    """The models our key may ask, by the provider's own list; raises AttemptError."""
    provider = providers.active()
    return loop.submit(provider.models()).result() if provider else set()


def answer(prompt: Prompt, *, read: Callable[[Reply], T]) -> Answer[T]:
    """One prompt, answered; blocks up to DEADLINE_SECONDS."""
    prompts = iter([[prompt]])
    for batch in answers(lambda _: next(prompts, []), read=read):
        return batch[0]
    raise AssertionError("a prompt always gets an answer")


def answers(more: More, *, read: Callable[[Reply], T]) -> Iterator[list[Answer[T]]]:
    """Ask what `more` gives until it gives nothing; yield answers in the order they come.

    `read` makes the value of a reply, or raises BadAnswer; it runs in the calling thread.
    """
    provider = providers.active()
    if provider is None:
        raise RuntimeError("no API key is set; ask is_available() first")
    yield from _Run(provider, read).answers(more)


@dataclass(slots=True, eq=False)
class _Exchange:
    prompt: Prompt
    models: list[str]  # still to be asked; the first is next
    began: float = field(default_factory=time.monotonic)
    attempts: int = 0
    attempts_at_model: int = 0
    call: Call | None = None

    def seconds_left(self) -> float:
        return self.began + DEADLINE_SECONDS - time.monotonic()

    def next_model(self) -> None:
        self.models.pop(0)
        self.attempts_at_model = 0


@dataclass(slots=True)
class _Landed:
    exchange: _Exchange
    reply: Reply | None
    error: AttemptError | None
    seconds: float


class _Run(Generic[T]):
    def __init__(self, provider: Provider, read: Callable[[Reply], T]) -> None:
        self.provider = provider
        self.read = read
        self.landed: queue.SimpleQueue[_Landed] = queue.SimpleQueue()
        self.later: list[tuple[float, int, _Exchange]] = []  # a heap of retries by their time
        self.order = itertools.count()
        self.in_flight = 0
        self.stop: Stop | None = None
        retired = set(RetiredModel.objects.values_list("name", flat=True))
        self.ladder = [model for model in settings.MODELS if model not in retired]

    def answers(self, more: More) -> Iterator[list[Answer[T]]]:
        is_exhausted = False
        while True:
            ready = self._due()
            room = settings.MAX_IN_FLIGHT - self.in_flight - len(self.later) - len(ready)
            if room > 0 and not is_exhausted:
                prompts = more(room)
                is_exhausted = not prompts
                ready += [_Exchange(prompt, list(self.ladder)) for prompt in prompts]
            impossible = self._start(ready)
            if impossible:
                yield impossible
            if not self.in_flight and not self.later and is_exhausted:
                return
            finished = self._collect()
            if finished:
                is_exhausted = False  # their places are free again
                yield finished

    def _due(self) -> list[_Exchange]:
        due = []
        while self.later and (self.later[0][0] <= time.monotonic() or self.stop):
            due.append(heapq.heappop(self.later)[2])
        return due

    def _start(self, exchanges: list[_Exchange]) -> list[Answer[T]]:
        """Book and send; return those that cannot be sent any more."""
        # A model may have been found gone since the exchange began.
        for exchange in exchanges:
            exchange.models = [model for model in exchange.models if model in self.ladder]
        going = [] if self.stop else [exchange for exchange in exchanges if exchange.models]
        left = [exchange for exchange in exchanges if self.stop or not exchange.models]
        for exchange in going:
            exchange.attempts += 1
            exchange.attempts_at_model += 1
        calls = ledger.open_calls(
            [(e.prompt, self.provider.name, e.models[0], e.attempts) for e in going]
        )
        for exchange, call in zip(going, calls, strict=True):
            exchange.call = call
            self._send(exchange)
        error = self.stop or NoModelLeft("every model of TRIAGE_MODELS is retired")
        return [Answer(exchange.prompt, None, error, exchange.call) for exchange in left]

    def _send(self, exchange: _Exchange) -> None:
        self.in_flight += 1
        loop.submit(self._attempt(exchange))

    async def _attempt(self, exchange: _Exchange) -> None:
        began = time.monotonic()
        reply, error = None, None
        try:
            reply = await self.provider.complete(exchange.prompt, model=exchange.models[0])
        except AttemptError as caught:
            reply, error = caught.reply, caught
        except Exception as caught:  # noqa: BLE001 - a provider's bug must not lose the exchange
            error = AttemptError(f"{type(caught).__name__} in the provider's client")
        self.landed.put(_Landed(exchange, reply, error, time.monotonic() - began))

    def _collect(self) -> list[Answer[T]]:
        landed = self._wait()
        results: list[Answer[T]] = []
        for each in landed:
            self.in_flight -= 1
            value = None
            if each.error is None and each.reply is not None:
                value, each.error = self._value(each.reply)
            assert each.exchange.call is not None
            ledger.settle(each.exchange.call, each.reply, each.error, seconds=each.seconds)
            if each.error is None or not self._ask_again(each.exchange, each.error):
                results.append(Answer(each.exchange.prompt, value, each.error, each.exchange.call))
        ledger.close_calls([each.exchange.call for each in landed if each.exchange.call])
        return results

    def _wait(self) -> list[_Landed]:
        """What has come back; waits for the first, and a tick for its company under load."""
        until_retry = self.later[0][0] - time.monotonic() if self.later else 1.0
        try:
            landed = [self.landed.get(timeout=max(0.001, min(until_retry, 1.0)))]
        except queue.Empty:
            return []
        if self.in_flight > FEW_IN_FLIGHT:
            time.sleep(TICK_SECONDS)
        while not self.landed.empty():
            landed.append(self.landed.get())
        return landed

    def _value(self, reply: Reply) -> tuple[T | None, AttemptError | None]:
        try:
            return self.read(reply), None
        except BadAnswer as error:
            error.reply = reply
            return None, error

    def _ask_again(self, exchange: _Exchange, error: AttemptError) -> bool:
        """Arrange the next attempt after `error`; False when there is none."""
        if isinstance(error, Stop):
            self.stop = error
            return False
        if isinstance(error, ModelGone):
            self._retire(exchange.models[0], str(error))
        wait = self._next_step(exchange, error)
        if (
            wait is None
            or not exchange.models
            or exchange.attempts >= settings.MAX_ATTEMPTS
            or wait >= exchange.seconds_left()
        ):
            return False
        heapq.heappush(self.later, (time.monotonic() + wait, next(self.order), exchange))
        return True

    def _next_step(self, exchange: _Exchange, error: AttemptError) -> float | None:
        """Seconds until the next attempt, at the model then first in the list; None: give up."""
        if isinstance(error, Temporary):
            if exchange.attempts_at_model >= ATTEMPTS_PER_MODEL:
                exchange.next_model()
            return error.retry_after if error.retry_after is not None else _backoff(exchange)
        if isinstance(error, ModelGone | Refused) or error.retries_elsewhere:
            exchange.next_model()
            return 0.0
        return None

    def _retire(self, model: str, reason: str) -> None:
        if model in self.ladder:
            self.ladder.remove(model)
            RetiredModel.objects.get_or_create(name=model, defaults={"reason": reason[:500]})


def _backoff(exchange: _Exchange) -> float:
    ceiling = min(MAX_BACKOFF_SECONDS, FIRST_BACKOFF_SECONDS * 2 ** (exchange.attempts - 1))
    return random.uniform(0, ceiling)  # noqa: S311 - jitter, not a secret


def settle_abandoned() -> int:
    """Close the books on calls whose process died, cost unknown; how many there were."""
    return ledger.settle_abandoned(before=timezone.now(), seconds=settings.CLAIM_SECONDS * 2)
