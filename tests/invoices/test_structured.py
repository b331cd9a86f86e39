"""One invoice, every format and wrapping: the same facts come out."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from tests.invoices.builders import (
    IBAN,
    cii,
    encrypted_pdf,
    in_base64,
    pdf,
    signed,
    signed_in_parts,
    sound_document,
    ubl,
    ubl_credit_note,
    zipped,
    zugferd_1,
)
from triage.invoices.document import Document, Problem, to_json
from triage.invoices.structured import Unreadable, read, read_all


def facts(content: bytes) -> Document:
    document = read(content)
    assert document is not None
    return document


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (cii(), "cii"),
        (ubl(), "ubl"),
        (zugferd_1(), "zugferd"),
        (pdf({"factur-x.xml": cii()}), "facturx"),
        (pdf({"zugferd-invoice.xml": cii()}), "zugferd"),
        (pdf({"ZUGFeRD-invoice.xml": zugferd_1()}), "zugferd"),
        (pdf({"xrechnung.xml": cii()}), "zugferd"),
        (pdf({"RL-2026-0417.xml": ubl()}), "ubl"),
        (pdf({"invoice.dat": cii()}), "cii"),
        (encrypted_pdf({"factur-x.xml": cii()}, user_password=""), "facturx"),
        (signed(cii()), "cii"),
        (signed_in_parts(cii()), "cii"),
        (signed(pdf({"factur-x.xml": cii()})), "facturx"),
        (zipped({"november/RL-2026-0417.xml": ubl()}), "ubl"),
        (in_base64(ubl()), "ubl"),
        (b"-----BEGIN PKCS7-----\n" + in_base64(signed(cii())) + b"-----END PKCS7-----\n", "cii"),
        (zipped({"RL.xml.p7m": in_base64(signed(pdf({"factur-x.xml": cii()})))}), "facturx"),
        (cii().decode().encode("utf-16"), "cii"),
        (b"\xef\xbb\xbf" + ubl(), "ubl"),
        (b"\r\n" + ubl() + b"\0\0\x1a", "ubl"),
    ],
)
def test_every_format_and_wrapping_tells_the_same_invoice(content: bytes, source: str) -> None:
    assert facts(content) == replace(sound_document(), source=source)


def test_amounts_are_kept_as_written() -> None:
    data = to_json(facts(cii((">397.65<", ">397.6500<"), (">12<", ">12.0<"))))

    assert data["total_gross"] == "397.6500"
    assert data["lines"][0]["quantity"] == "12.0"


def test_what_the_document_does_not_say_is_null() -> None:
    document = facts(
        cii(
            ("<ram:TotalPrepaidAmount>50.00</ram:TotalPrepaidAmount>", ""),
            (f"<ram:IBANID>{IBAN}</ram:IBANID>", "<ram:AccountName>Lindgren</ram:AccountName>"),
            ("<ram:GrandTotalAmount>397.65</ram:GrandTotalAmount>", "<ram:GrandTotalAmount/>"),
        )
    )

    assert (document.prepaid, document.supplier.iban, document.total_gross) == (None, None, None)


# --- CII ----------------------------------------------------------------------------------------


def test_the_minimum_profile_has_neither_lines_nor_taxes() -> None:
    xml = cii().decode()
    for name in ("IncludedSupplyChainTradeLineItem", "ApplicableTradeTax"):
        while f"<ram:{name}>" in xml:
            start, end = xml.index(f"<ram:{name}>"), xml.index(f"</ram:{name}>")
            xml = xml[:start] + xml[end + len(name) + 7 :]

    document = facts(pdf({"factur-x.xml": xml.encode()}))

    assert (document.lines, document.taxes) == ((), ())
    assert document.total_gross == Decimal("397.65")


def test_the_tax_total_is_the_one_in_the_invoices_currency() -> None:
    tax = '<ram:TaxTotalAmount currencyID="EUR">46.95</ram:TaxTotalAmount>'
    zloty = '<ram:TaxTotalAmount currencyID="PLN">199.54</ram:TaxTotalAmount>'
    in_zloty = (
        "<ram:InvoiceCurrencyCode>",
        "<ram:TaxCurrencyCode>PLN</ram:TaxCurrencyCode><ram:InvoiceCurrencyCode>",
    )

    assert facts(cii((tax, zloty + tax), in_zloty)).total_tax == Decimal("46.95")
    assert facts(cii((tax, zloty), in_zloty)).total_tax is None


def test_a_tax_number_is_no_vat_id() -> None:
    assert facts(cii(('schemeID="VA"', 'schemeID="FC"'))).supplier.vat_id is None


def test_the_account_a_debit_is_taken_from_is_not_the_suppliers() -> None:
    debit = cii(("PayeePartyCreditorFinancialAccount", "PayerPartyDebtorFinancialAccount"))

    assert facts(debit).supplier.iban is None


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("380", "invoice"),
        ("381", "credit_note"),
        ("261", "credit_note"),
        ("384", "invoice"),
        ("389", "invoice"),
        ("326", "invoice"),
    ],
)
def test_the_type_code_tells_credit_notes_from_invoices(code: str, expected: str) -> None:
    assert facts(cii((">380<", f">{code}<"))).type == expected
    assert facts(ubl((">380<", f">{code}<"))).type == expected


def test_a_freight_service_counts_as_a_charge() -> None:
    freight = (
        "<ram:SpecifiedLogisticsServiceCharge><ram:AppliedAmount>6.90</ram:AppliedAmount>"
        "<ram:AppliedTradeTax><ram:CategoryCode>S</ram:CategoryCode>"
        "<ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:AppliedTradeTax>"
        "</ram:SpecifiedLogisticsServiceCharge><ram:SpecifiedTradePaymentTerms>"
    )
    document = facts(cii(("<ram:SpecifiedTradePaymentTerms>", freight)))

    assert [one.amount for one in document.adjustments if one.is_charge] == [
        Decimal("6.90"),
        Decimal("6.90"),
    ]


def test_what_is_collected_for_others_is_read() -> None:
    terms = "<ram:SpecifiedTradePaymentTerms>"
    fee = (
        "<ram:SpecifiedFinancialAdjustment><ram:ActualAmount>20.00</ram:ActualAmount>"
        "</ram:SpecifiedFinancialAdjustment>"
    )

    assert facts(cii((terms, fee + terms))).collected == Decimal("20.00")


def test_allowances_and_charges_on_a_line_are_kept_apart() -> None:
    def cii_row(indicator: str, amount: str) -> str:
        return (
            f"<ram:SpecifiedTradeAllowanceCharge><ram:ChargeIndicator><udt:Indicator>{indicator}"
            f"</udt:Indicator></ram:ChargeIndicator><ram:ActualAmount>{amount}</ram:ActualAmount>"
            "</ram:SpecifiedTradeAllowanceCharge>"
        )

    def ubl_row(indicator: str, amount: str) -> str:
        return (
            f"<cac:AllowanceCharge><cbc:ChargeIndicator>{indicator}</cbc:ChargeIndicator>"
            f"<cbc:Amount>{amount}</cbc:Amount></cac:AllowanceCharge>"
        )

    tag = "<ram:SpecifiedTradeSettlementLineMonetarySummation>"
    rows = cii_row("false", "2.00") + cii_row("true", "5.00")
    in_cii = facts(cii((tag, rows + tag))).lines[0]
    rows = ubl_row("false", "2.00") + ubl_row("true", "5.00")
    in_ubl = facts(ubl(("<cac:Item>", f"{rows}<cac:Item>"))).lines[0]

    assert (in_cii.allowances, in_cii.charges) == (Decimal("2.00"), Decimal("5.00"))
    assert (in_ubl.allowances, in_ubl.charges) == (Decimal("2.00"), Decimal("5.00"))


def test_a_group_of_sub_lines_is_shown_but_not_counted() -> None:
    reason = "<ram:LineID>2</ram:LineID><ram:LineStatusReasonCode>GROUP</ram:LineStatusReasonCode>"
    document = facts(cii(("<ram:LineID>2</ram:LineID>", reason)))

    assert [line.counted for line in document.lines] == [True, False]


# --- UBL ----------------------------------------------------------------------------------------


def test_a_ubl_credit_note_is_read_like_an_invoice() -> None:
    due = (
        "<cac:PayeeFinancialAccount>",
        "<cbc:PaymentDueDate>2026-12-03</cbc:PaymentDueDate><cac:PayeeFinancialAccount>",
    )
    expected = replace(sound_document(), type="credit_note", source="ubl")

    assert facts(ubl_credit_note(due)) == expected
    assert facts(ubl_credit_note()) == replace(expected, due_date=None)


def test_the_trading_name_stands_in_where_there_is_no_legal_one() -> None:
    legal = "<cbc:RegistrationName>Rösterei Lindgren GmbH</cbc:RegistrationName>"

    assert facts(ubl()).supplier.name == "Rösterei Lindgren GmbH"
    assert facts(ubl((legal, ""))).supplier.name == "Lindgren Kaffee"


def test_tax_in_the_suppliers_own_currency_is_left_aside() -> None:
    other = (
        '<cac:TaxTotal><cbc:TaxAmount currencyID="SEK">540.12</cbc:TaxAmount></cac:TaxTotal>'
        "<cac:LegalMonetaryTotal>"
    )
    document = facts(ubl(("<cac:LegalMonetaryTotal>", other)))

    assert document.total_tax == Decimal("46.95")
    assert len(document.taxes) == 2


TAX_TOTAL = '<cac:TaxTotal><cbc:TaxAmount currencyID="{}">{}</cbc:TaxAmount>'


def test_a_mislabelled_tax_total_is_read_but_never_the_other_currencys() -> None:
    mislabelled = (TAX_TOTAL.format("EUR", "46.95"), TAX_TOTAL.format("SEK", "46.95"))
    accounting = (
        "<cac:AccountingSupplierParty>",
        "<cbc:TaxCurrencyCode>SEK</cbc:TaxCurrencyCode><cac:AccountingSupplierParty>",
    )

    assert facts(ubl(mislabelled)).total_tax == Decimal("46.95")
    assert facts(ubl(mislabelled, accounting)).total_tax is None


def test_plain_ubl_has_a_tax_total_for_each_tax() -> None:
    excise = TAX_TOTAL.format("EUR", "3.00") + "</cac:TaxTotal><cac:LegalMonetaryTotal>"

    assert facts(ubl(("<cac:LegalMonetaryTotal>", excise))).total_tax == Decimal("49.95")


def test_an_invoice_inside_a_peppol_envelope_is_found() -> None:
    body = ubl().decode().partition("?>")[2]
    envelope = (
        '<StandardBusinessDocument xmlns="http://www.unece.org/cefact/namespaces/'
        f'StandardBusinessDocumentHeader"><StandardBusinessDocumentHeader/>{body}'
        "</StandardBusinessDocument>"
    )

    assert facts(envelope.encode()).number == "RL-2026-0417"


def test_payments_for_third_parties_are_prepayments_only_elsewhere() -> None:
    totals = "<cac:LegalMonetaryTotal>"
    paid = '<cbc:PaidAmount currencyID="EUR">20.00</cbc:PaidAmount>'
    payment = (totals, f"<cac:PrepaidPayment>{paid}</cac:PrepaidPayment>{totals}")
    extension = (
        "urn:cen.eu:en16931:2017",
        "urn:cen.eu:en16931:2017#conformant#urn:xeinkauf.de:kosit:extension:xrechnung_3.0",
    )

    assert facts(ubl(payment)).collected == 0
    assert facts(ubl(payment, extension)).collected == Decimal("20.00")


# --- several, none, and oddities ----------------------------------------------------------------


def test_several_invoices_in_one_archive_are_all_read_and_counted() -> None:
    content = zipped(
        {"417.xml": ubl(), "418.xml": ubl(("-0417", "-0418")), "notes.xml": b"<notes/>"}
    )

    assert [one.number for one in read_all(content)] == ["RL-2026-0417", "RL-2026-0418"]
    assert [problem.code for problem in facts(content).found] == ["several_invoices"]


def test_a_broken_file_beside_a_good_one_is_named() -> None:
    document = facts(zipped({"417.xml": ubl(), "418.xml": ubl()[:700]}))

    [problem] = document.found
    assert problem.code == "unreadable_part"
    assert problem.message.startswith("418.xml: The XML is broken")


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (b"", ""),
        (b"Dear all, our CrossIndustryInvoice software is ready.", "note.txt"),
        (b"<html><body>FatturaElettronica explained</body></html>", "news.html"),
        (b"<Order><ID>4711</ID></Order>", "order.xml"),
        (b"<html><br>A page somebody saved", "page.xml"),
        (b'<Invoice xmlns="urn:lindgren.test"><!--ubl:schema:xsd:Invoice-2--></Invoice>', "a.xml"),
        (pdf(), "letter.pdf"),
        (pdf({"order-x.xml": b"<SCRDMCCBDACIOMessageStructure/>"}), "order.pdf"),
        (zipped({"[Content_Types].xml": b"<Types/>", "word/a.xml": ubl()}), "letter.docx"),
        (signed(b"Content-Type: text/plain\r\n\r\nSee you on Monday"), "smime.p7m"),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "scan.png"),
    ],
)
def test_what_carries_no_invoice_is_none(content: bytes, filename: str) -> None:
    assert read(content, filename=filename) is None


def test_one_unreadable_value_costs_that_value_only() -> None:
    document = facts(cii((">397.65<", ">397,65<"), (">20261203<", ">20261303<")))

    assert (document.total_gross, document.due_date) == (None, None)
    assert document.found == (
        Problem("unreadable_date", "DateTimeString is “20261303”, which is not a date."),
        Problem("unreadable_amount", "GrandTotalAmount is “397,65”, which is not an amount."),
    )
    assert document.total_net == Decimal("350.70")


@pytest.mark.parametrize(
    "written",
    ["2026-11-03", "20261103", "2026-11-03T09:30:00Z", "2026-11-03+01:00", "202611030930"],
)
def test_a_date_may_be_written_in_several_ways(written: str) -> None:
    assert facts(cii((">20261103<", f">{written}<"))).issue_date == date(2026, 11, 3)


@pytest.mark.parametrize(
    ("written", "expected"),
    [("397.65", "397.65"), ("\n 397.65 ", "397.65"), ("-.5", "-0.5"), ("0E-8", "0.00000000")],
)
def test_an_amount_may_be_any_decimal_of_xml_schema_or_java(written: str, expected: str) -> None:
    data = to_json(facts(cii((">397.65<", f">{written}<"))))

    assert data["total_gross"] == expected


def test_a_misdeclared_encoding_is_read_and_said() -> None:
    document = facts(cii().decode().encode("windows-1252"))

    assert document.supplier.name == "Rösterei Lindgren GmbH"
    assert [problem.code for problem in document.found] == ["encoding"]


def test_a_hybrid_pdf_whose_xml_is_something_else_is_broken() -> None:
    with pytest.raises(Unreadable, match=r"factur-x\.xml is not an e-invoice"):
        read(pdf({"factur-x.xml": b"<invoice/>"}))
