"""Italy's FatturaPA, bare and signed."""

from datetime import date
from decimal import Decimal

from tests.invoices.builders import IBAN, TODAY, fatturapa, signed, signed_in_parts, zipped
from triage.invoices.checks import check
from triage.invoices.document import Document, Party, Tax
from triage.invoices.structured import read, read_all

D = Decimal


def facts(content: bytes) -> Document:
    document = read(content, filename="IT07642310150_00A1F.xml")
    assert document is not None
    return document


def test_a_fattura_tells_what_it_says() -> None:
    document = facts(fatturapa())

    assert (document.type, document.number, document.currency) == ("invoice", "118/A", "EUR")
    assert document.issue_date == date(2026, 11, 3)
    assert document.supplier == Party("Torrefazione Bellini S.r.l.", "IT07642310150", IBAN)
    assert document.customer == Party("Giulia Rossi", None)
    assert document.total_gross == D("126.00")
    assert document.taxes == (
        Tax(D("22.00"), D("100.00"), D("22.00")),
        Tax(D("0.00"), D("2.00"), D("0.00")),
    )
    assert [(line.description, line.quantity, line.net) for line in document.lines] == [
        ("Miscela in grani", D("5.00"), D("100.00")),
        ("Rimborso spese", None, D("2.00")),
    ]
    assert document.source == "fatturapa"
    assert check(document, today=TODAY) == ()


def test_sums_it_does_not_state_are_its_rows_added_up() -> None:
    document = facts(fatturapa())

    assert (document.total_net, document.total_tax) == (D("102.00"), D("22.00"))
    assert document.due == D("126.00")


def test_of_several_instalments_the_first_day_counts() -> None:
    assert facts(fatturapa()).due_date == date(2026, 12, 31)


def test_a_nota_di_credito_is_a_credit_note() -> None:
    assert facts(fatturapa((">TD01<", ">TD04<"))).type == "credit_note"


def test_a_signed_fattura_is_read_whatever_its_envelope() -> None:
    bare = facts(fatturapa())

    assert facts(signed(fatturapa())) == bare
    assert facts(signed_in_parts(fatturapa())) == bare
    assert facts(zipped({"IT07642310150_00A1F.xml.p7m": signed(fatturapa())})) == bare


def test_a_lot_holds_several_invoices_of_one_supplier() -> None:
    xml = fatturapa().decode()
    start = xml.index(" <FatturaElettronicaBody>")
    end = xml.index("</p:FatturaElettronica>")
    second = xml[start:end].replace("118/A", "119/A")
    lot = (xml[:end] + second + xml[end:]).encode()

    assert [one.number for one in read_all(lot)] == ["118/A", "119/A"]
    assert {one.supplier.name for one in read_all(lot)} == {"Torrefazione Bellini S.r.l."}


def test_a_discount_on_the_total_and_its_rounding_are_part_of_it() -> None:
    discounted = (
        "<ScontoMaggiorazione><Tipo>SC</Tipo><Importo>10.00</Importo></ScontoMaggiorazione>"
        "<ImportoTotaleDocumento>116.05</ImportoTotaleDocumento>"
        "<Arrotondamento>0.05</Arrotondamento>"
    )
    total = "<ImportoTotaleDocumento>126.00</ImportoTotaleDocumento>"
    document = facts(fatturapa((total, discounted)))

    assert document.untaxed == D("-7.95")
    assert check(document, today=TODAY) == ()


def test_the_simplified_form_states_amounts_with_tax() -> None:
    xml = """<p:FatturaElettronicaSemplificata versione="FSM10"
     xmlns:p="http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fatture/v1.0">
     <FatturaElettronicaHeader>
      <CedentePrestatore><IdFiscaleIVA><IdPaese>IT</IdPaese><IdCodice>07642310150</IdCodice>
       </IdFiscaleIVA><Denominazione>Torrefazione Bellini S.r.l.</Denominazione>
      </CedentePrestatore>
      <CessionarioCommittente><IdentificativiFiscali><IdFiscaleIVA><IdPaese>IT</IdPaese>
       <IdCodice>00000000001</IdCodice></IdFiscaleIVA></IdentificativiFiscali>
       <AltriDatiIdentificativi><Nome>Giulia</Nome><Cognome>Rossi</Cognome>
       </AltriDatiIdentificativi></CessionarioCommittente>
     </FatturaElettronicaHeader>
     <FatturaElettronicaBody>
      <DatiGenerali><DatiGeneraliDocumento><TipoDocumento>TD07</TipoDocumento>
       <Divisa>EUR</Divisa><Data>2026-11-03</Data><Numero>B-77</Numero>
      </DatiGeneraliDocumento></DatiGenerali>
      <DatiBeniServizi><Descrizione>Caffè</Descrizione><Importo>24.40</Importo>
       <DatiIVA><Imposta>4.40</Imposta><Aliquota>22.00</Aliquota></DatiIVA></DatiBeniServizi>
     </FatturaElettronicaBody>
    </p:FatturaElettronicaSemplificata>"""
    document = facts(xml.encode())

    assert document.supplier.name == "Torrefazione Bellini S.r.l."
    assert document.customer == Party("Giulia Rossi", "IT00000000001")
    assert document.total_gross == D("24.40")
    assert document.taxes == (Tax(D("22.00"), None, D("4.40")),)
    assert [(line.description, line.net) for line in document.lines] == [("Caffè", None)]
