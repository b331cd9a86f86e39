"""The quality report: what people made of what the machine said."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.utils import timezone

from tests import factories, people
from triage.classification.correct import correct, undo
from triage.classification.models import Correction
from triage.reports.quality import QualityReport, Share, Verdict, quality
from triage.tickets.models import Ticket

MONTH = timedelta(days=30)


@pytest.fixture
def alice(db: None) -> User:
    return people.alice()


def test_a_correction_and_a_confirmation_are_both_counted(alice: User) -> None:
    correct(said("billing"), to=factories.category("support"), by=alice)
    correct(said("billing"), to=factories.category("billing"), by=alice)
    found = report()
    assert found.confusion == {("billing", "support"): 1, ("billing", "billing"): 1}
    assert found.right == Share(1, 2)


def test_the_matrix_is_what_plain_sql_counts(alice: User) -> None:
    slugs = ["support", "billing", "sales", "spam"]
    for number in range(24):
        truth = slugs[number % 4] if number % 3 else slugs[number // 3 % 4]
        correct(said(slugs[number % 4]), to=factories.category(truth), by=alice)
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT s.slug, t.slug, count(*) FROM classification_correction c
               JOIN classification_prediction p ON p.id = c.prediction_id
               JOIN tickets_category s ON s.id = p.category_id
               JOIN tickets_category t ON t.id = c.to_category_id
               WHERE c.undone_at IS NULL GROUP BY 1, 2"""
        )
        counted = {(said, truth): number for said, truth, number in cursor.fetchall()}
    assert report().confusion == counted
    assert len(counted) > 4


def test_a_correction_taken_back_is_no_verdict(alice: User) -> None:
    correction = correct(said("billing"), to=factories.category("support"), by=alice)
    undo(correction, by=alice)
    assert report().verdicts == ()


def test_of_two_corrections_of_a_ticket_the_latest_stands(alice: User) -> None:
    ticket = said("billing")
    correct(ticket, to=factories.category("support"), by=alice)
    correct(ticket, to=factories.category("sales"), by=alice)
    assert report().confusion == {("billing", "sales"): 1}


def test_a_ticket_of_which_the_machine_said_nothing_is_not_counted(alice: User) -> None:
    correct(factories.ticket(), to=factories.category("sales"), by=alice)
    assert report().verdicts == ()


def test_what_was_said_before_the_period_is_not_counted(alice: User) -> None:
    correct(said("billing"), to=factories.category("sales"), by=alice)
    Correction.objects.update(at=timezone.now() - MONTH - timedelta(seconds=1))
    assert report().verdicts == ()


def test_the_model_and_this_server_can_be_told_apart(alice: User) -> None:
    correct(said("billing", by="model"), to=factories.category("sales"), by=alice)
    correct(said("spam", by="local"), to=factories.category("spam"), by=alice)
    since = timezone.now() - MONTH
    assert quality(since, by="model").confusion == {("billing", "sales"): 1}
    assert quality(since, by="local").confusion == {("spam", "spam"): 1}


def test_it_asks_one_question_however_much_was_said(
    alice: User, django_assert_num_queries: Any
) -> None:
    for _ in range(5):
        correct(said("billing"), to=factories.category("sales"), by=alice)
    with django_assert_num_queries(1):
        report()


def test_precision_and_recall_look_at_the_matrix_from_two_sides() -> None:
    found = QualityReport(
        (
            *(verdict("billing", "billing"),) * 8,
            *(verdict("billing", "support"),) * 2,
            *(verdict("spam", "billing"),) * 4,
        )
    )
    assert found.precision("billing") == Share(8, 10)
    assert found.recall("billing") == Share(8, 12)
    assert found.precision("sales").value is None


@pytest.mark.parametrize(
    ("right", "total", "low", "high"),
    [
        # Known values: Newcombe (1998), table I, the score method without continuity correction.
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_bounds_are_wilsons(right: int, total: int, low: float, high: float) -> None:
    assert Share(right, total).interval == pytest.approx((low, high), abs=0.0001)


def test_of_nothing_nothing_is_known() -> None:
    assert Share(0, 0).interval == (0.0, 1.0)
    assert QualityReport(()).calibration_error is None


def test_a_machine_that_means_what_it_says_is_not_off() -> None:
    honest = [verdict("spam", "spam", 0.75)] * 3 + [verdict("spam", "sales", 0.75)]
    assert QualityReport(tuple(honest)).calibration_error == pytest.approx(0)


def test_a_boaster_is_off_by_what_it_boasts() -> None:
    boaster = [verdict("spam", "spam", 0.99), verdict("spam", "sales", 0.99)]
    found = QualityReport(tuple(boaster))
    assert found.calibration_error == pytest.approx(0.49)
    assert [(each.said, each.right) for each in found.bins] == [(0.99, Share(1, 2))]


def test_confidences_on_an_edge_and_none_at_all_find_their_place() -> None:
    found = QualityReport(
        tuple(verdict("spam", "spam", said) for said in (0.0, 0.5, 0.95, 1.0, None))
    )
    assert [each.right.total for each in found.bins] == [1, 1, 2]


def report() -> QualityReport:
    return quality(timezone.now() - MONTH)


def said(slug: str, *, by: str = "model") -> Ticket:
    """A ticket of which the machine said `slug`."""
    ticket = factories.ticket()
    factories.prediction(ticket, {slug: 0.9}, by=by)
    return ticket


def verdict(said: str, truth: str, confidence: float | None = 0.9) -> Verdict:
    return Verdict(1, said, truth, confidence, "model")
