"""A reader of moods for tests: it knows a few words, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.mood.labels import FELT

Floats = NDArray[np.float32]

WORDS = {
    "happy": ("joy", 0.8, 0.6),
    "sad": ("sadness", -0.8, -0.4),
    "angry": ("anger", -0.7, 0.8),
    "calm": ("calm", 0.5, -0.7),
}


@dataclass
class Read:
    """As `mood.readings.Readings`."""

    probabilities: Floats
    points: Floats
    confidence: Floats


class WordReader:
    """As `mood.model.MoodModel`; `texts` are all that it was asked to read.

    After `stop_after` calls it is interrupted, as by Ctrl-C.
    """

    def __init__(self, stop_after: int | None = None, key: str = "words-1") -> None:
        self.key = key
        self.texts: list[str] = []
        self.calls = 0
        self.stop_after = stop_after

    def readings(self, texts: Sequence[str]) -> Read:
        self.calls += 1
        if self.stop_after is not None and self.calls > self.stop_after:
            raise KeyboardInterrupt
        self.texts += texts
        shares = np.zeros((len(texts), len(FELT)), np.float32)
        points = np.zeros((len(texts), 2), np.float32)
        sure = np.zeros(len(texts), np.float32)
        for row, text in enumerate(texts):
            for word, (label, valence, arousal) in WORDS.items():
                if word in text.lower():
                    shares[row, FELT.index(label)] = 1
                    points[row] = valence, arousal
                    sure[row] = 0.9
        return Read(shares, points, sure)
