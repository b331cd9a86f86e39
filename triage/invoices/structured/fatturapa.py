"""FatturaPA 1.2 and its simplified form: Italy's e-invoice (Agenzia delle Entrate).

FatturaPA states net and tax for each rate only, never their sums: `total_net` and `total_tax` are
those rows added up, the one place where a figure is not copied. One file may carry several
invoices that share a header.
"""

from __future__ import annotations

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
_CREDIT_NOTES = frozenset({"TD04", "TD08"})


def read(root: Element) -> tuple[Document, ...]:
    """Every invoice in a FatturaElettronica root element."""
    fields = children(root)
    header = inside(fields, "FatturaElettronicaHeader")
    return tuple(_invoice(header, body) for body in each(fields, "FatturaElettronicaBody"))


def _invoice(header: Children, body: Children) -> Document:
    reading = Reading()
    general = inside(inside(body, "DatiGenerali"), "DatiGeneraliDocumento")
    goods = inside(body, "DatiBeniServizi")
    payments = [row for terms in each(body, "DatiPagamento") for row in each(terms, _PAYMENT)]
    taxes = tuple(_tax(row, reading) for row in each(goods, "DatiRiepilogo"))
    due_dates = [day for row in payments if (day := reading.date(row, "DataScadenzaPagamento"))]
    return Document(
        type=_type(general),
        number=text(general, "Numero"),
        issue_date=reading.date(general, "Data"),
        # Instalments: the day the first is due.
        due_date=min(due_dates, default=None),
        currency=text(general, "Divisa"),
        supplier=_party(inside(header, "CedentePrestatore"), iban=_iban(payments)),
        customer=_party(inside(header, "CessionarioCommittente")),
        total_net=_sum(tax.net for tax in taxes),
        total_tax=_sum(tax.tax for tax in taxes),
        total_gross=reading.amount(general, "ImportoTotaleDocumento"),
        prepaid=None,
        due=_sum(reading.amount(row, "ImportoPagamento") for row in payments),
        taxes=taxes,
        lines=tuple(_line(row, reading) for row in each(goods, "DettaglioLinee")),
        source="fatturapa",
        rounding=reading.amount(general, "Arrotondamento"),
        adjustments=_adjustments(general, reading),
        found=tuple(reading.problems),
    )
