"""Gemini through google-genai. Facts about the SDK and the service: measured with 3.3, 2026-11."""

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

import httpx2
from google import genai
from google.genai import errors as genai_errors
from google.genai import types

from triage.llm import capabilities
from triage.llm.contract import Prompt, Reply, Usage
from triage.llm.errors import (
    AttemptError,
    BadAnswer,
    Blocked,
    CreditSpent,
    KeyRefused,
    ModelGone,
    NoAnswer,
    RateLimited,
    Refused,
    Truncated,
    Unavailable,
    Unusable,
)

# Below 10 s the server answers 400 ("Minimum allowed deadline is 10s"); our own clock is stricter.
LEAST_SERVER_DEADLINE_MS = 10_000
LIST_SECONDS = 20.0
# Customers' mail is rude at times, and spam is what it is: it must be sorted, not filtered.
UNFILTERED = [
    types.SafetySetting(category=category, threshold=types.HarmBlockThreshold.OFF)
    for category in (
        types.HarmCategory.HARM_CATEGORY_HARASSMENT,
        types.HarmCategory.HARM_CATEGORY_HATE_SPEECH,
        types.HarmCategory.HARM_CATEGORY_SEXUALLY_EXPLICIT,
        types.HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT,
    )
]
MAX_ERROR_CHARACTERS = 300

T = TypeVar("T")


class Gemini:
    """The Developer API of Gemini, or whatever GOOGLE_GEMINI_BASE_URL names."""

    name = "gemini"

    def __init__(self, api_key: str) -> None:
        self._client = genai.Client(
            api_key=api_key,
            # v1 is the default since 3.0, but batches and caches are documented for v1beta only.
            http_options=types.HttpOptions(api_version="v1beta"),
        )

    async def complete(self, prompt: Prompt, *, model: str) -> Reply:
        asked = self._client.aio.models.generate_content(
            model=model, contents=_contents(prompt), config=_config(prompt, model)
        )
        return _reply(await _within(prompt.timeout_seconds, asked), model)

    async def models(self) -> set[str]:
        return await _within(LIST_SECONDS, self._models())

    async def _models(self) -> set[str]:
        listed = await self._client.aio.models.list(config={"page_size": 1000})
        return {(model.name or "").removeprefix("models/") async for model in listed}


async def _within(seconds: float, call: Awaitable[T]) -> T:
    try:
        # The SDK's time-out counts per read, and a slow stream passes it.
        return await asyncio.wait_for(call, timeout=seconds)
    except genai_errors.APIError as error:
        raise _folded(error) from error
    except (TimeoutError, httpx2.TimeoutException) as error:
        raise NoAnswer(f"no answer within {seconds:.0f} s") from error
    except httpx2.HTTPError as error:
        raise NoAnswer(f"the connection failed: {type(error).__name__}") from error
    except ValueError as error:  # UnknownApiResponseError: a body that is not JSON
        raise NoAnswer("the answer was not the provider's format") from error


def _contents(prompt: Prompt) -> list[types.Content]:
    parts = [
        types.Part.from_bytes(data=file.content, mime_type=file.content_type)
        for file in prompt.files
    ]
    return [types.Content(role="user", parts=[*parts, types.Part.from_text(text=prompt.text)])]


def _config(prompt: Prompt, model: str) -> types.GenerateContentConfig:
    able = capabilities.of(model)
    level = able.thinking_level
    return types.GenerateContentConfig(
        system_instruction=prompt.system,
        temperature=0 if able.takes_temperature else None,
        max_output_tokens=prompt.max_output_tokens + able.thinking_room,
        response_mime_type="application/json",
        # A plain JSON Schema: `response_schema` chokes on additionalProperties (python-genai 1815).
        response_json_schema=dict(prompt.schema),
        thinking_config=types.ThinkingConfig(
            thinking_budget=able.thinking_budget,
            thinking_level=types.ThinkingLevel(level.upper()) if level else None,
        ),
        safety_settings=UNFILTERED,
        store=False,
        automatic_continuation=False,  # it would send further, unbooked requests
        http_options=types.HttpOptions(
            timeout=max(LEAST_SERVER_DEADLINE_MS, round(prompt.timeout_seconds * 1000)),
            # retry_options stay unset: the SDK makes one attempt, so that every attempt is booked.
        ),
    )


def _reply(response: types.GenerateContentResponse, model: str) -> Reply:
    used = response.usage_metadata
    usage = Usage()
    if used is not None:
        usage = Usage(
            input=used.prompt_token_count,
            cached=used.cached_content_token_count,
            thinking=used.thoughts_token_count,
            # With a count for the prompt, an absent one for the answer means that none was written.
            output=used.candidates_token_count
            if used.prompt_token_count is None
            else used.candidates_token_count or 0,
        )
    reply = Reply(text=_text(response), model_served=response.model_version or model, usage=usage)
    failure = _failure(response, reply)
    if failure is not None:
        raise failure
    return reply


def _candidate(response: types.GenerateContentResponse) -> types.Candidate | None:
    return response.candidates[0] if response.candidates else None


def _text(response: types.GenerateContentResponse) -> str:
    candidate = _candidate(response)
    parts = (candidate.content.parts if candidate and candidate.content else None) or []
    return "".join(part.text for part in parts if part.text and not part.thought)


def _failure(response: types.GenerateContentResponse, reply: Reply) -> BadAnswer | None:
    feedback = response.prompt_feedback
    if feedback and feedback.block_reason:
        return Blocked(f"prompt blocked: {feedback.block_reason.value}", reply=reply)
    candidate = _candidate(response)
    if candidate is None:
        return Unusable("an answer without candidates", reply=reply)
    finish = candidate.finish_reason.value if candidate.finish_reason else ""
    if finish == "MAX_TOKENS":
        return Truncated("cut at the output limit", reply=reply)
    if finish in _BLOCKING:
        return Blocked(f"answer blocked: {finish}", reply=reply)
    if finish not in {"STOP", ""}:
        return Unusable(f"ended with {finish}", reply=reply)
    if not reply.text.strip():
        return Unusable("an answer without text", reply=reply)
    return None


_BLOCKING = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "LANGUAGE"}


def _folded(error: genai_errors.APIError) -> AttemptError:
    """The SDK's exception in our words, by code: its classes do not survive pickling."""
    code = error.code or 0
    sentence = f"{code} {error.status or ''}: {error.message or ''}"[:MAX_ERROR_CHARACTERS]
    if code == 402:
        return CreditSpent(sentence)
    if code in {401, 403} or (code == 400 and "API_KEY_INVALID" in str(error.details)):
        return KeyRefused(sentence)
    if code == 404:
        return ModelGone(sentence)
    if code == 429:
        return RateLimited(sentence, retry_after=_retry_after(error))
    if code >= 500 or code in {408, 499}:
        return Unavailable(sentence, retry_after=_retry_after(error))
    return Refused(sentence)


def _retry_after(error: genai_errors.APIError) -> float | None:
    """Seconds to wait, by google.rpc.RetryInfo or Retry-After; the SDK reads neither."""
    details = error.details if isinstance(error.details, dict) else {}
    inner = details.get("error", {})
    for detail in inner.get("details", []) if isinstance(inner, dict) else []:
        if isinstance(detail, dict) and str(detail.get("@type", "")).endswith("RetryInfo"):
            return _seconds(str(detail.get("retryDelay", "")).removesuffix("s"))
    headers: Any = getattr(error.response, "headers", None) or {}
    return _seconds(str(headers.get("retry-after", "")))


def _seconds(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        return None
