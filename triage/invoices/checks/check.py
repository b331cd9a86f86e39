"""All checks of one document."""

from __future__ import annotations

from datetime import date

from triage.invoices.checks.particulars import check_particulars
from triage.invoices.checks.sums import check_sums
from triage.invoices.checks.taxes import check_taxes
from triage.invoices.document import Document, Problem


def check(document: Document, *, today: date) -> tuple[Problem, ...]:
    """The problems of a document, in the order staff should look at them; () when it is sound.

    `today` bounds the dates an invoice can carry.
    """
    return (
        *document.found,
        *check_sums(document),
        *check_taxes(document),
        *check_particulars(document, today=today),
    )
