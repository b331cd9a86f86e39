"""The local classifier: sorts mail on this machine when no model can be asked.

Word and character n-grams, hashed (so there is no vocabulary to keep), weighted by TF-IDF, into a
logistic regression. Fitted from our starter examples in a second or two and kept as plain numbers
in `var/`: no pickle, so nothing that is loaded can run.
"""

import fcntl
import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from django.conf import settings
from scipy.sparse import hstack
from sklearn.feature_extraction.text import HashingVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier

from triage.tickets.storable import storable

STARTER = Path(__file__).parent / "starter"
# Raised when features or fitting change: an older model file is then fitted anew.
RECIPE = "2"
# 2^18 buckets hold the n-grams of a few thousand mails with few collisions, in 4 MB of weights.
BUCKETS = 2**18
# What a person would read before deciding; a pasted log file must not drown the first sentence.
MAX_CHARACTERS = 4_000
REGULARISATION = 30.0
CALIBRATION_FOLDS = 3
# Known words and pairs of words from which on a mail is taken at its word: two short sentences.
ENOUGH_WORDS = 10
SHARPNESSES = tuple(step / 10 for step in range(5, 41))

_words = HashingVectorizer(
    n_features=BUCKETS, ngram_range=(1, 2), alternate_sign=False, norm=None, binary=True
)
_letters = HashingVectorizer(
    n_features=BUCKETS,
    analyzer="char_wb",
    ngram_range=(2, 5),
    alternate_sign=False,
    norm=None,
    binary=True,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A mail with its category's slug, to fit from or to measure with."""

    subject: str
    body: str
    category: str


@dataclass(frozen=True, slots=True)
class LocalModel:
    """Weights of a fitted classifier; `version` names the recipe and the samples behind it."""

    version: str
    categories: tuple[str, ...]
    idf: np.ndarray[Any, Any]
    weights: np.ndarray[Any, Any]
    bias: np.ndarray[Any, Any]

    def shares(self, mails: Sequence[tuple[str, str]]) -> list[dict[str, float]]:
        """For each (subject, body) the share of every category; they sum to 1."""
        if not mails:
            return []
        counted = _counted(mails)
        scores = _weighted(counted, self.idf) @ self.weights.T + self.bias
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        scores /= scores.sum(axis=1, keepdims=True)
        trust = self._trust(counted)
        shares = trust * scores + (1 - trust) / len(self.categories)
        return [dict(zip(self.categories, map(float, row), strict=True)) for row in shares]

    def _trust(self, counted: Any) -> Any:
        """How far a mail's words can tell, 0 to 1: "Hm." is no evidence for anything."""
        known = (counted[:, :BUCKETS] != 0).astype(np.float32) @ (self.idf[:BUCKETS] > 0)
        return np.minimum(1.0, known / ENOUGH_WORDS).reshape(-1, 1)


@lru_cache(maxsize=1)
def current() -> LocalModel:
    """The classifier in use; fitted from the starter examples the first time on this machine."""
    samples = starter_samples()
    version = _version(samples)
    path = settings.VAR / "models" / f"local-{version}.npz"
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as turn:
        # The pool's processes want it at the same moment: one fits, the others wait for its file.
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not path.exists():
            _keep(fit(samples), path)
    return _load(path)


def fit(samples: Sequence[Sample]) -> LocalModel:
    """Fit a classifier; needs samples of every category it is to know."""
    counted = _counted([(sample.subject, sample.body) for sample in samples])
    labels = np.array([sample.category for sample in samples])
    categories, idf, weights, bias = _regression(counted, labels)
    sharpness = _sharpness(counted, labels)
    return LocalModel(
        version=_version(samples),
        categories=categories,
        idf=idf,
        weights=weights * sharpness,
        bias=bias * sharpness,
    )


def starter_samples() -> list[Sample]:
    """The examples that come with the product, categories and languages well mixed."""
    samples = [
        _sample(json.loads(line))
        for path in sorted(STARTER.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    return sorted(samples, key=lambda sample: hashlib.sha256(sample.body.encode()).digest())


def _regression(counted: Any, labels: Any) -> tuple[tuple[str, ...], Any, Any, Any]:
    """Categories, IDF by bucket, weights (category by bucket) and bias, as 32-bit numbers."""
    frequency = np.asarray((counted > 0).sum(axis=0)).ravel()
    idf = np.log((1 + counted.shape[0]) / (1 + frequency)) + 1
    # An n-gram of a single mail tells nothing, and most are: without them fitting is far quicker.
    idf[frequency < 2] = 0
    known = np.flatnonzero(idf)
    # In the dual there are as many unknowns as mails, not as n-grams: 0.3 s instead of 8.
    regression = OneVsRestClassifier(
        LogisticRegression(
            C=REGULARISATION, class_weight="balanced", solver="liblinear", dual=True, random_state=0
        )
    ).fit(_weighted(counted, idf)[:, known], labels)
    weights = np.zeros((len(regression.classes_), idf.size), dtype=np.float32)
    weights[:, known] = np.vstack([each.coef_ for each in regression.estimators_])
    bias = np.array([each.intercept_[0] for each in regression.estimators_], dtype=np.float32)
    return tuple(map(str, regression.classes_)), idf.astype(np.float32), weights, bias


def _sharpness(counted: Any, labels: Any) -> float:
    """The factor on the scores that makes shares honest: temperature scaling on folds left out."""
    scores, truth = [], []
    for fold in range(CALIBRATION_FOLDS):
        left_out = np.arange(len(labels)) % CALIBRATION_FOLDS == fold
        categories, idf, weights, bias = _regression(counted[~left_out], labels[~left_out])
        scores.append(_weighted(counted[left_out], idf) @ weights.T + bias)
        truth += [categories.index(label) for label in labels[left_out]]
    every = np.vstack(scores)
    return min(SHARPNESSES, key=lambda factor: _log_loss(every * factor, truth))


def _log_loss(scores: Any, truth: Sequence[int]) -> float:
    scores = scores - scores.max(axis=1, keepdims=True)
    logs = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
    return float(-logs[np.arange(len(truth)), truth].mean())


def _sample(row: Mapping[str, str]) -> Sample:
    return Sample(subject=row["subject"], body=row["body"], category=row["category"])


def _counted(mails: Iterable[tuple[str, str]]) -> Any:
    """Subject and body as one sparse row each; the subject twice, for it was chosen to tell."""
    texts = [_plain(f"{subject}\n{subject}\n{body}") for subject, body in mails]
    return hstack([_words.transform(texts), _letters.transform(texts)], format="csr")


def _weighted(counted: Any, idf: Any) -> Any:
    weighted = counted.multiply(idf).tocsr()
    norms = np.sqrt(weighted.multiply(weighted).sum(axis=1))
    return weighted.multiply(1 / np.maximum(np.asarray(norms), 1e-9)).tocsr()


def _plain(text: str) -> str:
    """Numbers and addresses name a case, not its kind."""
    text = re.sub(r"\S+@\S+", " ", storable(text[:MAX_CHARACTERS]).lower())
    text = re.sub(r"https?://\S+", " link ", text)
    return re.sub(r"\d+", "0", text)


def _version(samples: Sequence[Sample]) -> str:
    digest = hashlib.sha256(RECIPE.encode())
    for sample in samples:
        digest.update(repr((sample.subject, sample.body, sample.category)).encode())
    return digest.hexdigest()[:12]


def _keep(model: LocalModel, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    # Not named by process id: in two containers on one volume both may be process 1.
    draft = path.with_name(f"{path.stem}.{secrets.token_hex(8)}.npz")
    np.savez(
        draft,
        categories=np.array(model.categories),
        idf=model.idf,
        weights=model.weights,
        bias=model.bias,
    )
    draft.replace(path)  # two workers that fit at once write the same numbers


def _load(path: Path) -> LocalModel:
    with np.load(path, allow_pickle=False) as file:
        return LocalModel(
            version=path.stem.removeprefix("local-"),
            categories=tuple(map(str, file["categories"])),
            idf=file["idf"],
            weights=file["weights"],
            bias=file["bias"],
        )
