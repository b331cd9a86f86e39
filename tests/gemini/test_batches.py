"""Batches through the real SDK: inline, from a file, and all the ways they end."""

from __future__ import annotations

import io
import json
import urllib.request
from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from tests.gemini import GeminiDouble, replies
from tests.gemini.asking import FLASH, TRIAGE_SCHEMA

MAILS = {
    "m1": "Please correct invoice F-2026-041.",
    "m2": "We would like a quote for 12 benches.",
    "m3": "The gate does not open.",
}
CONFIG = {"response_mime_type": "application/json", "response_json_schema": TRIAGE_SCHEMA}


def inline(mails: dict[str, str]) -> list[types.InlinedRequest]:
    return [
        types.InlinedRequest(
            contents=[types.Content(role="user", parts=[types.Part(text=mail)])],
            metadata={"key": key},
            config=types.GenerateContentConfig(**CONFIG),  # type: ignore[arg-type]
        )
        for key, mail in mails.items()
    ]


def create(client: genai.Client, mails: dict[str, str] = MAILS) -> str:
    job = client.batches.create(
        model=FLASH,
        src=types.BatchJobSource(inlined_requests=inline(mails)),
        config=types.CreateBatchJobConfig(display_name="night run"),
    )
    assert job.name is not None
    assert job.state is types.JobState.JOB_STATE_PENDING
    return job.name


def finish(client: genai.Client, name: str) -> types.BatchJob:
    job = client.batches.get(name=name)
    while not job.done:
        job = client.batches.get(name=name)
    return job


def inline_results(job: types.BatchJob) -> list[types.InlinedResponse]:
    assert job.dest is not None
    assert job.dest.inlined_responses is not None
    return job.dest.inlined_responses


def category(response: types.GenerateContentResponse | None) -> Any:
    assert response is not None
    return json.loads(response.text or "")["category"]


def create_from_file(client: genai.Client, lines: list[str]) -> str:
    file = client.files.upload(
        file=io.BytesIO("\n".join(lines).encode()),
        config=types.UploadFileConfig(mime_type="application/jsonl"),
    )
    job = client.batches.create(model=FLASH, src=file.name or "")
    assert job.name is not None
    return job.name


def line(key: str, mail: str) -> str:
    request = {
        "contents": [{"role": "user", "parts": [{"text": mail}]}],
        "generation_config": CONFIG,
    }
    return json.dumps({"key": key, "request": request})


def raw_operation(gemini: GeminiDouble, name: str) -> Any:
    request = urllib.request.Request(
        f"{gemini.url}/v1beta/{name}", headers={"x-goog-api-key": "moulin-vert-key"}
    )
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)


def test_an_inline_batch_goes_through_its_states(client: genai.Client) -> None:
    name = create(client)

    states = [client.batches.get(name=name).state for _ in range(3)]

    assert states == [
        types.JobState.JOB_STATE_RUNNING,
        types.JobState.JOB_STATE_SUCCEEDED,
        types.JobState.JOB_STATE_SUCCEEDED,
    ]


def test_results_come_out_of_order_and_are_told_apart_by_their_metadata(
    client: genai.Client,
) -> None:
    results = inline_results(finish(client, create(client)))

    keys = [(result.metadata or {})["key"] for result in results]
    assert keys == ["m3", "m2", "m1"]
    answers = {(r.metadata or {})["key"]: category(r.response) for r in results}
    assert answers == {"m1": "billing", "m2": "sales", "m3": "support"}


def test_order_and_metadata_can_be_scripted(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.batches.in_order = True
    gemini.batches.echo_metadata = False

    results = inline_results(finish(client, create(client)))

    assert [category(result.response) for result in results] == ["billing", "sales", "support"]
    assert [result.metadata for result in results] == [None, None, None]


def test_an_item_can_fail_on_its_own(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.when("quote", replies.error(503))

    results = inline_results(finish(client, create(client)))

    failed = [result for result in results if result.error]
    assert [(one.metadata or {})["key"] for one in failed] == ["m2"]
    assert failed[0].error is not None
    assert failed[0].error.code == 14
    assert len([result for result in results if result.response]) == 2


def test_every_item_is_entered_in_the_book(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.when("gate", replies.error(503))
    gemini.serve_as(FLASH, "gemini-3.5-flash-lite")

    results = inline_results(finish(client, create(client)))

    seen = [r.response.usage_metadata for r in results if r.response]
    rows = [row for row in gemini.book.rows if row.status == 200]
    assert sorted(row.prompt for row in rows) == sorted(
        usage.prompt_token_count or 0 for usage in seen if usage
    )
    assert {(row.model_asked, row.model_served, row.tier) for row in rows} == {
        (FLASH, "gemini-3.5-flash-lite", "batch")
    }
    assert [row.status for row in gemini.book.rows].count(503) == 1


def test_a_file_of_requests_becomes_a_file_of_results(client: genai.Client) -> None:
    name = create_from_file(client, [line(key, mail) for key, mail in MAILS.items()])

    job = finish(client, name)

    assert job.dest is not None
    results = [
        json.loads(one) for one in client.files.download(file=job.dest.file_name or "").splitlines()
    ]
    assert [result["key"] for result in results] == ["m3", "m2", "m1"]
    text = results[-1]["response"]["candidates"][0]["content"]["parts"][0]["text"]
    assert json.loads(text)["category"] == "billing"


def test_a_line_the_model_refuses_is_an_error_under_its_key(client: genai.Client) -> None:
    bad = json.dumps({"key": "m9", "request": {"contents": []}})

    job = finish(client, create_from_file(client, [line("m1", MAILS["m1"]), bad]))

    assert job.dest is not None
    data = client.files.download(file=job.dest.file_name or "")
    first, second = (json.loads(one) for one in data.splitlines())
    assert (first["key"], first["error"]["code"]) == ("m9", 3)
    assert "response" in second


def test_a_file_that_is_no_jsonl_is_refused_with_its_line(client: genai.Client) -> None:
    with pytest.raises(errors.ClientError, match="Line 2"):
        create_from_file(client, [line("m1", "Hello"), "{"])


@pytest.mark.parametrize("state", ["FAILED", "EXPIRED", "CANCELLED"])
def test_a_batch_that_does_not_succeed_has_no_results(
    gemini: GeminiDouble, client: genai.Client, state: str
) -> None:
    name = create(client)
    gemini.batches.move(state, message="Internal trouble.")

    job = client.batches.get(name=name)

    assert job.done
    assert job.state == types.JobState(f"JOB_STATE_{state}")
    assert job.dest is None
    assert gemini.book.rows == []


def test_the_reason_of_a_failure_is_in_the_raw_operation_only(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    name = create(client)
    gemini.batches.move("FAILED", name=name, message="Internal trouble.")

    assert client.batches.get(name=name).error is None
    assert raw_operation(gemini, name)["error"] == {"code": 13, "message": "Internal trouble."}


def test_the_raw_operation_counts_its_requests(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.when("quote", replies.error(503))
    name = create(client)
    before = raw_operation(gemini, name)["metadata"]["batchStats"]
    after = raw_operation(gemini, name)["metadata"]["batchStats"]

    assert before == {"requestCount": "3", "pendingRequestCount": "3"}
    assert after == {
        "requestCount": "3",
        "successfulRequestCount": "2",
        "failedRequestCount": "1",
    }


def test_a_batch_can_stay_where_it_is_until_it_is_moved(
    gemini: GeminiDouble, client: genai.Client
) -> None:
    gemini.batches.polls_until_done = None
    name = create(client)

    assert {client.batches.get(name=name).state for _ in range(5)} == {
        types.JobState.JOB_STATE_PENDING
    }
    gemini.batches.move("RUNNING")
    assert client.batches.get(name=name).state is types.JobState.JOB_STATE_RUNNING
    gemini.batches.move("SUCCEEDED")
    assert len(inline_results(client.batches.get(name=name))) == 3


def test_a_cancelled_batch_stays_cancelled(client: genai.Client) -> None:
    name = create(client)

    client.batches.cancel(name=name)

    assert finish(client, name).state is types.JobState.JOB_STATE_CANCELLED


def test_a_finished_batch_cannot_be_cancelled_any_more(client: genai.Client) -> None:
    name = create(client)
    finish(client, name)

    client.batches.cancel(name=name)

    assert client.batches.get(name=name).state is types.JobState.JOB_STATE_SUCCEEDED


def test_creating_twice_makes_two_and_both_are_listed(client: genai.Client) -> None:
    names = [create(client), create(client), create(client)]

    listed = client.batches.list(config=types.ListBatchJobsConfig(page_size=2))

    assert [job.name for job in listed] == names[::-1]


def test_a_deleted_batch_is_not_found(client: genai.Client) -> None:
    name = create(client)

    client.batches.delete(name=name)

    with pytest.raises(errors.ClientError) as refused:
        client.batches.get(name=name)
    assert refused.value.code == 404


def test_a_retired_model_takes_no_batch(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.retire(FLASH)

    with pytest.raises(errors.ClientError, match="no longer available"):
        create(client)


@pytest.mark.filterwarnings("ignore:.*experimental")
def test_embeddings_come_in_batches_too(gemini: GeminiDouble, client: genai.Client) -> None:
    gemini.batches.in_order = True
    job = client.batches.create_embeddings(
        model="gemini-embedding-001",
        src=types.EmbeddingsBatchJobSource(
            inlined_requests=types.EmbedContentBatch(
                contents=[
                    types.Content(parts=[types.Part(text="The gate is stuck.")]),
                    types.Content(parts=[types.Part(text="A quote, please.")]),
                ],
                config=types.EmbedContentConfig(output_dimensionality=64),
            )
        ),
    )

    finished = finish(client, job.name or "")

    assert finished.dest is not None
    results = finished.dest.inlined_embed_content_responses or []
    sizes = [len(one.response.embedding.values or []) for one in results
             if one.response and one.response.embedding]  # fmt: skip
    assert sizes == [64, 64]
