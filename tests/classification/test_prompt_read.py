"""Promise 5: an answer is one of the list, or it is none. The schema was only a wish."""

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.classification.prompt import Said, read
from triage.llm.contract import Reply
from triage.llm.errors import OutsideList, Unusable

SLUGS = ("support", "billing", "sales", "spam")


def said(text: str) -> Said:
    return read(Reply(text, "gemini-2.5-flash"), SLUGS)


def answer(**changes: Any) -> str:
    usual = {"category": "billing", "confidence": 91, "second": "sales", "reason": "a reminder"}
    return json.dumps({**usual, **changes})


def test_a_good_answer_is_taken_with_its_confidence_as_a_share() -> None:
    assert said(answer()) == Said("billing", Decimal("0.910"), "sales", "a reminder")


@pytest.mark.parametrize(
    ("confidence", "share"),
    [(0, "0.000"), (100, "1.000"), (99.95, "1.000"), (33.333333, "0.333"), (-0.0, "0.000")],
)
def test_confidence_is_kept_with_three_places(confidence: float, share: str) -> None:
    assert said(answer(confidence=confidence)).confidence == Decimal(share)


@pytest.mark.parametrize("category", ["Billing", "bill", "", "complaints", "support\nbilling"])
def test_a_category_outside_the_list_is_kept_and_not_guessed(category: str) -> None:
    with pytest.raises(OutsideList) as caught:
        said(answer(category=category))
    assert caught.value.said == category.strip()[:100]


def test_space_around_a_category_is_forgiven() -> None:
    assert said(answer(category=" billing\n")).category == "billing"


@pytest.mark.parametrize(
    "text",
    [
        "", "billing", "null", "[]", '"billing"', "[" * 100_000, "{", '{"category": "bil',
        '```json\n{"category": "billing"}\n```', '{"confidence": 90}', answer(category=None),
        answer(category=["billing"]), answer(category={"billing": 1}), answer(category=2),
    ],
)  # fmt: skip
def test_what_names_no_category_is_unusable(text: str) -> None:
    with pytest.raises(Unusable) as caught:
        said(text)
    assert not isinstance(caught.value, OutsideList)


@pytest.mark.parametrize(
    "confidence",
    [None, "91", True, False, -1, 100.01, 10**400, [91], float("nan"), float("inf")],
)
def test_a_confidence_that_is_none_is_unusable(confidence: object) -> None:
    with pytest.raises(Unusable):
        said(answer(confidence=confidence))


@pytest.mark.parametrize("second", [None, 3, "complaints", [], {}])
def test_a_second_guess_that_is_none_is_left_out(second: object) -> None:
    assert said(answer(second=second)).second == ""


def test_the_two_guesses_share_what_there_is() -> None:
    assert said(answer(confidence=58)).shares == {"billing": 0.58, "sales": 0.42}
    assert said(answer(second="billing")).shares == {"billing": 0.91}
    assert said(answer(second="")).shares == {"billing": 0.91}


def test_a_reason_is_one_visible_line_of_bounded_length() -> None:
    kept = said(answer(reason="line\none\u202e\x00 \ud800" + "x" * 900)).reason
    assert kept.startswith("line one")
    assert len(kept) == 300
    assert kept.encode()
    assert "\x00" not in kept
    assert "\u202e" not in kept
    assert said(answer(reason=["no", "text"])).reason == ""


def test_a_category_no_database_holds_is_kept_as_far_as_it_can_be() -> None:
    with pytest.raises(OutsideList) as caught:
        said('{"category": "a\\u0000\\ud800", "confidence": 1}')
    assert caught.value.said.encode()
    assert "\x00" not in caught.value.said


_ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters())
    | st.sampled_from(SLUGS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)  # fmt: skip
_NEARLY = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(("category", "confidence", "second", "reason"), _ANYTHING)
)


@given(st.text(st.characters()) | _NEARLY.map(json.dumps) | _ANYTHING.map(json.dumps))
def test_whatever_is_answered_it_is_of_the_list_or_refused(text: str) -> None:
    try:
        result = said(text)
    except Unusable:
        return
    assert result.category in SLUGS
    assert result.second in {"", *SLUGS}
    assert 0 <= result.confidence <= 1
    assert result.reason.encode()
