"""Asking the double the way the product asks: the mail of Moulin Vert, sorted."""

from __future__ import annotations

import json
from typing import Any

from google import genai
from google.genai import types

FLASH = "gemini-2.5-flash"
LITE = "gemini-3.5-flash-lite"

TRIAGE_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "category": {"type": "string", "enum": ["support", "billing", "sales", "spam"]},
        "confidence": {"type": "number", "minimum": 0, "maximum": 1},
        "reason": {"type": "string", "maxLength": 200},
    },
    "required": ["category", "confidence", "reason"],
}


def triage_config(**changes: Any) -> types.GenerateContentConfig:
    settings: dict[str, Any] = {
        "temperature": 0,
        "system_instruction": "Sort the mail of Moulin Vert.",
        "response_mime_type": "application/json",
        "response_json_schema": TRIAGE_SCHEMA,
        "thinking_config": types.ThinkingConfig(thinking_budget=0),
    }
    return types.GenerateContentConfig(**(settings | changes))


def classify(client: genai.Client, mail: str, model: str = FLASH, **changes: Any) -> Any:
    response = client.models.generate_content(
        model=model, contents=mail, config=triage_config(**changes)
    )
    return json.loads(response.text or "")


def ask(
    client: genai.Client, mail: str = "Hello", **settings: Any
) -> types.GenerateContentResponse:
    """One plain question to Flash."""
    return client.models.generate_content(
        model=FLASH, contents=mail, config=types.GenerateContentConfig(**settings)
    )
