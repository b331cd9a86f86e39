"""Everything that can go wrong, as the real SDK shows it."""

from __future__ import annotations

import json

import httpx2
import pytest
from google import genai
from google.genai import errors, types

from tests.gemini import GeminiDouble, Reply, replies
from tests.gemini.asking import FLASH, ask


@pytest.mark.parametrize(
    ("reply", "text", "finish"),
    [
        (replies.cut_short(), '{"category": "bil', "MAX_TOKENS"),
        (replies.thoughts_only(2999), None, "MAX_TOKENS"),
        (replies.stop_without_parts(), None, "STOP"),
        (replies.safety(), None, "SAFETY"),
        (replies.wrong_json(), '{"category": "billing", "confidence": 0.9', "STOP"),
        (replies.repetition("0", times=3), '{"total_gross": 1.000', "MAX_TOKENS"),
    ],
)
def test_unhappy_candidates_arrive_as_the_sdk_shows_them(
    gemini: GeminiDouble, client: genai.Client, reply: Reply, text: str | None, finish: str
) -> None:
    gemini.enqueue(reply)

    response = ask(client)

    assert response.text == text
    assert response.candidates is not None
    assert response.candidates[0].finish_reason == types.FinishReason(finish)
    assert response.usage_metadata is not None
    assert response.usage_metadata.total_token_count == (
        gemini.book.rows[0].prompt + gemini.book.rows[0].candidates + gemini.book.rows[0].thoughts
    )


def test_thoughts_without_text_are_billed(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.enqueue(replies.thoughts_only(2999))

    ask(client)

    assert gemini.book.total.thoughts == 2999
    assert gemini.book.total.candidates == 0


def test_a_blocked_prompt_has_no_candidates_but_a_counted_prompt(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(replies.blocked_prompt(), replies.no_candidates())

    blocked = client.models.generate_content(model=FLASH, contents="Hello there")
    empty = client.models.generate_content(model=FLASH, contents="Hello there")

    assert blocked.prompt_feedback is not None
    assert blocked.prompt_feedback.block_reason is types.BlockedReason.PROHIBITED_CONTENT
    assert (blocked.candidates, blocked.text, empty.candidates) == (None, None, None)
    assert [row.prompt for row in gemini.book.rows] == [3, 3]


def test_an_unknown_finish_reason_is_passed_on(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.enqueue(replies.unknown_finish("WEATHER"))

    with pytest.warns(UserWarning, match="WEATHER"):
        response = ask(client)

    assert response.candidates is not None
    assert response.candidates[0].finish_reason not in set(types.FinishReason)


def test_continuation_makes_the_sdk_ask_on_unless_told_not_to(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(replies.continuation("The pump "), replies.text("is broken."))
    joined = ask(client)
    gemini.enqueue(replies.continuation("The pump "))
    alone = client.models.generate_content(
        model=FLASH,
        contents="Hello",
        config=types.GenerateContentConfig(automatic_continuation=False),
    )

    assert joined.text == "The pump is broken."
    assert alone.text == "The pump "
    assert "continuationToken" in gemini.requests[1].body
    assert len(gemini.book.rows) == 3


def test_an_error_carries_the_details_a_client_needs(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    reply = replies.error(429, retry_delay=2.5, retry_after=3, quota="PerMinute-FreeTier")
    gemini.enqueue(reply)

    with pytest.raises(errors.ClientError) as refused:
        ask(client)

    details = refused.value.details["error"]["details"]
    assert (refused.value.code, refused.value.status) == (429, "RESOURCE_EXHAUSTED")
    assert details[0]["violations"][0]["quotaId"] == "PerMinute-FreeTier"
    assert details[-1]["retryDelay"] == "2.5s"
    assert isinstance(refused.value.response, httpx2.Response)
    assert refused.value.response.headers["retry-after"] == "3"


@pytest.mark.parametrize(
    ("code", "status"),
    [
        (400, "INVALID_ARGUMENT"),
        (402, "RESOURCE_EXHAUSTED"),
        (403, "PERMISSION_DENIED"),
        (404, "NOT_FOUND"),
        (499, "CANCELLED"),
        (500, "INTERNAL"),
        (503, "UNAVAILABLE"),
        (504, "DEADLINE_EXCEEDED"),
    ],
)
def test_every_status_has_its_google_name_and_costs_nothing(
    gemini: GeminiDouble, client: genai.Client, code: int, status: str
) -> None:
    gemini.enqueue(replies.error(code))

    with pytest.raises(errors.APIError) as refused:
        ask(client)

    assert (refused.value.code, refused.value.status) == (code, status)
    assert [(row.status, row.prompt) for row in gemini.book.rows] == [(code, 0)]


def test_a_gateways_html_page_is_an_error(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.enqueue(replies.html(502))

    with pytest.raises(errors.ServerError) as refused:
        ask(client)

    assert refused.value.code == 502
    assert "<html>" in str(refused.value.message)


def test_garbage_with_status_200_is_no_response(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.enqueue(replies.garbage())

    # Not UnknownApiResponseError, which the SDK keeps for streams.
    with pytest.raises(json.JSONDecodeError):
        ask(client)


@pytest.mark.parametrize("midway", [False, True])
def test_a_cut_connection_is_a_protocol_error(
    gemini: GeminiDouble, client: genai.Client, midway: bool
) -> None:
    gemini.enqueue(replies.cut(midway=midway))

    with pytest.raises(httpx2.RemoteProtocolError):
        ask(client)

    row = gemini.book.rows[0]
    assert not row.delivered
    assert bool(row.prompt) is midway
    assert ask(client).text


def test_an_answer_nobody_saw_can_still_be_billed(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(replies.cut(generated=True))

    with pytest.raises(httpx2.RemoteProtocolError):
        client.models.generate_content(model=FLASH, contents="Hello there")

    row = gemini.book.rows[0]
    assert (row.status, row.prompt, row.delivered) == (0, 3, False)


def test_a_hanging_server_outlasts_the_clients_timeout(gemini: GeminiDouble) -> None:
    gemini.enqueue(replies.hang())
    # The timeout header would say 1 s and be refused; a header of our own stands in for it.
    options = types.HttpOptions(
        base_url=gemini.url, timeout=300, headers={"X-Server-Timeout": "10"}
    )

    with (
        genai.Client(api_key="moulin-vert-key", http_options=options) as client,
        pytest.raises(httpx2.ReadTimeout),
    ):
        ask(client)

    assert gemini.book.rows[0].status == 0
