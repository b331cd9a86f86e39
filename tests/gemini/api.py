"""The API: paths to answers. Knows HTTP requests and answers, no sockets."""

from __future__ import annotations

import json
import traceback
from collections import deque
from collections.abc import Callable
from dataclasses import replace

from .book import Book, Entry
from .catalogue import Model, known_models
from .control import PREFIX, control
from .errors import ApiError, Json, api_key_invalid, model_not_found, model_retired
from .generate import Generated, generate, stream_answer, unary_answer
from .replies import Reply
from .request import Request
from .script import Script
from .strictness import check_deadline, check_generation
from .tokens import count_media, count_prompt
from .wire import Answer, Ending, Incoming

# Enough for any test to look back on, few enough to outlive a benchmark.
KEEP_REQUESTS = 10_000


class Api:
    """Everything the double knows between two requests."""

    def __init__(self, script: Script, *, keep_requests: int = KEEP_REQUESTS) -> None:
        self.script = script
        self.book = Book()
        self.models = known_models()
        self.retired: set[str] = set()
        self.routed: dict[str, str] = {}
        self.accepted_keys: set[str] = set()
        self.requests: deque[Request] = deque(maxlen=keep_requests)
        self._received = 0
        self._verbs: dict[str, Callable[[Request], Answer]] = {
            "generateContent": self._generate,
            "streamGenerateContent": self._generate,
            "countTokens": self._count_tokens,
        }

    def __call__(self, incoming: Incoming) -> Answer:
        """The answer to one request; never raises."""
        self._received += 1
        request = Request(incoming, number=self._received)
        try:
            return self._answer(request)
        except ApiError as problem:
            return error_answer(problem)
        except Exception:  # a rule of the test's own went wrong: say so where it is read
            return error_answer(ApiError(500, "In the double: " + traceback.format_exc()))

    def reset(self) -> None:
        """Forget everything but the latency."""
        self.script.clear()
        self.book.clear()
        self.models = known_models()
        self.retired.clear()
        self.routed.clear()
        self.accepted_keys = set()
        self.requests.clear()

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith(PREFIX):
            return control(self, request)
        self.requests.append(request)
        if not request.version:
            raise ApiError(404, f"The requested URL {request.path} was not found on this server.")
        if not request.key or (self.accepted_keys and request.key not in self.accepted_keys):
            raise api_key_invalid()
        check_deadline(request)
        return self._route(request)

    def _route(self, request: Request) -> Answer:
        verb = self._verbs.get(request.verb)
        if request.model and verb and request.http_method == "POST":
            return verb(request)
        if request.http_method == "GET" and not request.verb:
            if request.resource == "models":
                return self._list_models()
            if request.model in self.models:
                return json_answer(self.models[request.model].describe())
        raise ApiError(404, f"The requested URL {request.path} was not found on this server.")

    # Models

    def model_for(self, request: Request, method: str) -> Model:
        """The model that serves a request, after retirements and routing; raises 404."""
        asked = request.model
        if asked in self.retired:
            raise model_retired(asked)
        model = self.models.get(self.routed.get(asked, asked))
        if model is None or method not in model.methods:
            raise model_not_found(asked, request.version, method)
        return model

    def _list_models(self) -> Answer:
        models = [m.describe() for name, m in self.models.items() if name not in self.retired]
        return json_answer({"models": models})

    def _count_tokens(self, request: Request) -> Answer:
        self.model_for(request, "countTokens")
        if not request.contents:
            raise ApiError(400, "* CountTokensRequest.contents: contents is not specified")
        total, media = count_prompt(request), count_media(request)
        details: list[Json] = [{"modality": "TEXT", "tokenCount": total - media}]
        if media:
            details.append({"modality": "DOCUMENT", "tokenCount": media})
        return json_answer({"totalTokens": total, "promptTokensDetails": details})

    # Generation

    def _generate(self, request: Request) -> Answer:
        reply = Reply()
        try:
            model = self.model_for(request, "generateContent")
            check_generation(request, model)
            reply = self.script.next_reply(request)
            answer = self._answer_with(reply, request, model)
        except ApiError as problem:
            answer = error_answer(problem, retry_after=reply.retry_after)
            entry = self._enter_refusal(request, problem.code)
            answer.delivered = lambda: _deliver(entry)
        answer.delay = self.script.seconds_for(reply)
        return answer

    def _answer_with(self, reply: Reply, request: Request, model: Model) -> Answer:
        if reply.error:
            raise reply.error
        if reply.raw is not None:
            return self._raw_answer(reply, request)
        if not reply.generated:
            self._enter_refusal(request, 0)
            return Answer(ending=reply.ending)
        generated = generate(request, reply, model)
        entry = self.enter(generated, request)
        streamed = request.verb == "streamGenerateContent"
        answer = stream_answer(generated) if streamed else unary_answer(generated)
        answer.delivered = lambda: _deliver(entry)
        return answer

    def _raw_answer(self, reply: Reply, request: Request) -> Answer:
        entry = self._enter_refusal(request, reply.raw_status)
        return Answer(
            status=reply.raw_status,
            body=reply.raw or b"",
            content_type=reply.raw_type,
            delivered=lambda: _deliver(entry),
        )

    def enter(self, generated: Generated, request: Request, *, verb: str = "") -> Entry:
        """Enter a generated answer in the book."""
        entry = Entry(
            number=request.number,
            verb=verb or request.verb,
            model_asked=request.model,
            model_served=generated.served,
            finish=generated.finish,
            tier=generated.tier,
            response_id=generated.response_id,
        )
        entry.count(generated.usage)
        if generated.reply.ending in (Ending.HANG, Ending.CUT_BEFORE):
            entry.status = 0
        return self.book.enter(entry)

    def _enter_refusal(self, request: Request, status: int) -> Entry:
        return self.book.enter(
            Entry(
                number=request.number,
                verb=request.verb,
                model_asked=request.model,
                model_served=request.model,
                status=status,
            )
        )


def _deliver(entry: Entry) -> None:
    entry.delivered = True


def json_answer(value: Json) -> Answer:
    return Answer(body=json.dumps(value).encode())


def error_answer(problem: ApiError, *, retry_after: float | None = None) -> Answer:
    """The HTTP answer of an error; `retry_after` in seconds goes into the header."""
    answer = Answer(problem.code, json.dumps(problem.payload()).encode())
    if retry_after is not None:
        answer = replace(answer, headers={"Retry-After": f"{retry_after:g}"})
    return answer
