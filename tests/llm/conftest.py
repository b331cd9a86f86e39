"""The real SDK, pointed at the double."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.gemini import GeminiDouble


@pytest.fixture
def gemini(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Iterator[GeminiDouble]:
    """A double of Gemini that the product's own settings lead to."""
    with GeminiDouble() as double:
        monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", double.url)
        # A key of its own for each test: the provider's client is made anew for each key.
        settings.GEMINI_API_KEY = f"key-for-{double.url}"
        settings.MODELS = ["gemini-2.5-flash", "gemini-3.5-flash-lite", "gemini-2.5-flash-lite"]
        yield double
