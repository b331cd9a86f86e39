"""The XML files inside a PDF (ISO 32000-2, 7.11.4): what makes a PDF a Factur-X or ZUGFeRD invoice.

Only the catalogue and the file name tree are visited: a PDF of ten thousand pages costs what one of
one page costs, and nothing in it is run or fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO

from pypdf import PdfReader
from pypdf.errors import FileNotDecryptedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject
from pypdf import apply_configuration

from triage.invoices.structured.errors import Unreadable

# An e-invoice with its own attachments in base64 stays under this; a deflate bomb does not.
MAX_EMBEDDED_BYTES = 20_000_000
# A hybrid invoice has one XML and a handful of supporting files.
MAX_EMBEDDED_FILES = 50
# A name tree of this many nodes holds far more files than MAX_EMBEDDED_FILES.
MAX_TREE_NODES = 500

SIGNATURE = b"%PDF-"
# The signature may follow a mail gateway's junk (ISO 32000-2, Annex I asks for 1,024 bytes).
SIGNATURE_WITHIN = 1024

# pypdf warns once for every oddity of a file; staff gets one reason instead.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file inside a PDF: its name as written and its bytes."""

    name: str
    content: bytes


def is_pdf(content: bytes) -> bool:
    return SIGNATURE in content[:SIGNATURE_WITHIN]


def xml_files(content: bytes) -> list[EmbeddedFile]:
    """The embedded files whose name ends in .xml, in the order of the file.

    Raises Unreadable for a PDF that is damaged or needs a password.
    """
    with apply_configuration(
        zlib_maximum_output_length=MAX_EMBEDDED_BYTES,
        lzw_maximum_output_length=MAX_EMBEDDED_BYTES,
        run_length_maximum_output_length=MAX_EMBEDDED_BYTES,
        stream_decoding_work_maximum_length=4 * MAX_EMBEDDED_BYTES,
    ):
        try:
            return _read(content)
        except FileNotDecryptedError as error:
            raise Unreadable("The PDF is protected with a password.") from error
        except (RecursionError, MemoryError) as error:
            raise Unreadable("The PDF is nested too deeply or too large to read.") from error
        # pypdf meets a damaged file with whatever its parser stumbles over: KeyError, TypeError...
        except Exception as error:
            raise Unreadable(f"The PDF is damaged: {_reason(error)}.") from error


def _reason(error: Exception) -> str:
    text = str(error).strip().rstrip(".") if isinstance(error, PyPdfError) else ""
    return text[:200] or "its structure cannot be followed"


def _read(content: bytes) -> list[EmbeddedFile]:
    reader = PdfReader(BytesIO(content))
    found: dict[str, EmbeddedFile] = {}
    for specification in _specifications(reader.root_object):
        name, stream = _name(specification), _stream(specification)
        if stream is not None and name.lower().endswith(".xml") and name not in found:
            found[name] = EmbeddedFile(name, stream.get_data())
        if len(found) >= MAX_EMBEDDED_FILES:
            break
    return list(found.values())


def _specifications(catalogue: DictionaryObject) -> Iterator[DictionaryObject]:
    """File specifications from the name tree, then the associated files (PDF/A-3)."""
    names = _dictionary(catalogue.get("/Names"))
    pending = [names.get("/EmbeddedFiles")] if names else []
    for _ in range(MAX_TREE_NODES):
        if not pending:
            break
        node = _dictionary(pending.pop(0))
        if node is None:
            continue
        pending += _array(node.get("/Kids"))
        # [name, specification, name, specification...]: the name is repeated inside, as /F or /UF.
        for entry in _array(node.get("/Names"))[1::2]:
            if specification := _dictionary(entry):
                yield specification
    for entry in _array(catalogue.get("/AF"))[:MAX_TREE_NODES]:
        if specification := _dictionary(entry):
            yield specification


def _name(specification: DictionaryObject) -> str:
    return str(specification.get("/UF") or specification.get("/F") or "")


def _stream(specification: DictionaryObject) -> StreamObject | None:
    files = _dictionary(specification.get("/EF"))
    if files is None:
        return None
    stream = (files.get("/F") or files.get("/UF") or files).get_object()
    return stream if isinstance(stream, StreamObject) else None


def _dictionary(value: PdfObject | None) -> DictionaryObject | None:
    resolved = None if value is None else value.get_object()
    return resolved if isinstance(resolved, DictionaryObject) else None


def _array(value: PdfObject | None) -> list[PdfObject]:
    resolved = None if value is None else value.get_object()
    return list(resolved) if isinstance(resolved, ArrayObject) else []
