"""The double as a process of its own, with the control door."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from google import genai
from google.genai import errors, types

from tests.gemini.asking import FLASH, classify

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def process() -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.gemini", "--port", "0", "--print-url"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as child:
        yield child
        child.kill()


@pytest.fixture
def url(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    address: str = json.loads(process.stdout.readline())["url"]
    return address


@pytest.fixture
def client(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[genai.Client]:
    # The way the product finds it: the SDK's own variable.
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", url)
    monkeypatch.setenv("GEMINI_API_KEY", "moulin-vert-key")
    with genai.Client(http_options=types.HttpOptions(timeout=10_000)) as client:
        yield client


def control(url: str, path: str, change: dict[str, Any] | None = None) -> Any:
    data = None if change is None else json.dumps(change).encode()
    request = urllib.request.Request(f"{url}/_control/{path}", data=data)
    with urllib.request.urlopen(request, timeout=5) as response:
        return json.load(response)


def test_a_process_serves_and_its_book_can_be_read(url: str, client: genai.Client) -> None:
    assert classify(client, "Please send us a quote.")["category"] == "sales"

    book = control(url, "book")

    assert book["total"]["requests"] == 1
    assert book["rows"][0]["model_served"] == FLASH
    assert book["by_model"][FLASH]["prompt"] == book["rows"][0]["prompt"] > 0
    assert "rows" not in control(url, "book?rows=0")


def test_the_script_of_a_process_can_be_written(url: str, client: genai.Client) -> None:
    control(
        url,
        "script",
        {
            "latency_ms": 5,
            "enqueue": [{"kind": "error", "code": 503, "retry_delay": 1.5, "later": 0}],
            "when": [{"text": "pump", "reply": {"kind": "json", "value": {"category": "sales"}}}],
            "serve_as": {FLASH: "gemini-3.5-flash-lite"},
        },
    )

    with pytest.raises(errors.ServerError):
        classify(client, "The pump leaks.")
    assert classify(client, "The pump leaks.") == {"category": "sales"}
    assert control(url, "script") == {"latency_ms": 5, "waiting": 0, "peak_in_flight": 1}
    assert list(control(url, "book")["by_model"]) == [FLASH, "gemini-3.5-flash-lite"]


def test_reset_forgets_the_script_and_the_book(url: str, client: genai.Client) -> None:
    control(url, "script", {"always": {"kind": "text", "text": "{}"}, "retire": [FLASH]})
    control(url, "reset", {})

    assert classify(client, "Hello")["category"] == "support"
    assert control(url, "book")["total"]["requests"] == 1


def test_the_last_requests_can_be_read(url: str, client: genai.Client) -> None:
    for mail in ("first", "second"):
        classify(client, mail)

    (shown,) = control(url, "requests?last=1")

    assert shown["path"] == f"/v1/models/{FLASH}:generateContent"
    assert "second" in shown["body"]


@pytest.mark.parametrize(
    "change",
    [
        {"enqueue": [{"kind": "applause"}]},
        {"enqueue": [{"kind": "text", "txt": "a"}]},
        {"latency_ms": "long"},
        {"batches": {"speed": 9}},
        {"move_batches": {"state": "LOST"}},
    ],
)
def test_an_unreadable_script_is_refused(url: str, change: dict[str, Any]) -> None:
    with pytest.raises(urllib.error.HTTPError) as refused:
        control(url, "script", change)

    assert refused.value.code == 400
    assert "unreadable script" in json.load(refused.value)["error"]["message"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_the_process_in_good_order(
    process: subprocess.Popen[str], url: str, number: signal.Signals
) -> None:
    os.kill(process.pid, number)

    assert process.wait(timeout=5) == 0
