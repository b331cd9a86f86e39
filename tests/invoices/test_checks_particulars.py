"""Dates, currency, VAT ids and accounts that cannot be, and those that can."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from tests.invoices.builders import CUSTOMER_VAT_ID, IBAN, SUPPLIER_VAT_ID, TODAY, sound_document
from triage.invoices.checks import check
from triage.invoices.document import Document, Party, Problem


def codes(document: Document) -> list[str]:
    return [problem.code for problem in check(document, today=TODAY)]


@pytest.mark.parametrize(
    ("field", "code", "rule"),
    [
        ("number", "missing_number", "BR-02"),
        ("issue_date", "missing_issue_date", "BR-03"),
        ("currency", "missing_currency", "BR-05"),
        ("total_gross", "missing_total_gross", "BR-14"),
    ],
)
def test_what_every_invoice_must_say_is_missed(field: str, code: str, rule: str) -> None:
    changes: dict[str, Any] = {field: None}

    assert [
        (one.code, one.rule) for one in check(replace(sound_document(), **changes), today=TODAY)
    ] == [(code, rule)]


def test_a_supplier_without_a_name_is_missed() -> None:
    anonymous = Party(None, SUPPLIER_VAT_ID, IBAN)

    assert codes(replace(sound_document(), supplier=anonymous)) == ["missing_supplier"]


def dated(issued: date, due: date | None = None) -> Document:
    return replace(sound_document(), issue_date=issued, due_date=due)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (dated(TODAY), []),
        (dated(date(2026, 11, 21)), []),  # a time zone ahead
        (dated(date(2026, 11, 22)), ["issue_date_future"]),
        (dated(date(2062, 11, 3)), ["issue_date_future"]),
        (dated(date(2013, 3, 5)), []),
        (dated(date(1926, 11, 3)), ["issue_date_old"]),
        (dated(date(2026, 11, 3), date(2026, 11, 3)), []),
        (dated(date(2026, 11, 3), date(2026, 11, 2)), ["due_before_issue"]),
        (dated(date(2026, 11, 3), date(2028, 11, 3)), []),
        (dated(date(2026, 11, 3), date(2036, 12, 3)), ["due_date_far"]),
    ],
)
def test_dates_are_possible(document: Document, expected: list[str]) -> None:
    assert codes(document) == expected


@pytest.mark.parametrize(
    ("currency", "expected"),
    [("CHF", []), ("PLN", []), ("EURO", ["currency"]), ("ABC", ["currency"])],
)
def test_a_currency_is_one_of_iso_4217(currency: str, expected: list[str]) -> None:
    assert codes(replace(sound_document(), currency=currency)) == expected


@pytest.mark.parametrize(
    ("vat_id", "is_sound"),
    [
        (SUPPLIER_VAT_ID, True),
        ("DE 314 271 825", True),
        ("DE314271826", False),
        ("DE31427182", False),
        (CUSTOMER_VAT_ID, True),
        ("FR82514820605", False),
        ("EL094259216", True),
        ("EL094259217", False),
        ("IT07642310150", True),
        ("ATU13585627", True),
        ("CHE-107.787.577 MWST", True),
        ("US12-3456789", True),  # no such thing as a US VAT id: nothing to check against
        ("314271825", False),
    ],
)
def test_a_vat_id_has_a_country_and_its_check_digits(vat_id: str, is_sound: bool) -> None:
    supplier = codes(replace(sound_document(), supplier=Party("Lindgren", vat_id)))
    customer = codes(replace(sound_document(), customer=Party("Moreau", vat_id)))

    assert supplier == ([] if is_sound else ["supplier_vat_id"])
    assert customer == ([] if is_sound else ["customer_vat_id"])


def test_a_vat_id_without_a_country_breaks_the_standards_rule() -> None:
    [problem] = check(
        replace(sound_document(), supplier=Party("Lindgren", "314271825")), today=TODAY
    )

    assert problem.rule == "BR-CO-09"


@pytest.mark.parametrize(
    ("account", "is_sound"),
    [
        (IBAN, True),
        ("DE50 9999 0000 0012 3456 78", True),
        ("de50999900000012345678", True),
        ("DE51999900000012345678", False),
        ("DE5099990000001234567", False),
        ("4711 0815", True),  # a national account number, which BT-84 may be
    ],
)
def test_an_account_that_looks_like_an_iban_is_one(account: str, is_sound: bool) -> None:
    document = replace(sound_document(), supplier=Party("Lindgren", SUPPLIER_VAT_ID, account))

    assert codes(document) == ([] if is_sound else ["iban"])


def test_what_was_met_while_reading_comes_first() -> None:
    met = Problem("unreadable_date", "DueDate is “soon”, which is not a date.")
    document = replace(sound_document(), found=(met,), currency="EURO")

    assert codes(document) == ["unreadable_date", "currency"]
