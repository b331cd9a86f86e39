"""The real SDK on the double, and the four categories."""

import pytest

from tests import factories
from tests.llm.conftest import gemini
from triage.tickets.models import Category

__all__ = ["gemini"]


@pytest.fixture
def categories(db: None) -> dict[str, Category]:
    """Every category by its slug, also where another test's flush has taken them away."""
    return {slug: factories.category(slug) for slug in ("support", "billing", "sales", "spam")}
