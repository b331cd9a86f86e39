"""From an attachment's bytes to the invoices in it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable
from dataclasses import replace

from triage.invoices.document import (
    MAX_IDENTIFIER,
    MAX_LINES,
    MAX_TEXT,
    Document,
    Problem,
    with_found,
)
from triage.invoices.structured import archive, cii, fatturapa, pdf, salvage, signed, ubl
from triage.invoices.structured.elements import Element, is_html, is_invoice_xml, local_name, parse
from triage.invoices.structured.errors import Unreadable

# Mail of 50 MB is accepted; a single attachment above this is a picture book, not an invoice.
MAX_BYTES = 30_000_000
# An XML in a signed file in a zip in base64 is four; deeper is a trap.
MAX_DEPTH = 5
# Signed twice, wrapped in a Peppol envelope (SBDH) or SOAP: the invoice is this near the root.
MAX_ENVELOPE_DEPTH = 3

_BASE64 = re.compile(rb"[A-Za-z0-9+/\s]{64,}={0,2}\s*")
_ARMOUR = re.compile(rb"-----(?:BEGIN|END) [A-Z0-9 ]{1,40}-----")
# By these names a PDF says which of its files is the invoice (ZUGFeRD 1.0-2.3, Factur-X 1.0).
_PDF_SOURCES = {
    "factur-x.xml": "facturx",
    "zugferd-invoice.xml": "zugferd",
    "xrechnung.xml": "zugferd",
}
# An attachment with such a name and no invoice in it is broken, not something else.
_PROMISING = (*_PDF_SOURCES, ".xml.p7m", ".pdf.p7m")


def read(content: bytes, *, filename: str = "", content_type: str = "") -> Document | None:
    """The structured invoice in an attachment, or None where there is none.

    Where there are several, the first, with a Problem that says how many: `read_all` has them all.
    The bytes decide; `filename` and `content_type` only help to tell a broken invoice from text.

    Raises Unreadable when the attachment is (or should hold) one but is broken.
    """
    documents = read_all(content, filename=filename, content_type=content_type)
    if len(documents) < 2:
        return documents[0] if documents else None
    message = f"The attachment holds {len(documents)} invoices; this is the first."
    return with_found(documents[0], Problem("several_invoices", message))


def read_all(content: bytes, *, filename: str = "", content_type: str = "") -> tuple[Document, ...]:
    """All structured invoices in an attachment, in its order.

    Raises Unreadable.
    """
    if len(content) > MAX_BYTES:
        raise Unreadable(f"The attachment is larger than {MAX_BYTES // 1_000_000} MB.")
    is_xml = "xml" in content_type.lower() or filename.lower().endswith(".xml")
    documents = _unpack(content, is_xml=is_xml, depth=MAX_DEPTH)
    if not documents and filename.lower().endswith(_PROMISING):
        raise Unreadable(f"{filename[-MAX_IDENTIFIER:]} should be an e-invoice, but is none.")
    return tuple(map(_within_limits, documents))


def _unpack(content: bytes, *, is_xml: bool, depth: int) -> list[Document]:
    if not depth:
        raise Unreadable("The attachment is packed too many times over.")
    # A stored zip or a signed file shows the signature of the PDF in it, so these come first.
    if archive.is_archive(content):
        return _from_archive(content, depth=depth - 1)
    if signed.is_signed(content):
        return _unpack(signed.signed_content(content), is_xml=False, depth=depth - 1)
    if pdf.is_pdf(content):
        return _from_pdf(content)
    if is_invoice_xml(content, expected=is_xml):
        return _from_xml(content)
    if decoded := _decoded(content):
        return _unpack(decoded, is_xml=is_xml, depth=depth - 1)
    if is_xml and content.strip() and not is_html(content):
        # Nothing names an invoice: either some other XML, or one broken before it could.
        parse(content)
    return []


def _from_archive(content: bytes, *, depth: int) -> list[Document]:
    """What can be read of the files; the broken ones are named, not silently left out."""
    documents: list[Document] = []
    broken: list[tuple[str, Unreadable]] = []
    for name, member in archive.members(content):
        try:
            documents += _unpack(member, is_xml=name.lower().endswith(".xml"), depth=depth)
        except Unreadable as error:
            broken.append((name[-MAX_IDENTIFIER:], error))
    if broken and not documents:
        raise broken[0][1]
    problems = [Problem("unreadable_part", f"{name}: {error.reason}") for name, error in broken]
    if problems:
        documents[0] = with_found(documents[0], *problems)
    return documents


def _from_pdf(content: bytes) -> list[Document]:
    try:
        files = pdf.embedded_files(content, first=_PDF_SOURCES)
    except Unreadable as error:
        return _salvaged(content, error)
    for file in files:
        name = file.name.lower()
        source = _PDF_SOURCES.get(name)
        try:
            xml = file.content()
        except Unreadable:
            # Some other file in the PDF is not worth losing the PDF for.
            if name.endswith(".xml"):
                raise
            continue
        if is_invoice_xml(xml, expected=name.endswith(".xml")):
            if documents := _from_xml(xml):
                return [replace(one, source=source or one.source) for one in documents]
        elif source:
            raise Unreadable(f"The PDF's {file.name[:MAX_IDENTIFIER]} is not an e-invoice.")
    return []


def _salvaged(content: bytes, damage: Unreadable) -> list[Document]:
    """The invoice in a damaged PDF if its XML is whole, with the damage as a Problem."""
    for xml in salvage.embedded_streams(content):
        try:
            documents = _from_xml(xml) if is_invoice_xml(xml, expected=True) else []
        except Unreadable:
            continue
        if documents:
            message = f"{damage.reason} Its XML is whole."
            return [with_found(documents[0], Problem("damaged_pdf", message))]
    raise damage


def _from_xml(content: bytes) -> list[Document]:
    root, problems = parse(content)
    documents = _invoices([root], MAX_ENVELOPE_DEPTH)
    if problems and documents:
        documents[0] = with_found(documents[0], *problems)
    return documents


def _invoices(elements: Iterable[Element], depth: int) -> list[Document]:
    """The invoices among these elements, or else among their children."""
    elements = list(elements)
    found = [document for element in elements for document in _invoice(element)]
    if found or not depth:
        return found
    return _invoices((child for element in elements for child in element), depth - 1)


def _invoice(element: Element) -> tuple[Document, ...]:
    name = local_name(element)
    if name in cii.ROOTS:
        return (cii.read(element),)
    if name in ubl.ROOTS and ubl.NAMESPACE in str(element.tag):
        return (ubl.read(element),)
    if name in fatturapa.ROOTS:
        return fatturapa.read(element)
    return ()


def _decoded(content: bytes) -> bytes | None:
    """The bytes behind base64, with or without PEM armour; None when it is not base64."""
    text = _ARMOUR.sub(b"", content).strip()
    if not _BASE64.fullmatch(text):
        return None
    try:
        return base64.b64decode(text)
    except binascii.Error:
        return None


def _within_limits(document: Document) -> Document:
    texts = {
        "number": document.number,
        "currency": document.currency,
        "supplier's name": document.supplier.name,
        "supplier's VAT id": document.supplier.vat_id,
        "supplier's account": document.supplier.iban,
        "customer's name": document.customer.name,
        "customer's VAT id": document.customer.vat_id,
    }
    for what, text in texts.items():
        if text is not None and len(text) > MAX_IDENTIFIER:
            raise Unreadable(f"The {what} has {len(text)} characters; {MAX_IDENTIFIER} are read.")
    longest = max((len(line.description or "") for line in document.lines), default=0)
    if longest > MAX_TEXT:
        raise Unreadable(f"A line's description has {longest} characters; {MAX_TEXT} are read.")
    if len(document.lines) > MAX_LINES:
        raise Unreadable(f"The invoice has {len(document.lines)} lines; {MAX_LINES} are read.")
    return document
