"""The invoice JSON: written exactly, read strictly."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from tests.invoices.builders import CUSTOMER_VAT_ID, IBAN, SUPPLIER_VAT_ID, sound_document
from triage.invoices.document import (
    MAX_LINES,
    Document,
    InvalidDocument,
    Problem,
    from_json,
    to_json,
)


def plain_document() -> Document:
    """What survives the JSON: the checks' own fields do not."""
    sound = sound_document()
    return replace(
        sound,
        taxes=tuple(replace(tax, category=None) for tax in sound.taxes),
        lines=tuple(replace(line, tax_category=None) for line in sound.lines),
        profile=None,
        line_total=None,
        allowance_total=None,
        charge_total=None,
        adjustments=(),
        source="gemini",
    )


def reply(**changes: object) -> dict[str, Any]:
    """A model's reply about the roaster's invoice, with some of its fields changed."""
    return {**to_json(plain_document(), ()), **changes}


def test_the_json_is_the_one_of_the_contract() -> None:
    data = to_json(
        replace(sound_document(), due_date=None, prepaid=None),
        (Problem("due", "The amount due is off.", "BR-CO-16"),),
    )

    assert data == {
        "type": "invoice",
        "number": "RL-2026-0417",
        "issue_date": "2026-11-03",
        "due_date": None,
        "currency": "EUR",
        "supplier": {"name": "Rösterei Lindgren GmbH", "vat_id": SUPPLIER_VAT_ID, "iban": IBAN},
        "customer": {"name": "Papeterie Moreau SARL", "vat_id": CUSTOMER_VAT_ID},
        "total_net": "350.70",
        "total_tax": "46.95",
        "total_gross": "397.65",
        "prepaid": None,
        "due": "347.65",
        "taxes": [
            {"rate": "7.00", "net": "164.00", "tax": "11.48"},
            {"rate": "19.00", "net": "186.70", "tax": "35.47"},
        ],
        "lines": [
            {
                "description": "Hausmischung, 1 kg",
                "quantity": "12",
                "unit_price": "14.50",
                "net": "174.00",
                "tax_rate": "7.00",
            },
            {
                "description": "Mahlscheiben, 64 mm",
                "quantity": "2",
                "unit_price": "89.90",
                "net": "179.80",
                "tax_rate": "19.00",
            },
        ],
        "source": "cii",
        "problems": [{"code": "due", "message": "The amount due is off."}],
    }


def test_no_amount_is_written_with_an_exponent() -> None:
    data = to_json(replace(sound_document(), total_net=Decimal("1E+3"), due=Decimal("1E-7")))

    assert (data["total_net"], data["due"]) == ("1000", "0.0000001")


def test_what_was_written_is_read_back() -> None:
    assert from_json(json.loads(json.dumps(reply()))) == plain_document()


def test_null_is_read_wherever_a_document_may_be_silent() -> None:
    document = from_json(
        reply(
            number=None,
            issue_date=None,
            currency=None,
            total_gross=None,
            supplier={"name": None, "vat_id": None, "iban": None},
            lines=[],
        )
    )

    assert (document.number, document.total_gross, document.lines) == (None, None, ())


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"type": "Rechnung"}, "type is 'Rechnung', not invoice or credit_note"),
        ({"number": 417}, "number is a JSON int, not a text"),
        ({"number": "2026-" * 50}, "number has 250 characters; 200 are allowed"),
        ({"number": "RL\0"}, "number has characters that cannot be stored"),
        ({"number": "RL\ud800"}, "number has characters that cannot be stored"),
        (
            {"issue_date": "3. November 2026"},
            "issue_date is '3. November 2026', not a date like 2026-10-31",
        ),
        ({"issue_date": "2026-02-30"}, "issue_date is 2026-02-30, a day no calendar has"),
        ({"due_date": "0206-12-03"}, "due_date is 0206-12-03, outside 1900 to 2999"),
        ({"currency": "€"}, "currency is '€', not a code like EUR"),
        ({"total_net": 350.7}, "total_net is 350.7, not a string of digits like 12.50"),
        ({"total_net": 350}, "total_net is a JSON int, not a string of digits like 12.50"),
        ({"total_net": float("nan")}, "total_net is nan, not a string of digits like 12.50"),
        ({"total_net": "NaN"}, "total_net is 'NaN', not an amount like 12.50"),
        ({"total_net": "Infinity"}, "total_net is 'Infinity', not an amount like 12.50"),
        ({"total_net": "1e5"}, "total_net is '1e5', not an amount like 12.50"),
        ({"total_net": "350,70"}, "total_net is '350,70', not an amount like 12.50"),
        ({"total_net": "350.70 EUR"}, "total_net is '350.70 EUR', not an amount like 12.50"),
        ({"total_net": "٣٥٠"}, "total_net is '٣٥٠', not an amount like 12.50"),
        ({"total_net": "0.3333333333333"}, "total_net is '0.3333333333333': too many digits, a"),
        ({"due": "3" * 180}, f"due is '{'3' * 56}...: too many digits, a repetition"),
        ({"due": True}, "due is True, not a string of digits like 12.50"),
        ({"supplier": "Rösterei Lindgren GmbH"}, "supplier is not an object"),
        ({"supplier": {"name": None, "vat_id": None}}, "supplier says nothing about iban"),
        (
            {"customer": {"name": None, "vat_id": None, "fax": "1"}},
            "customer has an unknown field fax",
        ),
        ({"taxes": None}, "taxes is not a list"),
        ({"taxes": [{"rate": "7"}]}, "taxes[0] says nothing about net; null was expected"),
        ({"lines": [None]}, "lines[0] is not an object"),
        ({"source": None}, "source is null"),
        ({"source": "<script>"}, "source is '<script>', not a short lower-case name"),
        ({"verdict": "pay at once"}, "the reply has an unknown field verdict"),
    ],
)
def test_what_the_schema_does_not_allow_is_refused_with_a_reason(
    changes: dict[str, Any], reason: str
) -> None:
    with pytest.raises(InvalidDocument) as refused:
        from_json(reply(**changes))

    assert str(refused.value).startswith(reason)


@pytest.mark.parametrize("missing", sorted(set(reply()) - {"problems"}))
def test_a_field_left_out_is_refused_by_name(missing: str) -> None:
    data = reply()
    del data[missing]

    with pytest.raises(InvalidDocument, match=f"says nothing about {missing}"):
        from_json(data)


def line_with(**changes: object) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda line: {**line, **changes}


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (line_with(quantity="twelve"), "lines[1].quantity is 'twelve', not an amount"),
        (line_with(net=179.8), "lines[1].net is 179.8, not a string of digits"),
        (line_with(description="Kaffee " * 2_000), "lines[1].description has 14000 characters"),
        (line_with(total="1.00"), "lines[1] has an unknown field total"),
    ],
)
def test_the_reason_names_the_line(
    change: Callable[[dict[str, Any]], dict[str, Any]], reason: str
) -> None:
    data = reply()
    data["lines"][1] = change(data["lines"][1])

    with pytest.raises(InvalidDocument) as refused:
        from_json(data)

    assert str(refused.value).startswith(reason)


def test_a_model_that_repeats_lines_for_ever_is_refused() -> None:
    data = reply()
    data["lines"] = data["lines"][:1] * (MAX_LINES + 1)

    with pytest.raises(InvalidDocument, match="lines has 10001 rows"):
        from_json(data)


@pytest.mark.parametrize("data", [None, [], "invoice", 7])
def test_only_an_object_is_an_invoice(data: object) -> None:
    with pytest.raises(InvalidDocument, match="the reply is not an object"):
        from_json(data)
