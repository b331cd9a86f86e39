"""Explicit caches: cachedContents, and what a request that names one pays."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.gemini.errors import ApiError, Json
from tests.gemini.request import Request
from tests.gemini.resources import json_answer, new_id, no_such_url, now, page, stamp
from tests.gemini.tokens import count_prompt
from tests.gemini.wire import Answer

DEFAULT_TTL = timedelta(hours=1)
#: Below this many tokens the API makes no cache.
MIN_TOKENS = 1024
#: Models with implicit caching only.
IMPLICIT_ONLY = frozenset({"gemini-4-argon"})


@dataclass(slots=True)
class Cache:
    name: str
    model: str
    tokens: int
    display_name: str
    expires_at: datetime
    created_at: datetime = field(default_factory=now)

    def describe(self) -> Json:
        return {
            "name": self.name,
            "model": f"models/{self.model}",
            "displayName": self.display_name,
            "createTime": stamp(self.created_at),
            "updateTime": stamp(self.created_at),
            "expireTime": stamp(self.expires_at),
            "usageMetadata": {"totalTokenCount": self.tokens},
        }


class Caches:
    """All caches of the double. `min_tokens` may be lowered for short test prompts."""

    def __init__(self) -> None:
        self.min_tokens = MIN_TOKENS
        self._caches: dict[str, Cache] = {}

    def clear(self) -> None:
        self._caches.clear()
        self.min_tokens = MIN_TOKENS

    def expire(self, name: str) -> None:
        """Let a cache's time run out now."""
        self._caches[name].expires_at = now()

    def find(self, name: str) -> Cache:
        """Raises ApiError 403 for an unknown or expired one."""
        cache = self._caches.get(name)
        if cache is None or cache.expires_at <= now():
            raise ApiError(403, "CachedContent not found (or permission denied)")
        return cache

    def tokens_for(self, request: Request) -> int:
        """Tokens a generate request takes from the cache it names; 0 without one."""
        name = request.body.get("cachedContent")
        if not name:
            return 0
        cache = self.find(name)
        if cache.model != request.model:
            raise ApiError(
                400,
                f"Model used by GenerateContent request (models/{request.model}) and "
                f"CachedContent (models/{cache.model}) has to be the same.",
            )
        if {"systemInstruction", "tools", "toolConfig"} & set(request.body):
            raise ApiError(
                400,
                "CachedContent can not be used with GenerateContent request setting "
                "system_instruction, tools or tool_config.",
            )
        return cache.tokens

    def answer(self, request: Request) -> Answer:
        match request.http_method, request.resource:
            case "POST", "cachedContents":
                return json_answer(self._create(request).describe())
            case "GET", "cachedContents":
                alive = [one for one in self._caches.values() if one.expires_at > now()]
                shown, more = page(alive, request)
                return json_answer({"cachedContents": [one.describe() for one in shown]} | more)
            case "GET", name:
                return json_answer(self.find(name).describe())
            case "PATCH", name:
                cache = self.find(name)
                cache.expires_at = _expiry(request.body)
                return json_answer(cache.describe())
            case "DELETE", name:
                del self._caches[self.find(name).name]
                return json_answer({})
        raise no_such_url(request)

    def _create(self, request: Request) -> Cache:
        model = str(request.body.get("model") or "").removeprefix("models/")
        if model in IMPLICIT_ONLY:
            raise ApiError(400, f"Model {model} does not support explicit caching.")
        tokens = count_prompt(request)
        if tokens < self.min_tokens:
            raise ApiError(
                400,
                f"Cached content is too small. total_token_count={tokens}, "
                f"min_total_token_count={self.min_tokens}",
            )
        cache = Cache(
            name=f"cachedContents/{new_id()}",
            model=model,
            tokens=tokens,
            display_name=request.body.get("displayName") or "",
            expires_at=_expiry(request.body),
        )
        self._caches[cache.name] = cache
        return cache


def _expiry(body: Json) -> datetime:
    if expire_time := body.get("expireTime"):
        return datetime.fromisoformat(expire_time)
    ttl = body.get("ttl")
    if ttl is None:
        return now() + DEFAULT_TTL
    try:
        return now() + timedelta(seconds=float(str(ttl).removesuffix("s")))
    except ValueError as problem:
        raise ApiError(400, f"Invalid value at 'ttl': {ttl}") from problem
