"""What one part (its lyrics, its comments …) says of the mood of many tracks, as arrays.

Texts are read one by one; a track has many of them, of which some are wrong, and a few strong ones
should not be outvoted by a crowd that says little. `gathered` makes one mood of many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from murecom.mood.labels import FELT

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

_NEUTRAL = FELT.index("neutral")

FAINT = 0.15
"""What is felt less is nothing. "Rock", "2014" and other words without any feeling are at .10, as
are most names of the playlists of `benchmarks/_mood_tracks.py`."""

ROUNDS, NEAREST = 3, 0.3
"""Of the robust mean: steps of Weiszfeld's algorithm for the geometric median (Weiszfeld 1937), in
which points nearer than `NEAREST` count alike, so that it is the plain mean of what agrees."""


class Read(Protocol):
    """The moods of n texts, as `mood.readings.Readings`."""

    @property
    def probabilities(self) -> Floats:
        """Over `FELT`, shape (n, 9)."""

    @property
    def points(self) -> Floats:
        """Valence and arousal, shape (n, 2)."""

    @property
    def confidence(self) -> Floats:
        """0..1, 0 where nothing could be read, shape (n,)."""


class Reader(Protocol):
    """Reads the moods of texts, as `mood.model.MoodModel`."""

    def readings(self, texts: Sequence[str]) -> Read:
        """Give the moods of texts, empty ones included."""


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """What a part says of n tracks.

    Parameters
    ----------
    points : ndarray of float32, shape (n, 2)
        Valence and arousal, -1..1; 0 where nothing is known.
    probabilities : ndarray of float32, shape (n, 9)
        Over `FELT`; zeros where nothing or only a point is known.
    confidence : ndarray of float32, shape (n,)
        0..1; 0 where nothing is known.
    count : ndarray of int64, shape (n,)
        Texts, playlists or measurements that it rests on.
    spread : ndarray of float32, shape (n,)
        Their mean distance from the point.
    """

    points: Floats
    probabilities: Floats
    confidence: Floats
    count: Numbers
    spread: Floats

    def __len__(self) -> int:
        return len(self.confidence)


def nothing(count: int) -> Column:
    """Give a column of tracks of which nothing is known."""
    return Column(
        np.zeros((count, 2), np.float32),
        np.zeros((count, len(FELT)), np.float32),
        np.zeros(count, np.float32),
        np.zeros(count, np.int64),
        np.zeros(count, np.float32),
    )


def felt(read: Read) -> Floats:
    """Give how sure it is that texts show any feeling at all, 0..1, shape (n,).

    A text that is surely neutral says nothing of the mood of a song: below `FAINT` it is 0.
    """
    sure = np.asarray(read.confidence * (1 - read.probabilities[:, _NEUTRAL]), np.float32)
    return np.where(sure >= FAINT, sure, np.float32(0))


def gathered(read: Read, weights: Floats, groups: Numbers, count: int, thin: float) -> Column:
    """Make one mood of the many texts of each track.

    Parameters
    ----------
    read : Read
        Moods of n texts.
    weights : ndarray of float32, shape (n,)
        How much each counts, times what is `felt` in it; 0 leaves it out.
    groups : ndarray of int64, shape (n,)
        The track of each text, from 0.
    count : int
        How many tracks.
    thin : float
        Weight of texts at which a track is half sure: its confidence is w / (w + thin).

    Returns
    -------
    Column
        Points are robust means; of a track without readable texts nothing is known.
    """
    points = np.asarray(read.points, np.float64)
    trust = np.asarray(weights, np.float64) * felt(read).astype(np.float64)
    total = np.bincount(groups, trust, count)
    known = total > 0
    centre = _means(points, trust, groups, count)
    for _ in range(ROUNDS):
        distance = np.linalg.norm(points - centre[groups], axis=1)
        centre = _means(points, trust / np.maximum(distance, NEAREST), groups, count)
    distance = np.linalg.norm(points - centre[groups], axis=1)
    shares = _means(np.asarray(read.probabilities, np.float64), trust, groups, count)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-9)
    return Column(
        np.clip(centre, -1, 1).astype(np.float32),
        shares.astype(np.float32),
        np.where(known, total / (total + thin), 0).astype(np.float32),
        np.bincount(groups, trust > 0, count).astype(np.int64),
        _means(distance[:, None], trust, groups, count)[:, 0].astype(np.float32),
    )


def _means(
    values: NDArray[np.float64], weights: NDArray[np.float64], groups: Numbers, count: int
) -> NDArray[np.float64]:
    """Give the weighted means of rows by group, shape (count, columns); 0 for empty groups."""
    total = np.maximum(np.bincount(groups, weights, count), 1e-12)
    sums = [np.bincount(groups, weights * column, count) for column in values.T]
    means: NDArray[np.float64] = np.stack(sums, axis=1) / total[:, None]
    return means
