"""Why a text was read as it was: the phrases that are near it, and the words and signs in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.mood.labels import CLASSES
from murecom.mood.reading import Reading
from murecom.mood.tables import phrases
from murecom.types import Mood

Floats = NDArray[np.float32]

NEAREST = 5
"Phrases that are named."

LEAST = 0.25
"Similarity below which a phrase is not called near: two random sentences of a language have 0.1."


@dataclass(frozen=True, slots=True)
class Pull:
    """A phrase near the text: its class by code and name, and the cosine to the text."""

    phrase: str
    language: str
    code: str
    name: str
    similarity: float


@dataclass(frozen=True, slots=True)
class Found:
    """A word or sign of the text: its class, its weight, and whether it was turned around."""

    text: str
    code: str
    name: str
    weight: float
    is_negated: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """A mood, and what pulled it there; `voices` are the further ones that were asked."""

    mood: Mood
    phrases: tuple[Pull, ...]
    found: tuple[Found, ...]
    voices: tuple[str, ...]


_NAMES = {one.code: one.name for one in CLASSES}


def explain(
    mood: Mood, reading: Reading, vectors: Floats, table: Floats, voices: list[str]
) -> Explanation:
    """Put together why a text has its mood.

    Parameters
    ----------
    mood : Mood
        What was read.
    reading : Reading
        The text, taken apart.
    vectors : ndarray of float32, shape (pieces, d)
        Of its pieces.
    table : ndarray of float32, shape (phrases, d)
        Of `tables.phrases()`.
    voices : list of str
        Names of further voices.
    """
    pulls: list[Pull] = []
    if reading.pieces and vectors.any():
        rows = phrases()
        similarity = (vectors @ table.T).max(axis=0)
        for row in np.argsort(-similarity, kind="stable")[:NEAREST]:
            language, code, text = rows[int(row)]
            if similarity[row] >= LEAST:
                near = round(float(min(similarity[row], 1.0)), 3)
                pulls.append(Pull(text, language, code, _NAMES[code], near))
    found = [
        Found(cue.text, cue.code, _NAMES[cue.code], cue.weight, cue.is_negated)
        for piece in reading.pieces
        for cue in piece.cues
    ]
    return Explanation(mood, tuple(pulls), tuple(found), tuple(voices))
