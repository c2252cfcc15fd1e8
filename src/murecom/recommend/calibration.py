"""From the raw scores of a model to the 0..1 that listeners see.

Raw scores of different models cannot be compared: a cosine of 0.4 may be a close neighbour in one
space and a chance pair in another. A calibration is a monotone table, stored with its model, in
which 0.1 is always what two random tracks get and 1 is the track itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

RANDOM_PAIR = 0.1
"Score of the median random pair: low enough that a listener reads it as 'not alike'."


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """A piecewise linear, strictly rising function onto 0..1.

    `table` has shape (2, points): raw scores and what they become. Raw scores outside are held at
    the ends.
    """

    table: NDArray[np.float64]

    def __post_init__(self) -> None:
        table = self.table
        fits = table.ndim == 2 and table.shape[0] == 2 and table.shape[1] >= 2
        if not fits or not np.isfinite(table).all() or not (np.diff(table, axis=1) > 0).all():
            raise ValueError("a calibration must rise strictly")
        if table[1, 0] < 0 or table[1, -1] > 1:
            raise ValueError("a calibration must stay in 0..1")

    @classmethod
    def through(cls, points: Sequence[tuple[float, float]]) -> Self:
        """Make a calibration from (raw, score) points in rising order."""
        return cls(np.array(points, dtype=np.float64).T)

    @classmethod
    def of_sample(cls, raw: ArrayLike) -> Self:
        """Make a calibration from raw scores of random pairs that include some of the best.

        The lowest becomes 0, the median 0.1, the highest 1. Infinite scores are left out; a sample
        without any spread gets a table of arbitrary width around its only value.
        """
        sample = np.asarray(raw, dtype=np.float64)
        sample = sample[np.isfinite(sample)]
        if sample.size == 0:
            sample = np.zeros(1)
        low, middle, high = sample.min(), np.median(sample), sample.max()
        least = max(1e-6, 1e-6 * max(abs(low), abs(high)))
        # Many scores are 0 for most pairs: the median then is the minimum, and must not sit on it.
        low = min(low, middle - least)
        high = max(high, middle + least)
        return cls.through([(low, 0.0), (middle, RANDOM_PAIR), (high, 1.0)])

    def __call__(self, raw: ArrayLike) -> NDArray[np.float32]:
        """Give the scores, any shape, 0..1; NaN and -inf become 0."""
        values = np.asarray(raw, np.float64)
        values = np.where(np.isnan(values), -np.inf, values)
        scores: NDArray[np.float32]
        scores = np.interp(values, self.table[0], self.table[1]).astype(np.float32)
        return scores
