"""GeminiDouble: the API on a loopback port, in a thread with an event loop of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from types import TracebackType

from tests.gemini.api import KEEP_REQUESTS, Api
from tests.gemini.batches import Batches
from tests.gemini.book import Book
from tests.gemini.caches import Caches
from tests.gemini.catalogue import Model
from tests.gemini.files import Files
from tests.gemini.replies import Reply
from tests.gemini.request import Request
from tests.gemini.script import Rule, Script
from tests.gemini.wire import Connection

HOST = "127.0.0.1"
# A benchmark opens hundreds of connections at the same moment; asyncio's 100 would drop some.
BACKLOG = 1024
START_SECONDS = 10.0
POLL_SECONDS = 0.005


class GeminiDouble:
    """An HTTP server that speaks Gemini's wire format.

        with GeminiDouble() as gemini:
            client = genai.Client(api_key="k", http_options={"base_url": gemini.url})

    `port` 0 takes a free one. `latency_ms` goes before every answer that has none of its
    own. Everything here may be called from any thread while the server runs.
    """

    def __init__(
        self, *, port: int = 0, latency_ms: float = 0.0, keep_requests: int = KEEP_REQUESTS
    ) -> None:
        self.script = Script(latency_ms)
        self.api = Api(self.script, keep_requests=keep_requests)
        self._port = port
        self._started = threading.Event()
        self._failure: OSError | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> GeminiDouble:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    @property
    def url(self) -> str:
        """The base URL for HttpOptions.base_url or GOOGLE_GEMINI_BASE_URL."""
        return f"http://{HOST}:{self._port}"

    # What tests read

    @property
    def requests(self) -> list[Request]:
        """The last requests, oldest first."""
        return list(self.api.requests)

    @property
    def book(self) -> Book:
        return self.api.models.book

    @property
    def files(self) -> Files:
        return self.api.files

    @property
    def batches(self) -> Batches:
        return self.api.batches

    @property
    def caches(self) -> Caches:
        return self.api.caches

    @property
    def peak_in_flight(self) -> int:
        """The most requests that were being answered at the same moment."""
        return self.api.traffic.peak

    def wait_for_requests(self, count: int, *, seconds: float = 5.0) -> list[Request]:
        """The requests as soon as there are so many; raises TimeoutError."""
        deadline = time.monotonic() + seconds
        while len(self.api.requests) < count:
            if time.monotonic() > deadline:
                raise TimeoutError(f"{len(self.api.requests)} of {count} requests came in")
            time.sleep(POLL_SECONDS)
        return self.requests

    # What tests write

    def enqueue(self, *replies: Reply) -> None:
        """Say these next, in this order, to whoever asks."""
        self.script.enqueue(*replies)

    def when(self, text: str, reply: Reply, *, times: int | None = None) -> None:
        """Say this to requests that contain `text`; `times` None: every time."""
        self.script.when(text, reply, times=times)

    def follow(self, rule: Rule) -> None:
        """Ask `rule` for the reply to every request that nothing else matches.

        It runs in the server's thread: one that waits keeps every client waiting.
        """
        self.script.follow(rule)

    def always(self, reply: Reply) -> None:
        self.script.follow(lambda _request: reply)

    def serve_as(self, asked: str, served: str) -> None:
        """Route calls to `asked` to the model `served`, which bills them under its name."""
        self.api.models.routed[asked] = served

    def retire(self, model: str) -> None:
        """Answer 404 for this model from now on."""
        self.api.models.retired.add(model)

    def know(self, model: Model) -> None:
        """Add a model to the catalogue, or replace one."""
        self.api.models.catalogue[model.name] = model

    def accept_only(self, *keys: str) -> None:
        """Refuse every other API key; without keys, take any again."""
        self.api.accepted_keys = set(keys)

    def reset(self) -> None:
        """Forget script, book, requests, retirements and routing. The latency stays."""
        self.api.reset()

    # Life

    def start(self) -> GeminiDouble:
        """Listen; raises OSError when the port is taken."""
        self._thread = threading.Thread(target=self._run, name="gemini-double", daemon=True)
        self._thread.start()
        if not self._started.wait(START_SECONDS):
            raise TimeoutError("the Gemini double did not start")
        if self._failure:
            raise self._failure
        return self

    def stop(self) -> None:
        """Drop all connections and stop. Doing it twice is harmless."""
        loop, self._loop = self._loop, None
        if loop is not None:
            loop.call_soon_threadsafe(loop.stop)
            self._thread.join()

    def drop_connections(self) -> None:
        """Close every open connection, as a restarting server would."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._close_all)

    def _run(self) -> None:
        loop = asyncio.new_event_loop()
        try:
            server = loop.run_until_complete(
                loop.create_server(
                    lambda: Connection(self.api, self.api.traffic),
                    HOST,
                    self._port,
                    backlog=BACKLOG,
                )
            )
        except OSError as problem:
            self._failure = problem
            self._started.set()
            loop.close()
            return
        self._port = server.sockets[0].getsockname()[1]
        self._loop = loop
        self._started.set()
        loop.run_forever()
        self._wind_up(loop, server)

    def _wind_up(self, loop: asyncio.AbstractEventLoop, server: asyncio.Server) -> None:
        server.close()
        self._close_all()
        # One more turn, so that the transports close their sockets.
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()

    def _close_all(self) -> None:
        for connection in list(self.api.traffic.connections):
            connection.close()
