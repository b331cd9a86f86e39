"""Models listed, tokens counted, texts embedded."""

from __future__ import annotations

import math

import pytest
from google import genai
from google.genai import errors, types

from tests.gemini import GeminiDouble, Model
from tests.gemini.asking import FLASH, ask

EMBEDDER = "gemini-embedding-001"


def embed(client: genai.Client, *texts: str, dimensions: int = 256) -> list[list[float]]:
    contents = [types.Content(parts=[types.Part(text=text)]) for text in texts]
    response = client.models.embed_content(
        model=EMBEDDER,
        contents=contents,
        config=types.EmbedContentConfig(output_dimensionality=dimensions),
    )
    return [embedding.values or [] for embedding in response.embeddings or []]


def nearness(one: list[float], other: list[float]) -> float:
    return sum(a * b for a, b in zip(one, other, strict=True))


def test_the_models_are_listed_without_the_retired(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.retire("gemini-2.5-pro")

    names = [model.name for model in client.models.list()]

    assert f"models/{FLASH}" in names
    assert "models/gemini-2.5-pro" not in names


def test_one_model_tells_its_limits_and_methods(client: genai.Client) -> None:
    model = client.models.get(model=FLASH)

    assert (model.input_token_limit, model.output_token_limit) == (1_048_576, 65_536)
    assert "generateContent" in (model.supported_actions or [])


def test_a_model_can_be_added(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.know(Model(name="gemini-5-flash", levels=("low",), default="low"))

    response = client.models.generate_content(model="gemini-5-flash", contents="Hello")

    assert response.model_version == "gemini-5-flash"
    assert gemini.book.rows[0].thoughts == 64


def test_counting_agrees_with_the_prompt_that_is_billed(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    counted = client.models.count_tokens(model=FLASH, contents="Bonjour, où est la facture ?")
    ask(client, "Bonjour, où est la facture ?")

    assert counted.total_tokens == gemini.book.rows[0].prompt == 8
    assert len(gemini.book.rows) == 1


def test_an_embedding_model_does_not_generate(client: genai.Client) -> None:
    with pytest.raises(errors.ClientError, match="not supported for generateContent"):
        client.models.generate_content(model=EMBEDDER, contents="Hello")


def test_texts_with_the_same_words_lie_near_each_other(client: genai.Client) -> None:
    asked, alike, other = embed(
        client, "the invoice is wrong", "your invoice is wrong again", "please open our gate"
    )

    assert nearness(asked, alike) > 0.5 > nearness(asked, other)
    assert math.isclose(nearness(asked, asked), 1, abs_tol=1e-4)


def test_embeddings_are_entered_in_the_book(gemini: GeminiDouble, client: genai.Client) -> None:
    embed(client, "abcdefgh", "abcd")

    assert [(row.model_served, row.prompt) for row in gemini.book.rows] == [
        (EMBEDDER, 2),
        (EMBEDDER, 1),
    ]


def test_the_full_size_is_the_default_and_more_is_refused(client: genai.Client) -> None:
    response = client.models.embed_content(model=EMBEDDER, contents="Hello")

    assert response.embeddings is not None
    assert len(response.embeddings[0].values or []) == 3072
    with pytest.raises(errors.ClientError, match="3072"):
        embed(client, "Hello", dimensions=4096)
