"""The XML files inside a PDF (ISO 32000-2, 7.11.4): what makes a PDF a Factur-X or ZUGFeRD invoice.

Only the catalogue and the file name tree are visited: a PDF of ten thousand pages costs what one of
one page costs, and nothing in it is run or fetched.
"""

from __future__ import annotations

import logging
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO

from pypdf import Configuration, PdfReader, apply_configuration
from pypdf.errors import FileNotDecryptedError, LimitReachedError, PyPdfError
from pypdf.generic import ArrayObject, DictionaryObject, PdfObject, StreamObject

from triage.invoices.structured.errors import Unreadable

# An e-invoice with its own attachments in base64 stays under this; a deflate bomb does not.
MAX_EMBEDDED_BYTES = 20_000_000
# A hybrid invoice has one XML and a handful of supporting files.
MAX_EMBEDDED_FILES = 50
# A name tree of this many nodes holds far more files than MAX_EMBEDDED_FILES.
MAX_TREE_NODES = 500

LIMITS = Configuration(
    zlib_maximum_output_length=MAX_EMBEDDED_BYTES,
    lzw_maximum_output_length=MAX_EMBEDDED_BYTES,
    run_length_maximum_output_length=MAX_EMBEDDED_BYTES,
    stream_decoding_work_maximum_length=4 * MAX_EMBEDDED_BYTES,
)
# Repairing a damaged file costs pypdf time for each of these. A scan of a thousand pages has ten
# thousand objects; a file saved again and again has as many endings as it was saved.
MAX_OBJECTS = 200_000
MAX_ENDINGS = 1_000
# A smaller file is repaired within a second or two whatever it holds.
COUNTED_FROM_BYTES = 2_000_000

SIGNATURE = b"%PDF-"
# The signature may follow a mail gateway's junk (ISO 32000-2, Annex I asks for 1,024 bytes).
SIGNATURE_WITHIN = 1024

# pypdf warns once for every oddity of a file; staff gets one reason instead.
logging.getLogger("pypdf").setLevel(logging.CRITICAL)


@dataclass(frozen=True, slots=True)
class EmbeddedFile:
    """A file inside a PDF: its name as written, and its bytes once somebody asks."""

    name: str
    stream: StreamObject

    def content(self) -> bytes:
        """Raises Unreadable."""
        with bounded():
            return self.stream.get_data()


def is_pdf(content: bytes) -> bool:
    return SIGNATURE in content[:SIGNATURE_WITHIN]


@contextmanager
def bounded(limits: Configuration = LIMITS) -> Iterator[None]:
    """pypdf within limits, its many exceptions folded into Unreadable."""
    try:
        with apply_configuration(limits):
            yield
    except Unreadable:
        raise
    except FileNotDecryptedError as error:
        raise Unreadable("The PDF is protected with a password.") from error
    except LimitReachedError as error:
        raise Unreadable("The PDF unpacks to far more than any invoice needs.") from error
    except (RecursionError, MemoryError) as error:
        raise Unreadable("The PDF is nested too deeply or too large to read.") from error
    # pypdf meets a damaged file with whatever its parser stumbles over: KeyError, TypeError...
    except Exception as error:
        raise Unreadable(f"The PDF is damaged: {_reason(error)}.") from error


def embedded_files(content: bytes, first: Container[str]) -> list[EmbeddedFile]:
    """The embedded files: those whose lower-case name is in `first`, other .xml, then the rest.

    Raises Unreadable for a PDF that is damaged or needs a password.
    """
    if len(content) > COUNTED_FROM_BYTES and (
        content.count(b" obj") > MAX_OBJECTS or content.count(b"startxref") > MAX_ENDINGS
    ):
        raise Unreadable("The PDF has more parts than any invoice needs.")
    with bounded():
        catalogue = PdfReader(BytesIO(content)).root_object
        found: dict[str, StreamObject] = {}
        for specification in _specifications(catalogue):
            stream = _stream(specification)
            if stream is not None and len(found) < MAX_EMBEDDED_FILES:
                found.setdefault(_name(specification), stream)
        names = sorted(found, key=lambda name: _rank(name.lower(), first))
        return [EmbeddedFile(name, found[name]) for name in names]


def _rank(name: str, first: Container[str]) -> int:
    if name in first:
        return 0
    return 1 if name.endswith(".xml") else 2


def _reason(error: Exception) -> str:
    text = str(error).strip().rstrip(".") if isinstance(error, PyPdfError) else ""
    return text[:200] or "its structure cannot be followed"


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
