"""A call to the double, as rules, scripts and tests read it."""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.gemini.errors import ApiError, Json
from tests.gemini.wire import Incoming

_PATH = re.compile(r"(?:/upload)?/(v1|v1beta)/(.+)")

#: Below these keys the names are the caller's own (property names, labels), not the API's.
_OPAQUE = frozenset({"responseSchema", "responseJsonSchema", "labels", "metadata", "args"})


@dataclass(frozen=True, slots=True)
class Media:
    """A part that is not text: inline bytes, or the URI of an uploaded file."""

    mime_type: str
    data: bytes = b""
    uri: str = ""


class Request:
    """One request: where it went, what it said.

    `version` is v1 or v1beta ("" outside them), `resource` the path after it without a
    verb ("models/gemini-2.5-flash", "files/abc"), `verb` what follows the colon
    ("generateContent"), `body` the JSON with every API key in camelCase.
    """

    def __init__(self, incoming: Incoming, *, number: int = 0) -> None:
        self.number = number
        self.http_method = incoming.method
        self.headers = incoming.headers
        self.raw = incoming.body
        url = urlsplit(incoming.target)
        self.path = url.path
        self.query = dict(parse_qsl(url.query, keep_blank_values=True))
        matched = _PATH.fullmatch(url.path)
        self.version = matched[1] if matched else ""
        resource, _, verb = (matched[2] if matched else "").partition(":")
        self.resource: str = resource
        self.verb: str = verb

    def __repr__(self) -> str:
        return f"<Request {self.number} {self.http_method} {self.path}>"

    @classmethod
    def of_item(cls, model: str, body: Json, *, verb: str = "generateContent") -> Request:
        """A batch item, read as if it had been sent on its own. Its number is 0."""
        target = f"/v1beta/models/{model}:{verb}"
        return cls(Incoming("POST", target, {}, json.dumps(body).encode()))

    @property
    def model(self) -> str:
        """The model asked, without "models/"; "" when the call names none."""
        return self.resource.removeprefix("models/") if self.resource[:7] == "models/" else ""

    @property
    def key(self) -> str:
        """The API key, from the header or the query."""
        return self.headers.get("x-goog-api-key") or self.query.get("key", "")

    @cached_property
    def body(self) -> Json:
        """The JSON object; raises ApiError 400 when the bytes are something else."""
        if not self.raw:
            return {}
        try:
            value = json.loads(self.raw)
        except ValueError as problem:
            raise ApiError(400, f"Invalid JSON payload received. {problem}") from problem
        if not isinstance(value, dict):
            raise ApiError(400, "Invalid JSON payload received. Root element must be a message.")
        body: Json = camel_keys(value)
        return body

    @property
    def config(self) -> Json:
        """generationConfig, `{}` when absent."""
        return self.body.get("generationConfig") or {}

    @property
    def thinking(self) -> Json:
        return self.config.get("thinkingConfig") or {}

    @property
    def schema(self) -> Json | None:
        """The schema of the answer, from either of its two fields."""
        return self.config.get("responseJsonSchema") or self.config.get("responseSchema")

    @property
    def system(self) -> str:
        """The system instruction's text."""
        return "\n".join(_texts(self.body.get("systemInstruction")))

    @cached_property
    def texts(self) -> list[str]:
        """Every text part of the contents, in order, without the system instruction."""
        return [text for content in self.contents for text in _texts(content)]

    @property
    def text(self) -> str:
        return "\n".join(self.texts)

    @property
    def last_text(self) -> str:
        """The last text part of the last user turn: the mail, by our own convention."""
        for content in reversed(self.contents):
            texts = _texts(content)
            if content.get("role", "user") == "user" and texts:
                return texts[-1]
        return ""

    @property
    def contents(self) -> list[Json]:
        """The turns; a lone turn counts as a list of one."""
        contents = self.body.get("contents") or []
        return [contents] if isinstance(contents, dict) else contents

    @cached_property
    def media(self) -> list[Media]:
        """Inline and uploaded parts; raises ApiError 400 for broken base64."""
        parts = [part for content in self.contents for part in content.get("parts") or []]
        return [media for part in parts if (media := _media(part))]


def camel_keys(value: Any) -> Any:
    """The same JSON with snake_case keys in camelCase.

    Proto-JSON takes both spellings, and the SDK mixes them one level down.
    """
    if isinstance(value, list):
        return [camel_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        (name := camel_key(key)): item if name in _OPAQUE else camel_keys(item)
        for key, item in value.items()
    }


@lru_cache(maxsize=2000)
def camel_key(key: str) -> str:
    """One snake_case key in camelCase."""
    head, *rest = key.split("_")
    return head + "".join(word[:1].upper() + word[1:] for word in rest)


def _texts(content: Any) -> list[str]:
    if isinstance(content, str):
        return [content]
    parts = (content or {}).get("parts") or []
    parts = [parts] if isinstance(parts, dict) else parts
    return [part["text"] for part in parts if isinstance(part.get("text"), str)]


def _media(part: Json) -> Media | None:
    if inline := part.get("inlineData"):
        return Media(inline.get("mimeType") or "", _decode(inline.get("data") or ""))
    if file := part.get("fileData"):
        return Media(file.get("mimeType") or "", uri=file.get("fileUri") or "")
    return None


def _decode(text: str) -> bytes:
    # The SDK sends the URL-safe alphabet, curl users the plain one: both are taken.
    try:
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except binascii.Error as problem:
        raise ApiError(400, f"Invalid value at 'inline_data.data': {problem}") from problem
