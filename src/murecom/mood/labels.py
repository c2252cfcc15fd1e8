"""The names of moods: ten labels, the 21 classes of the original, and where they stand.

A mood is a point: valence (unpleasant to pleasant) and arousal (quiet to excited), both from -1 to
1. Labels are what a listener reads; the 21 classes are those of the original, by its codes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

LABELS: Final = (
    "anger", "disgust", "fear", "joy", "love", "calm", "sadness", "surprise", "neutral",
    "no_signal",
)  # fmt: skip
"Every label, in the order of columns; `no_signal` is last and stands for: nothing was said."

FELT: Final = LABELS[:-1]
"The labels that a text can have; columns of `Readings.probabilities`."


FAMILY: Final = {
    "anger": 0, "disgust": 0, "joy": 1, "love": 1, "calm": 1, "neutral": 2, "sadness": 3,
    "fear": 4, "surprise": 5,
}  # fmt: skip
"Labels that texts of other sources call by one name have one number."


RELATIVES: Final = (("anger", "disgust"), ("joy", "love"))
"Labels that many schemes have only one of. Calm is not joy in any."


@dataclass(frozen=True, slots=True)
class MoodClass:
    """One of the finer classes: its point, and the labels that it is part of (shares sum to 1)."""

    code: str
    name: str
    chinese: str
    valence: float
    arousal: float
    labels: tuple[tuple[str, float], ...]


def _one(label: str) -> tuple[tuple[str, float], ...]:
    return ((label, 1.0),)


CLASSES: Final = (
    MoodClass("PA", "happiness", "快乐", 0.85, 0.55, _one("joy")),
    MoodClass("PE", "relief", "安心", 0.6, -0.4, _one("calm")),
    MoodClass("PD", "respect", "尊敬", 0.5, 0.05, _one("love")),
    MoodClass("PH", "praise", "赞扬", 0.65, 0.2, (("love", 0.7), ("joy", 0.3))),
    MoodClass("PG", "trust", "相信", 0.55, 0.1, (("love", 0.5), ("joy", 0.5))),
    MoodClass("PB", "love", "喜爱", 0.75, 0.25, _one("love")),
    MoodClass("PK", "wishes", "祝愿", 0.6, 0.15, (("love", 0.5), ("joy", 0.5))),
    MoodClass("NA", "anger", "愤怒", -0.7, 0.75, _one("anger")),
    MoodClass("NB", "sadness", "悲伤", -0.75, -0.35, _one("sadness")),
    MoodClass("NJ", "disappointment", "失望", -0.6, -0.3, _one("sadness")),
    MoodClass("NH", "guilt", "疚", -0.55, -0.05, _one("sadness")),
    MoodClass("PF", "longing", "思", -0.2, -0.3, _one("sadness")),
    MoodClass("NI", "panic", "慌", -0.5, 0.65, _one("fear")),
    MoodClass("NC", "fear", "恐惧", -0.65, 0.7, _one("fear")),
    MoodClass("NG", "shame", "羞", -0.35, 0.3, (("fear", 0.5), ("sadness", 0.5))),
    MoodClass("NE", "gloom", "烦闷", -0.55, 0.1, (("anger", 0.5), ("sadness", 0.5))),
    MoodClass("ND", "hate", "憎恶", -0.65, 0.35, _one("disgust")),
    MoodClass("NN", "blame", "贬责", -0.55, 0.35, (("disgust", 0.6), ("anger", 0.4))),
    MoodClass("NK", "jealousy", "妒忌", -0.5, 0.35, (("disgust", 0.5), ("anger", 0.5))),
    MoodClass("NL", "doubt", "怀疑", -0.25, 0.2, (("disgust", 0.5), ("surprise", 0.5))),
    MoodClass("PC", "surprise", "惊奇", 0.1, 0.75, _one("surprise")),
    MoodClass("CALM", "calm", "平静", 0.5, -0.65, _one("calm")),
    MoodClass("TIRED", "tiredness", "疲倦", -0.35, -0.75, (("sadness", 0.7), ("neutral", 0.3))),
    MoodClass("NEUTRAL", "neutral", "中性", 0.0, -0.05, _one("neutral")),
)  # fmt: skip
"""The 21 classes of the original, whose codes and names are those of the DUTIR ontology (Xu et
al., 2008), and three more. The points are our placement on the circumplex of Russell, "A circumplex
model of affect", JPSP 1980; the labels follow the seven large classes of the ontology, with
scolding and jealousy also counted as anger, as labelled texts of other sources do."""

CODES: Final = tuple(one.code for one in CLASSES)
"Codes in the order of columns."

WIDTH: Final = 0.25
"Distance in the plane at which a class is still much like a point; joy and calm are 1.2 apart."

ORIGINAL: Final = CODES[:21]
"The codes of the original."


def points() -> Floats:
    """Give valence and arousal of the classes, shape (classes, 2)."""
    return np.array([[one.valence, one.arousal] for one in CLASSES], np.float32)


def near(valence: float, arousal: float) -> Floats:
    """Give how much a point is like each felt label, shape (9,), sums to 1.

    A class counts by a Gaussian of its distance, `WIDTH` wide, and for its labels by its shares.
    """
    square = ((points() - np.array([valence, arousal], np.float32)) ** 2).sum(axis=1)
    found: Floats = np.exp(-square / (2 * WIDTH**2)) @ shares()
    result: Floats = (found / max(float(found.sum()), 1e-12)).astype(np.float32)
    return result


def shares() -> Floats:
    """Give how much of each class each label is, shape (classes, felt labels); rows sum to 1."""
    matrix = np.zeros((len(CLASSES), len(FELT)), np.float32)
    for row, one in enumerate(CLASSES):
        for label, share in one.labels:
            matrix[row, FELT.index(label)] = share
    return matrix
