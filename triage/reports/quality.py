"""How good the machine's sorting was, by the word of people: corrections and confirmations.

These are the tickets somebody said something about, not a random sample of all mail: doubtful mail
is looked at more often. Statistics are floats; nothing here is money.
"""

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from triage.classification.models import Correction

# 1.96 standard deviations hold 95 % of a normal distribution.
_Z = 1.959964
# Narrow where most answers are: a machine that is sure most of the time says 90 and more.
_EDGES = (0.0, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the machine said of a ticket and what a person made of it, as category slugs.

    `confidence` is 0 to 1, None where the machine gave none; `by` is `model` or `local`.
    """

    ticket_id: int
    said: str
    truth: str
    confidence: float | None
    by: str

    @property
    def is_right(self) -> bool:
        return self.said == self.truth


@dataclass(frozen=True, slots=True)
class Share:
    """`right` of `total`, and between what bounds the true share lies in 95 of 100 cases."""

    right: int
    total: int

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.right / self.total if self.total else None

    @property
    def interval(self) -> tuple[float, float]:
        """Wilson's score interval: honest for few cases and near 0 and 1; (0, 1) of nothing."""
        if not self.total:
            return 0.0, 1.0
        n, p = self.total, self.right / self.total
        middle = p + _Z * _Z / (2 * n)
        spread = _Z * math.sqrt(p * (1 - p) / n + _Z * _Z / (4 * n * n))
        whole = 1 + _Z * _Z / n
        return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


@dataclass(frozen=True, slots=True)
class Bin:
    """Verdicts of about the same confidence: what was said on average (0 to 1), and what was so."""

    said: float
    right: Share


@dataclass(frozen=True)
class QualityReport:
    """One verdict a ticket, the latest that stands."""

    verdicts: tuple[Verdict, ...]

    @property
    def right(self) -> Share:
        return _share(self.verdicts)

    @cached_property
    def confusion(self) -> Counter[tuple[str, str]]:
        """How many tickets by (said, truth)."""
        return Counter((verdict.said, verdict.truth) for verdict in self.verdicts)

    def precision(self, slug: str) -> Share:
        """Right when it says so."""
        return _share(verdict for verdict in self.verdicts if verdict.said == slug)

    def recall(self, slug: str) -> Share:
        """Found of all there are."""
        return _share(verdict for verdict in self.verdicts if verdict.truth == slug)

    @cached_property
    def bins(self) -> tuple[Bin, ...]:
        """By confidence, upwards; without the empty ones."""
        groups: dict[int, list[tuple[float, Verdict]]] = {}
        for verdict in self.verdicts:
            if verdict.confidence is not None:
                place = sum(verdict.confidence >= edge for edge in _EDGES)
                groups.setdefault(place, []).append((verdict.confidence, verdict))
        return tuple(
            Bin(
                said=sum(confidence for confidence, _ in group) / len(group),
                right=_share(verdict for _, verdict in group),
            )
            for _, group in sorted(groups.items())
        )

    @property
    def calibration_error(self) -> float | None:
        """Expected calibration error, 0 to 1: how far off its confidence is, on average."""
        total = sum(each.right.total for each in self.bins)
        if not total:
            return None
        return (
            sum(abs(each.right.right - each.said * each.right.total) for each in self.bins) / total
        )


def quality(since: datetime, *, by: str = "") -> QualityReport:
    """The tickets people spoke of since then; `by` keeps only the model's or the local ones.

    One row a person's act: a year of a busy desk fits in memory.
    """
    rows = (
        Correction.objects.standing()
        .filter(at__gte=since, prediction__category__isnull=False)
        .order_by("ticket_id", "-at", "-pk")
        .distinct("ticket_id")
        .values_list(
            "ticket_id",
            "prediction__category__slug",
            "to_category__slug",
            "prediction__confidence",
            "prediction__by",
        )
    )
    verdicts = (
        Verdict(ticket, said, truth, None if confidence is None else float(confidence), who)
        for ticket, said, truth, confidence, who in rows
    )
    return QualityReport(tuple(verdict for verdict in verdicts if by in ("", verdict.by)))


def _share(verdicts: Iterable[Verdict]) -> Share:
    answers = [verdict.is_right for verdict in verdicts]
    return Share(sum(answers), len(answers))
