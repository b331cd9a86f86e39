"""The JSON of an invoice read back, as strictly as a model has to be read."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from triage.invoices.document.values import Document, Line, Party, Tax, Type
from triage.invoices.document.writing import LINE_KEYS, TAX_KEYS, TOTAL_KEYS

# A longer value in one of these fields is a model repeating itself, not an invoice.
MAX_IDENTIFIER = 200
MAX_TEXT = 10_000
# The widest amounts in use: hundreds of billions, and unit prices of fuel or electricity.
MAX_WHOLE_DIGITS = 15
MAX_DECIMALS = 12
# Itemised bills (telephone, parcels) have thousands of rows, not tens of thousands.
MAX_LINES = 10_000
MAX_TAXES = 50
# Before 1900 is a misread year; after 2999 is a date nobody pays by.
FIRST_YEAR, LAST_YEAR = 1900, 2999

_AMOUNT = re.compile(r"(-?)(\d+)(?:\.(\d+))?", re.ASCII)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Z]{3}", re.ASCII)
_SOURCE = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}", re.ASCII)


class InvalidDocument(ValueError):
    """The data is no invoice of our JSON; the text is a sentence naming the field."""


def from_json(data: object) -> Document:
    """Read the JSON of `to_json` (or a model's reply of that shape) back into a Document.

    Every key must be there, null where the document is silent; amounts are strings of plain
    digits, dates YYYY-MM-DD. `problems` is ignored, any other key is refused.

    Raises InvalidDocument.
    """
    found = _object(data, "the reply", (*_DOCUMENT_KEYS, "problems"), optional=("problems",))
    return Document(
        type=_type(found["type"]),
        number=_text(found["number"], "number", MAX_IDENTIFIER),
        issue_date=_date(found["issue_date"], "issue_date"),
        due_date=_date(found["due_date"], "due_date"),
        currency=_matching(found["currency"], "currency", _CURRENCY, "a code like EUR"),
        supplier=_party(found["supplier"], "supplier", ("name", "vat_id", "iban")),
        customer=_party(found["customer"], "customer", ("name", "vat_id")),
        total_net=_amount(found["total_net"], "total_net"),
        total_tax=_amount(found["total_tax"], "total_tax"),
        total_gross=_amount(found["total_gross"], "total_gross"),
        prepaid=_amount(found["prepaid"], "prepaid"),
        due=_amount(found["due"], "due"),
        taxes=tuple(
            _tax(row, where) for where, row in _rows(found["taxes"], "taxes", TAX_KEYS, MAX_TAXES)
        ),
        lines=tuple(
            _line(row, where) for where, row in _rows(found["lines"], "lines", LINE_KEYS, MAX_LINES)
        ),
        source=_source(found["source"]),
    )


_DOCUMENT_KEYS = (
    *("type", "number", "issue_date", "due_date", "currency", "supplier", "customer"),
    *TOTAL_KEYS,
    *("taxes", "lines", "source"),
)


def _object(
    data: object, field: str, keys: tuple[str, ...], optional: tuple[str, ...] = ()
) -> dict[str, object]:
    if not isinstance(data, dict):
        raise InvalidDocument(f"{field} is not an object")
    missing = [key for key in keys if key not in data and key not in optional]
    if missing:
        raise InvalidDocument(f"{field} says nothing about {missing[0]}; null was expected")
    unknown = [str(key)[:MAX_IDENTIFIER] for key in data if key not in keys]
    if unknown:
        raise InvalidDocument(f"{field} has an unknown field {unknown[0]}")
    return data


def _rows(
    data: object, field: str, keys: tuple[str, ...], limit: int
) -> list[tuple[str, dict[str, object]]]:
    if not isinstance(data, list):
        raise InvalidDocument(f"{field} is not a list")
    if len(data) > limit:
        raise InvalidDocument(f"{field} has {len(data)} rows; more than {limit} is a repetition")
    return [
        (f"{field}[{index}]", _object(row, f"{field}[{index}]", keys))
        for index, row in enumerate(data)
    ]


def _tax(row: dict[str, object], where: str) -> Tax:
    return Tax(
        rate=_amount(row["rate"], f"{where}.rate"),
        net=_amount(row["net"], f"{where}.net"),
        tax=_amount(row["tax"], f"{where}.tax"),
    )


def _line(row: dict[str, object], where: str) -> Line:
    return Line(
        description=_text(row["description"], f"{where}.description", MAX_TEXT),
        quantity=_amount(row["quantity"], f"{where}.quantity"),
        unit_price=_amount(row["unit_price"], f"{where}.unit_price"),
        net=_amount(row["net"], f"{where}.net"),
        tax_rate=_amount(row["tax_rate"], f"{where}.tax_rate"),
    )


def _party(data: object, field: str, keys: tuple[str, ...]) -> Party:
    row = _object(data, field, keys)
    return Party(**{key: _text(row[key], f"{field}.{key}", MAX_IDENTIFIER) for key in keys})


def _type(value: object) -> Type:
    if value == "invoice":
        return "invoice"
    if value == "credit_note":
        return "credit_note"
    raise InvalidDocument(f"type is {_shown(value)}, not invoice or credit_note")


def _source(value: object) -> str:
    source = _matching(value, "source", _SOURCE, "a short lower-case name")
    if source is None:
        raise InvalidDocument("source is null")
    return source


def _matching(value: object, field: str, pattern: re.Pattern[str], wanted: str) -> str | None:
    text = _text(value, field, MAX_IDENTIFIER)
    if text is not None and not pattern.fullmatch(text):
        raise InvalidDocument(f"{field} is {_shown(text)}, not {wanted}")
    return text


def _text(value: object, field: str, limit: int) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        raise InvalidDocument(f"{field} is {_shown(value)}, not a text")
    if len(value) > limit:
        raise InvalidDocument(f"{field} has {len(value)} characters; {limit} are allowed")
    # PostgreSQL stores neither NUL nor lone surrogates, and JSON can carry both.
    if "\0" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
        raise InvalidDocument(f"{field} has characters that cannot be stored")
    return value.strip() or None


def _date(value: object, field: str) -> date | None:
    text = _matching(value, field, _DAY, "a date like 2026-10-31")
    if text is None:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise InvalidDocument(f"{field} is {text}, a day no calendar has") from None
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidDocument(f"{field} is {text}, outside {FIRST_YEAR} to {LAST_YEAR}")
    return day


def _amount(value: object, field: str) -> Decimal | None:
    if value is None:
        return None
    if not isinstance(value, str):
        # A JSON number has been through binary floating point: its last digits are lost.
        raise InvalidDocument(f"{field} is {_shown(value)}, not a string of digits like 12.50")
    found = _AMOUNT.fullmatch(value)
    if not found:
        raise InvalidDocument(f"{field} is {_shown(value)}, not an amount like 12.50")
    _sign, whole, decimals = found.groups()
    if len(whole) > MAX_WHOLE_DIGITS or len(decimals or "") > MAX_DECIMALS:
        raise InvalidDocument(f"{field} is {_shown(value)}: too many digits, a repetition")
    return Decimal(value)


def _shown(value: object) -> str:
    """The value for a sentence, short enough to read and safe to store."""
    # Not int: repr() refuses the thousands of digits a repeating model can write.
    if not isinstance(value, (str, float, bool)):
        return "null" if value is None else f"a JSON {type(value).__name__}"
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
