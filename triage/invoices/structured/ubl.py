"""UBL 2.x Invoice and CreditNote, as EN 16931-3-2 binds them: XRechnung, Peppol BIS, plain UBL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from triage.invoices.document import Adjustment, Document, Line, Party, Tax, Type
from triage.invoices.structured.codes import type_of
from triage.invoices.structured.elements import (
    Children,
    Element,
    Reading,
    children,
    each,
    first,
    inside,
    local_name,
    text,
    total,
)

ROOTS = ("Invoice", "CreditNote")
NAMESPACE = "urn:oasis:names:specification:ubl:schema:xsd:"


def read(root: Element) -> Document:
    """The invoice in a UBL root element."""
    reading = Reading()
    fields = children(root)
    currency = text(fields, "DocumentCurrencyCode")
    sums = inside(fields, "LegalMonetaryTotal")
    tax_totals = _in_currency(fields.get("TaxTotal", []), currency, text(fields, "TaxCurrencyCode"))

    def amount(name: str) -> Decimal | None:
        return reading.amount(sums, name)

    return Document(
        type=_type(root, fields),
        number=text(fields, "ID"),
        issue_date=reading.day(fields, "IssueDate"),
        due_date=_due_date(fields, reading),
        currency=currency,
        supplier=_party(fields, "AccountingSupplierParty", iban=_iban(fields)),
        customer=_party(fields, "AccountingCustomerParty"),
        total_net=amount("TaxExclusiveAmount"),
        total_tax=_total_tax(tax_totals, reading),
        total_gross=amount("TaxInclusiveAmount"),
        prepaid=amount("PrepaidAmount"),
        due=amount("PayableAmount"),
        taxes=tuple(_tax(row, reading) for one in tax_totals for row in each(one, "TaxSubtotal")),
        lines=tuple(_line(line, reading) for line in each(fields, "InvoiceLine", "CreditNoteLine")),
        source="ubl",
        profile=text(fields, "CustomizationID"),
        line_total=amount("LineExtensionAmount"),
        allowance_total=amount("AllowanceTotalAmount"),
        charge_total=amount("ChargeTotalAmount"),
        rounding=amount("PayableRoundingAmount"),
        adjustments=_adjustments(fields, reading),
        collected=_collected(fields, reading),
        found=tuple(reading.problems),
    )


def _type(root: Element, fields: Children) -> Type:
    if local_name(root) == "CreditNote":
        return "credit_note"
    return type_of(text(fields, "InvoiceTypeCode"))


def _due_date(fields: Children, reading: Reading) -> date | None:
    if day := reading.day(fields, "DueDate"):
        return day
    # A credit note has no DueDate of its own (BT-9 sits with the payment means).
    for means in each(fields, "PaymentMeans"):
        if day := reading.day(means, "PaymentDueDate"):
            return day
    for terms in each(fields, "PaymentTerms"):
        if day := reading.day(terms, "PaymentDueDate"):
            return day
    return None


def _in_currency(
    elements: list[Element], currency: str | None, accounting: str | None
) -> list[Children]:
    """The tax totals in the invoice's currency (BT-110), not those in the seller's (BT-111)."""
    totals = [children(element) for element in elements]
    own = [one for one in totals if _currency(one) in (currency, None)]
    # Software that writes EUR into every currencyID; but not the seller's own currency.
    return own or [one for one in totals if _currency(one) != accounting][:1]


def _currency(tax_total: Children) -> str | None:
    amount = first(tax_total, "TaxAmount")
    return None if amount is None else amount.get("currencyID")


def _total_tax(totals: list[Children], reading: Reading) -> Decimal | None:
    amounts = [reading.amount(one, "TaxAmount") for one in totals]
    # EN 16931 has one; plain UBL has one for each tax (VAT, excise).
    return amounts[0] if len(amounts) == 1 else total(amounts) if amounts else None


def _party(fields: Children, name: str, iban: str | None = None) -> Party:
    party = inside(inside(fields, name), "Party")
    legal = text(inside(party, "PartyLegalEntity"), "RegistrationName")
    trading = text(inside(party, "PartyName"), "Name")
    return Party(legal or trading, _vat_id(party), iban)


def _vat_id(party: Children) -> str | None:
    for scheme in each(party, "PartyTaxScheme"):
        if (text(inside(scheme, "TaxScheme"), "ID") or "").upper() == "VAT":
            return text(scheme, "CompanyID")
    return None


def _iban(fields: Children) -> str | None:
    for means in each(fields, "PaymentMeans"):
        if account := text(inside(means, "PayeeFinancialAccount"), "ID"):
            return account
    return None


def _collected(fields: Children, reading: Reading) -> Decimal:
    """XRechnung's extension lists payments for third parties where plain UBL has prepayments."""
    if "extension:xrechnung" not in (text(fields, "CustomizationID") or ""):
        return Decimal(0)
    return total(reading.amount(row, "PaidAmount") for row in each(fields, "PrepaidPayment"))


def _tax(row: Children, reading: Reading) -> Tax:
    category = inside(row, "TaxCategory")
    return Tax(
        # UBL 2.0 wrote the rate beside the category.
        rate=reading.amount(category if "Percent" in category else row, "Percent"),
        net=reading.amount(row, "TaxableAmount"),
        tax=reading.amount(row, "TaxAmount"),
        category=text(category, "ID"),
    )


def _line(line: Children, reading: Reading) -> Line:
    item, price = inside(line, "Item"), inside(line, "Price")
    category = inside(item, "ClassifiedTaxCategory")
    adjustments = _adjustments(line, reading)
    return Line(
        description=text(item, "Name", "Description"),
        quantity=reading.amount(line, "InvoicedQuantity", "CreditedQuantity"),
        unit_price=reading.amount(price, "PriceAmount"),
        net=reading.amount(line, "LineExtensionAmount"),
        tax_rate=reading.amount(category, "Percent"),
        tax_category=text(category, "ID"),
        base_quantity=reading.amount(price, "BaseQuantity"),
        allowances=total(a.amount for a in adjustments if not a.is_charge),
        charges=total(a.amount for a in adjustments if a.is_charge),
    )


def _adjustments(fields: Children, reading: Reading) -> tuple[Adjustment, ...]:
    found = []
    for row in each(fields, "AllowanceCharge"):
        amount = reading.amount(row, "Amount")
        category = inside(row, "TaxCategory")
        if amount is not None:
            found.append(
                Adjustment(
                    is_charge=text(row, "ChargeIndicator") == "true",
                    amount=amount,
                    tax_rate=reading.amount(category, "Percent"),
                    tax_category=text(category, "ID"),
                )
            )
    return tuple(found)
