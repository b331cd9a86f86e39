"""How good a classifier is, measured on mail whose category is known."""

import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import quantiles
from typing import Any

from triage.classification import local, prompt
from triage.classification.local import Sample
from triage.llm import gateway
from triage.llm.contract import Prompt
from triage.tickets.models import Category, Message

# Confidence is compared with what came true in ten equal steps, as the field does.
BINS = 10
NONE = "none"  # no usable answer: wrong for every category


@dataclass(frozen=True, slots=True)
class Trial:
    """One mail: its true category, what was said (None: nothing usable), how surely, for what."""

    truth: str
    said: str | None
    confidence: float
    latency_ms: float
    cost: Decimal | None


def locally(samples: Sequence[Sample]) -> list[Trial]:
    """Try the local classifier; each mail alone, so that latency means something."""
    classifier = local.current()
    trials = []
    for sample in samples:
        began = time.perf_counter()
        shares = classifier.shares([(sample.subject, sample.body)])[0]
        said = max(shares, key=lambda slug: shares[slug])
        milliseconds = (time.perf_counter() - began) * 1000
        trials.append(Trial(sample.category, said, shares[said], milliseconds, Decimal(0)))
    return trials


def by_model(samples: Sequence[Sample]) -> list[Trial]:
    """Try the model; every call is on the books like any other."""
    categories = list(Category.objects.all())
    slugs = [category.slug for category in categories]
    waiting = iter(samples)
    asked: dict[int, tuple[Prompt, Sample]] = {}

    def more(room: int) -> list[Prompt]:
        prompts = []
        for _, sample in zip(range(room), waiting, strict=False):
            message = Message(subject=sample.subject, text=sample.body)
            question = prompt.prompt_for(message, categories)
            asked[id(question)] = (question, sample)
            prompts.append(question)
        return prompts

    return [
        _trial(answer, asked.pop(id(answer.prompt))[1])
        for answers in gateway.answers(more, read=lambda reply: prompt.read(reply, slugs))
        for answer in answers
    ]


def _trial(answer: gateway.Answer[prompt.Said], sample: Sample) -> Trial:
    call = answer.call
    return Trial(
        truth=sample.category,
        said=answer.value.category if answer.value else None,
        confidence=float(answer.value.confidence) if answer.value else 0.0,
        latency_ms=float(call.latency_ms or 0) if call else 0.0,
        cost=call.cost if call else None,
    )


def report(trials: Sequence[Trial]) -> dict[str, Any]:
    """The figures of `manage.py evaluate`, rates between 0 and 1; needs one trial at least."""
    classes = sorted({trial.truth for trial in trials} | {t.said for t in trials if t.said})
    per_class = {slug: _scores(slug, trials) for slug in classes}
    true_classes = sorted({trial.truth for trial in trials})
    return {
        "n": len(trials),
        "accuracy": _rate(sum(trial.said == trial.truth for trial in trials), len(trials)),
        "macro_f1": round(
            sum(per_class[slug]["f1"] for slug in true_classes) / len(true_classes), 4
        ),
        "per_class": per_class,
        "confusion": _confusion(trials),
        "ece": _calibration_error(trials),
        "cost_per_1000": _cost_per_1000(trials),
        "latency_ms": _latency([trial.latency_ms for trial in trials]),
    }


def _scores(slug: str, trials: Sequence[Trial]) -> dict[str, Any]:
    hits = sum(trial.said == slug == trial.truth for trial in trials)
    said = sum(trial.said == slug for trial in trials)
    true = sum(trial.truth == slug for trial in trials)
    return {
        "precision": _rate(hits, said),
        "recall": _rate(hits, true),
        "f1": _rate(2 * hits, said + true),
        "support": true,
    }


def _confusion(trials: Sequence[Trial]) -> dict[str, dict[str, int]]:
    """Rows are the truth, columns what was said."""
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for trial in trials:
        counts[trial.truth][trial.said or NONE] += 1
    return {truth: dict(sorted(row.items())) for truth, row in sorted(counts.items())}


def _calibration_error(trials: Sequence[Trial]) -> float:
    """Expected calibration error: how far confidence is from what came true, weighted by use."""
    gap = 0.0
    for step in _bins(trials):
        confident = sum(trial.confidence for trial in step)
        right = sum(trial.said == trial.truth for trial in step)
        gap += abs(confident - right)
    return round(gap / len(trials), 4)


def _bins(trials: Sequence[Trial]) -> Iterator[list[Trial]]:
    for step in range(BINS):
        yield [trial for trial in trials if min(int(trial.confidence * BINS), BINS - 1) == step]


def _cost_per_1000(trials: Sequence[Trial]) -> str | None:
    """US dollars; None when the price of a single call is unknown."""
    costs = [trial.cost for trial in trials]
    known = [cost for cost in costs if cost is not None]
    if len(known) < len(costs):
        return None
    return str((sum(known, Decimal(0)) * 1000 / len(known)).quantize(Decimal("0.000001")))


def _latency(milliseconds: Sequence[float]) -> dict[str, float]:
    if len(milliseconds) < 2:
        return {"p50": round(milliseconds[0], 2), "p95": round(milliseconds[0], 2)}
    steps = quantiles(milliseconds, n=20, method="inclusive")
    return {"p50": round(steps[9], 2), "p95": round(steps[18], 2)}


def _rate(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0
