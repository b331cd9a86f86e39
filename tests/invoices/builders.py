"""One believable invoice in every format the product reads, and the wrappings it arrives in.

Rösterei Lindgren GmbH bills Papeterie Moreau SARL for coffee and a grinder burr set: two rates, an
allowance, a charge, a prepayment. Every builder takes pairs of texts to replace, so that a test
shows only what is different about its document.
"""

import base64
import zipfile
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import cache
from io import BytesIO

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs7
from pypdf import PdfWriter

from triage.invoices.document import Adjustment, Document, Line, Party, Tax

SUPPLIER_VAT_ID = "DE314271825"
CUSTOMER_VAT_ID = "FR82514820604"
IBAN = "DE50999900000012345678"
TODAY = date(2026, 11, 20)

Change = tuple[str, str]


def _changed(xml: str, changes: tuple[Change, ...]) -> bytes:
    for old, new in changes:
        assert old in xml, f"the document does not say {old}"
        xml = xml.replace(old, new)
    return xml.encode()


def sound_document() -> Document:
    """The invoice as a value; every check passes on TODAY."""
    return Document(
        type="invoice",
        number="RL-2026-0417",
        issue_date=date(2026, 11, 3),
        due_date=date(2026, 12, 3),
        currency="EUR",
        supplier=Party("Rösterei Lindgren GmbH", SUPPLIER_VAT_ID, IBAN),
        customer=Party("Papeterie Moreau SARL", CUSTOMER_VAT_ID),
        total_net=Decimal("350.70"),
        total_tax=Decimal("46.95"),
        total_gross=Decimal("397.65"),
        prepaid=Decimal("50.00"),
        due=Decimal("347.65"),
        taxes=(
            Tax(Decimal("7.00"), Decimal("164.00"), Decimal("11.48"), "S"),
            Tax(Decimal("19.00"), Decimal("186.70"), Decimal("35.47"), "S"),
        ),
        lines=(
            Line(
                description="Hausmischung, 1 kg",
                quantity=Decimal("12"),
                unit_price=Decimal("14.50"),
                net=Decimal("174.00"),
                tax_rate=Decimal("7.00"),
                tax_category="S",
            ),
            Line(
                description="Mahlscheiben, 64 mm",
                quantity=Decimal("2"),
                unit_price=Decimal("89.90"),
                net=Decimal("179.80"),
                tax_rate=Decimal("19.00"),
                tax_category="S",
            ),
        ),
        source="cii",
        profile="urn:cen.eu:en16931:2017",
        line_total=Decimal("353.80"),
        allowance_total=Decimal("10.00"),
        charge_total=Decimal("6.90"),
        adjustments=(
            Adjustment(
                is_charge=False,
                amount=Decimal("10.00"),
                tax_rate=Decimal("7.00"),
                tax_category="S",
            ),
            Adjustment(
                is_charge=True,
                amount=Decimal("6.90"),
                tax_rate=Decimal("19.00"),
                tax_category="S",
            ),
        ),
    )


# --- formats ------------------------------------------------------------------------------------

_UBL = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
 xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
 xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
 <cbc:CustomizationID>urn:cen.eu:en16931:2017</cbc:CustomizationID>
 <cbc:ID>RL-2026-0417</cbc:ID>
 <cbc:IssueDate>2026-11-03</cbc:IssueDate>
 <cbc:DueDate>2026-12-03</cbc:DueDate>
 <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
 <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
 <cac:AccountingSupplierParty><cac:Party>
  <cac:PartyName><cbc:Name>Lindgren Kaffee</cbc:Name></cac:PartyName>
  <cac:PartyTaxScheme><cbc:CompanyID>201/113/40209</cbc:CompanyID>
   <cac:TaxScheme><cbc:ID>FC</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyTaxScheme><cbc:CompanyID>{SUPPLIER_VAT_ID}</cbc:CompanyID>
   <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Rösterei Lindgren GmbH</cbc:RegistrationName>
  </cac:PartyLegalEntity>
 </cac:Party></cac:AccountingSupplierParty>
 <cac:AccountingCustomerParty><cac:Party>
  <cac:PartyTaxScheme><cbc:CompanyID>{CUSTOMER_VAT_ID}</cbc:CompanyID>
   <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
  <cac:PartyLegalEntity><cbc:RegistrationName>Papeterie Moreau SARL</cbc:RegistrationName>
  </cac:PartyLegalEntity>
 </cac:Party></cac:AccountingCustomerParty>
 <cac:PaymentMeans><cbc:PaymentMeansCode>58</cbc:PaymentMeansCode>
  <cac:PayeeFinancialAccount><cbc:ID>{IBAN}</cbc:ID></cac:PayeeFinancialAccount>
 </cac:PaymentMeans>
 <cac:AllowanceCharge><cbc:ChargeIndicator>false</cbc:ChargeIndicator>
  <cbc:Amount currencyID="EUR">10.00</cbc:Amount>
  <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>7.00</cbc:Percent></cac:TaxCategory>
 </cac:AllowanceCharge>
 <cac:AllowanceCharge><cbc:ChargeIndicator>true</cbc:ChargeIndicator>
  <cbc:Amount currencyID="EUR">6.90</cbc:Amount>
  <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19.00</cbc:Percent></cac:TaxCategory>
 </cac:AllowanceCharge>
 <cac:TaxTotal><cbc:TaxAmount currencyID="EUR">46.95</cbc:TaxAmount>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">164.00</cbc:TaxableAmount>
   <cbc:TaxAmount currencyID="EUR">11.48</cbc:TaxAmount>
   <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>7.00</cbc:Percent></cac:TaxCategory>
  </cac:TaxSubtotal>
  <cac:TaxSubtotal><cbc:TaxableAmount currencyID="EUR">186.70</cbc:TaxableAmount>
   <cbc:TaxAmount currencyID="EUR">35.47</cbc:TaxAmount>
   <cac:TaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19.00</cbc:Percent></cac:TaxCategory>
  </cac:TaxSubtotal>
 </cac:TaxTotal>
 <cac:LegalMonetaryTotal>
  <cbc:LineExtensionAmount currencyID="EUR">353.80</cbc:LineExtensionAmount>
  <cbc:TaxExclusiveAmount currencyID="EUR">350.70</cbc:TaxExclusiveAmount>
  <cbc:TaxInclusiveAmount currencyID="EUR">397.65</cbc:TaxInclusiveAmount>
  <cbc:AllowanceTotalAmount currencyID="EUR">10.00</cbc:AllowanceTotalAmount>
  <cbc:ChargeTotalAmount currencyID="EUR">6.90</cbc:ChargeTotalAmount>
  <cbc:PrepaidAmount currencyID="EUR">50.00</cbc:PrepaidAmount>
  <cbc:PayableAmount currencyID="EUR">347.65</cbc:PayableAmount>
 </cac:LegalMonetaryTotal>
 <cac:InvoiceLine><cbc:ID>1</cbc:ID>
  <cbc:InvoicedQuantity unitCode="H87">12</cbc:InvoicedQuantity>
  <cbc:LineExtensionAmount currencyID="EUR">174.00</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Hausmischung, 1 kg</cbc:Name>
   <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>7.00</cbc:Percent>
   </cac:ClassifiedTaxCategory></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="EUR">14.50</cbc:PriceAmount></cac:Price>
 </cac:InvoiceLine>
 <cac:InvoiceLine><cbc:ID>2</cbc:ID>
  <cbc:InvoicedQuantity unitCode="H87">2</cbc:InvoicedQuantity>
  <cbc:LineExtensionAmount currencyID="EUR">179.80</cbc:LineExtensionAmount>
  <cac:Item><cbc:Name>Mahlscheiben, 64 mm</cbc:Name>
   <cac:ClassifiedTaxCategory><cbc:ID>S</cbc:ID><cbc:Percent>19.00</cbc:Percent>
   </cac:ClassifiedTaxCategory></cac:Item>
  <cac:Price><cbc:PriceAmount currencyID="EUR">89.90</cbc:PriceAmount></cac:Price>
 </cac:InvoiceLine>
</Invoice>
"""

_CII = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice
 xmlns:rsm="urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100"
 xmlns:ram="urn:un:unece:uncefact:data:standard:ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="urn:un:unece:uncefact:data:standard:UnqualifiedDataType:100">
 <rsm:ExchangedDocumentContext><ram:GuidelineSpecifiedDocumentContextParameter>
  <ram:ID>urn:cen.eu:en16931:2017</ram:ID>
 </ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>
 <rsm:ExchangedDocument>
  <ram:ID>RL-2026-0417</ram:ID>
  <ram:TypeCode>380</ram:TypeCode>
  <ram:IssueDateTime><udt:DateTimeString format="102">20261103</udt:DateTimeString>
  </ram:IssueDateTime>
 </rsm:ExchangedDocument>
 <rsm:SupplyChainTradeTransaction>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:AssociatedDocumentLineDocument><ram:LineID>1</ram:LineID>
   </ram:AssociatedDocumentLineDocument>
   <ram:SpecifiedTradeProduct><ram:Name>Hausmischung, 1 kg</ram:Name></ram:SpecifiedTradeProduct>
   <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
    <ram:ChargeAmount>14.50</ram:ChargeAmount></ram:NetPriceProductTradePrice>
   </ram:SpecifiedLineTradeAgreement>
   <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="H87">12</ram:BilledQuantity>
   </ram:SpecifiedLineTradeDelivery>
   <ram:SpecifiedLineTradeSettlement>
    <ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
     <ram:RateApplicablePercent>7.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
    <ram:SpecifiedTradeSettlementLineMonetarySummation>
     <ram:LineTotalAmount>174.00</ram:LineTotalAmount>
    </ram:SpecifiedTradeSettlementLineMonetarySummation>
   </ram:SpecifiedLineTradeSettlement>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:IncludedSupplyChainTradeLineItem>
   <ram:AssociatedDocumentLineDocument><ram:LineID>2</ram:LineID>
   </ram:AssociatedDocumentLineDocument>
   <ram:SpecifiedTradeProduct><ram:Name>Mahlscheiben, 64 mm</ram:Name></ram:SpecifiedTradeProduct>
   <ram:SpecifiedLineTradeAgreement><ram:NetPriceProductTradePrice>
    <ram:ChargeAmount>89.90</ram:ChargeAmount></ram:NetPriceProductTradePrice>
   </ram:SpecifiedLineTradeAgreement>
   <ram:SpecifiedLineTradeDelivery><ram:BilledQuantity unitCode="H87">2</ram:BilledQuantity>
   </ram:SpecifiedLineTradeDelivery>
   <ram:SpecifiedLineTradeSettlement>
    <ram:ApplicableTradeTax><ram:TypeCode>VAT</ram:TypeCode><ram:CategoryCode>S</ram:CategoryCode>
     <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
    <ram:SpecifiedTradeSettlementLineMonetarySummation>
     <ram:LineTotalAmount>179.80</ram:LineTotalAmount>
    </ram:SpecifiedTradeSettlementLineMonetarySummation>
   </ram:SpecifiedLineTradeSettlement>
  </ram:IncludedSupplyChainTradeLineItem>
  <ram:ApplicableHeaderTradeAgreement>
   <ram:SellerTradeParty><ram:Name>Rösterei Lindgren GmbH</ram:Name>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="FC">201/113/40209</ram:ID>
    </ram:SpecifiedTaxRegistration>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{SUPPLIER_VAT_ID}</ram:ID>
    </ram:SpecifiedTaxRegistration>
   </ram:SellerTradeParty>
   <ram:BuyerTradeParty><ram:Name>Papeterie Moreau SARL</ram:Name>
    <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">{CUSTOMER_VAT_ID}</ram:ID>
    </ram:SpecifiedTaxRegistration>
   </ram:BuyerTradeParty>
  </ram:ApplicableHeaderTradeAgreement>
  <ram:ApplicableHeaderTradeDelivery/>
  <ram:ApplicableHeaderTradeSettlement>
   <ram:InvoiceCurrencyCode>EUR</ram:InvoiceCurrencyCode>
   <ram:SpecifiedTradeSettlementPaymentMeans><ram:TypeCode>58</ram:TypeCode>
    <ram:PayeePartyCreditorFinancialAccount><ram:IBANID>{IBAN}</ram:IBANID>
    </ram:PayeePartyCreditorFinancialAccount>
   </ram:SpecifiedTradeSettlementPaymentMeans>
   <ram:ApplicableTradeTax><ram:CalculatedAmount>11.48</ram:CalculatedAmount>
    <ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>164.00</ram:BasisAmount>
    <ram:CategoryCode>S</ram:CategoryCode>
    <ram:RateApplicablePercent>7.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
   <ram:ApplicableTradeTax><ram:CalculatedAmount>35.47</ram:CalculatedAmount>
    <ram:TypeCode>VAT</ram:TypeCode><ram:BasisAmount>186.70</ram:BasisAmount>
    <ram:CategoryCode>S</ram:CategoryCode>
    <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:ApplicableTradeTax>
   <ram:SpecifiedTradeAllowanceCharge>
    <ram:ChargeIndicator><udt:Indicator>false</udt:Indicator></ram:ChargeIndicator>
    <ram:ActualAmount>10.00</ram:ActualAmount>
    <ram:CategoryTradeTax><ram:CategoryCode>S</ram:CategoryCode>
     <ram:RateApplicablePercent>7.00</ram:RateApplicablePercent></ram:CategoryTradeTax>
   </ram:SpecifiedTradeAllowanceCharge>
   <ram:SpecifiedTradeAllowanceCharge>
    <ram:ChargeIndicator><udt:Indicator>true</udt:Indicator></ram:ChargeIndicator>
    <ram:ActualAmount>6.90</ram:ActualAmount>
    <ram:CategoryTradeTax><ram:CategoryCode>S</ram:CategoryCode>
     <ram:RateApplicablePercent>19.00</ram:RateApplicablePercent></ram:CategoryTradeTax>
   </ram:SpecifiedTradeAllowanceCharge>
   <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
    <udt:DateTimeString format="102">20261203</udt:DateTimeString></ram:DueDateDateTime>
   </ram:SpecifiedTradePaymentTerms>
   <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
    <ram:LineTotalAmount>353.80</ram:LineTotalAmount>
    <ram:ChargeTotalAmount>6.90</ram:ChargeTotalAmount>
    <ram:AllowanceTotalAmount>10.00</ram:AllowanceTotalAmount>
    <ram:TaxBasisTotalAmount>350.70</ram:TaxBasisTotalAmount>
    <ram:TaxTotalAmount currencyID="EUR">46.95</ram:TaxTotalAmount>
    <ram:GrandTotalAmount>397.65</ram:GrandTotalAmount>
    <ram:TotalPrepaidAmount>50.00</ram:TotalPrepaidAmount>
    <ram:DuePayableAmount>347.65</ram:DuePayableAmount>
   </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
  </ram:ApplicableHeaderTradeSettlement>
 </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""

# D16B's names and those ZUGFeRD 1.0 (2014) had for the same elements, longest first.
_ZUGFERD_1_NAMES = {
    "SpecifiedTradeSettlementHeaderMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "SpecifiedTradeSettlementLineMonetarySummation": "SpecifiedTradeSettlementMonetarySummation",
    "GuidelineSpecifiedDocumentContextParameter": "GuidelineSpecifiedDocumentContextParameter",
    "rsm:SupplyChainTradeTransaction": "rsm:SpecifiedSupplyChainTradeTransaction",
    "ApplicableHeaderTradeAgreement": "ApplicableSupplyChainTradeAgreement",
    "ApplicableHeaderTradeDelivery": "ApplicableSupplyChainTradeDelivery",
    "ApplicableHeaderTradeSettlement": "ApplicableSupplyChainTradeSettlement",
    "SpecifiedLineTradeAgreement": "SpecifiedSupplyChainTradeAgreement",
    "SpecifiedLineTradeDelivery": "SpecifiedSupplyChainTradeDelivery",
    "SpecifiedLineTradeSettlement": "SpecifiedSupplyChainTradeSettlement",
    "rsm:ExchangedDocumentContext": "rsm:SpecifiedExchangedDocumentContext",
    "rsm:ExchangedDocument>": "rsm:HeaderExchangedDocument>",
    "RateApplicablePercent": "ApplicablePercent",
    "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100": (
        "urn:ferd:CrossIndustryDocument:invoice:1p0"
    ),
    "rsm:CrossIndustryInvoice": "rsm:CrossIndustryDocument",
    "BusinessInformationEntity:100": "BusinessInformationEntity:12",
    "UnqualifiedDataType:100": "UnqualifiedDataType:15",
}

_FATTURAPA = f"""<?xml version="1.0" encoding="UTF-8"?>
<p:FatturaElettronica versione="FPR12"
 xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.2">
 <FatturaElettronicaHeader>
  <CedentePrestatore><DatiAnagrafici>
   <IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>07642310150</IdCodice></IdFiscaleIVA>
   <Anagrafica><Denominazione>Torrefazione Bellini S.r.l.</Denominazione></Anagrafica>
  </DatiAnagrafici></CedentePrestatore>
  <CessionarioCommittente><DatiAnagrafici>
   <CodiceFiscale>RSSGLI80A41F205X</CodiceFiscale>
   <Anagrafica><Nome>Giulia</Nome><Cognome>Rossi</Cognome></Anagrafica>
  </DatiAnagrafici></CessionarioCommittente>
 </FatturaElettronicaHeader>
 <FatturaElettronicaBody>
  <DatiGenerali><DatiGeneraliDocumento>
   <TipoDocumento>TD01</TipoDocumento><Divisa>EUR</Divisa>
   <Data>2026-11-03</Data><Numero>118/A</Numero>
   <DatiBollo><BolloVirtuale>SI</BolloVirtuale><ImportoBollo>2.00</ImportoBollo></DatiBollo>
   <ImportoTotaleDocumento>126.00</ImportoTotaleDocumento>
  </DatiGeneraliDocumento></DatiGenerali>
  <DatiBeniServizi>
   <DettaglioLinee><NumeroLinea>1</NumeroLinea><Descrizione>Miscela in grani</Descrizione>
    <Quantita>5.00</Quantita><PrezzoUnitario>20.00</PrezzoUnitario>
    <PrezzoTotale>100.00</PrezzoTotale><AliquotaIVA>22.00</AliquotaIVA></DettaglioLinee>
   <DatiRiepilogo><AliquotaIVA>22.00</AliquotaIVA>
    <ImponibileImporto>100.00</ImponibileImporto><Imposta>22.00</Imposta></DatiRiepilogo>
   <DatiRiepilogo><AliquotaIVA>0.00</AliquotaIVA><Natura>N2.2</Natura>
    <ImponibileImporto>2.00</ImponibileImporto><Imposta>0.00</Imposta></DatiRiepilogo>
   <DettaglioLinee><NumeroLinea>2</NumeroLinea><Descrizione>Rimborso spese</Descrizione>
    <PrezzoUnitario>2.00</PrezzoUnitario><PrezzoTotale>2.00</PrezzoTotale>
    <AliquotaIVA>0.00</AliquotaIVA><Natura>N2.2</Natura></DettaglioLinee>
  </DatiBeniServizi>
  <DatiPagamento><CondizioniPagamento>TP01</CondizioniPagamento>
   <DettaglioPagamento><ModalitaPagamento>MP05</ModalitaPagamento>
    <DataScadenzaPagamento>2027-01-31</DataScadenzaPagamento>
    <ImportoPagamento>63.00</ImportoPagamento><IBAN>{IBAN}</IBAN></DettaglioPagamento>
   <DettaglioPagamento><ModalitaPagamento>MP05</ModalitaPagamento>
    <DataScadenzaPagamento>2026-12-31</DataScadenzaPagamento>
    <ImportoPagamento>63.00</ImportoPagamento></DettaglioPagamento>
  </DatiPagamento>
 </FatturaElettronicaBody>
</p:FatturaElettronica>
"""


def ubl(*changes: Change) -> bytes:
    """UBL 2.1 Invoice."""
    return _changed(_UBL, changes)


def ubl_credit_note(*changes: Change) -> bytes:
    """UBL 2.1 CreditNote: other element names, and no due date of its own."""
    names = (
        ("xsd:Invoice-2", "xsd:CreditNote-2"),
        ("<Invoice ", "<CreditNote "),
        ("</Invoice>", "</CreditNote>"),
        ("InvoiceTypeCode>380<", "CreditNoteTypeCode>381<"),
        ("</cbc:InvoiceTypeCode>", "</cbc:CreditNoteTypeCode>"),
        ("cac:InvoiceLine>", "cac:CreditNoteLine>"),
        ("InvoicedQuantity", "CreditedQuantity"),
        (" <cbc:DueDate>2026-12-03</cbc:DueDate>\n", ""),
    )
    return _changed(_UBL, (*names, *changes))


def cii(*changes: Change) -> bytes:
    """UN/CEFACT CII D16B, as in Factur-X 1.0 and ZUGFeRD 2."""
    return _changed(_CII, changes)


def zugferd_1(*changes: Change) -> bytes:
    """ZUGFeRD 1.0."""
    return _changed(_CII, (*_ZUGFERD_1_NAMES.items(), *changes))


def fatturapa(*changes: Change) -> bytes:
    """FatturaPA 1.2 of an Italian roaster to a private customer, in two instalments."""
    return _changed(_FATTURAPA, changes)


# --- wrappings ----------------------------------------------------------------------------------


def pdf(files: Mapping[str, bytes] | None = None, *, pages: int = 1) -> bytes:
    """A PDF with these files embedded."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=595, height=842)
    for name, content in (files or {}).items():
        writer.add_attachment(name, content)
    return _written(writer)


def encrypted_pdf(files: Mapping[str, bytes], *, user_password: str) -> bytes:
    writer = PdfWriter(clone_from=BytesIO(pdf(files)))
    writer.encrypt(user_password, owner_password="roast", algorithm="AES-256")
    return _written(writer)


def _written(writer: PdfWriter) -> bytes:
    buffer = BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def zipped(files: Mapping[str, bytes]) -> bytes:
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def signed(content: bytes, *, detached: bool = False) -> bytes:
    """CMS SignedData in DER, as accountants' software writes .p7m."""
    certificate, key = _signer()
    builder = pkcs7.PKCS7SignatureBuilder().set_data(content)
    builder = builder.add_signer(certificate, key, hashes.SHA256())
    options = [pkcs7.PKCS7Options.Binary]
    if detached:
        options.append(pkcs7.PKCS7Options.DetachedSignature)
    return builder.sign(serialization.Encoding.DER, options)


def signed_in_parts(content: bytes, *, part: int = 1000) -> bytes:
    """The same envelope in BER with indefinite lengths, as streaming signers write it."""

    def open_(tag: int, *inner: bytes) -> bytes:
        return bytes([tag, 0x80]) + b"".join(inner) + b"\0\0"

    def octets(piece: bytes) -> bytes:
        return b"\x04\x82" + len(piece).to_bytes(2, "big") + piece

    pieces = [octets(content[at : at + part]) for at in range(0, len(content), part)]
    signed_data = bytes.fromhex("06092a864886f70d010702")
    data = bytes.fromhex("06092a864886f70d010701")
    return open_(
        0x30,
        signed_data,
        open_(
            0xA0,
            open_(
                0x30,
                b"\x02\x01\x01",
                open_(0x31),
                open_(0x30, data, open_(0xA0, open_(0x24, *pieces))),
            ),
        ),
    )


@cache
def _signer() -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Studio Conti")])
    now = datetime.now(tz=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return certificate, key


def in_base64(content: bytes) -> bytes:
    return base64.encodebytes(content)
