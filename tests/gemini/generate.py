"""From a request and a reply to the response the API would send."""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass

from tests.gemini.answers import answer_text
from tests.gemini.catalogue import Model
from tests.gemini.errors import Json
from tests.gemini.replies import Reply
from tests.gemini.request import Request
from tests.gemini.tokens import Usage, count_media, count_prompt, count_text, count_thoughts
from tests.gemini.wire import Answer, Ending


@dataclass(frozen=True, slots=True)
class Generated:
    """A generated answer: its text (None: no parts), tokens and whatever surrounds it."""

    reply: Reply
    text: str | None
    finish: str
    usage: Usage
    served: str
    tier: str
    response_id: str

    def payload(self) -> Json:
        """A whole GenerateContentResponse."""
        candidates = [self._candidate(self.text, self.finish)] if self.reply.candidate else None
        return self._response(candidates, self.usage)

    def chunks(self) -> list[Json]:
        """The same as the events of a stream.

        Every event carries the usage so far and the last one the whole and the finish
        reason, as the API does it: counts are cumulative, not to be summed.
        """
        streaming = self.reply.streaming
        if not self.reply.candidate or self.text is None:
            events = [self.payload()]
        else:
            pieces = split(self.text, streaming.chunks)
            events = [self._event(pieces, index) for index in range(len(pieces))]
        if streaming.stop_after is not None:
            events = events[: streaming.stop_after]
            if streaming.error:
                events.append(streaming.error.payload())
        if streaming.silent:
            for event in events:
                for candidate in event.get("candidates", []):
                    candidate.pop("finishReason", None)
        return events

    def _event(self, pieces: list[str], index: int) -> Json:
        last = index == len(pieces) - 1
        so_far = count_text("".join(pieces[: index + 1]))
        usage = self.usage if last else _with_candidates(self.usage, so_far)
        return self._response([self._candidate(pieces[index], self.finish if last else "")], usage)

    def _candidate(self, text: str | None, finish: str) -> Json:
        candidate: Json = {"index": 0}
        if self.reply.has_content:
            candidate["content"] = {"role": "model"}
            if text is not None:
                candidate["content"]["parts"] = [{"text": text}]
        if finish:
            candidate["finishReason"] = finish
        if self.reply.safety_ratings:
            candidate["safetyRatings"] = safety_ratings()
        if self.reply.continuation_token and finish:
            candidate["continuationToken"] = self.reply.continuation_token
        return candidate

    def _response(self, candidates: list[Json] | None, usage: Usage) -> Json:
        response: Json = {}
        if candidates is not None:
            response["candidates"] = candidates
        if self.reply.block_reason:
            response["promptFeedback"] = {
                "blockReason": self.reply.block_reason,
                "safetyRatings": safety_ratings(),
            }
        if self.reply.shows_usage:
            response["usageMetadata"] = usage.payload()
        response["modelVersion"] = self.served
        response["responseId"] = self.response_id
        return response


def generate(request: Request, reply: Reply, model: Model, *, cached: int = 0) -> Generated:
    """What `model` (the one that serves) answers; `cached`: tokens of the explicit cache."""
    text = answer_text(request, reply.overrides) if reply.from_schema else reply.text
    thoughts = _thoughts(request, reply, model)
    text, finish = _within_output_limit(request, reply, text, thoughts)
    usage = reply.usage or Usage(
        prompt=count_prompt(request) + cached,
        cached=cached if reply.cached is None else reply.cached,
        thoughts=thoughts,
        candidates=count_text(text or "") if reply.candidate else 0,
        media=count_media(request),
    )
    return Generated(
        reply=reply,
        text=text,
        finish=finish if reply.candidate else "",
        usage=usage,
        served=reply.model or model.name,
        tier=reply.tier or asked_tier(request),
        response_id=secrets.token_urlsafe(12),
    )


def _thoughts(request: Request, reply: Reply, model: Model) -> int:
    if reply.thoughts is not None:
        return reply.thoughts
    return count_thoughts(request, model) if reply.candidate else 0


def _within_output_limit(
    request: Request, reply: Reply, text: str | None, thoughts: int
) -> tuple[str | None, str]:
    """Text and finish reason under maxOutputTokens, which thinking uses up first."""
    limit = request.config.get("maxOutputTokens")
    if limit is None or reply.usage or text is None or reply.finish != "STOP":
        return text, reply.finish
    room = limit - thoughts
    if count_text(text) <= room:
        return text, reply.finish
    if room <= 0:
        return None, "MAX_TOKENS"
    return text.encode()[: room * 4].decode("utf-8", "ignore"), "MAX_TOKENS"


def asked_tier(request: Request) -> str:
    """The service tier asked: standard, flex or priority."""
    tier = str(request.body.get("serviceTier") or "standard").lower()
    return tier.removeprefix("service_tier_")


def split(text: str, pieces: int) -> list[str]:
    """`text` in so many pieces of about the same length; never an empty list."""
    size = max(1, -(-len(text) // max(1, pieces)))
    return [text[at : at + size] for at in range(0, len(text), size)] or [text]


def safety_ratings() -> list[Json]:
    return [{"category": "HARM_CATEGORY_DANGEROUS_CONTENT", "probability": "HIGH", "blocked": True}]


def unary_answer(generated: Generated) -> Answer:
    """The answer to generateContent; cut midway, half of it."""
    body = json.dumps(generated.payload()).encode()
    if generated.reply.ending is Ending.CUT_AFTER:
        body = body[: len(body) // 2]
    return Answer(body=body, headers=_headers(generated), ending=generated.reply.ending)


def stream_answer(generated: Generated) -> Answer:
    """The answer to streamGenerateContent?alt=sse: `data: {...}` events, no [DONE]."""
    streaming = generated.reply.streaming
    events = [b"data: " + json.dumps(chunk).encode() + b"\r\n\r\n" for chunk in generated.chunks()]
    ending = generated.reply.ending
    if ending is Ending.CUT_AFTER and streaming.stop_after is None:
        events = events[: len(events) // 2]
    return Answer(
        content_type="text/event-stream",
        headers=_headers(generated),
        chunks=events,
        chunk_delay=streaming.pause_ms / 1000,
        ending=Ending.CUT_AFTER if streaming.cut else ending,
    )


def _headers(generated: Generated) -> dict[str, str]:
    return {"x-gemini-service-tier": generated.tier}


def _with_candidates(usage: Usage, candidates: int) -> Usage:
    return Usage(
        prompt=usage.prompt,
        cached=usage.cached,
        thoughts=usage.thoughts,
        candidates=candidates,
        media=usage.media,
    )
