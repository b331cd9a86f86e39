"""What a test can have the double say next.

Each function makes one `Reply`; `reply.later(ms)`, `.billed(...)`, `.streamed(...)` return
a changed copy. `REPLIES` names them for scripts that arrive as JSON.
"""

from __future__ import annotations

import json as jsonlib
from collections.abc import Callable
from dataclasses import dataclass, replace

from tests.gemini.errors import ApiError, Json, quota_details, retry_details
from tests.gemini.tokens import Usage
from tests.gemini.wire import Ending


@dataclass(frozen=True, kw_only=True, slots=True)
class Streaming:
    """How a streamed answer is cut up.

    `chunks`: pieces of text; `pause_ms`: before each of them; `error`: sent as an event
    after `stop_after` pieces; `cut`: the connection closes there instead; `silent`: the
    stream ends there in good order, without finishReason.
    """

    chunks: int = 3
    pause_ms: float = 0.0
    stop_after: int | None = None
    error: ApiError | None = None
    cut: bool = False
    silent: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Reply:
    """One answer of the double.

    `text` None: a candidate without parts. `from_schema`: the text is a valid instance of
    the request's schema, with `overrides` put over its properties. `candidate` False: no
    candidates at all. `raw`: these bytes instead of any JSON.
    """

    text: str | None = None
    from_schema: bool = False
    overrides: Json | None = None
    finish: str = "STOP"
    has_content: bool = True
    candidate: bool = True
    block_reason: str = ""
    safety_ratings: bool = False
    continuation_token: str = ""
    usage: Usage | None = None
    shows_usage: bool = True
    thoughts: int | None = None
    cached: int | None = None
    model: str = ""
    tier: str = ""
    latency_ms: float | None = None
    error: ApiError | None = None
    retry_after: float | None = None
    raw: bytes | None = None
    raw_status: int = 200
    raw_type: str = "text/html; charset=UTF-8"
    ending: Ending = Ending.KEEP
    generated: bool = True
    streaming: Streaming = Streaming()

    def later(self, latency_ms: float) -> Reply:
        """The same after this many milliseconds, whatever the double's own latency."""
        return replace(self, latency_ms=latency_ms)

    def billed(
        self,
        *,
        prompt: int | None = None,
        candidates: int = 0,
        thoughts: int | None = None,
        cached: int | None = None,
    ) -> Reply:
        """The same with its own token counts; `prompt` None leaves the rule's count."""
        if prompt is None:
            return replace(self, thoughts=thoughts, cached=cached)
        usage = Usage(
            prompt=prompt, candidates=candidates, thoughts=thoughts or 0, cached=cached or 0
        )
        return replace(self, usage=usage)

    def without_usage(self) -> Reply:
        """The same without usageMetadata; the book has the counts all the same."""
        return replace(self, shows_usage=False)

    def served(self, *, model: str = "", tier: str = "") -> Reply:
        """The same from another model or service tier than the one asked."""
        return replace(self, model=model, tier=tier)

    def streamed(
        self,
        *,
        chunks: int = 3,
        pause_ms: float = 0.0,
        stop_after: int | None = None,
        error: int | None = None,
        cut: bool = False,
        silent: bool = False,
    ) -> Reply:
        """The same, cut up this way if the request asks for a stream; `error` is a status."""
        streaming = Streaming(
            chunks=chunks,
            pause_ms=pause_ms,
            stop_after=stop_after,
            error=ApiError(error) if error else None,
            cut=cut,
            silent=silent,
        )
        return replace(self, streaming=streaming)


def text(text: str, *, finish: str = "STOP") -> Reply:
    return Reply(text=text, finish=finish)


def json(value: object) -> Reply:
    """The value as JSON text."""
    return Reply(text=jsonlib.dumps(value, ensure_ascii=False))


def instance(**overrides: object) -> Reply:
    """A valid instance of the request's schema, some top-level properties set by the caller."""
    return Reply(from_schema=True, overrides=overrides)


def outside_category(category: str = "complaints") -> Reply:
    """All in order, except that the category is in no list."""
    return instance(category=category)


def wrong_json() -> Reply:
    """JSON that stops in the middle although the finish reason says STOP."""
    return text('{"category": "billing", "confidence": 0.9')


def fenced_json(value: object) -> Reply:
    """The JSON in a Markdown fence, as models do when they forget the schema."""
    return text(f"```json\n{jsonlib.dumps(value)}\n```")


def repetition(fragment: str = "0", *, times: int = 2000) -> Reply:
    """The same fragment again and again until MAX_TOKENS, within a JSON value."""
    return text('{"total_gross": 1.' + fragment * times, finish="MAX_TOKENS")


def cut_short(text_so_far: str = '{"category": "bil') -> Reply:
    """MAX_TOKENS in the middle of the text."""
    return text(text_so_far, finish="MAX_TOKENS")


def thoughts_only(thoughts: int = 2999) -> Reply:
    """MAX_TOKENS spent on thinking: a content with a role and nothing else."""
    return Reply(finish="MAX_TOKENS", thoughts=thoughts)


def stop_without_parts() -> Reply:
    """STOP, and yet nothing said."""
    return Reply()


def unknown_finish(reason: str = "WEATHER") -> Reply:
    """A finish reason the SDK has never heard of, with some text."""
    return text("{}", finish=reason)


def continuation(text_so_far: str, *, token: str = "Y29udGludWU=") -> Reply:
    """CONTINUATION with a token (base64): the SDK asks on by itself unless told not to."""
    return Reply(text=text_so_far, finish="CONTINUATION", continuation_token=token)


def safety(reason: str = "SAFETY") -> Reply:
    """A blocked answer: finish reason and ratings, no content."""
    return Reply(finish=reason, has_content=False, safety_ratings=True)


def blocked_prompt(reason: str = "PROHIBITED_CONTENT") -> Reply:
    """A blocked prompt: promptFeedback and no candidates. The prompt is counted."""
    return Reply(candidate=False, block_reason=reason)


def no_candidates() -> Reply:
    """200 with usage and not one candidate."""
    return Reply(candidate=False)


def error(
    code: int,
    message: str | None = None,
    *,
    status: str = "",
    retry_delay: float | None = None,
    retry_after: float | None = None,
    quota: str = "",
) -> Reply:
    """An error in google.rpc's shape. `retry_delay` (RetryInfo) and `retry_after` (header)
    in seconds; `quota` adds a QuotaFailure with this quotaId."""
    details = quota_details(retry_delay, quota=quota) if quota else retry_details(retry_delay)
    problem = ApiError(code, message, status=status, details=details)
    return Reply(error=problem, retry_after=retry_after)


def too_many_requests(*, retry_delay: float | None = 2.5, daily: bool = False) -> Reply:
    """429 with the details of a quota by the minute, or by the day (nothing to wait for)."""
    period = "PerDay" if daily else "PerMinute"
    return error(429, retry_delay=retry_delay, quota=f"GenerateRequests{period}PerProjectPerModel")


def html(status: int = 502) -> Reply:
    """A gateway's HTML page."""
    page = f"<html><head><title>Error {status}</title></head><body>Try later</body></html>"
    return Reply(raw=page.encode(), raw_status=status)


def garbage(body: str = '{"candidates": [{"content') -> Reply:
    """200 and a body that is no JSON."""
    return Reply(raw=body.encode(), raw_type="application/json; charset=UTF-8")


def hang(*, generated: bool = False) -> Reply:
    """Silence until the client gives up. `generated`: the model worked, and it is billed."""
    return Reply(from_schema=True, ending=Ending.HANG, generated=generated)


def cut(*, midway: bool = False, generated: bool = False) -> Reply:
    """The connection closes: before the answer, or `midway` through it. `generated`: billed."""
    ending = Ending.CUT_AFTER if midway else Ending.CUT_BEFORE
    return Reply(from_schema=True, ending=ending, generated=generated or midway)


REPLIES: dict[str, Callable[..., Reply]] = {
    maker.__name__: maker
    for maker in (
        text, json, instance, outside_category, wrong_json, fenced_json, repetition, cut_short,
        thoughts_only, stop_without_parts, unknown_finish, continuation, safety,
        blocked_prompt, no_candidates, error, too_many_requests, html, garbage, hang, cut,
    )
}  # fmt: skip


def from_json(description: Json) -> Reply:
    """A reply from `{"kind": "error", "code": 429, ..., "later": 50, "billed": {...}}`.

    `kind` is a name in REPLIES and the rest its arguments; "later", "billed", "served" and
    "streamed" are the methods of the same names, `"shows_usage": false` is `without_usage`.
    Raises ValueError for what it cannot read.
    """
    arguments = dict(description)
    later = arguments.pop("later", None)
    changes = {name: arguments.pop(name, None) for name in ("billed", "served", "streamed")}
    shows_usage = arguments.pop("shows_usage", True)
    try:
        reply = REPLIES[arguments.pop("kind")](**arguments)
        for name, values in changes.items():
            reply = getattr(reply, name)(**values) if values else reply
    except (KeyError, TypeError) as problem:
        raise ValueError(f"no such reply: {description} ({problem})") from problem
    reply = reply if shows_usage else reply.without_usage()
    return reply if later is None else reply.later(later)
