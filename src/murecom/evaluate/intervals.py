"""How sure a figure is: bootstrap over playlists.

A playlist stands in several scenarios, so playlists are drawn, not cases: the figures of one draw
belong together, and a difference of two models is of the same draws (Efron and Tibshirani, "An
introduction to the bootstrap", 1993, chapter 13: percentile intervals).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from murecom.evaluate.protocol import Experiment

DRAWS = 1_000
"The ends of a 95 % interval then rest on 25 draws each."


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean with its 95 % interval."""

    value: float
    low: float
    high: float

    @property
    def is_clear(self) -> bool:
        """Whether 0 lies outside the interval."""
        return self.low > 0 or self.high < 0


@dataclass(frozen=True, slots=True, eq=False)
class Sample:
    """Values of some cases, shape (cases,), and which playlist each is of, from 0 on."""

    values: NDArray[np.float64]
    playlists: NDArray[np.int64]


class Bootstrap:
    """The same draws for every figure of an experiment.

    Parameters
    ----------
    playlists : int
        How many were tested.
    draws, seed : int
        How many draws, and of what they depend on.
    """

    def __init__(self, playlists: int, draws: int = DRAWS, seed: int = 0) -> None:
        random = np.random.default_rng(seed)
        shares = np.full(playlists, 1 / playlists)
        # how often each playlist is in each draw, shape (draws, playlists)
        self.draws = random.multinomial(playlists, shares, draws).astype(np.float64)

    @classmethod
    def of(cls, experiment: Experiment) -> tuple[Self, dict[str, NDArray[np.int64]]]:
        """Give the draws of an experiment, and for each scenario the playlists of its cases."""
        cases = experiment.cases
        tested = np.unique([case.playlist for own in cases.values() for case in own])
        rows = {
            name: np.searchsorted(tested, [case.playlist for case in own])
            for name, own in cases.items()
        }
        return cls(len(tested)), rows

    def figure(self, samples: Sequence[Sample]) -> Figure:
        """Give the mean over samples (scenarios) of the mean over their cases.

        nan without samples; samples that a draw misses altogether count with their own mean.
        """
        return _figure(_mean(samples), self._means(samples))

    def difference(self, samples: Sequence[Sample], base: Sequence[Sample]) -> Figure:
        """Give the mean of one less that of another, of the same cases, paired by playlists."""
        return _figure(_mean(samples) - _mean(base), self._means(samples) - self._means(base))

    def share_lost(self, samples: Sequence[Sample], base: Sequence[Sample]) -> Figure:
        """Give by which share the mean of one is below that of another; 0 where that is 0."""
        value, means = _mean(base), self._means(base)
        lost = means - self._means(samples)
        shares = np.divide(lost, means, out=np.zeros_like(lost), where=means > 0)
        return _figure((value - _mean(samples)) / value if value else 0.0, shares)

    def _means(self, samples: Sequence[Sample]) -> NDArray[np.float64]:
        """Give the mean of each draw, shape (draws,)."""
        means = []
        for sample in samples:
            size = self.draws.shape[1]
            counts = self.draws @ np.bincount(sample.playlists, minlength=size)
            sums = self.draws @ np.bincount(sample.playlists, sample.values, size)
            empty = np.full(len(counts), sample.values.mean())
            means.append(np.divide(sums, counts, out=empty, where=counts > 0))
        return np.mean(means, axis=0) if means else np.full(len(self.draws), np.nan)


def _mean(samples: Sequence[Sample]) -> float:
    return float(np.mean([s.values.mean() for s in samples])) if samples else float("nan")


def _figure(value: float, means: NDArray[np.float64]) -> Figure:
    low, high = np.quantile(means, [0.025, 0.975])
    return Figure(value, float(low), float(high))
