"""manage.py evaluate: figures for mail whose category is known, and a remedy for a bad file."""

import json
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from pytest_django.fixtures import Settings

from tests.classification.conftest import categories, gemini
from tests.gemini import GeminiDouble
from tests.ingest.letters import letter
from triage.llm.models import Call

__all__ = ["categories", "gemini"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("categories")]

MAILS = [
    {"subject": "Invoice", "body": "The invoice of October.", "category": "billing"},
    {"subject": "Lamps", "body": "A quote for 30 lamps, please.", "category": "sales"},
    {"raw": letter("It flickers.").decode(), "category": "support"},
    {"subject": "Refund", "body": "It flickers, I want a refund.", "category": "support"},
]


def evaluate(path: Path, *arguments: str) -> Any:
    output = StringIO()
    call_command("evaluate", str(path), *arguments, stdout=output)
    (line,) = output.getvalue().splitlines()
    return json.loads(line)


def written(tmp_path: Path, *rows: object) -> Path:
    path = tmp_path / "known.jsonl"
    path.write_text("".join(json.dumps(row) + "\n\n" for row in rows))
    return path


def test_the_model_is_measured_and_every_call_is_on_the_books(
    tmp_path: Path, gemini: GeminiDouble
) -> None:
    figures = evaluate(written(tmp_path, *MAILS))
    assert (figures["with"], figures["n"], figures["accuracy"]) == ("gemini", 4, 0.75)
    assert figures["confusion"] == {
        "billing": {"billing": 1}, "sales": {"sales": 1}, "support": {"billing": 1, "support": 1},
    }  # fmt: skip
    assert figures["per_class"]["support"] == {
        "precision": 1.0, "recall": 0.5, "f1": 0.6667, "support": 2,
    }  # fmt: skip
    costs = [call.cost for call in Call.objects.all()]
    known = [cost for cost in costs if cost is not None]
    assert len(known) == 4
    assert float(figures["cost_per_1000"]) == pytest.approx(float(sum(known)) * 250, rel=1e-4)
    assert figures["latency_ms"]["p95"] >= figures["latency_ms"]["p50"] > 0


def test_the_local_classifier_is_measured_for_nothing(tmp_path: Path) -> None:
    figures = evaluate(written(tmp_path, *MAILS))
    assert (figures["with"], figures["n"], float(figures["cost_per_1000"])) == ("local", 4, 0)
    assert set(figures) == {
        "with", "n", "accuracy", "macro_f1", "per_class", "confusion", "ece", "cost_per_1000",
        "latency_ms",
    }  # fmt: skip
    assert not Call.objects.exists()


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"subject": "x", "body": "y"}, "line 1 is not of the form"),
        ({"subject": "x", "body": "y", "category": "complaints"}, "'complaints' is none of"),
        ({"subject": "x", "body": "y", "category": ["billing"]}, "is none of"),
        (["billing"], "line 1 is not of the form"),
        ("billing", "line 1 is not of the form"),
        ({"raw": 7, "category": "billing"}, "line 1 is not of the form"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path: Path, row: object, words: str) -> None:
    with pytest.raises(CommandError, match=words):
        evaluate(written(tmp_path, row), "--with", "local")


def test_a_file_without_mail_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no mail"):
        evaluate(written(tmp_path))
    with pytest.raises(CommandError, match="cannot be read"):
        evaluate(tmp_path / "gone.jsonl")


def test_without_a_key_the_model_cannot_be_measured(tmp_path: Path, settings: Settings) -> None:
    settings.GEMINI_API_KEY = ""
    with pytest.raises(CommandError, match="set GEMINI_API_KEY"):
        evaluate(written(tmp_path, *MAILS), "--with", "gemini")


def test_a_letter_that_is_no_character_stops_nothing(tmp_path: Path) -> None:
    row = {"subject": "\ud800", "body": "The invoice\x00 \udfff", "category": "billing"}
    assert evaluate(written(tmp_path, row), "--with", "local")["n"] == 1
