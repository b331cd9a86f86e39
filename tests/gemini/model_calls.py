"""Calls on a model: generate, stream, count, embed; and batches of them, item by item."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from tests.gemini.book import Book, Entry
from tests.gemini.caches import Caches
from tests.gemini.catalogue import Model, known_models
from tests.gemini.embeddings import MAX_REQUESTS, count_content, embed
from tests.gemini.errors import (
    ApiError,
    Json,
    error_answer,
    model_not_found,
    model_retired,
)
from tests.gemini.files import Files
from tests.gemini.generate import Generated, generate, stream_answer, unary_answer
from tests.gemini.replies import Reply
from tests.gemini.request import Request
from tests.gemini.resources import json_answer, no_such_url
from tests.gemini.script import Script
from tests.gemini.strictness import check_generation
from tests.gemini.tokens import count_media, count_prompt
from tests.gemini.wire import Answer, Ending

BATCH_TIER = "batch"


class ModelCalls:
    """The models, the script they follow and the book they are entered in."""

    def __init__(self, script: Script, files: Files, caches: Caches) -> None:
        self.script = script
        self.book = Book()
        self.catalogue = known_models()
        self.retired: set[str] = set()
        self.routed: dict[str, str] = {}
        self._files = files
        self._caches = caches
        self._verbs: dict[str, Callable[[Request], Answer]] = {
            "generateContent": self._generate,
            "streamGenerateContent": self._generate,
            "countTokens": self._count_tokens,
            "embedContent": self._embed_one,
            "batchEmbedContents": self._embed_many,
        }

    def clear(self) -> None:
        self.script.clear()
        self.book.clear()
        self.catalogue = known_models()
        self.retired.clear()
        self.routed.clear()

    def answer(self, request: Request) -> Answer:
        """Answer one call; raises ApiError."""
        verb = self._verbs.get(request.verb)
        if request.http_method == "POST" and verb:
            return verb(request)
        if request.http_method == "GET" and request.resource == "models":
            alive = [m for name, m in self.catalogue.items() if name not in self.retired]
            return json_answer({"models": [model.describe() for model in alive]})
        if request.http_method == "GET" and not request.verb:
            return json_answer(self.serving(request, "").describe())
        raise no_such_url(request)

    def serving(self, request: Request, method: str) -> Model:
        """The model that serves, after retirements and routing; raises ApiError 404."""
        asked = request.model
        if asked in self.retired:
            raise model_retired(asked)
        model = self.catalogue.get(self.routed.get(asked, asked))
        if model is None or (method and method not in model.methods):
            raise model_not_found(asked, request.version, method or "getModel")
        return model

    def _count_tokens(self, request: Request) -> Answer:
        self.serving(request, "countTokens")
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
            model, cached = self._admit(request)
            reply = self.script.next_reply(request)
            answer = self._answer_with(reply, request, model, cached)
        except ApiError as problem:
            answer = error_answer(problem, retry_after=reply.retry_after)
            self._enter_refusal(request, problem.code, answer)
        answer.delay = self.script.seconds_for(reply)
        return answer

    def _admit(self, request: Request) -> tuple[Model, int]:
        """The serving model and the tokens of the named cache; raises ApiError."""
        model = self.serving(request, "generateContent")
        check_generation(request, model)
        for media in request.media:
            if media.uri:
                self._files.find_ready(media.uri)
        return model, self._caches.tokens_for(request)

    def _answer_with(self, reply: Reply, request: Request, model: Model, cached: int) -> Answer:
        if reply.error:
            raise reply.error
        if reply.raw is not None:
            answer = Answer(reply.raw_status, reply.raw, reply.raw_type)
            return self._enter_refusal(request, reply.raw_status, answer)
        if not reply.generated:
            return self._enter_refusal(request, 0, Answer(ending=reply.ending))
        generated = generate(request, reply, model, cached=cached)
        streamed = request.verb == "streamGenerateContent"
        answer = stream_answer(generated) if streamed else unary_answer(generated)
        entry = self._enter(generated, request)
        answer.delivered = lambda: _deliver(entry)
        return answer

    def generate_item(self, model_name: str, body: Json) -> Json:
        """The response to one item of a batch; raises ApiError for the item."""
        request = Request.of_item(model_name, body)
        try:
            model, cached = self._admit(request)
            reply = self.script.next_reply(request)
            if reply.error or reply.raw is not None or not reply.generated:
                raise reply.error or ApiError(500)
        except ApiError as problem:
            self._enter_refusal(request, problem.code, Answer())
            raise
        reply = replace(reply, tier=BATCH_TIER)
        generated = generate(request, reply, model, cached=cached)
        self._enter(generated, request).delivered = True
        return generated.payload()

    # Embeddings

    def _embed_one(self, request: Request) -> Answer:
        return json_answer({"embedding": self._embedding(request, request.body)})

    def _embed_many(self, request: Request) -> Answer:
        wanted = request.body.get("requests") or []
        if not 1 <= len(wanted) <= MAX_REQUESTS:
            raise ApiError(400, f"* BatchEmbedContentsRequest.requests: from 1 to {MAX_REQUESTS}.")
        return json_answer({"embeddings": [self._embedding(request, one) for one in wanted]})

    def embed_item(self, model_name: str, body: Json) -> Json:
        """The response to one item of an embeddings batch; raises ApiError for the item."""
        request = Request.of_item(model_name, body, verb="embedContent")
        return {"embedding": self._embedding(request, body)}

    def _embedding(self, request: Request, wanted: Json) -> Json:
        model = self.serving(request, "embedContent")
        content: Json = wanted.get("content") or {}
        embedding = embed(content, wanted.get("outputDimensionality"))
        entry = self._entry(request, served=model.name)
        entry.prompt, entry.delivered = count_content(content), True
        self.book.enter(entry)
        return embedding

    # The book

    def _enter(self, generated: Generated, request: Request) -> Entry:
        entry = self._entry(request, served=generated.served)
        entry.finish, entry.tier = generated.finish, generated.tier
        entry.response_id = generated.response_id
        entry.count(generated.usage)
        if generated.reply.ending in (Ending.HANG, Ending.CUT_BEFORE):
            entry.status = 0
        return self.book.enter(entry)

    def _enter_refusal(self, request: Request, status: int, answer: Answer) -> Answer:
        entry = self._entry(request, served=request.model)
        entry.status = status
        self.book.enter(entry)
        answer.delivered = lambda: _deliver(entry)
        return answer

    def _entry(self, request: Request, *, served: str) -> Entry:
        return Entry(
            number=request.number,
            verb=request.verb,
            model_asked=request.model,
            model_served=served,
        )


def _deliver(entry: Entry) -> None:
    entry.delivered = True
