"""From an attachment's bytes to the invoices in it."""

from __future__ import annotations

from triage.invoices.document import Document, Problem, with_found
from triage.invoices.structured import cii, ubl
from triage.invoices.structured.elements import Element, local_name, parse
from triage.invoices.structured.errors import Unreadable
from triage.invoices.structured.pdf import is_pdf, xml_files


def read(content: bytes, *, filename: str = "", content_type: str = "") -> Document | None:
    """The structured invoice in an attachment, or None where there is none.

    Where there are several, the first, with a Problem that says how many: `read_all` has them all.
    `filename` and `content_type` are hints only: the bytes decide.

    Raises Unreadable when the attachment is (or should hold) one but is broken.
    """
    documents = read_all(content, filename=filename, content_type=content_type)
    if len(documents) < 2:
        return documents[0] if documents else None
    message = f"The attachment holds {len(documents)} invoices; this is the first."
    return with_found(documents[0], Problem("several_invoices", message))


def read_all(
    content: bytes, *, filename: str = "", content_type: str = ""
) -> tuple[Document, ...]:
    """All structured invoices in an attachment, in its order.

    Raises Unreadable.
    """
    if is_pdf(content):
        return _from_pdf(content)
    return _from_xml(content)


def _from_pdf(content: bytes) -> tuple[Document, ...]:
    for file in xml_files(content):
        if documents := _from_xml(file.content):
            return documents
    return ()


def _from_xml(content: bytes) -> tuple[Document, ...]:
    root = parse(content)
    name = local_name(root)
    if name in cii.ROOTS:
        return (cii.read(root),)
    if name in ubl.ROOTS:
        return (ubl.read(root),)
    return ()
