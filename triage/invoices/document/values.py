"""An invoice as a value.

Amounts are `Decimal` with the places the document wrote (`100.00` stays `100.00`); what the
document does not say is None. Names follow EN 16931-1 (BT numbers in brackets below).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

Type = Literal["invoice", "credit_note"]

# Sources whose figures the issuer's software wrote under EN 16931, not a model.
STRUCTURED = frozenset({"facturx", "zugferd", "ubl", "cii"})


@dataclass(frozen=True, slots=True)
class Problem:
    """A failed check: a stable code for machines, a sentence for staff.

    `rule` is the EN 16931 rule id (`BR-CO-10`) where the standard has one.
    """

    code: str
    message: str
    rule: str | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """Seller (BG-4) or buyer (BG-7). `iban` is the account to pay to (BT-84), as written."""

    name: str | None
    vat_id: str | None
    iban: str | None = None


@dataclass(frozen=True, slots=True)
class Tax:
    """One row of the VAT breakdown (BG-23): rate in percent, taxable amount, tax amount.

    `category` is the UNTDID 5305 letter (BT-118): S, Z, E, AE, K, G, O, L, M, B.
    """

    rate: Decimal | None
    net: Decimal | None
    tax: Decimal | None
    category: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One invoice line (BG-25).

    `unit_price` is for `base_quantity` units (BT-149, None means 1); `allowances` and `charges`
    are their sums on this line (BT-136, BT-141). A line that is not `counted` repeats or groups
    others (EXTENDED sub-lines) and is left out of the sums.
    """

    description: str | None
    quantity: Decimal | None
    unit_price: Decimal | None
    net: Decimal | None
    tax_rate: Decimal | None
    tax_category: str | None = None
    base_quantity: Decimal | None = None
    allowances: Decimal = Decimal(0)
    charges: Decimal = Decimal(0)
    counted: bool = True


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An allowance (BG-20) or a charge (BG-21) on the whole document; `amount` is not signed."""

    is_charge: bool
    amount: Decimal
    tax_rate: Decimal | None = None
    tax_category: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """One invoice or credit note as its issuer wrote it.

    `source` says how it was read: facturx, zugferd, ubl, cii, fatturapa, or the model's name.
    The fields after it are for the checks only and never reach the JSON: the profile (BT-24), the
    sums BT-106, -107, -108 and -114, what is `untaxed` (in the gross total but not in net or tax:
    stamp duty), what is `collected` for others (due but not in the gross total: BT-179), and what
    was `found` while reading (an amount that is no number), which `checks.check` repeats.
    """

    type: Type
    number: str | None
    issue_date: date | None
    due_date: date | None
    currency: str | None
    supplier: Party
    customer: Party
    total_net: Decimal | None
    total_tax: Decimal | None
    total_gross: Decimal | None
    prepaid: Decimal | None
    due: Decimal | None
    taxes: tuple[Tax, ...] = ()
    lines: tuple[Line, ...] = ()
    source: str
    profile: str | None = None
    line_total: Decimal | None = None
    allowance_total: Decimal | None = None
    charge_total: Decimal | None = None
    rounding: Decimal | None = None
    adjustments: tuple[Adjustment, ...] = ()
    untaxed: Decimal = Decimal(0)
    collected: Decimal = Decimal(0)
    found: tuple[Problem, ...] = ()


def with_found(document: Document, *problems: Problem) -> Document:
    """The same document with more problems met while reading it."""
    return dataclasses.replace(document, found=document.found + problems)
