"""The double and a real SDK client on it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from google import genai
from google.genai import types

from tests.gemini import GeminiDouble


@pytest.fixture(autouse=True)
def _no_proxy_on_the_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    # The SDK's HTTP client would send even loopback calls through HTTP_PROXY.
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
    for name in ("GOOGLE_GENAI_USE_ENTERPRISE", "GOOGLE_GENAI_USE_VERTEXAI"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def gemini() -> Iterator[GeminiDouble]:
    with GeminiDouble() as double:
        yield double


@pytest.fixture
def client(gemini: GeminiDouble) -> Iterator[genai.Client]:
    options = types.HttpOptions(base_url=gemini.url, api_version="v1beta", timeout=10_000)
    with genai.Client(api_key="moulin-vert-key", http_options=options) as client:
        yield client
