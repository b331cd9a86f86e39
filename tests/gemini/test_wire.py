"""The HTTP reader, spoken to without any client's help."""

from __future__ import annotations

import http.client
import json
import socket
from typing import Any

import pytest

from tests.gemini import GeminiDouble, replies
from tests.gemini.wire import MAX_BODY_BYTES, MAX_HEAD_BYTES

PATH = "/v1beta/models/gemini-2.5-flash:generateContent"
BODY = json.dumps({"contents": [{"parts": [{"text": "The invoice is wrong."}]}]})
KEY = {"x-goog-api-key": "moulin-vert-key"}


def connection(gemini: GeminiDouble) -> http.client.HTTPConnection:
    host, port = gemini.url.removeprefix("http://").split(":")
    return http.client.HTTPConnection(host, int(port), timeout=5)


def post(
    gemini: GeminiDouble, path: str = PATH, body: str = BODY, **headers: str
) -> tuple[int, Any]:
    talk = connection(gemini)
    talk.request("POST", path, body, KEY | headers)
    response = talk.getresponse()
    answer = response.status, json.loads(response.read())
    talk.close()
    return answer


def raw_exchange(gemini: GeminiDouble, *pieces: bytes, answers: int = 1) -> bytes:
    """Send the pieces one by one and read until so many answers are complete."""
    host, port = gemini.url.removeprefix("http://").split(":")
    received = b""
    with socket.create_connection((host, int(port)), timeout=5) as talk:
        for piece in pieces:
            talk.sendall(piece)
        while received.count(b'"responseId"') < answers:
            data = talk.recv(65_536)
            if not data:
                break
            received += data
    return received


def head(*lines: str) -> bytes:
    first = [f"POST {PATH} HTTP/1.1", "Host: 127.0.0.1", "x-goog-api-key: k", *lines]
    return "\r\n".join([*first, "", ""]).encode()


def test_one_connection_serves_many_requests(gemini: GeminiDouble) -> None:
    talk = connection(gemini)
    for _ in range(3):
        talk.request("POST", PATH, BODY, KEY)
        assert talk.getresponse().read()
        sock = talk.sock
    assert talk.sock is sock
    talk.close()


def test_a_chunked_body_is_read_even_in_crumbs(gemini: GeminiDouble) -> None:
    crumbs = [f"{len(part):x};note=1\r\n{part}\r\n" for part in (BODY[:10], BODY[10:])]
    message = head("Transfer-Encoding: chunked") + "".join([*crumbs, "0\r\n\r\n"]).encode()

    answer = raw_exchange(gemini, *(message[at : at + 7] for at in range(0, len(message), 7)))

    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert gemini.requests[0].last_text == "The invoice is wrong."


def test_two_requests_in_one_packet_get_two_answers_in_order(gemini: GeminiDouble) -> None:
    gemini.enqueue(replies.text("first").later(50), replies.text("second").later(0))
    message = head(f"Content-Length: {len(BODY)}") + BODY.encode()

    answer = raw_exchange(gemini, message + message, answers=2)

    assert answer.index(b"first") < answer.index(b"second")


def test_a_client_that_asks_first_is_told_to_continue(gemini: GeminiDouble) -> None:
    answer = raw_exchange(
        gemini, head(f"Content-Length: {len(BODY)}", "Expect: 100-continue"), BODY.encode()
    )

    assert answer.startswith(b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK")


@pytest.mark.parametrize(
    "message",
    [b"NONSENSE\r\n\r\n", head("Content-Length: many"), head("Content-Length: -1"),
     head(f"Content-Length: {MAX_BODY_BYTES + 1}"), b"GET /" + b"x" * (MAX_HEAD_BYTES + 1),
     head("Transfer-Encoding: chunked") + b"xyz\r\n"],
)  # fmt: skip
def test_what_is_no_http_gets_400_and_the_door(gemini: GeminiDouble, message: bytes) -> None:
    answer = raw_exchange(gemini, message)

    assert answer.startswith(b"HTTP/1.1 400 Bad Request")
    assert b"Connection: close" in answer


def test_both_spellings_of_a_key_mean_the_same(gemini: GeminiDouble) -> None:
    snake = json.dumps(
        {
            "contents": [{"parts": [{"text": "Hi"}]}],
            "system_instruction": {"parts": [{"text": "Sort."}]},
            "generation_config": {"thinking_config": {"thinking_budget": 0}},
        }
    )

    status, answer = post(gemini, body=snake)

    assert status == 200
    assert gemini.requests[0].system == "Sort."
    assert "thoughtsTokenCount" not in answer["usageMetadata"]


def test_names_inside_a_schema_stay_the_callers(gemini: GeminiDouble) -> None:
    schema = {"type": "object", "properties": {"due_date": {"type": ["string", "null"]}}}
    config = {"response_mime_type": "application/json", "response_json_schema": schema}

    _, answer = post(
        gemini,
        body=json.dumps({"contents": [{"parts": [{"text": "Hi"}]}], "generation_config": config}),
    )

    assert "due_date" in answer["candidates"][0]["content"]["parts"][0]["text"]


@pytest.mark.parametrize("version", ["v1", "v1beta"])
def test_both_versions_answer(gemini: GeminiDouble, version: str) -> None:
    status, _ = post(gemini, path=PATH.replace("v1beta", version))

    assert status == 200


@pytest.mark.parametrize(
    "path", ["/", "/v2/models", "/v1beta/tunedModels", PATH + "Twice", "/v1beta/files:register"]
)
def test_an_unknown_path_is_not_found(gemini: GeminiDouble, path: str) -> None:
    status, answer = post(gemini, path=path)

    assert status == 404
    assert answer["error"]["status"] == "NOT_FOUND"


def test_a_request_without_a_key_is_refused(gemini: GeminiDouble) -> None:
    talk = connection(gemini)
    talk.request("POST", PATH, BODY)
    answer = json.loads(talk.getresponse().read())
    talk.close()

    assert answer["error"]["details"][0]["reason"] == "API_KEY_INVALID"


@pytest.mark.parametrize("body", ["{", "[]", '{"contents": [], "temprature": 0}'])
def test_a_body_the_api_cannot_read_is_a_bad_request(gemini: GeminiDouble, body: str) -> None:
    status, answer = post(gemini, body=body)

    assert status == 400
    assert "Invalid JSON payload" in answer["error"]["message"]


def test_a_port_in_use_is_an_error_at_once(gemini: GeminiDouble) -> None:
    port = int(gemini.url.rsplit(":", 1)[1])

    with pytest.raises(OSError, match="in use"):
        GeminiDouble(port=port).start()


def test_stopping_twice_is_harmless_and_frees_the_port() -> None:
    first = GeminiDouble().start()
    port = int(first.url.rsplit(":", 1)[1])
    first.stop()
    first.stop()

    with GeminiDouble(port=port) as second:
        assert second.url == first.url


def test_stopping_lets_a_waiting_client_go() -> None:
    gemini = GeminiDouble().start()
    gemini.enqueue(replies.hang())
    talk = connection(gemini)
    talk.request("POST", PATH, BODY, KEY)
    gemini.wait_for_requests(1)
    gemini.stop()

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        talk.getresponse()
    talk.close()


def test_dropped_connections_are_dropped_and_new_ones_taken(gemini: GeminiDouble) -> None:
    gemini.enqueue(replies.hang())
    talk = connection(gemini)
    talk.request("POST", PATH, BODY, KEY)
    gemini.wait_for_requests(1)
    gemini.drop_connections()

    with pytest.raises((http.client.RemoteDisconnected, ConnectionResetError)):
        talk.getresponse()
    talk.close()
    assert post(gemini)[0] == 200


def test_waiting_for_requests_that_do_not_come_times_out(gemini: GeminiDouble) -> None:
    post(gemini)

    with pytest.raises(TimeoutError, match="1 of 2"):
        gemini.wait_for_requests(2, seconds=0.02)


@pytest.mark.parametrize(
    "config",
    [
        {"temperature": "hot"},
        {"thinkingConfig": {"thinkingBudget": "much"}},
        {"maxOutputTokens": []},
    ],
)
def test_a_value_of_the_wrong_type_is_a_bad_request(
    gemini: GeminiDouble, config: dict[str, Any]
) -> None:
    status, answer = post(
        gemini,
        body=json.dumps({"contents": [{"parts": [{"text": "Hi"}]}], "generationConfig": config}),
    )

    assert status == 400
    assert "Invalid value" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("part", "complaint"),
    [
        ({"inlineData": {"data": "SGVsbG8="}}, "MIME type"),
        ({"inlineData": {"data": "not base64", "mimeType": "image/png"}}, "Invalid value"),
    ],
)
def test_a_part_that_cannot_be_read_is_a_bad_request(
    gemini: GeminiDouble, part: dict[str, Any], complaint: str
) -> None:
    status, answer = post(gemini, body=json.dumps({"contents": [{"parts": [part]}]}))

    assert status == 400
    assert complaint in answer["error"]["message"]
