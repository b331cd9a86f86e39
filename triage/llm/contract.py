"""The whole vocabulary between us and a provider of models.

A provider is a class with a `name` that can `complete`, and list its `models`. Everything else -
which model, how often, what it cost, what to do when it fails - is the gateway's.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class File:
    """A document that goes with a prompt: PDF or image bytes."""

    content: bytes
    content_type: str


@dataclass(frozen=True, slots=True)
class Prompt:
    """What we ask. `schema` is JSON Schema of the answer; `system` is policy, `text` is data."""

    purpose: str
    version: str
    system: str
    text: str
    schema: Mapping[str, Any]
    max_output_tokens: int
    timeout_seconds: float
    files: tuple[File, ...] = ()
    ticket_id: int | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens as the provider counted them; None where it did not say.

    `input` includes `cached`; `output` does not include `thinking`.
    """

    input: int | None = None
    cached: int | None = None
    thinking: int | None = None
    output: int | None = None


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back: the text, who really answered, and what it used."""

    text: str
    model_served: str
    usage: Usage = field(default_factory=Usage)


class Provider(Protocol):
    """Somebody's API. `complete` raises only errors of triage.llm.errors."""

    name: str

    async def complete(self, prompt: Prompt, *, model: str) -> Reply:
        """Ask `model` once: no retries, no fallback."""
        ...

    async def models(self) -> set[str]:
        """The ids of the models the key may ask; costs nothing."""
        ...
