"""streamGenerateContent over SSE, as the real SDK reads it."""

from __future__ import annotations

import time
from collections.abc import Iterator

import httpx2
import pytest
from google import genai
from google.genai import errors, types

from tests.gemini import GeminiDouble, Reply, replies
from tests.gemini.asking import FLASH

DRAFT = replies.text("Dear Ms Okafor, the pump is on its way. Regards, Moulin Vert")


def stream(client: genai.Client) -> Iterator[types.GenerateContentResponse]:
    return client.models.generate_content_stream(model=FLASH, contents="Draft an answer.")


def read_until_it_breaks(
    client: genai.Client, problem: type[Exception]
) -> tuple[str, pytest.ExceptionInfo[Exception]]:
    said: list[str] = []
    with pytest.raises(problem) as broken:
        said.extend(chunk.text or "" for chunk in stream(client))
    return "".join(said), broken


def test_the_pieces_make_the_whole_and_the_last_one_carries_the_finish(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(DRAFT.streamed(chunks=4))

    chunks = list(stream(client))

    assert len(chunks) == 4
    assert "".join(chunk.text or "" for chunk in chunks) == DRAFT.text
    finishes = [chunk.candidates[0].finish_reason for chunk in chunks if chunk.candidates]
    assert finishes == [None, None, None, types.FinishReason.STOP]


def test_usage_is_cumulative_so_the_last_chunk_is_what_the_book_says(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(DRAFT.streamed(chunks=4))

    usages = [chunk.usage_metadata for chunk in stream(client) if chunk.usage_metadata]

    counts = [usage.candidates_token_count or 0 for usage in usages]
    assert counts == sorted(counts)
    assert len(set(counts)) == 4
    assert gemini.book.rows[0].candidates == counts[-1]
    assert gemini.book.rows[0].prompt == usages[0].prompt_token_count


def test_a_stream_can_be_slow(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.enqueue(DRAFT.streamed(chunks=3, pause_ms=50))
    began = time.monotonic()

    list(stream(client))

    assert time.monotonic() - began >= 0.15


def test_an_error_before_the_first_piece_is_an_ordinary_error(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(replies.too_many_requests())

    said, broken = read_until_it_breaks(client, errors.ClientError)

    assert said == ""
    assert "429" in str(broken.value)


def test_an_error_in_the_middle_comes_after_the_text_so_far(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(DRAFT.streamed(chunks=3, stop_after=2, error=503))

    said, broken = read_until_it_breaks(client, errors.ServerError)

    assert DRAFT.text is not None
    assert said
    assert DRAFT.text.startswith(said)
    assert said != DRAFT.text
    assert isinstance(broken.value, errors.ServerError)
    assert broken.value.code == 503


@pytest.mark.parametrize(
    "reply", [DRAFT.streamed(stop_after=1, cut=True), replies.cut(midway=True)]
)
def test_a_cut_stream_is_a_protocol_error_and_billed(
    gemini: GeminiDouble, client: genai.Client, reply: Reply
) -> None:
    gemini.enqueue(reply)

    said, _ = read_until_it_breaks(client, httpx2.RemoteProtocolError)

    assert said
    row = gemini.book.rows[0]
    assert row.candidates > 0
    assert not row.delivered


def test_a_stream_may_end_without_a_finish_reason(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(DRAFT.streamed(chunks=3, stop_after=2, silent=True))

    chunks = list(stream(client))

    assert len(chunks) == 2
    assert not any(chunk.candidates and chunk.candidates[0].finish_reason for chunk in chunks)


def test_a_stopped_stream_leaves_the_server_in_good_order(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(DRAFT.streamed(chunks=5, pause_ms=20))

    for _ in stream(client):
        break

    assert client.models.generate_content(model=FLASH, contents="Hello").text


def test_a_blocked_prompt_is_one_event_without_candidates(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(replies.blocked_prompt())

    chunks = list(stream(client))

    assert len(chunks) == 1
    assert chunks[0].candidates is None
    assert chunks[0].prompt_feedback is not None
