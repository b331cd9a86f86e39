"""XML from strangers: parsed without entities or network, read by local element names."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import TypeAlias

from lxml import etree

from triage.invoices.document import Problem
from triage.invoices.structured.errors import Unreadable

Element: TypeAlias = etree._Element
Children: TypeAlias = dict[str, list[Element]]

# xs:decimal, and the exponent Java's BigDecimal prints for small values. 40 digits because a
# number of a million digits would cost seconds in every sum.
_DECIMAL = re.compile(r"[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,2})?", re.ASCII)
# UNTDID 2379 formats 102 (20261031) and 203 (with hours), and ISO 8601 with or without a time.
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:\d{4,6}|T.{1,30}|Z|[+-]\d{2}:\d{2})?", re.ASCII)
# What staff sees of a value that could not be read.
SHOWN = 60


def parse(content: bytes) -> Element:
    """The root element. No entity is expanded, nothing is fetched, no DTD is accepted.

    Raises Unreadable.
    """
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        root = etree.fromstring(content.strip(), parser)
    except etree.XMLSyntaxError as error:
        raise Unreadable(f"The invoice's XML is broken: {error.msg}.") from error
    except ValueError as error:
        raise Unreadable(f"The invoice's XML is broken: {error}.") from error
    # No e-invoice format has a document type; it is how entity bombs and XXE come in.
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable("The invoice's XML declares a document type, which invoices never do.")
    return root


def local_name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def children(element: Element | None) -> Children:
    """The children by local name, in document order.

    By local name because ZUGFeRD 1.0, 2.x drafts and UN/CEFACT releases use different namespaces
    for the same elements.
    """
    found: Children = {}
    if element is not None:
        for child in element:
            found.setdefault(child.tag.rpartition("}")[2], []).append(child)  # type: ignore[union-attr]
    return found


def first(fields: Children, *names: str) -> Element | None:
    """The first child with one of these names; earlier names win."""
    for name in names:
        if name in fields:
            return fields[name][0]
    return None


def inside(fields: Children, *names: str) -> Children:
    """The children of the first child with one of these names."""
    return children(first(fields, *names))


def each(fields: Children, *names: str) -> list[Children]:
    """The children of every child with one of these names."""
    return [children(element) for name in names for element in fields.get(name, ())]


def text(fields: Children, *names: str) -> str | None:
    """The text of the first child with one of these names that has any."""
    for name in names:
        for element in fields.get(name, ()):
            if element.text and (found := element.text.strip()):
                return found
    return None


class Reading:
    """Turns texts into values and keeps a Problem for each that is none.

    One unreadable date must not lose the other forty fields of an invoice.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def amount(self, fields: Children, *names: str) -> Decimal | None:
        return self.amount_of(first(fields, *names))

    def amount_of(self, element: Element | None) -> Decimal | None:
        written = (element.text or "").strip() if element is not None else ""
        if element is None or not written:
            return None
        if _DECIMAL.fullmatch(written):
            return Decimal(written)
        self._report("unreadable_amount", element, written, "an amount")
        return None

    def date(self, fields: Children, *names: str) -> date | None:
        return self.date_of(first(fields, *names))

    def date_of(self, element: Element | None) -> date | None:
        written = (element.text or "").strip() if element is not None else ""
        if element is None or not written:
            return None
        if found := _DAY.fullmatch(written):
            try:
                return date(*map(int, found.groups()))
            except ValueError:
                pass
        self._report("unreadable_date", element, written, "a date")
        return None

    def _report(self, code: str, element: Element, written: str, wanted: str) -> None:
        name, shown = local_name(element), written[:SHOWN]
        self.problems.append(Problem(code, f"{name} is “{shown}”, which is not {wanted}."))


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum of what is there."""
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
