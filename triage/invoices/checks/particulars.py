"""What an invoice says once: number, parties, dates, currency, VAT ids, account."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from iso4217 import Currency
from stdnum import get_cc_module, iban
from stdnum.exceptions import ValidationError

from triage.invoices.checks.problems import failed
from triage.invoices.document import Document, Problem

# The issuer's day may be ahead of ours by a time zone; more is a post-dated or misread invoice.
FUTURE = timedelta(days=1)
# Above any term of payment, below a mistaken digit of the year... of a decade.
MAX_TERM = timedelta(days=2 * 366)
# Beyond every limitation period: the year was misread.
MAX_AGE = timedelta(days=30 * 366)

CURRENCIES = frozenset(currency.code for currency in Currency)

_COUNTRY = re.compile(r"[A-Z]{2}")
_LIKE_IBAN = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]+")


def check_particulars(document: Document, *, today: date) -> Iterator[Problem]:
    yield from _missing(document)
    yield from _dates(document, today)
    yield from _currency(document)
    yield from _vat_id("supplier", document.supplier.vat_id)
    yield from _vat_id("customer", document.customer.vat_id)
    yield from _account(document)


def _missing(document: Document) -> Iterator[Problem]:
    for value, field, what, rule in (
        (document.number, "number", "number", "BR-02"),
        (document.issue_date, "issue_date", "date of issue", "BR-03"),
        (document.currency, "currency", "currency", "BR-05"),
        (document.supplier.name, "supplier", "supplier's name", "BR-06"),
        (document.total_gross, "total_gross", "gross total", "BR-14"),
    ):
        # The gross total is optional in FatturaPA.
        if value is None and not (field == "total_gross" and document.source == "fatturapa"):
            yield failed(f"missing_{field}", f"The {what} is missing.", rule)


def _dates(document: Document, today: date) -> Iterator[Problem]:
    issued, due = document.issue_date, document.due_date
    if issued is not None and issued > today + FUTURE:
        yield failed("issue_date_future", f"Issued on {issued}, which is still to come.")
    if issued is not None and issued < today - MAX_AGE:
        yield failed("issue_date_old", f"Issued on {issued}, too long ago to be meant.")
    if issued is None or due is None:
        return
    if due < issued:
        yield failed("due_before_issue", f"Due on {due}, before it was issued on {issued}.")
    if due > issued + MAX_TERM:
        yield failed("due_date_far", f"Due on {due}, more than two years after {issued}.")


def _currency(document: Document) -> Iterator[Problem]:
    if document.currency is not None and document.currency not in CURRENCIES:
        yield failed("currency", f"“{document.currency}” is no currency of ISO 4217.", "BR-CL-04")


def _vat_id(whose: str, written: str | None) -> Iterator[Problem]:
    if written is None:
        return
    vat_id = re.sub(r"[\s.-]", "", written).upper()
    if not _COUNTRY.match(vat_id):
        yield failed(
            f"{whose}_vat_id",
            f"The {whose}'s VAT id “{written}” does not begin with a country.",
            "BR-CO-09",
        )
    elif not _is_possible_vat_id(vat_id):
        yield failed(f"{whose}_vat_id", f"The {whose}'s VAT id “{written}” is not possible.")


def _is_possible_vat_id(vat_id: str) -> bool:
    """Length and check digits. A country whose rule is unknown here gets the benefit of it."""
    # EN 16931 writes EL for Greece.
    country = {"el": "gr"}.get(vat_id[:2].lower(), vat_id[:2].lower())
    module = get_cc_module(country, "vat")
    if module is None:
        return True
    return bool(module.is_valid(vat_id) or module.is_valid(vat_id[2:]))


def _account(document: Document) -> Iterator[Problem]:
    written = document.supplier.iban
    if written is None:
        return
    account = iban.compact(written).upper()
    # BT-84 may be a national account number, which has no common check.
    if not _LIKE_IBAN.fullmatch(account):
        return
    try:
        iban.validate(account)
    except ValidationError:
        yield failed("iban", f"The account “{written}” is not a possible IBAN.")
