"""The figures of an evaluation, against sums done by hand."""

from decimal import Decimal

import pytest

from triage.classification.evaluate import Trial, report


def trial(
    truth: str, said: str | None, confidence: float = 1.0, *, ms: float = 10.0,
    cost: str | None = "0.000100",
) -> Trial:  # fmt: skip
    return Trial(truth, said, confidence, ms, None if cost is None else Decimal(cost))


def test_all_right_is_one_everywhere() -> None:
    figures = report([trial("support", "support"), trial("spam", "spam")])
    assert (figures["accuracy"], figures["macro_f1"], figures["ece"]) == (1.0, 1.0, 0.0)
    assert figures["confusion"] == {"spam": {"spam": 1}, "support": {"support": 1}}


def test_precision_recall_and_f1_are_counted_by_category() -> None:
    figures = report(
        [
            trial("support", "support"),
            trial("support", "support"),
            trial("support", "billing"),
            trial("billing", "billing"),
            trial("sales", None),
        ]
    )
    assert figures["n"] == 5
    assert figures["accuracy"] == 0.6
    assert figures["per_class"] == {
        "support": {"precision": 1.0, "recall": 0.6667, "f1": 0.8, "support": 3},
        "billing": {"precision": 0.5, "recall": 1.0, "f1": 0.6667, "support": 1},
        "sales": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 1},
    }
    assert figures["macro_f1"] == pytest.approx((0.8 + 2 / 3 + 0) / 3, abs=1e-3)
    assert figures["confusion"]["sales"] == {"none": 1}


def test_a_category_that_was_only_said_weighs_nothing_in_the_mean() -> None:
    figures = report([trial("support", "support"), trial("support", "spam")])
    assert figures["macro_f1"] == figures["per_class"]["support"]["f1"]
    assert figures["per_class"]["spam"]["support"] == 0


def test_calibration_is_the_mean_gap_between_confidence_and_truth() -> None:
    # Said with 0.9 and right every second time: 0.4 off. Said with 0.55 and right: 0.45 off.
    sure = [trial("support", "support", 0.9), trial("support", "billing", 0.9)]
    half = [trial("sales", "sales", 0.55)] * 2
    assert report(sure)["ece"] == pytest.approx(0.4)
    assert report(sure + half)["ece"] == pytest.approx((0.8 + 0.9) / 4)


def test_full_confidence_falls_into_the_last_step() -> None:
    assert report([trial("spam", "spam", 1.0), trial("spam", "sales", 1.0)])["ece"] == 0.5


def test_a_thousand_cost_a_thousand_times_the_mean() -> None:
    figures = report([trial("spam", "spam", cost="0.0001"), trial("spam", "spam", cost="0.0002")])
    assert figures["cost_per_1000"] == "0.150000"


def test_one_unknown_price_makes_the_sum_unknown() -> None:
    figures = report([trial("spam", "spam"), trial("spam", "spam", cost=None)])
    assert figures["cost_per_1000"] is None


def test_latency_is_told_by_its_middle_and_its_tail() -> None:
    trials = [trial("spam", "spam", ms=float(ms)) for ms in range(1, 102)]
    assert report(trials)["latency_ms"] == {"p50": 51.0, "p95": 96.0}
    assert report(trials[:1])["latency_ms"] == {"p50": 1.0, "p95": 1.0}
