"""manage.py export: stable names, one row a line, and nothing a spreadsheet would run."""

import csv
import json
from typing import Any

import pytest
from django.core.management import call_command

from tests import factories, people
from triage.classification.correct import correct
from triage.llm.models import Call
from triage.tickets.models import Ticket

pytestmark = pytest.mark.django_db

MESSAGE = (
    "message_id ticket mailbox direction from to cc date subject text html_sanitized auto"
    " attachments"
)
TICKET = f"{MESSAGE} category confidence predicted_by corrected needs_review status"
CALL = (
    "at purpose model_asked model_served prompt_version input_tokens cached_tokens thinking_tokens"
    " output_tokens cost latency_ms attempt outcome error ticket"
)


@pytest.fixture
def ticket() -> Ticket:
    made = factories.ticket()
    factories.prediction(made, call=factories.call(ticket=made))
    factories.attachment(made.messages.get(), "crate-12.txt", b"fragile")
    return made


def lines(capsys: pytest.CaptureFixture[str], kind: str) -> list[dict[str, Any]]:
    call_command("export", kind)
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def cells(capsys: pytest.CaptureFixture[str], kind: str) -> list[dict[str, str]]:
    call_command("export", kind, format="csv")
    return list(csv.DictReader(capsys.readouterr().out.splitlines(keepends=True)))


def test_messages_have_the_fields_that_were_promised(
    ticket: Ticket, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = lines(capsys, "messages")
    assert set(row) == set(MESSAGE.split())
    assert row["from"] == {"name": "Jo Renner", "address": "jo.renner@glaswerk.example.org"}
    assert row["attachments"] == [
        {
            "filename": "crate-12.txt",
            "content_type": "text/plain",
            "size": 7,
            "sha256": ticket.messages.get().attachments.get().blob_id,
        }
    ]


def test_html_is_made_safe_on_its_way_out(
    ticket: Ticket, capsys: pytest.CaptureFixture[str]
) -> None:
    ticket.messages.update(html="<p onclick='x()'>Hi<script>alert(1)</script></p>")
    (row,) = lines(capsys, "messages")
    assert row["html_sanitized"] == "<p>Hi</p>"
    assert "script" not in json.dumps(row)


def test_tickets_add_what_was_made_of_them(
    ticket: Ticket, capsys: pytest.CaptureFixture[str]
) -> None:
    (row,) = lines(capsys, "tickets")
    assert set(TICKET.split()) <= set(row)
    assert (row["category"], row["confidence"], row["predicted_by"]) == (
        "support", "0.580", "model",
    )  # fmt: skip
    assert (row["corrected"], row["needs_review"], row["status"]) == (False, True, "open")
    correct(ticket, to=factories.category("billing"), by=people.alice())
    ticket.close(by=people.alice())
    (row,) = lines(capsys, "tickets")
    assert (row["category"], row["corrected"], row["needs_review"], row["status"]) == (
        "billing", True, False, "closed",
    )  # fmt: skip


def test_calls_are_the_whole_ledger_and_money_is_exact(
    ticket: Ticket, capsys: pytest.CaptureFixture[str]
) -> None:
    factories.call(cost=None)
    rows = lines(capsys, "calls")
    assert all(set(CALL.split()) <= set(row) for row in rows)
    assert [row["cost"] for row in rows] == ["0.000054000", None]
    assert len(rows) == Call.objects.count()


def test_predictions_corrections_and_invoices_have_a_row_each(
    ticket: Ticket, capsys: pytest.CaptureFixture[str]
) -> None:
    correct(ticket, to=factories.category("billing"), by=people.alice())
    factories.invoice(ticket.messages.get(), data={"type": "invoice", "number": "RE-2026-3391"})
    (prediction,) = lines(capsys, "predictions")
    (correction,) = lines(capsys, "corrections")
    (invoice,) = lines(capsys, "invoices")
    assert (prediction["ticket"], prediction["category"]) == (ticket.pk, "support")
    assert (correction["from_category"], correction["to_category"], correction["by"]) == (
        "support", "billing", "alice",
    )  # fmt: skip
    assert (invoice["number"], invoice["status"], invoice["attachment"]) == (
        "RE-2026-3391", "extracted", "crate-12.txt",
    )  # fmt: skip


def test_a_line_of_json_is_one_line_whatever_the_text(
    ticket: Ticket, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "one\ntwo\u2028three\x85four\r\nfive \U0001fa94"
    ticket.messages.update(text=text)
    call_command("export", "messages")
    (line,) = capsys.readouterr().out.strip("\n").split("\n")
    assert json.loads(line)["text"] == text


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "\r="])
def test_what_a_spreadsheet_would_run_is_shown_as_text(
    ticket: Ticket, capsys: pytest.CaptureFixture[str], start: str
) -> None:
    formula = f"{start}HYPERLINK(0)"
    ticket.messages.update(subject=formula)
    (row,) = cells(capsys, "messages")
    assert row["subject"] == f"'{formula}"


def test_lists_are_json_in_their_cell(ticket: Ticket, capsys: pytest.CaptureFixture[str]) -> None:
    (row,) = cells(capsys, "messages")
    assert json.loads(row["attachments"])[0]["filename"] == "crate-12.txt"


@pytest.mark.parametrize("format_", ["jsonl", "csv"])
@pytest.mark.parametrize(
    "kind", ["messages", "tickets", "predictions", "corrections", "invoices", "calls"]
)
def test_an_empty_desk_exports_nothing(
    kind: str, format_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("export", kind, format=format_)
    assert capsys.readouterr().out == ""


def test_an_invoice_that_failed_first_hides_no_column_of_the_others(
    ticket: Ticket, capsys: pytest.CaptureFixture[str]
) -> None:
    mail = ticket.messages.get()
    factories.invoice(mail, attachment=None, status="failed", failure="locked", data={})
    factories.invoice(mail, data={"type": "invoice", "number": "RE-2026-3391"})
    assert [row.get("number") for row in cells(capsys, "invoices")] == ["", "RE-2026-3391"]


def test_a_negative_amount_is_no_formula(
    ticket: Ticket, capsys: pytest.CaptureFixture[str]
) -> None:
    factories.invoice(ticket.messages.get(), data={"total_gross": "-120.00"})
    (row,) = cells(capsys, "invoices")
    assert row["total_gross"] == "-120.00"
