"""The facts of an invoice as a form is read: fields, lines, sums, and what the checks found."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Any

from triage.invoices.document import Document, InvalidDocument, from_json
from triage.web.pages.amounts import amount

# Which field a failed check is about, where its code is not the field's own name.
FIELD_OF = {
    "line_total": "total_net",
    "net_total": "total_net",
    "tax_total": "total_tax",
    "tax_breakdown": "total_tax",
    "tax_amount": "total_tax",
    "taxable_amount": "total_tax",
    "untaxed_category": "total_tax",
    "gross_total": "total_gross",
    "pdf_total": "total_gross",
    "issue_date_old": "issue_date",
    "issue_date_future": "issue_date",
    "due_before_issue": "due_date",
    "due_date_far": "due_date",
    "supplier_vat_id": "supplier-vat_id",
    "customer_vat_id": "customer-vat_id",
    "iban": "supplier-iban",
}


@dataclass(frozen=True, slots=True)
class Fault:
    """A failed check. `number` joins it to its `field`; 0 when it belongs to none of them."""

    number: int
    anchor: str
    message: str
    field: str


@dataclass(frozen=True, slots=True)
class Field:
    """A ruled line of the form. `value` is empty when the document does not say."""

    key: str
    label: str
    value: str
    fault: Fault | None = None


@dataclass(frozen=True, slots=True)
class Goods:
    """A line of the invoice, all as text."""

    description: str
    quantity: str
    unit_price: str
    tax_rate: str
    net: str


class InvoiceForm:
    """Reads `Invoice.data` (DESIGN section 7); a shape it does not know is shown as no facts."""

    def __init__(self, data: Any) -> None:
        self._data: Mapping[str, Any] = data if isinstance(data, dict) else {}

    @cached_property
    def document(self) -> Document | None:
        try:
            return from_json(self._data) if self._data else None
        except InvalidDocument:
            return None

    @property
    def currency(self) -> str:
        return (self.document and self.document.currency) or ""

    @cached_property
    def faults(self) -> list[Fault]:
        """What the checks found, in their order; those with a field are numbered."""
        faults: list[Fault] = []
        for place, (code, message) in enumerate(self._problems(), start=1):
            field = FIELD_OF.get(code, code)
            number = 0
            if field in self._values:
                number = 1 + sum(fault.number > 0 for fault in faults)
            faults.append(Fault(number, f"fault-{place}", message, field))
        return faults

    @property
    def supplier(self) -> list[Field]:
        return self._fields(
            ("supplier-name", "Supplier"), ("supplier-vat_id", "VAT no."), ("supplier-iban", "IBAN")
        )

    @property
    def customer(self) -> list[Field]:
        return self._fields(("customer-name", "Customer"), ("customer-vat_id", "VAT no."))

    @property
    def dates(self) -> list[Field]:
        return self._fields(
            ("number", "Number"),
            ("issue_date", "Issued"),
            ("due_date", "Due"),
            ("currency", "Currency"),
        )

    @property
    def sums(self) -> list[Field]:
        return self._fields(
            ("total_net", "Net"),
            ("total_tax", self._tax_label),
            ("total_gross", "Gross"),
            ("prepaid", "Prepaid"),
            ("due", "To pay"),
        )

    @cached_property
    def goods(self) -> list[Goods]:
        return [
            Goods(
                description=line.description or "",
                quantity=_plain(line.quantity),
                unit_price=amount(line.unit_price),
                tax_rate=_percent(line.tax_rate),
                net=amount(line.net),
            )
            for line in (self.document.lines if self.document else ())
        ]

    @property
    def goods_total(self) -> str:
        """The lines' net amounts together; empty when one of them is not in the document."""
        nets = [line.net for line in self.document.lines] if self.document else []
        known = [net for net in nets if net is not None]
        return amount(sum(known, Decimal(0))) if nets and len(known) == len(nets) else ""

    @property
    def taxes(self) -> list[Goods]:
        """The tax breakdown (rate, base, tax), where it has more than one row."""
        taxes = self.document.taxes if self.document else ()
        if len(taxes) < 2:
            return []
        return [
            Goods("", "", amount(tax.net), _percent(tax.rate), amount(tax.tax)) for tax in taxes
        ]

    @cached_property
    def _values(self) -> dict[str, str]:
        document = self.document
        if document is None:
            return {}
        return {
            "supplier-name": document.supplier.name or "",
            "supplier-vat_id": document.supplier.vat_id or "",
            "supplier-iban": _in_fours(document.supplier.iban),
            "customer-name": document.customer.name or "",
            "customer-vat_id": document.customer.vat_id or "",
            "number": document.number or "",
            "currency": document.currency or "",
            "issue_date": _day(document.issue_date),
            "due_date": _day(document.due_date),
            "total_net": amount(document.total_net),
            "total_tax": amount(document.total_tax),
            "total_gross": amount(document.total_gross),
            "prepaid": amount(document.prepaid),
            "due": amount(document.due),
        }

    @property
    def _tax_label(self) -> str:
        taxes = self.document.taxes if self.document else ()
        return f"VAT {_percent(taxes[0].rate)}".strip() if len(taxes) == 1 else "VAT"

    def _problems(self) -> Iterator[tuple[str, str]]:
        problems = self._data.get("problems")
        for problem in problems if isinstance(problems, list) else []:
            if isinstance(problem, dict):
                yield str(problem.get("code", "")), str(problem.get("message", ""))

    def _fields(self, *named: tuple[str, str]) -> list[Field]:
        first = {fault.field: fault for fault in reversed(self.faults)}
        return [
            Field(key, label, self._values.get(key, ""), first.get(key)) for key, label in named
        ]


def _day(day: date | None) -> str:
    return f"{day.day} {day:%B %Y}" if day else ""


def _plain(value: Decimal | None) -> str:
    return "" if value is None else f"{value.normalize():,f}"


def _percent(rate: Decimal | None) -> str:
    return "" if rate is None else f"{_plain(rate)} %"


def _in_fours(iban: str | None) -> str:
    clean = (iban or "").replace(" ", "")
    return " ".join(clean[start : start + 4] for start in range(0, len(clean), 4))
