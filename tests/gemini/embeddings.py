"""Embeddings that are deterministic and near each other for texts with the same words.

Each word adds to a few dimensions chosen by its checksum; the sum has length 1. That is
enough for nearest-neighbour code to find what a person would expect in small examples.
"""

from __future__ import annotations

import math
import re
import zlib

from tests.gemini.errors import ApiError, Json
from tests.gemini.tokens import count_text

DEFAULT_DIMENSIONS = 3072
MAX_REQUESTS = 100
_SPREAD = 3


def embed(content: Json, dimensions: int | None) -> Json:
    """`{"values": [...]}` of a content's text."""
    return {"values": vector(content_text(content), dimensions or DEFAULT_DIMENSIONS)}


def content_text(content: Json) -> str:
    return "\n".join(part.get("text") or "" for part in content.get("parts") or [])


def vector(text: str, dimensions: int) -> list[float]:
    """Unit vector of a text; for no words at all the first axis."""
    if not 1 <= dimensions <= DEFAULT_DIMENSIONS:
        raise ApiError(400, f"output_dimensionality must be from 1 to {DEFAULT_DIMENSIONS}.")
    values = [0.0] * dimensions
    for word in re.findall(r"\w+", text.lower()):
        for turn in range(_SPREAD):
            checksum = zlib.crc32(f"{turn}{word}".encode())
            values[checksum % dimensions] += 1.0 if checksum & 0x10000 else -1.0
    length = math.sqrt(sum(value * value for value in values))
    if not length:
        return [1.0, *values[1:]]
    return [round(value / length, 6) for value in values]


def count_content(content: Json) -> int:
    return count_text(content_text(content))
