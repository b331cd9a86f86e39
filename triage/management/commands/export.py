import csv
import json
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator
from itertools import chain
from typing import Any

from triage.management.output import JsonCommand
from triage.reports.export import KINDS, Row

FORMULA_STARTS = tuple("=+-@\t\r")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?", re.ASCII)


class Command(JsonCommand):
    help = "Write messages, tickets, predictions, corrections, invoices or calls to stdout."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("kind", choices=sorted(KINDS))
        parser.add_argument("--format", choices=["jsonl", "csv"], default="jsonl")

    def handle(self, *, kind: str, format: str, **_: Any) -> None:  # noqa: A002 - its option's name
        rows = KINDS[kind]()
        write = _csv if format == "csv" else _jsonl
        self.say(f"{write(rows)} {kind}")


def _jsonl(rows: Iterator[Row]) -> int:
    number = 0
    for number, row in enumerate(rows, start=1):  # noqa: B007 - the last number is the count
        sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
    return number


def _csv(rows: Iterator[Row]) -> int:
    """Lists and objects as JSON in their cell; the columns are those of the first row."""
    first = next(rows, None)
    if first is None:
        return 0
    writer = csv.DictWriter(sys.stdout, fieldnames=list(first), extrasaction="ignore")
    writer.writeheader()
    number = 0
    for number, row in enumerate(chain([first], rows), start=1):  # noqa: B007
        writer.writerow({key: _cell(value) for key, value in row.items()})
    return number


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, str) and value[:1] in FORMULA_STARTS and not NUMBER.fullmatch(value):
        # A spreadsheet would run it as a formula, and anybody may write us a mail.
        return "'" + value
    return value
