import json
from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from triage.classification import evaluate
from triage.classification.local import Sample
from triage.llm import gateway
from triage.mail import parse
from triage.management.output import JsonCommand
from triage.tickets.models.category import SLUGS

FORM = '{"subject": "...", "body": "...", "category": "..."} or {"raw": "...", "category": "..."}'


class Command(JsonCommand):
    help = "Measure a classifier on mail whose category is known: a file of JSON lines."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", metavar="FILE.jsonl", type=Path)
        parser.add_argument(
            "--with",
            dest="classifier",
            choices=["local", "gemini"],
            help="default: gemini when there is a key, else local",
        )

    def handle(self, *, file: Path, classifier: str | None, **_: Any) -> None:
        classifier = classifier or ("gemini" if gateway.is_available() else "local")
        if classifier == "gemini" and not gateway.is_available():
            raise CommandError("There is no key: set GEMINI_API_KEY, or use --with local.")
        samples = list(_samples(file))
        if not samples:
            raise CommandError(f"{file} holds no mail. Each line: {FORM}")
        measure = evaluate.locally if classifier == "local" else evaluate.by_model
        self.result(**{"with": classifier, **evaluate.report(measure(samples))})


def _samples(file: Path) -> Iterator[Sample]:
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}.") from error
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield _sample(line, where=f"{file}, line {number}")


def _sample(line: str, *, where: str) -> Sample:
    try:
        row = json.loads(line)
        category = row["category"]
        if "raw" in row:
            email = parse(row["raw"].encode("utf-8", "surrogateescape"))
            sample = Sample(email.subject, email.text, category)
        else:
            sample = Sample(row.get("subject") or "", row.get("body") or "", category)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CommandError(f"{where} is not of the form {FORM}.") from error
    if category not in SLUGS:
        raise CommandError(f"{where}: {category!r} is none of {', '.join(SLUGS)}.")
    return sample
