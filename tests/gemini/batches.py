"""Batches: inline or from a JSONL file, of generate or embed requests.

A batch stays PENDING, then RUNNING, until it has been polled often enough or the test
moves it on; then its items are answered, each by the script as if it had been sent alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from tests.gemini.errors import ApiError, Json
from tests.gemini.files import Files
from tests.gemini.request import Request, camel_keys
from tests.gemini.resources import json_answer, new_id, no_such_url, now, page, stamp
from tests.gemini.wire import Answer

#: Answers one item: (model, request body) -> response; raises ApiError for an item's error.
AnswerItem = Callable[[str, Json], Json]

MAX_INLINE_BYTES = 20 * 1024 * 1024
POLLS_UNTIL_DONE = 2
STATES = ("PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED", "EXPIRED")
_TYPE = "type.googleapis.com/google.ai.generativelanguage.v1main."


@dataclass(slots=True)
class Item:
    """One request of a batch, and its line of the result once there is one."""

    body: Json
    key: str = ""
    metadata: Json | None = None
    result: Json | None = None


@dataclass(slots=True)
class Batch:
    name: str
    model: str
    display_name: str
    items: list[Item]
    from_file: bool
    embeds: bool
    state: str = "PENDING"
    polls: int = 0
    error: Json | None = None
    output: Json | None = None
    created_at: datetime = field(default_factory=now)
    updated_at: datetime = field(default_factory=now)

    @property
    def done(self) -> bool:
        return self.state not in ("PENDING", "RUNNING")

    def describe(self) -> Json:
        """The Operation of `GET /batches/{id}`."""
        metadata: Json = {
            "@type": _TYPE + ("EmbedContentBatch" if self.embeds else "GenerateContentBatch"),
            "name": self.name,
            "model": f"models/{self.model}",
            "displayName": self.display_name,
            "createTime": stamp(self.created_at),
            "updateTime": stamp(self.updated_at),
            "batchStats": self._stats(),
            "state": f"BATCH_STATE_{self.state}",
        }
        operation: Json = {"name": self.name, "metadata": metadata}
        if self.done:
            operation["done"] = True
            metadata["endTime"] = stamp(self.updated_at)
        if self.error:
            operation["error"] = self.error
        if self.output is not None:
            # Twice, as the API does it, although it doubles every inline result.
            metadata["output"] = operation["response"] = self.output
        return operation

    def _stats(self) -> Json:
        results = [item.result for item in self.items if item.result is not None]
        counts = {
            "requestCount": len(self.items),
            "pendingRequestCount": len(self.items) - len(results),
            "successfulRequestCount": sum("response" in result for result in results),
            "failedRequestCount": sum("error" in result for result in results),
        }
        # int64 goes over the wire as a string, and zero not at all.
        return {name: str(count) for name, count in counts.items() if count}


class Batches:
    """All batches of the double.

    `polls_until_done`: the GET that finds a batch finished (None: only `move` does it).
    `in_order`: results in the order of the requests; off by default, since the API does
    not promise it. `echo_metadata`: inline results carry their metadata.
    """

    def __init__(self, files: Files, generate: AnswerItem, embed: AnswerItem) -> None:
        self._files = files
        self._answer_item = {False: generate, True: embed}
        self._batches: dict[str, Batch] = {}
        self._defaults()

    def _defaults(self) -> None:
        self.polls_until_done: int | None = POLLS_UNTIL_DONE
        self.in_order = False
        self.echo_metadata = True

    @property
    def all(self) -> list[Batch]:
        return list(self._batches.values())

    def clear(self) -> None:
        self._batches.clear()
        self._defaults()

    def find(self, name: str) -> Batch:
        if name not in self._batches:
            raise ApiError(404, f"Requested entity was not found: {name}.")
        return self._batches[name]

    def move(self, state: str, *, name: str = "", message: str = "") -> None:
        """Put a batch (without a name: every unfinished one) into a state of STATES.

        SUCCEEDED answers the items; FAILED carries `message`; EXPIRED has no results.
        """
        if state not in STATES:
            raise ValueError(f"no such batch state: {state}")
        chosen = [self.find(name)] if name else [one for one in self.all if not one.done]
        for batch in chosen:
            self._move(batch, state, message)

    def _move(self, batch: Batch, state: str, message: str = "") -> None:
        if state == "SUCCEEDED":
            self._run(batch)
        batch.state, batch.updated_at = state, now()
        if state == "FAILED":
            batch.error = {"code": 13, "message": message or "The batch could not be processed."}

    # Calls

    def create(self, request: Request) -> Answer:
        """batchGenerateContent and asyncBatchEmbedContent; raises ApiError 400."""
        wanted: Json = request.body.get("batch") or {}
        source: Json = wanted.get("inputConfig") or {}
        file_name = source.get("fileName")
        if file_name is None and len(request.raw) > MAX_INLINE_BYTES:
            raise ApiError(400, "Request payload size exceeds the limit: 20971520 bytes.")
        items = self._lines(file_name) if file_name else _inline_items(source)
        if not items:
            raise ApiError(400, "* BatchGenerateContentRequest.batch.input_config: no requests")
        batch = Batch(
            name=f"batches/{new_id()}",
            model=request.model,
            display_name=wanted.get("displayName") or "",
            items=items,
            from_file=bool(file_name),
            embeds=request.verb == "asyncBatchEmbedContent",
        )
        self._batches[batch.name] = batch
        return json_answer(batch.describe())

    def answer(self, request: Request) -> Answer:
        match request.http_method, request.resource, request.verb:
            case "GET", "batches", "":
                shown, more = page(self.all[::-1], request)
                return json_answer({"operations": [one.describe() for one in shown]} | more)
            case "GET", name, "":
                return json_answer(self._polled(name).describe())
            case "POST", name, "cancel":
                if not (batch := self.find(name)).done:
                    self._move(batch, "CANCELLED")
                return json_answer({})
            case "DELETE", name, "":
                del self._batches[self.find(name).name]
                return json_answer({})
        raise no_such_url(request)

    def _polled(self, name: str) -> Batch:
        batch = self.find(name)
        batch.polls += 1
        if not batch.done and self.polls_until_done is not None:
            finished = batch.polls >= self.polls_until_done
            self._move(batch, "SUCCEEDED" if finished else "RUNNING")
        return batch

    def _lines(self, file_name: str) -> list[Item]:
        text = self._files.find_ready(file_name).data.decode()
        items = []
        for number, line in enumerate(text.splitlines(), 1):
            try:
                entry = json.loads(line)
                items.append(Item(camel_keys(entry["request"]), key=str(entry.get("key", ""))))
            except (ValueError, KeyError, TypeError) as problem:
                raise ApiError(400, f"Line {number} of {file_name}: {problem}") from problem
        return items

    # Results

    def _run(self, batch: Batch) -> None:
        for item in batch.items:
            item.result = self._result(batch, item)
        items = batch.items if self.in_order else batch.items[::-1]
        if batch.from_file:
            batch.output = {"responsesFile": self._results_file(batch, items)}
            return
        inline = [self._inline(item) for item in items]
        batch.output = {"inlinedResponses": {"inlinedResponses": inline}}

    def _result(self, batch: Batch, item: Item) -> Json:
        try:
            return {"response": self._answer_item[batch.embeds](batch.model, item.body)}
        except ApiError as problem:
            return {"error": problem.rpc_status()}

    def _inline(self, item: Item) -> Json:
        metadata = item.metadata if self.echo_metadata else None
        return (item.result or {}) | ({"metadata": metadata} if metadata else {})

    def _results_file(self, batch: Batch, items: list[Item]) -> str:
        lines = [json.dumps({"key": item.key} | (item.result or {})) + "\n" for item in items]
        name = f"files/batch-{batch.name.removeprefix('batches/')}"
        data = "".join(lines).encode()
        return self._files.add(data, mime_type="application/jsonl", name=name, generated=True).name


def _inline_items(source: Json) -> list[Item]:
    requests = (source.get("requests") or {}).get("requests") or []
    return [Item(one.get("request") or {}, metadata=one.get("metadata")) for one in requests]
