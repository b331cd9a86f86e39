"""Sixty-nine e-invoices by others, field by field. Needs TRIAGE_CORPORA; skipped without it."""

import json
import os
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from triage.invoices.checks import check
from triage.invoices.document import Document, from_json, to_json
from triage.invoices.structured import read

CORPORA = os.environ.get("TRIAGE_CORPORA", "")
FOLDER = Path(CORPORA) / "einvoices"

pytestmark = pytest.mark.skipif(
    not CORPORA or not FOLDER.is_dir(), reason="TRIAGE_CORPORA names no folder with einvoices"
)

TODAY = date(2026, 11, 20)
# What example data gets wrong by its nature: invented VAT ids and accounts have no check digits.
INVENTED = {"supplier_vat_id", "customer_vat_id", "iban"}


def truths() -> Iterator[tuple[str, dict[str, Any]]]:
    if CORPORA and FOLDER.is_dir():
        for line in (FOLDER / "truth.jsonl").read_text().splitlines():
            row = json.loads(line)
            yield row["file"], row["truth"]


def document_of(name: str) -> Document:
    document = read((FOLDER / name).read_bytes(), filename=name)
    assert document is not None
    return document


def number(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


@pytest.mark.parametrize(("name", "truth"), list(truths()))
def test_every_field_is_equal(name: str, truth: dict[str, Any]) -> None:
    document = document_of(name)
    data = to_json(document)

    assert {
        "number": data["number"],
        "issue_date": data["issue_date"],
        "due_date": data["due_date"],
        "currency": data["currency"],
        "seller": data["supplier"]["name"],
        "seller_vat": data["supplier"]["vat_id"],
        "buyer": data["customer"]["name"],
        "buyer_vat": data["customer"]["vat_id"],
        "iban": data["supplier"]["iban"],
    } == {key: truth[key] for key in _TEXTS}
    assert [
        document.total_net,
        document.total_tax,
        document.total_gross,
        document.prepaid,
        document.due,
    ] == [number(truth[key]) for key in ("net", "tax", "gross", "prepaid", "due")]
    assert sorted((row.category, row.rate, row.net, row.tax) for row in document.taxes) == sorted(
        (row["category"], number(row["rate"]), number(row["base"]), number(row["amount"]))
        for row in truth["vat"]
    )
    assert [
        (line.description, line.quantity, line.unit_price, line.net) for line in document.lines
    ] == [
        (line["name"], number(line["quantity"]), number(line["unit_price"]), number(line["net"]))
        for line in truth["lines"]
    ]
    assert document.type == ("credit_note" if truth["type_code"] == "381" else "invoice")


_TEXTS = (
    *("number", "issue_date", "due_date", "currency", "seller"),
    *("seller_vat", "buyer", "buyer_vat", "iban"),
)


@pytest.mark.parametrize(
    "name", [name for name, _ in truths() if "not_validating" not in name and "CII/" in name]
)
def test_ubl_and_cii_of_one_case_give_the_same_json(name: str) -> None:
    twin = name.replace("CII/", "UBL/").replace(".cii.", ".ubl.")

    assert comparable(document_of(name)) == comparable(document_of(twin))


def comparable(document: Document) -> dict[str, Any]:
    """The JSON with amounts as numbers: 473.00 and 473 are the same."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: plain(one) for key, one in value.items()}
        if isinstance(value, list):
            return [plain(one) for one in value]
        try:
            return Decimal(value).normalize() if isinstance(value, str) else value
        except ArithmeticError:
            return value

    return {**plain(to_json(document)), "source": None}


@pytest.mark.parametrize("name", [name for name, _ in truths() if "not_validating" not in name])
def test_valid_invoices_have_no_problem(name: str) -> None:
    problems = check(document_of(name), today=TODAY)

    assert [one for one in problems if one.code not in INVENTED] == []


@pytest.mark.parametrize("name", [name for name, _ in truths()])
def test_the_json_is_read_back(name: str) -> None:
    data = to_json(document_of(name))

    assert to_json(from_json(data)) == data
