"""Moods of many texts as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.mood.labels import CLASSES, FELT, points

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Readings:
    """What n texts say of a mood.

    Attributes
    ----------
    probabilities : ndarray of float32, shape (n, 9)
        Over `labels.FELT`; rows sum to 1, rows of zeros where nothing could be read.
    classes : ndarray of float32, shape (n, 24)
        Over `labels.CLASSES`, likewise.
    points : ndarray of float32, shape (n, 2)
        Valence and arousal, -1..1; 0, 0 where nothing could be read.
    confidence : ndarray of float32, shape (n,)
        0..1; 0 where nothing could be read.
    """

    probabilities: Floats
    classes: Floats
    points: Floats
    confidence: Floats

    def __len__(self) -> int:
        return len(self.confidence)

    @classmethod
    def of_classes(cls, classes: Floats, probabilities: Floats, confidence: Floats) -> Readings:
        """Make readings from the probabilities of classes and labels; the points are their means.

        Parameters
        ----------
        classes, probabilities, confidence
            As the attributes.
        """
        return cls(probabilities, classes, classes @ points(), confidence)

    @classmethod
    def silent(cls, n: int) -> Readings:
        """Make readings of n texts that say nothing."""
        zeros = np.zeros
        return cls(
            zeros((n, len(FELT)), np.float32),
            zeros((n, len(CLASSES)), np.float32),
            zeros((n, 2), np.float32),
            zeros(n, np.float32),
        )
