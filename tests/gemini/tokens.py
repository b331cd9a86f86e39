"""How the double counts tokens: one fixed rule, so that tests can state the figures.

- text: ceil(UTF-8 bytes / 4) over the system instruction and all text parts together;
- each PDF, image or other media part: 258, whatever its size;
- an explicit cache named by `cachedContent`: its own count, in the prompt and as cached;
- the schema counts nothing;
- the answer: ceil(UTF-8 bytes / 4) of its text;
- thinking: minimal 0, low 64, medium 256, high 1024; a budget n gives min(n, 256), -1 gives 256.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.gemini.catalogue import Model
from tests.gemini.errors import Json
from tests.gemini.request import Request

MEDIA_TOKENS = 258
THOUGHTS_OF_LEVEL = {"minimal": 0, "low": 64, "medium": 256, "high": 1024}
THOUGHTS_OF_BUDGET = 256


@dataclass(frozen=True, kw_only=True, slots=True)
class Usage:
    """Tokens of one answer. `prompt` includes `cached`; `candidates` excludes `thoughts`."""

    prompt: int = 0
    cached: int = 0
    thoughts: int = 0
    candidates: int = 0
    media: int = 0

    @property
    def total(self) -> int:
        return self.prompt + self.candidates + self.thoughts

    def payload(self) -> Json:
        """usageMetadata. What is zero is absent, as on the wire, except the prompt."""
        metadata: Json = {"promptTokenCount": self.prompt, "totalTokenCount": self.total}
        if self.candidates:
            metadata["candidatesTokenCount"] = self.candidates
        if self.thoughts:
            metadata["thoughtsTokenCount"] = self.thoughts
        if self.cached:
            metadata["cachedContentTokenCount"] = self.cached
        metadata["promptTokensDetails"] = self.details()
        return metadata

    def details(self) -> list[Json]:
        """promptTokensDetails: text and documents apart."""
        details: list[Json] = [{"modality": "TEXT", "tokenCount": self.prompt - self.media}]
        if self.media:
            details.append({"modality": "DOCUMENT", "tokenCount": self.media})
        return details


def count_text(text: str) -> int:
    return -(-len(text.encode("utf-8", "surrogatepass")) // 4)


def count_media(request: Request) -> int:
    return MEDIA_TOKENS * len(request.media)


def count_prompt(request: Request) -> int:
    """Tokens of a request's system instruction, texts and media, without any cache."""
    return count_text(request.system + "".join(request.texts)) + count_media(request)


def count_thoughts(request: Request, model: Model) -> int:
    """What the model would spend on thinking before its answer."""
    asked: str | int | None = request.thinking.get("thinkingLevel")
    if asked is None:
        asked = request.thinking.get("thinkingBudget", model.default)
    if isinstance(asked, str):
        return THOUGHTS_OF_LEVEL.get(asked.lower(), 0)
    return THOUGHTS_OF_BUDGET if asked < 0 else min(asked, THOUGHTS_OF_BUDGET)
