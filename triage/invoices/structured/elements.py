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

# Names an e-invoice cannot do without: they tell a broken invoice from any other broken file.
SIGNS = (
    b"CrossIndustryInvoice",
    b"CrossIndustryDocument",
    b"ubl:schema:xsd:Invoice-2",
    b"ubl:schema:xsd:CreditNote-2",
    b"FatturaElettronica",
)
SIGN_WITHIN = 2_048
# The largest e-invoices carry their own attachments in base64; above this parsing takes seconds.
MAX_XML_BYTES = 20_000_000
# Tags and attributes: what costs memory (about 300 bytes each). 10,000 full lines have fewer.
MAX_MARKUP = 1_000_000

# libxml2 keeps every name it ever met until the process ends. All formats together have some two
# thousand; a file that invents more would fill a worker, file by file.
MAX_NAMES = 5_000
# A file with fewer tags cannot invent enough names to matter.
MANY_TAGS = 10_000
_NAME = re.compile(rb"""<[^\s<>/!?]+|[^\s<>/"'=]+(?==["'])""")

# xs:decimal, and the exponent Java's BigDecimal prints for small values. 40 digits because a
# number of a million digits would cost seconds in every sum.
_DECIMAL = re.compile(r"[+-]?(?:\d{1,40}\.?\d{0,40}|\.\d{1,40})(?:[eE][+-]?\d{1,2})?", re.ASCII)
# UNTDID 2379 formats 102 (20261031) and 203 (with hours); ISO 8601, also with a time and a zone.
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:\d{4,6}|[T ].{1,30}|Z|[+-]\d{2}:\d{2})?", re.ASCII)
# What staff sees of a value that could not be read.
MAX_SHOWN = 60

_DOCUMENT_TYPE = "The XML declares a document type, which invoices never do."
_BLANK = b" \t\r\n\0\x1a"


def is_invoice_xml(content: bytes, *, expected: bool) -> bool:
    """Is this the text of an e-invoice, whole or broken? Looks at the bytes, parses nothing.

    `expected`: it is called XML by its name or type, so it need not begin like XML.
    """
    # Without its zeros UTF-16 reads like ASCII.
    text = content.replace(b"\0", b"") if b"\0" in content[:1000] else content
    if not (expected or _start(text).startswith(b"<")) or is_html(text):
        return False
    # An invoice names itself in its first lines; the whole text is searched only when it does not.
    return any(sign in text[:SIGN_WITHIN] for sign in SIGNS) or any(sign in text for sign in SIGNS)


def is_html(content: bytes) -> bool:
    return _start(content).startswith((b"<!doctype html", b"<html"))


def _start(content: bytes) -> bytes:
    return content[:1000].lstrip(b"\xef\xbb\xbf\xff\xfe" + _BLANK).lower()


def parse(content: bytes) -> tuple[Element, tuple[Problem, ...]]:
    """The root element, and what was odd about the text.

    No entity is expanded, nothing is fetched, no document type is accepted.

    Raises Unreadable.
    """
    _check_size(content)
    if b"\0" not in content[:4]:
        content = content.strip(_BLANK)
    problems: tuple[Problem, ...] = ()
    try:
        root = etree.fromstring(content, _PARSER)
    except (etree.XMLSyntaxError, ValueError) as error:
        root, problems = _parse_misdeclared(content, error)
    # No e-invoice format has a document type; it is how entity bombs and XXE come in.
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(_DOCUMENT_TYPE)
    return root, problems


def _parse_misdeclared(content: bytes, first: Exception) -> tuple[Element, tuple[Problem, ...]]:
    """Files are re-saved in another encoding than their first line says; try the two usual ones."""
    problems: tuple[Problem, ...] = ()
    try:
        content.decode("utf-8")
        encoding = "utf-8"
    except UnicodeDecodeError:
        encoding = "windows-1252"
        message = "The XML is not in the encoding it declares; letters like ä or é may be wrong."
        problems = (Problem("encoding", message),)
    try:
        return etree.fromstring(content, _parser(encoding)), problems
    except (etree.XMLSyntaxError, ValueError, LookupError):
        if b"<!DOCTYPE" in content[:4096]:
            raise Unreadable(_DOCUMENT_TYPE) from first
        reason = " ".join(str(getattr(first, "msg", None) or first).split())
        raise Unreadable(f"The XML is broken: {reason[:200].rstrip('.')}.") from first


def _check_size(content: bytes) -> None:
    """Raises Unreadable for what would take too much memory to parse."""
    size = len(content)
    # The shortest element is <x/>: a smaller file need not be searched.
    if (
        size > MAX_XML_BYTES
        or (size > 4 * MAX_MARKUP and content.count(b"<") + content.count(b"=") > MAX_MARKUP)
        or (
            size > 4 * MANY_TAGS
            and _has_tags(content, MANY_TAGS)
            and len(set(_NAME.findall(content))) > MAX_NAMES
        )
    ):
        raise Unreadable("The XML is larger than any invoice needs.")


def _has_tags(content: bytes, count: int) -> bool:
    # Not count(): in a file that is one attachment in base64, find() jumps over megabytes.
    at = -1
    for _ in range(count):
        at = content.find(b"<", at + 1)
        if at < 0:
            return False
    return True


def _parser(encoding: str | None = None) -> etree.XMLParser:
    return etree.XMLParser(
        encoding=encoding,
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,
    )


# One for all: building a parser takes as long as reading a page of XML.
_PARSER = _parser()


class _LocalNames(dict[object, str]):
    """Tag to local name. Cutting the same few hundred tags for every invoice costs more."""

    def __missing__(self, tag: object) -> str:
        if len(self) > MAX_NAMES:
            self.clear()
        name = self[tag] = str(tag).rpartition("}")[2]
        return name


_NAMES = _LocalNames()


def local_name(element: Element) -> str:
    return _NAMES[element.tag]


def children(element: Element) -> Children:
    """The children by local name, in document order.

    By local name because ZUGFeRD 1.0, 2.x drafts and UN/CEFACT releases use different namespaces
    for the same elements.
    """
    found: Children = {}
    for child in element:
        name = _NAMES[child.tag]
        if name in found:
            found[name].append(child)
        else:
            found[name] = [child]
    return found


def first(fields: Children, *names: str) -> Element | None:
    """The first child with one of these names; earlier names win."""
    for name in names:
        if name in fields:
            return fields[name][0]
    return None


def inside(fields: Children, *names: str) -> Children:
    """The children of the first child with one of these names."""
    for name in names:
        if name in fields:
            return children(fields[name][0])
    return {}


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
        for name in names:
            if name in fields:
                return self.amount_of(fields[name][0])
        return None

    def amount_of(self, element: Element | None) -> Decimal | None:
        if element is None or not (written := element.text):
            return None
        # Blanks around an amount are rare enough to look for only when it does not fit.
        if _DECIMAL.fullmatch(written) or _DECIMAL.fullmatch(written := written.strip()):
            return Decimal(written)
        if written:
            self._report("unreadable_amount", element, written, "an amount")
        return None

    def day(self, fields: Children, *names: str) -> date | None:
        return self.day_of(first(fields, *names))

    def day_of(self, element: Element | None) -> date | None:
        if element is None or not (written := (element.text or "").strip()):
            return None
        if found := _DAY.fullmatch(written):
            try:
                return date(*map(int, found.groups()))
            except ValueError:
                pass
        self._report("unreadable_date", element, written, "a date")
        return None

    def _report(self, code: str, element: Element, written: str, wanted: str) -> None:
        name, shown = local_name(element), written[:MAX_SHOWN]
        self.problems.append(Problem(code, f"{name} is “{shown}”, which is not {wanted}."))


def total(amounts: Iterable[Decimal | None]) -> Decimal:
    """The sum of what is there."""
    return sum((amount for amount in amounts if amount is not None), Decimal(0))
