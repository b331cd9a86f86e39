"""The door for tests in other processes: /_control/script and /_control/book.

No API key here: the door is on the loopback and belongs to the test.

    POST /_control/script   {"clear": true, "latency_ms": 200, "enqueue": [{"kind": ...}],
                             "when": [{"text", "reply", "times"}], "always": {"kind": ...},
                             "retire": [...], "serve_as": {asked: served}, "keys": [...],
                             "batches": {"polls_until_done", "in_order", "echo_metadata"},
                             "move_batches": {"state", "name", "message"}}
    GET  /_control/script   {"latency_ms", "waiting", "peak_in_flight"}
    GET  /_control/book     {"rows", "total", "by_model"}; ?rows=0 leaves the rows out
    GET  /_control/requests [{"number", "path", "headers", "body"}] of the last ?last=20
    POST /_control/reset    forgets everything but the latency

A control call counts in `peak_in_flight` like any other while it is answered.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.gemini.errors import ApiError, Json
from tests.gemini.replies import from_json
from tests.gemini.request import Request
from tests.gemini.wire import Answer

if TYPE_CHECKING:
    from tests.gemini.api import Api

PREFIX = "/_control/"
SHOWN_REQUESTS = 20


def control(api: Api, request: Request) -> Answer:
    """Answer a control request; raises ApiError 400 or 404."""
    match request.http_method, request.path.removeprefix(PREFIX):
        case "POST", "script":
            return _json(change_script(api, _body(request)))
        case "GET", "script":
            return _json(_describe(api))
        case "GET", "book":
            return _json(api.models.book.payload(rows=request.query.get("rows") != "0"))
        case "GET", "requests":
            last = int(request.query.get("last") or SHOWN_REQUESTS)
            return _json([_shown(one) for one in list(api.requests)[-last:]])
        case "POST", "reset":
            api.reset()
            return _json(_describe(api))
    raise ApiError(404, f"No such control: {request.http_method} {request.path}")


def change_script(api: Api, change: Json) -> Json:
    """Apply a change as described above; all of it or, on ValueError, ApiError 400."""
    try:
        lines = [from_json(reply) for reply in change.get("enqueue") or []]
        whens = [(one["text"], from_json(one["reply"]), one.get("times"))
                 for one in change.get("when") or []]  # fmt: skip
        always = from_json(change["always"]) if change.get("always") else None
        latency_ms = float(change.get("latency_ms", api.models.script.latency_ms))
    except (ValueError, KeyError, TypeError) as problem:
        raise ApiError(400, f"unreadable script: {problem}") from problem
    if change.get("clear"):
        api.models.script.clear()
    api.models.script.latency_ms = latency_ms
    api.models.script.enqueue(*lines)
    for text, reply, times in whens:
        api.models.script.when(text, reply, times=times)
    if always:
        api.models.script.follow(lambda _request: always)
    api.models.retired |= set(change.get("retire") or [])
    api.models.routed |= change.get("serve_as") or {}
    api.accepted_keys = set(change.get("keys", api.accepted_keys))
    _change_batches(api, change)
    return _describe(api)


def _change_batches(api: Api, change: Json) -> None:
    settings = change.get("batches") or {}
    unknown = set(settings) - {"polls_until_done", "in_order", "echo_metadata"}
    if unknown:
        raise ApiError(400, f"unreadable script: {sorted(unknown)}")
    for name, value in settings.items():
        setattr(api.batches, name, value)
    if move := change.get("move_batches"):
        try:
            api.batches.move(**move)
        except (TypeError, ValueError) as problem:
            raise ApiError(400, f"unreadable script: {problem}") from problem


def _body(request: Request) -> Json:
    try:
        body: Json = json.loads(request.raw or b"{}")
    except ValueError as problem:
        raise ApiError(400, f"unreadable script: {problem}") from problem
    return body


def _describe(api: Api) -> Json:
    script = api.models.script
    return {
        "latency_ms": script.latency_ms,
        "waiting": script.waiting,
        "peak_in_flight": api.traffic.peak,
    }


def _shown(request: Request) -> Json:
    return {
        "number": request.number,
        "method": request.http_method,
        "path": request.path,
        "headers": request.headers,
        "body": request.raw.decode("utf-8", "replace"),
    }


def _json(value: Any) -> Answer:
    return Answer(body=json.dumps(value).encode())
