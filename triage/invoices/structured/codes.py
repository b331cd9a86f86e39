"""Code lists of UN/EDIFACT that decide how an amount is meant."""

from __future__ import annotations

from triage.invoices.document import Type

# UNTDID 1001: the document types EN 16931 (BT-3) counts as credit notes. 384 (corrected invoice)
# and 389 (self-billed invoice, in German law a "Gutschrift") are invoices.
CREDIT_NOTES = frozenset(
    {"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "502", "503", "532"}
)


def type_of(code: str | None) -> Type:
    """Invoice or credit note, from the UNTDID 1001 code (BT-3)."""
    return "credit_note" if code in CREDIT_NOTES else "invoice"
