"""The real SDK on the double, for invoices too."""

from tests.llm.conftest import gemini

__all__ = ["gemini"]
