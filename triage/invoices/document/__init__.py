"""What an invoice says, as a value and as JSON."""

from triage.invoices.document.reading import (
    MAX_IDENTIFIER,
    MAX_LINES,
    MAX_TEXT,
    InvalidDocument,
    from_json,
)
from triage.invoices.document.values import (
    STRUCTURED,
    Adjustment,
    Document,
    Line,
    Party,
    Problem,
    Tax,
    Type,
    with_found,
)
from triage.invoices.document.writing import to_json

__all__ = [
    "MAX_IDENTIFIER",
    "MAX_LINES",
    "MAX_TEXT",
    "STRUCTURED",
    "Adjustment",
    "Document",
    "InvalidDocument",
    "Line",
    "Party",
    "Problem",
    "Tax",
    "Type",
    "from_json",
    "to_json",
    "with_found",
]
