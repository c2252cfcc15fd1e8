"""How sure a classifier may be: logits into probabilities that are as often right as they say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Doubles = NDArray[np.float64]
Ints = NDArray[np.intp]


def softmax(logits: Doubles) -> Doubles:
    """Turn logits (n, genres) into probabilities."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    result: Doubles = odds / odds.sum(axis=1, keepdims=True)
    return result


def temperature(logits: Doubles, labels: Ints, clips: int | None = None) -> float:
    """Give the factor of the logits whose probabilities fit best: one number for all genres.

    `clips` is how many different clips the rows stand for, where some stand there repeatedly. The
    true genre counts (n + 1) / (n + 2), not 1, as Platt does, so that a handful of clips that
    were all told apart does not make a probe certain of everything. Source: J. Platt,
    "Probabilistic outputs for support vector machines", 1999; C. Guo et al., "On calibration of
    modern neural networks", ICML 2017.
    """
    known = np.isfinite(logits).all(axis=1)
    rows, labels = logits[known], labels[known]
    if not len(rows):
        return 1.0
    n, genres = rows.shape
    rest = 1 / ((clips or n) + 2)
    target = np.full(rows.shape, rest / max(genres - 1, 1))
    target[np.arange(n), labels] = 1 - rest

    def loss(factor: float) -> float:
        return float(-(target * np.log(softmax(rows * factor) + 1e-12)).sum(axis=1).mean())

    # by their own spread: margins of different classifiers differ by powers of ten
    unit = max(float((rows - rows.mean(axis=1, keepdims=True)).std()), 1e-12)
    tried = np.geomspace(1e-2, 1e2, 41) / unit
    best = float(min(tried, key=loss))
    return float(min(np.geomspace(best / 1.3, best * 1.3, 21), key=loss))


def temper(logits: Doubles, labels: Ints, clips: int | None = None) -> Doubles:
    """Give calibrated probabilities for logits of clips that were kept back."""
    return softmax(logits * temperature(logits, labels, clips))


def losses(probabilities: NDArray[np.floating], labels: Ints) -> Doubles:
    """Give -ln p of the true genre of each row; NaN where nothing was said."""
    result: Doubles = -np.log(np.maximum(probabilities[np.arange(len(labels)), labels], 1e-9))
    return result


def log_loss(probabilities: NDArray[np.floating], labels: Ints) -> float:
    """Give the mean of -ln p of the true genre; lower is better, ln(genres) is guessing."""
    return float(losses(probabilities, labels).mean())


def calibration_error(probabilities: NDArray[np.floating], labels: Ints, bins: int = 10) -> float:
    """Give the expected calibration error of the best genre: 0 is right, lower is better.

    Mean over bins of the difference between how sure the probe was and how often it was right, by
    the clips in each bin; bins hold equally many clips, five at least.
    """
    n = len(labels)
    if not n:
        return 0.0
    sure = probabilities.max(axis=1)
    right = probabilities.argmax(axis=1) == labels
    parts = np.array_split(np.argsort(sure, kind="stable"), max(1, min(bins, n // 5)))
    return float(sum(len(p) * abs(sure[p].mean() - right[p].mean()) for p in parts) / n)
