"""A voice: one more opinion on the mood of a text, beside those that are shipped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


class Voice(Protocol):
    """What a lexicon or a taught head has to say."""

    @property
    def name(self) -> str:
        """Name for explanations."""

    @property
    def weight(self) -> float:
        """Factor of its log-probabilities in the sum."""

    def speak(self, texts: Sequence[str], vectors: Floats) -> tuple[Floats, Floats]:
        """Judge texts.

        Parameters
        ----------
        texts : sequence of str
            Cleaned texts.
        vectors : ndarray of float32, shape (n, dim)
            Of the encoder, rows of zeros for texts without words.

        Returns
        -------
        probabilities : ndarray of float32, shape (n, 9)
            Over `labels.FELT`; rows sum to 1 (any row where the evidence is 0).
        evidence : ndarray of float32, shape (n,)
            0..1, factor of the weight text by text; 0 where it has nothing to say.
        """
