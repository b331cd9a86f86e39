"""FatturaPA 1.2 and its simplified form: Italy's e-invoice (Agenzia delle Entrate).

FatturaPA states net and tax for each rate and what is to pay for each instalment, never their
sums: here, and only here, a total is rows added up instead of a figure copied. One file may carry
several invoices that share a header.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from triage.invoices.document import Adjustment, Document, Line, Party, Tax, Type
from triage.invoices.structured.elements import (
    Children,
    Element,
    Reading,
    children,
    each,
    inside,
    text,
    total,
)

ROOTS = ("FatturaElettronica", "FatturaElettronicaSemplificata")

# TipoDocumento: credit note, and credit note in the simplified form.
CREDIT_NOTES = frozenset({"TD04", "TD08"})


def read(root: Element) -> tuple[Document, ...]:
    """Every invoice in a FatturaElettronica root element."""
    fields = children(root)
    header = inside(fields, "FatturaElettronicaHeader")
    return tuple(_invoice(header, body) for body in each(fields, "FatturaElettronicaBody"))


def _invoice(header: Children, body: Children) -> Document:
    reading = Reading()
    general = inside(inside(body, "DatiGenerali"), "DatiGeneraliDocumento")
    goods = each(body, "DatiBeniServizi")
    lines = [row for part in goods for row in each(part, "DettaglioLinee")]
    rates = [row for part in goods for row in each(part, "DatiRiepilogo")]
    payments = [
        row for terms in each(body, "DatiPagamento") for row in each(terms, "DettaglioPagamento")
    ]
    simplified = [part for part in goods if "Importo" in part]
    taxes = tuple(_tax(row, reading) for row in rates)
    gross = reading.amount(general, "ImportoTotaleDocumento")
    net, tax = _sum(row.net for row in taxes), _sum(row.tax for row in taxes)
    # Instalments: the day the first is due.
    due_dates = (reading.day(row, "DataScadenzaPagamento") for row in payments)
    return Document(
        type=_type(general),
        number=text(general, "Numero"),
        issue_date=reading.day(general, "Data"),
        due_date=min((day for day in due_dates if day), default=None),
        currency=text(general, "Divisa"),
        supplier=_party(inside(header, "CedentePrestatore"), iban=_iban(payments)),
        customer=_party(inside(header, "CessionarioCommittente")),
        total_net=net,
        total_tax=tax,
        total_gross=gross or _sum(reading.amount(part, "Importo") for part in simplified),
        prepaid=None,
        due=_sum(reading.amount(row, "ImportoPagamento") for row in payments),
        taxes=taxes or tuple(_simplified_tax(part, reading) for part in simplified),
        lines=tuple(_line(row, reading) for row in lines)
        or tuple(_simplified_line(part, reading) for part in simplified),
        source="fatturapa",
        adjustments=_adjustments(general, rates, reading),
        untaxed=_untaxed(general, reading, unexplained=total([gross]) - total([net, tax])),
        found=tuple(reading.problems),
    )


def _type(general: Children) -> Type:
    return "credit_note" if text(general, "TipoDocumento") in CREDIT_NOTES else "invoice"


def _sum(amounts: Iterable[Decimal | None]) -> Decimal | None:
    written = [amount for amount in amounts if amount is not None]
    return total(written) if written else None


def _party(party: Children, iban: str | None = None) -> Party:
    # The simplified form has the tax number and the name one level higher or elsewhere.
    data = inside(party, "DatiAnagrafici", "IdentificativiFiscali") or party
    name = inside(data, "Anagrafica") or inside(party, "AltriDatiIdentificativi") or party
    person = " ".join(filter(None, (text(name, "Nome"), text(name, "Cognome"))))
    vat = inside(data, "IdFiscaleIVA")
    country, code = text(vat, "IdPaese"), text(vat, "IdCodice")
    return Party(
        name=text(name, "Denominazione") or person or None,
        vat_id=f"{country or ''}{code}" if code else None,
        iban=iban,
    )


def _iban(payments: list[Children]) -> str | None:
    return next((iban for row in payments if (iban := text(row, "IBAN"))), None)


def _tax(row: Children, reading: Reading) -> Tax:
    return Tax(
        rate=reading.amount(row, "AliquotaIVA"),
        net=reading.amount(row, "ImponibileImporto"),
        tax=reading.amount(row, "Imposta"),
    )


def _simplified_tax(part: Children, reading: Reading) -> Tax:
    vat = inside(part, "DatiIVA")
    return Tax(reading.amount(vat, "Aliquota"), None, reading.amount(vat, "Imposta"))


def _line(row: Children, reading: Reading) -> Line:
    return Line(
        description=text(row, "Descrizione"),
        quantity=reading.amount(row, "Quantita"),
        unit_price=reading.amount(row, "PrezzoUnitario"),
        net=reading.amount(row, "PrezzoTotale"),
        tax_rate=reading.amount(row, "AliquotaIVA"),
    )


def _simplified_line(part: Children, reading: Reading) -> Line:
    # Importo includes the tax, so the line says nothing about its net amount.
    rate = reading.amount(inside(part, "DatiIVA"), "Aliquota")
    return Line(text(part, "Descrizione"), None, None, None, rate)


def _adjustments(
    general: Children, rates: list[Children], reading: Reading
) -> tuple[Adjustment, ...]:
    """What is in the taxable amounts beside the lines (check 00422 of the exchange system)."""
    rows = [(row, "ImportoContributoCassa") for row in each(general, "DatiCassaPrevidenziale")]
    rows += [(row, "SpeseAccessorie") for row in rates]
    rows += [(row, "Arrotondamento") for row in rates]
    return tuple(
        Adjustment(is_charge=True, amount=amount, tax_rate=reading.amount(row, "AliquotaIVA"))
        for row, name in rows
        if (amount := reading.amount(row, name)) is not None
    )


def _untaxed(general: Children, reading: Reading, *, unexplained: Decimal) -> Decimal:
    """What stands between net + tax and the total: discounts on it, rounding, stamp duty."""
    amount = total([reading.amount(general, "Arrotondamento")])
    for row in each(general, "ScontoMaggiorazione"):
        sign = -1 if text(row, "Tipo") == "SC" else 1
        amount += sign * total([reading.amount(row, "Importo")])
    stamp = total([reading.amount(inside(general, "DatiBollo"), "ImportoBollo")])
    # The issuer may charge the stamp duty or bear it, and says so only through the total.
    return amount + stamp if unexplained - amount == stamp else amount
