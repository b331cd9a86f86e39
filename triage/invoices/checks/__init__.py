"""Does an invoice add up, and can its dates, currency and numbers be true? Pure arithmetic.

The rules are those of EN 16931-1 where it has one (`Problem.rule`); amounts are compared exactly,
but for the rounding the standard's own rules leave room for. A figure the document does not state
is not checked: most invoices a model reads have no VAT categories and no sum of lines.
"""

from triage.invoices.checks.check import check

__all__ = ["check"]
