"""What the real API refuses is refused, with an error and an empty line in the book."""

from __future__ import annotations

from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from tests.gemini import GeminiDouble
from tests.gemini.asking import FLASH, LITE, TRIAGE_SCHEMA, ask

MAIL = types.Content(role="user", parts=[types.Part(text="Hello")])
CLOSED_OBJECT = {
    "type": "OBJECT",
    "properties": {"category": {"type": "STRING", "additionalProperties": False}},
}


def refusal(client: genai.Client, model: str, contents: Any = "Hello", **settings: Any) -> str:
    config = types.GenerateContentConfig(**settings)
    with pytest.raises(errors.ClientError) as refused:
        client.models.generate_content(model=model, contents=contents, config=config)
    assert (refused.value.code, refused.value.status) == (400, "INVALID_ARGUMENT")
    return str(refused.value.message)


def thinking(**settings: Any) -> types.ThinkingConfig:
    return types.ThinkingConfig(**settings)


@pytest.mark.parametrize(
    ("model", "settings", "word"),
    [
        (LITE, {"thinking_config": thinking(thinking_budget=0, thinking_level="low")}, "one of"),
        ("gemini-3.7-flash", {"thinking_config": thinking(thinking_level="minimal")}, "MINIMAL"),
        ("gemini-3.8-flash", {"thinking_config": thinking(thinking_level="minimal")}, "MINIMAL"),
        (FLASH, {"thinking_config": thinking(thinking_level="low")}, "not supported"),
        (FLASH, {"thinking_config": thinking(thinking_budget=99_999)}, "24576"),
        ("gemini-2.5-flash-lite", {"thinking_config": thinking(thinking_budget=100)}, "512"),
        ("gemini-2.5-pro", {"thinking_config": thinking(thinking_budget=0)}, "thinking mode"),
        ("gemini-4-argon", {"thinking_config": thinking(thinking_budget=64)}, "not supported"),
        (LITE, {"presence_penalty": 0.5}, "Penalty"),
        (LITE, {"frequency_penalty": 0.5}, "Penalty"),
        (FLASH, {"response_logprobs": True, "logprobs": 5}, "Logprobs is not enabled"),
        (FLASH, {"temperature": 2.5}, "Temperature"),
        (FLASH, {"max_output_tokens": 70_000}, "65537"),
        (FLASH, {"response_json_schema": TRIAGE_SCHEMA}, "response_mime_type"),
        ("gemini-3.8-flash", {"candidate_count": 2}, "Multiple candidates"),
    ],
)
def test_settings_a_model_does_not_take_are_refused(
    gemini: GeminiDouble, client: genai.Client, model: str, settings: dict[str, Any], word: str
) -> None:
    assert word in refusal(client, model, **settings)
    assert [(row.status, row.prompt) for row in gemini.book.rows] == [(400, 0)]


@pytest.mark.parametrize(
    ("model", "settings"),
    [
        (LITE, {"thinking_config": thinking(thinking_level="minimal"), "temperature": 0}),
        ("gemini-3.8-flash", {"thinking_config": thinking(thinking_level="low")}),
        (FLASH, {"thinking_config": thinking(thinking_budget=0), "presence_penalty": 0.5}),
        ("gemini-2.5-flash-lite", {"thinking_config": thinking(thinking_budget=-1)}),
    ],
)
def test_settings_a_model_takes_are_taken(
    client: genai.Client, model: str, settings: dict[str, Any]
) -> None:
    config = types.GenerateContentConfig(**settings)

    assert client.models.generate_content(model=model, contents="Hello", config=config).text


def test_the_model_may_not_speak_last_on_current_models(client: genai.Client) -> None:
    turns = [MAIL, types.Content(role="model", parts=[types.Part(text="{")])]

    assert "role model" in refusal(client, LITE, turns)
    assert client.models.generate_content(model=FLASH, contents=turns).text


def test_additional_properties_break_the_openapi_schema(client: genai.Client) -> None:
    message = refusal(
        client, FLASH, response_mime_type="application/json", response_schema=CLOSED_OBJECT
    )

    assert 'Unknown name "additional' in message


def test_a_pdf_without_a_header_has_no_pages(client: genai.Client) -> None:
    letter = types.Part.from_bytes(data=b"Dear Sir", mime_type="application/pdf")

    assert "no pages" in refusal(client, FLASH, [letter])


def test_a_deadline_under_ten_seconds_is_refused_in_the_apis_words(gemini: GeminiDouble) -> None:
    options = types.HttpOptions(base_url=gemini.url, timeout=8_000)

    with (
        genai.Client(api_key="moulin-vert-key", http_options=options) as client,
        pytest.raises(errors.ClientError) as refused,
    ):
        ask(client)

    assert refused.value.message == (
        "Manually set deadline 8s is too short. Minimum allowed deadline is 10s."
    )


def test_a_key_that_is_not_accepted_is_invalid(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.accept_only("another-key")

    with pytest.raises(errors.ClientError) as refused:
        ask(client)

    error = refused.value.details["error"]
    assert (error["code"], error["details"][0]["reason"]) == (400, "API_KEY_INVALID")


def test_an_unknown_model_is_not_found(client: genai.Client) -> None:
    with pytest.raises(errors.ClientError, match="Call ListModels") as refused:
        client.models.generate_content(model="gemini-1.5-flash", contents="Hello")

    assert refused.value.code == 404


def test_a_file_nobody_uploaded_is_not_accessible(client: genai.Client) -> None:
    part = types.Part.from_uri(file_uri="files/unknown1", mime_type="application/pdf")

    with pytest.raises(errors.ClientError) as refused:
        client.models.generate_content(model=FLASH, contents=part)

    assert refused.value.code == 403
