"""generateContent: usage, the book, the script, latency."""

from __future__ import annotations

import asyncio
import time

import pytest
from google import genai
from google.genai import errors, types

from tests.gemini import GeminiDouble, Reply, Request, replies
from tests.gemini.asking import FLASH, LITE, ask, classify


def test_usage_follows_the_fixed_rule(client: genai.Client) -> None:
    pdf = types.Part.from_bytes(data=b"%PDF-1.7 two pages", mime_type="application/pdf")
    content = types.Content(role="user", parts=[types.Part(text="é" * 6), pdf])

    response = client.models.generate_content(
        model=FLASH,
        contents=content,
        config=types.GenerateContentConfig(system_instruction="Read.", thinking_config=None),
    )

    usage = response.usage_metadata
    assert usage is not None
    # 5 bytes of instruction and 12 of text are 5 tokens; the PDF is 258; thinking is on.
    assert usage.prompt_token_count == 5 + 258
    assert usage.candidates_token_count == -(-len((response.text or "").encode()) // 4)
    assert usage.thoughts_token_count == 256
    assert usage.total_token_count == 263 + 256 + (usage.candidates_token_count or 0)
    assert [detail.token_count for detail in usage.prompt_tokens_details or []] == [5, 258]


def test_the_book_agrees_with_the_usage_the_client_saw(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(replies.text("billing").billed(prompt=1000, cached=800, candidates=7))
    seen = [
        client.models.generate_content(model=FLASH, contents=mail).usage_metadata
        for mail in ("Invoice 1", "Invoice 2")
    ]

    assert [row.prompt for row in gemini.book.rows] == [
        usage.prompt_token_count for usage in seen if usage
    ]
    first = gemini.book.rows[0]
    assert (first.cached, first.candidates, first.thoughts) == (800, 7, 0)
    assert all(row.delivered for row in gemini.book.rows)
    assert [row.number for row in gemini.book.rows] == [1, 2]
    assert [request.number for request in gemini.requests] == [1, 2]
    assert gemini.book.total.prompt == sum(row.prompt for row in gemini.book.rows)


def test_a_routed_model_is_billed_under_the_name_that_served(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.serve_as(FLASH, LITE)

    response = ask(client)

    assert response.model_version == LITE
    assert list(gemini.book.by_model) == [LITE]
    assert gemini.book.rows[0].model_asked == FLASH


def test_a_retired_model_is_not_found(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.retire(FLASH)

    with pytest.raises(errors.ClientError, match="no longer available") as refused:
        ask(client)

    assert (refused.value.code, refused.value.status) == (404, "NOT_FOUND")
    assert gemini.book.rows[0].status == 404
    assert gemini.book.total.prompt == 0


def test_the_served_tier_is_in_the_header(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.enqueue(Reply(text="a"), Reply(text="b", tier="standard"))

    tiers = [
        client.models.generate_content(
            model=FLASH,
            contents="Hello",
            config=types.GenerateContentConfig(service_tier=types.ServiceTier.PRIORITY),
        ).sdk_http_response
        for _ in range(2)
    ]

    assert [tier.headers["x-gemini-service-tier"] for tier in tiers if tier and tier.headers] == [
        "priority",
        "standard",
    ]


def test_replies_come_in_the_order_they_were_enqueued_and_then_the_rule(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(replies.text("one"), replies.text("two"))
    gemini.always(replies.text("by rule"))

    said = [client.models.generate_content(model=FLASH, contents="?").text for _ in range(3)]

    assert said == ["one", "two", "by rule"]


def test_a_reply_can_wait_for_its_mail(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.when("F-2026-041", replies.outside_category("complaints"), times=1)

    said = [
        classify(client, mail)["category"]
        for mail in ("Invoice F-2026-040", "Invoice F-2026-041", "Invoice F-2026-041")
    ]

    assert said == ["billing", "complaints", "billing"]


def test_a_rule_reads_the_request(gemini: GeminiDouble, client: genai.Client) -> None:
    def echo(request: Request) -> Reply:
        return replies.text(f"{request.system}|{request.last_text}|{request.model}")

    gemini.follow(echo)

    assert classify_text(client) == "Be brief.|Hello|gemini-2.5-flash"


def classify_text(client: genai.Client) -> str | None:
    return client.models.generate_content(
        model=FLASH,
        contents="Hello",
        config=types.GenerateContentConfig(system_instruction="Be brief."),
    ).text


def test_a_broken_rule_is_reported_to_the_client(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    def broken(_request: Request) -> Reply:
        raise LookupError("no such mail")

    gemini.follow(broken)

    with pytest.raises(errors.ServerError, match="no such mail"):
        ask(client)


def test_latency_is_the_doubles_own_or_the_replys(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.script.latency_ms = 250
    gemini.enqueue(replies.text("slow"), replies.text("quick").later(0))

    durations = []
    for _ in range(2):
        began = time.monotonic()
        ask(client)
        durations.append(time.monotonic() - began)

    assert durations[0] >= 0.25
    assert durations[1] < 0.25


def test_thinking_uses_up_the_output_limit(client: genai.Client) -> None:
    cut = client.models.generate_content(
        model=FLASH,
        contents="Hello",
        config=types.GenerateContentConfig(max_output_tokens=256 + 2),
    )
    empty = client.models.generate_content(
        model=FLASH, contents="Hello", config=types.GenerateContentConfig(max_output_tokens=100)
    )

    assert cut.text == "Thank yo"
    assert empty.text is None
    assert empty.candidates is not None
    assert empty.candidates[0].finish_reason is types.FinishReason.MAX_TOKENS


async def ask_async(gemini: GeminiDouble, mails: list[str]) -> list[str | None]:
    options = types.HttpOptions(base_url=gemini.url, timeout=10_000)
    client = genai.Client(api_key="moulin-vert-key", http_options=options)
    async with client.aio as models:
        answers = await asyncio.gather(
            *(models.models.generate_content(model=FLASH, contents=mail) for mail in mails)
        )
    return [answer.text for answer in answers]


def test_fifty_mails_at_once_each_get_their_own_answer(gemini: GeminiDouble) -> None:
    gemini.script.latency_ms = 50
    gemini.follow(lambda request: replies.text(request.last_text.upper()))
    mails = [f"mail {number}" for number in range(50)]

    assert asyncio.run(ask_async(gemini, mails)) == [mail.upper() for mail in mails]
    assert 1 < gemini.peak_in_flight <= 50
    assert gemini.api.traffic.in_flight == 0


def test_the_usage_may_be_missing_and_is_in_the_book_all_the_same(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.enqueue(replies.text("Done.").without_usage())

    response = ask(client, "Hello there")

    assert response.usage_metadata is None
    assert (gemini.book.rows[0].prompt, gemini.book.rows[0].candidates) == (3, 2)


def test_every_call_has_the_latency_even_a_refused_one(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.script.latency_ms = 60
    began = time.monotonic()

    client.models.count_tokens(model=FLASH, contents="Hello")
    gemini.accept_only("another-key")
    with pytest.raises(errors.ClientError):
        ask(client)

    assert time.monotonic() - began >= 0.12
