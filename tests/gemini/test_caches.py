"""Explicit caches: made, used, prolonged, run out."""

from __future__ import annotations

import pytest
from google import genai
from google.genai import errors, types

from tests.gemini import GeminiDouble
from tests.gemini.asking import FLASH, LITE

# 1,500 tokens by the double's rule: four bytes each.
RULES = "Rule" * 1500


def create(client: genai.Client, text: str = RULES, model: str = FLASH) -> str:
    cache = client.caches.create(
        model=model,
        config=types.CreateCachedContentConfig(
            system_instruction=text, ttl="600s", display_name="rules"
        ),
    )
    assert cache.name is not None
    return cache.name


def ask_with(client: genai.Client, name: str, model: str = FLASH, **settings: str) -> None:
    client.models.generate_content(
        model=model,
        contents="Hello",
        config=types.GenerateContentConfig(cached_content=name, **settings),  # type: ignore[arg-type]
    )


def test_a_cache_is_described_with_its_tokens_and_its_end(client: genai.Client) -> None:
    cache = client.caches.get(name=create(client))

    assert cache.usage_metadata is not None
    assert cache.usage_metadata.total_token_count == 1500
    assert cache.expire_time is not None
    assert cache.create_time is not None
    assert 599 < (cache.expire_time - cache.create_time).total_seconds() < 601
    assert [one.name for one in client.caches.list()] == [cache.name]


def test_cached_tokens_are_part_of_the_prompt_and_counted_apart(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    ask_with(client, create(client))

    (row,) = gemini.book.rows
    assert (row.prompt, row.cached) == (1502, 1500)


def test_a_short_text_makes_no_cache_unless_the_test_says_so(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    with pytest.raises(errors.ClientError, match="too small"):
        create(client, "Be brief.")
    gemini.caches.min_tokens = 1

    assert create(client, "Be brief.")


def test_a_cache_that_ran_out_is_not_found(gemini: GeminiDouble, client: genai.Client) -> None:
    name = create(client)
    gemini.caches.expire(name)

    with pytest.raises(errors.ClientError, match="CachedContent not found") as refused:
        ask_with(client, name)

    assert refused.value.code == 403
    assert gemini.book.total.prompt == 0


def test_a_cache_can_be_prolonged_and_deleted(client: genai.Client) -> None:
    name = create(client)
    before = client.caches.get(name=name).expire_time

    after = client.caches.update(
        name=name, config=types.UpdateCachedContentConfig(ttl="7200s")
    ).expire_time

    assert before is not None
    assert after is not None
    assert (after - before).total_seconds() > 6000
    client.caches.delete(name=name)
    with pytest.raises(errors.ClientError, match="CachedContent not found"):
        client.caches.get(name=name)


def test_a_cache_belongs_to_its_model(client: genai.Client) -> None:
    with pytest.raises(errors.ClientError, match="has to be the same"):
        ask_with(client, create(client), LITE)


def test_the_system_instruction_goes_into_the_cache_or_nowhere(client: genai.Client) -> None:
    with pytest.raises(errors.ClientError, match="can not be used with"):
        ask_with(client, create(client), system_instruction="Again.")


def test_a_model_with_implicit_caching_only_makes_none(client: genai.Client) -> None:
    with pytest.raises(errors.ClientError, match="does not support explicit caching"):
        create(client, model="gemini-4-argon")
