"""The API: paths to answers. Knows HTTP requests and answers, no sockets."""

from __future__ import annotations

import traceback
from collections import deque
from collections.abc import Callable

from tests.gemini.batches import Batches
from tests.gemini.caches import Caches
from tests.gemini.control import PREFIX, control
from tests.gemini.errors import ApiError, api_key_invalid, error_answer
from tests.gemini.files import Files
from tests.gemini.model_calls import ModelCalls
from tests.gemini.request import Request
from tests.gemini.resources import no_such_url
from tests.gemini.script import Script
from tests.gemini.strictness import check_deadline
from tests.gemini.wire import Answer, Incoming, Traffic

# Enough for any test to look back on, few enough to outlive a benchmark.
KEEP_REQUESTS = 10_000
_UPLOAD = "/upload/"
_BATCH_VERBS = ("batchGenerateContent", "asyncBatchEmbedContent")


class Api:
    """Everything the double knows between two requests."""

    def __init__(self, script: Script, *, keep_requests: int = KEEP_REQUESTS) -> None:
        self.files = Files()
        self.caches = Caches()
        self.models = ModelCalls(script, self.files, self.caches)
        self.batches = Batches(self.files, self.models.generate_item, self.models.embed_item)
        self.accepted_keys: set[str] = set()
        self.requests: deque[Request] = deque(maxlen=keep_requests)
        self.traffic = Traffic()
        self._received = 0
        self._collections: dict[str, Callable[[Request], Answer]] = {
            "models": self.models.answer,
            "files": self.files.answer,
            "batches": self.batches.answer,
            "cachedContents": self.caches.answer,
        }

    def __call__(self, incoming: Incoming) -> Answer:
        """The answer to one request; never raises."""
        request = Request(incoming, number=self._received + 1)
        if request.path.startswith(PREFIX):
            return self._guarded(lambda: control(self, request))
        answer = self._guarded(lambda: self._answer(request))
        if answer.delay is None:
            answer.delay = self.models.script.latency_ms / 1000
        return answer

    def _guarded(self, work: Callable[[], Answer]) -> Answer:
        try:
            return work()
        except ApiError as problem:
            return error_answer(problem)
        except Exception:  # noqa: BLE001 - a test's own rule went wrong: say so to the client
            return error_answer(ApiError(500, "In the double: " + traceback.format_exc()))

    def reset(self) -> None:
        """Forget everything but the latency."""
        for part in (self.models, self.files, self.batches, self.caches):
            part.clear()
        self.accepted_keys = set()
        self.requests.clear()
        self.traffic.peak = self.traffic.in_flight

    def _answer(self, request: Request) -> Answer:
        self._received += 1
        self.requests.append(request)
        if not request.version:
            raise no_such_url(request)
        # The pieces of an upload carry no key: the address they go to was given to its owner.
        if "upload_id" not in request.query:
            self._check_key(request)
        check_deadline(request)
        return self._route(request)

    def _check_key(self, request: Request) -> None:
        if not request.key or (self.accepted_keys and request.key not in self.accepted_keys):
            raise api_key_invalid()

    def _route(self, request: Request) -> Answer:
        if request.path.startswith(_UPLOAD) and request.resource == "files":
            return self.files.upload(request)
        if request.verb in _BATCH_VERBS and request.http_method == "POST":
            self.models.serving(request, request.verb)
            return self.batches.create(request)
        collection = self._collections.get(request.resource.split("/")[0])
        if collection is None:
            raise no_such_url(request)
        return collection(request)
