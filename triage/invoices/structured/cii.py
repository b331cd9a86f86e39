"""UN/CEFACT Cross Industry Invoice, as EN 16931-3-3 binds it: D16B, Factur-X, ZUGFeRD 1.0-2.x.

ZUGFeRD 1.0 (`CrossIndustryDocument`) says the same with other element names; where two names
stand side by side below, the second is ZUGFeRD 1.0's.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from triage.invoices.document import Adjustment, Document, Line, Party, Tax
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

ROOTS = ("CrossIndustryInvoice", "CrossIndustryDocument")
_LINE = "IncludedSupplyChainTradeLineItem"


def read(root: Element) -> Document:
    """The invoice in a CII root element."""
    reading = Reading()
    fields = children(root)
    context = inside(fields, "ExchangedDocumentContext", "SpecifiedExchangedDocumentContext")
    header = inside(fields, "ExchangedDocument", "HeaderExchangedDocument")
    trade = inside(fields, "SupplyChainTradeTransaction", "SpecifiedSupplyChainTradeTransaction")
    agreement = inside(
        trade, "ApplicableHeaderTradeAgreement", "ApplicableSupplyChainTradeAgreement"
    )
    settlement = inside(
        trade, "ApplicableHeaderTradeSettlement", "ApplicableSupplyChainTradeSettlement"
    )
    currency = text(settlement, "InvoiceCurrencyCode")
    accounting = text(settlement, "TaxCurrencyCode")
    sums = inside(
        settlement,
        "SpecifiedTradeSettlementHeaderMonetarySummation",
        "SpecifiedTradeSettlementMonetarySummation",
    )

    def amount(name: str) -> Decimal | None:
        return reading.amount_of(_in_currency(sums.get(name, []), currency, accounting))

    return Document(
        type=type_of(text(header, "TypeCode")),
        number=text(header, "ID"),
        issue_date=_date(header, reading, "IssueDateTime"),
        due_date=_due_date(settlement, reading),
        currency=currency,
        supplier=_party(agreement, "SellerTradeParty", iban=_iban(settlement)),
        customer=_party(agreement, "BuyerTradeParty"),
        total_net=amount("TaxBasisTotalAmount"),
        total_tax=amount("TaxTotalAmount"),
        total_gross=amount("GrandTotalAmount"),
        prepaid=amount("TotalPrepaidAmount"),
        due=amount("DuePayableAmount"),
        taxes=tuple(_tax(tax, reading) for tax in each(settlement, "ApplicableTradeTax")),
        lines=tuple(_line(line, reading) for line in each(trade, _LINE)),
        source="zugferd" if local_name(root) == "CrossIndustryDocument" else "cii",
        profile=text(inside(context, "GuidelineSpecifiedDocumentContextParameter"), "ID"),
        line_total=amount("LineTotalAmount"),
        allowance_total=amount("AllowanceTotalAmount"),
        charge_total=amount("ChargeTotalAmount"),
        rounding=amount("RoundingAmount"),
        adjustments=_adjustments(settlement, reading),
        collected=total(
            reading.amount(row, "ActualAmount")
            for row in each(settlement, "SpecifiedFinancialAdjustment")
        ),
        found=tuple(reading.problems),
    )


def _in_currency(
    elements: list[Element], currency: str | None, accounting: str | None
) -> Element | None:
    """BT-110 and BT-111 share a name: the amount in the invoice's own currency, not the other."""
    for element in elements:
        if element.get("currencyID", currency) == currency:
            return element
    # Software that writes EUR into every currencyID; but not the amount in the seller's currency.
    return next((one for one in elements if one.get("currencyID") != accounting), None)


def _date(fields: Children, reading: Reading, name: str) -> date | None:
    inner = inside(fields, name)
    written = first(inner, "DateTimeString", "DateTime", "Date", "DateString")
    return reading.day_of(written if written is not None else first(fields, name))


def _due_date(settlement: Children, reading: Reading) -> date | None:
    for terms in each(settlement, "SpecifiedTradePaymentTerms"):
        if day := _date(terms, reading, "DueDateDateTime"):
            return day
    return None


def _party(agreement: Children, name: str, iban: str | None = None) -> Party:
    party = inside(agreement, name)
    return Party(text(party, "Name"), _vat_id(party), iban)


def _vat_id(party: Children) -> str | None:
    for registration in each(party, "SpecifiedTaxRegistration"):
        for identifier in registration.get("ID", ()):
            if identifier.get("schemeID", "").upper() == "VA" and identifier.text:
                return identifier.text.strip() or None
    return None


def _iban(settlement: Children) -> str | None:
    for means in each(settlement, "SpecifiedTradeSettlementPaymentMeans"):
        account = inside(means, "PayeePartyCreditorFinancialAccount")
        if iban := text(account, "IBANID", "ProprietaryID"):
            return iban
    return None


def _tax(tax: Children, reading: Reading) -> Tax:
    return Tax(
        rate=reading.amount(tax, "RateApplicablePercent", "ApplicablePercent"),
        net=reading.amount(tax, "BasisAmount"),
        tax=reading.amount(tax, "CalculatedAmount"),
        category=text(tax, "CategoryCode"),
    )


def _line(line: Children, reading: Reading) -> Line:
    about = inside(line, "AssociatedDocumentLineDocument")
    agreement = inside(line, "SpecifiedLineTradeAgreement", "SpecifiedSupplyChainTradeAgreement")
    delivery = inside(line, "SpecifiedLineTradeDelivery", "SpecifiedSupplyChainTradeDelivery")
    settlement = inside(line, "SpecifiedLineTradeSettlement", "SpecifiedSupplyChainTradeSettlement")
    price = inside(agreement, "NetPriceProductTradePrice")
    product = inside(line, "SpecifiedTradeProduct")
    tax = inside(settlement, "ApplicableTradeTax")
    sums = inside(
        settlement,
        "SpecifiedTradeSettlementLineMonetarySummation",
        "SpecifiedTradeSettlementMonetarySummation",
    )
    adjustments = _adjustments(settlement, reading)
    return Line(
        description=text(product, "Name", "Description"),
        quantity=reading.amount(delivery, "BilledQuantity"),
        unit_price=reading.amount(price, "ChargeAmount"),
        net=reading.amount(sums, "LineTotalAmount"),
        tax_rate=reading.amount(tax, "RateApplicablePercent", "ApplicablePercent"),
        tax_category=text(tax, "CategoryCode"),
        base_quantity=reading.amount(price, "BasisQuantity"),
        allowances=total(a.amount for a in adjustments if not a.is_charge),
        charges=total(a.amount for a in adjustments if a.is_charge),
        # EXTENDED: a GROUP repeats the sum of its sub-lines, an INFORMATION line is not billed.
        counted=text(about, "LineStatusReasonCode") in (None, "DETAIL"),
    )


def _adjustments(settlement: Children, reading: Reading) -> tuple[Adjustment, ...]:
    found = []
    for row in each(settlement, "SpecifiedTradeAllowanceCharge"):
        amount = reading.amount(row, "ActualAmount")
        tax = inside(row, "CategoryTradeTax")
        if amount is not None:
            found.append(
                Adjustment(
                    is_charge=text(inside(row, "ChargeIndicator"), "Indicator") == "true",
                    amount=amount,
                    tax_rate=reading.amount(tax, "RateApplicablePercent", "ApplicablePercent"),
                    tax_category=text(tax, "CategoryCode"),
                )
            )
    # A freight charge of its own kind (EXTENDED, ZUGFeRD 1.0) counts as a charge (BT-X-271).
    for row in each(settlement, "SpecifiedLogisticsServiceCharge"):
        amount = reading.amount(row, "AppliedAmount")
        tax = inside(row, "AppliedTradeTax")
        if amount is not None:
            found.append(
                Adjustment(
                    is_charge=True,
                    amount=amount,
                    tax_rate=reading.amount(tax, "RateApplicablePercent", "ApplicablePercent"),
                    tax_category=text(tax, "CategoryCode"),
                )
            )
    return tuple(found)
