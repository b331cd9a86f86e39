"""Promise 5 with the whole drain: whatever the model says, a ticket has one of four or none."""

import json

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as how
from hypothesis import strategies as st
from pytest_django.fixtures import Settings

from tests.classification.sorting import current, sorted_, waiting
from tests.gemini import GeminiDouble, replies
from triage.tickets.models import Ticket

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("categories")]

SLUGS = {"support", "billing", "sales", "spam"}
# Half a surrogate pair cannot travel as UTF-8; inside JSON it travels as an escape.
_TEXT = st.text(st.characters(codec="utf-8"), max_size=40)
_WILD = st.text(st.characters(), max_size=20)
_CATEGORY = st.sampled_from([*SLUGS, "Billing", "none", "\x00", "\ud800", "x" * 400]) | _WILD
_ANSWER = st.fixed_dictionaries(
    {"category": _CATEGORY},
    optional={
        "confidence": st.integers(-1, 101) | st.floats() | _WILD,
        "second": _CATEGORY,
        "reason": _WILD,
    },
)


@how(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_TEXT | _ANSWER.map(json.dumps))
def test_whatever_the_model_says_the_ticket_is_settled(
    gemini: GeminiDouble, settings: Settings, said: str
) -> None:
    settings.MODELS = ["gemini-2.5-flash"]
    gemini.always(replies.text(said))
    ticket = sorted_(waiting())
    assert ticket.triage_due_at is None
    prediction = current(ticket)
    assert ticket.category == prediction.category
    if ticket.category is None:
        assert ticket.review_reason == Ticket.ReviewReason.OUTSIDE
        assert prediction.by == "model"
    else:
        assert ticket.category.slug in SLUGS
