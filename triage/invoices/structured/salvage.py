"""Files embedded in a PDF whose structure is lost.

A mail cut short loses the end of its PDF, which is the table of contents; the XML often stands
whole before it. Only what unpacks to a whole XML counts later: half an invoice is none.
"""

from __future__ import annotations

import itertools
import re
import zlib
from collections.abc import Iterator

from triage.invoices.structured.pdf import MAX_EMBEDDED_BYTES, MAX_EMBEDDED_FILES

# The dictionary of an embedded file is a line or two.
MAX_DICTIONARY_BYTES = 2_000

# Not /EmbeddedFiles, which is the name tree.
_EMBEDDED_FILE = re.compile(rb"/EmbeddedFile\b")
_STREAM = re.compile(rb"stream\r?\n")


def embedded_streams(content: bytes) -> Iterator[bytes]:
    """The contents of embedded files that are stored plain or deflated, in the file's order."""
    for found in itertools.islice(_EMBEDDED_FILE.finditer(content), MAX_EMBEDDED_FILES):
        start = max(found.start() - MAX_DICTIONARY_BYTES, 0)
        begin = content.rfind(b" obj", start, found.start())
        stream = _STREAM.search(content, found.end(), found.end() + MAX_DICTIONARY_BYTES)
        if begin < 0 or stream is None:
            continue
        if b"/FlateDecode" in content[begin : stream.start()]:
            yield _inflated(content[stream.end() :])
        else:
            yield content[stream.end() :].partition(b"endstream")[0]


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, MAX_EMBEDDED_BYTES)
    except zlib.error:
        return b""
