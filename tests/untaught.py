"""A model of moods for tests of teaching: it knows two words, and counts words as its encoder."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from murecom.mood.labels import FELT

Floats = NDArray[np.float32]

KNOWN = {"happy": "joy", "sad": "sadness"}


class Letters:
    """An encoder that counts words: texts with the same words are alike."""

    key = "letters-1"
    dim = 64

    def encode(self, texts: Sequence[str]) -> Floats:
        rows = np.zeros((len(texts), self.dim), np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                rows[row, zlib.crc32(word.encode()) % self.dim] += 1
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


class WordReader:
    """As `mood.model.MoodModel`; `texts` are all that it was asked to read.

    After `stop_after` calls it is interrupted, as by Ctrl-C.
    """

    def __init__(self, stop_after: int | None = None) -> None:
        self.encoder = Letters()
        self.texts: list[str] = []
        self.calls = 0
        self.stop_after = stop_after

    def log_probabilities(self, texts: Sequence[str]) -> Floats:
        self.calls += 1
        if self.stop_after is not None and self.calls > self.stop_after:
            raise KeyboardInterrupt
        self.texts += texts
        found = np.full((len(texts), len(FELT)), 1 / len(FELT), np.float32)
        for row, text in enumerate(texts):
            for word, label in KNOWN.items():
                if word in text:
                    found[row] = 1e-5
                    found[row, FELT.index(label)] = 1
        return np.log(found)
