"""Fit the head that a user teaches: labelled sentences to one linear map, in seconds.

Logistic regression on the encoder's vector and the grams of each sentence side by side. How strong
the penalty is, how sure the head may be and how loud it speaks beside the other voices is found by
cross-validation inside the taught sentences. See `docs/design/mood-lexicon.md` for what else was
tried, and on what.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput, MissingExtra
from murecom.mood.labels import FELT
from murecom.mood.model import set_apart
from murecom.mood.taught import TaughtHead, among_all, evidence
from murecom.mood.taught_grams import Vocabulary
from murecom.train.calibrate import calibration_error, log_loss, losses, softmax, temperature
from murecom.types import Progress, Step, no_progress

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.intp]

ENCODED = 0.7
"Length of the vector of the encoder in a row, where the characters have 1."

STRENGTHS = (0.5, 1.5, 4.0)
"Inverse penalties (C) that are tried, the strongest penalty first."

USUAL = 1.5
"What is taken unless another is clearly better for the sentences at hand."

LEVEL = 0.75
"""Share of the labels' log-frequencies that is taken out of the answer: sentences that are taught
seldom come in the proportions of those that are read later. On posts of NLPCC 2013 macro-F1 of the
head rose from .336 to .395 (`benchmarks/_mood_taught.py nlpcc`)."""

FEW, MANY = 40, 5_000
"""Sentences below which nothing is tried, and from which a gram must stand in two of them."""

CHOOSING = 4_000
"Sentences that cross-validation is done on at most."

MOST = 100_000
"Sentences that the head is fitted on at most, a random part of more."

WEIGHTS = (0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0)
"Factors of the head's log-probabilities beside the other voices that are tried."

WEIGHT = 2.0
"That factor where nothing was tried."

ABSENT = 20.0
"How far the bias of a label without a sentence lies below that of all others."


def fit(
    texts: Sequence[str],
    labels: Sequence[str],
    vectors: Floats,
    encoder: str,
    others: Floats | None = None,
    progress: Progress = no_progress,
) -> TaughtHead:
    """Fit a head.

    Parameters
    ----------
    texts : sequence of str, n of them
        Each once: copies would be in both parts of a cross-validation.
    labels : sequence of str, n of them
        Of `FELT`.
    vectors : ndarray of float32, shape (n, dim)
        Of the texts, by the encoder.
    encoder : str
        Its key.
    others : ndarray of float32, shape (n, 9), optional
        Log-probabilities of the model untaught, over `FELT`, as
        `MoodModel.log_probabilities` gives them; only the rows of `chosen` are looked at. With
        them, the weight of the voice is found, and the figures tell what the teaching gains.
    progress : callable
        Told of each fit.

    Returns
    -------
    TaughtHead
        Its `metrics` are of sentences kept back: `macro_f1`, `accuracy`, `log_loss`,
        `calibration_error` of the head alone; with `others` also `combined_macro_f1`,
        `combined_accuracy`, and `untaught_…` for comparison. None with fewer than `FEW` sentences.

    Raises
    ------
    BadInput
        All sentences have one label.
    MissingExtra
        scikit-learn is not installed.
    """
    names = tuple(label for label in FELT if label in set(labels))
    if len(names) < 2:
        raise BadInput(
            "One label alone teaches nothing: add sentences of other moods, neutral ones too."
        )
    y = np.array([names.index(label) for label in labels], np.intp)
    strength, factor, metrics, weight = USUAL, 1.0, {}, WEIGHT
    some = chosen(labels)
    tried = len(some) >= FEW and int(np.bincount(y[some], minlength=len(names)).min()) >= 2
    steps = len(STRENGTHS) * _folds(min(len(y), CHOOSING)) + 1 if tried else 1
    if tried:
        view = (_of(texts, some), y[some], vectors[some], len(names))
        held, strength, factor = _choose(*view, steps, progress)
        said = softmax(held * factor)
        metrics = _figures(said, y[some], "")
        metrics |= {"strength": strength, "sentences": len(some)}
        if others is not None:
            weight, figures = _weigh(said, y[some], others[some], names)
            metrics |= figures
    rows = _sample(y, MOST)
    seen = _View(_of(texts, rows), vectors[rows], y[rows], len(names))
    weights, bias = seen.fit((strength,))[0]
    progress(Step("Teaching", steps, steps))
    split = vectors.shape[1]
    return TaughtHead(
        labels=names,
        counts=tuple(np.bincount(y, minlength=len(names)).tolist()),
        encoder=encoder,
        encoder_weights=(weights[:split] * factor * ENCODED).astype(np.float32),
        gram_weights=(weights[split:] * factor).astype(np.float32),
        bias=((bias - LEVEL * seen.prior) * factor).astype(np.float32),
        vocabulary=seen.vocabulary,
        weight=weight,
        metrics=metrics,
    )


def learned(labels: Sequence[str]) -> Ints:
    """Give the rows of labels that a head is fitted on: all, or `MOST` of more.

    Every label has its share, and two rows at least where it has two. The same on every run.
    """
    return _sample(_numbers(labels), MOST)


def chosen(labels: Sequence[str]) -> Ints:
    """Give the rows of labels that cross-validation is done on; as `learned`, `CHOOSING`."""
    return _sample(_numbers(labels), CHOOSING)


class _View:
    """Sentences as the sparse matrix that the regression sees: vector, then grams.

    Some of the `k` labels may have no sentence here.
    """

    def __init__(self, texts: Sequence[str], vectors: Floats, y: Ints, k: int) -> None:
        self.y = y
        self.vocabulary = Vocabulary.of(texts, least=2 if len(texts) >= MANY else 1)
        self.x = self.rows(texts, vectors)
        counts = np.bincount(y, minlength=k)
        # none for a label without a sentence: it would lift what nothing speaks for
        self.prior = np.where(counts > 0, np.log(np.maximum(counts, 1) / len(y)), 0.0)

    def rows(self, texts: Sequence[str], vectors: Floats) -> Any:
        try:
            from scipy import sparse
        except ImportError as error:
            raise MissingExtra("mood", "Teaching moods") from error
        cells = self.vocabulary.cells(texts)
        grams = sparse.csr_matrix(
            (cells.values, (cells.rows, cells.columns)),
            shape=(len(texts), len(self.vocabulary)),
            dtype=np.float32,
        )
        dense = sparse.csr_matrix(vectors.astype(np.float32) * np.float32(ENCODED))
        return sparse.hstack([dense, grams], format="csr", dtype=np.float32)

    def fit(self, strengths: Sequence[float]) -> list[tuple[Doubles, Doubles]]:
        """Fit weights (dim, labels) and bias (labels,) for each strength, from one to the next.

        A label without a sentence gets no weights and a bias far below all others.
        """
        try:
            from sklearn.linear_model import LogisticRegression
        except ImportError as error:
            raise MissingExtra("mood", "Teaching moods") from error
        there = np.unique(self.y)
        model = LogisticRegression(C=strengths[0], max_iter=300, tol=1e-4, warm_start=True)
        found = []
        for strength in strengths:
            with warnings.catch_warnings():
                # not converged to the last digit is no loss: what counts is measured afterwards
                warnings.simplefilter("ignore")
                model.set_params(C=strength).fit(self.x, self.y)
            own = np.asarray(model.coef_, np.float64).T
            start = np.asarray(model.intercept_, np.float64)
            if own.shape[1] == 1:  # two labels: one margin, for and against
                own = np.concatenate([-own, own], axis=1) / 2
                start = np.concatenate([-start, start]) / 2
            weights = np.zeros((own.shape[0], len(self.prior)))
            bias = np.full(len(self.prior), start.min() - ABSENT)
            weights[:, there], bias[there] = own, start
            found.append((weights, bias))
        return found


def _choose(
    texts: Sequence[str], y: Ints, vectors: Floats, k: int, steps: int, progress: Progress
) -> tuple[Doubles, float, float]:
    """Find strength and temperature; give also the logits of sentences kept back."""
    held = np.zeros((len(STRENGTHS), len(y), k))
    n = _folds(len(y))
    part = _parts(y, n)
    for fold in range(n):
        train, test = np.flatnonzero(part != fold), np.flatnonzero(part == fold)
        view = _View(_of(texts, train), vectors[train], y[train], k)
        rows = view.rows(_of(texts, test), vectors[test])
        for place, (weights, bias) in enumerate(view.fit(STRENGTHS)):
            held[place, test] = rows @ weights + bias - LEVEL * view.prior
            progress(Step("Teaching", fold * len(STRENGTHS) + place + 1, steps))
    factors = [temperature(one, y) for one in held]
    each = [losses(softmax(one * f), y) for one, f in zip(held, factors, strict=True)]
    best = _clearly_best(each)
    return held[best], STRENGTHS[best], factors[best]


def _clearly_best(each: Sequence[Doubles]) -> int:
    """Take `USUAL` unless another strength is better by more than a standard error.

    Source of the rule: Breiman et al., "Classification and Regression Trees", 1984.
    """
    usual = STRENGTHS.index(USUAL)
    best = min(range(len(each)), key=lambda place: float(each[place].mean()))
    gain = each[usual] - each[best]
    return best if gain.mean() > gain.std() / np.sqrt(max(len(gain) - 1, 1)) else usual


def _weigh(
    said: Doubles, y: Ints, others: Floats, names: Sequence[str]
) -> tuple[float, dict[str, float]]:
    """Find how loud the head speaks beside the others, by log loss at the best temperature.

    The sum is the one that `mood.model` makes; as there, relatives are set apart in the answer.
    """
    columns = np.array([FELT.index(name) for name in names], np.intp)
    counts = np.bincount(y, minlength=len(names)).tolist()
    before = others.astype(np.float64)
    own = np.log(among_all(said.astype(np.float32), names)).astype(np.float64)
    own *= evidence(said, counts)[:, None]
    truth = columns[y]
    tried = {}
    for weight in WEIGHTS:
        logits = before + weight * own
        tried[weight] = log_loss(_answer(logits * temperature(logits, truth)), truth)
    # of equals, as where the others say nothing, the usual one
    best = min(tried, key=lambda weight: (round(tried[weight], 4), abs(weight - WEIGHT)))
    figures = _figures(_answer(before), truth, "untaught_")
    return best, figures | _figures(_answer(before + best * own), truth, "combined_")


def _answer(logits: Doubles) -> Doubles:
    return set_apart(softmax(logits).astype(np.float32)).astype(np.float64)


def _figures(said: Doubles, y: Ints, prefix: str) -> dict[str, float]:
    answer = said.argmax(axis=1)
    found = {"macro_f1": macro_f1(y, answer), "accuracy": float((answer == y).mean())}
    if not prefix:
        found |= {"log_loss": log_loss(said, y), "calibration_error": calibration_error(said, y)}
    return {prefix + name: round(value, 4) for name, value in found.items()}


def macro_f1(truth: Ints, answer: Ints) -> float:
    """Give the mean of F1 over the labels that occur in the truth."""
    found = []
    for label in np.unique(truth):
        right = int(((truth == label) & (answer == label)).sum())
        found.append(2 * right / int((truth == label).sum() + (answer == label).sum()))
    return float(np.mean(found))


def _folds(n: int) -> int:
    """Divide few sentences into more parts: each is missed more."""
    return 5 if n < 500 else 3


def _parts(y: Ints, n: int) -> Ints:
    """Give the part of each sentence, every label spread evenly; the same on every run."""
    part = np.zeros(len(y), np.intp)
    part[_by_label(y)] = np.arange(len(y)) % n
    return part


def _by_label(y: Ints) -> Ints:
    order = np.random.default_rng(0).permutation(len(y))
    return order[np.argsort(y[order], kind="stable")]


def _sample(y: Ints, most: int) -> Ints:
    """Give rows of at most so many sentences, in order; see `learned`."""
    if len(y) <= most:
        return np.arange(len(y))
    order = _by_label(y)
    of = y[order]
    is_first = np.arange(len(y)) - np.searchsorted(of, of) < 2
    rest = order[~is_first]
    some = np.linspace(0, len(rest) - 1, max(most - int(is_first.sum()), 0)).astype(np.intp)
    return np.sort(np.concatenate([order[is_first], rest[some]]))


def _numbers(labels: Sequence[str]) -> Ints:
    return np.array([FELT.index(label) for label in labels], np.intp)


def _of(texts: Sequence[str], rows: Ints) -> list[str]:
    return [texts[row] for row in rows.tolist()]
