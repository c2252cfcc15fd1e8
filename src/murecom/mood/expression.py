"""What faces express, and the point of valence and arousal that this is taken for.

The network (package `fer`, 64 x 64 grey pixels) tells seven expressions apart. They are mapped to
labels and points; faces count by their area, as the original counted them. An expression is what a
face does, not what somebody feels: the point is a proposal.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from murecom.mood.labels import LABELS, ORIGINAL
from murecom.mood.picture import Pixels
from murecom.types import Mood

Floats = NDArray[np.float32]

Network = Callable[[Floats], tuple[Floats, ...]]
"float32[64, 64, 1] from -1 to 1 -> one output, probabilities float32[7] of `EXPRESSIONS`."

SIDE = 64
"Pixels of the network's input."


@dataclass(frozen=True, slots=True)
class Expression:
    """One of the seven: the felt label and the class of the original that stand for it."""

    name: str
    label: str
    code: str | None
    valence: float
    arousal: float


EXPRESSIONS: Final = (
    Expression("angry", "anger", "NA", -0.7, 0.7),
    Expression("disgust", "disgust", "ND", -0.6, 0.3),
    Expression("fear", "fear", "NC", -0.6, 0.7),
    Expression("happy", "joy", "PA", 0.8, 0.5),
    Expression("sad", "sadness", "NB", -0.7, -0.4),
    Expression("surprise", "surprise", "PC", 0.2, 0.8),
    Expression("neutral", "neutral", None, 0.0, -0.1),
)
"""In the order of the network's output. The points are our placement on the circumplex of Russell,
"A circumplex model of affect", JPSP 1980; no set of rated pictures stands behind them."""

MARGINS, UP = (1.2, 1.4), 0.1
"""Sides of the two crops, and how far their middle lies above that of the detector's box, which
ends at the brows; in sides of the box. Around them the answer hardly changes; with 1.0 a calm
portrait read as angry."""

LEAST_FACE = 24
"Pixels of the smallest side that is read: the network was trained on faces of 48."

STEEPEST = 60.0
"Degrees of a head's tilt that are straightened; above, the eyes were not found rightly."


@dataclass(frozen=True, slots=True)
class SeenFace:
    """A face in a picture.

    `box` is left, top, width and height as shares of the picture, `score` how surely it is a face,
    `weight` its share of the mood, `expressions` the probability of each of the seven.
    """

    box: tuple[float, float, float, float]
    score: float
    weight: float
    expressions: dict[str, float]


def tilt(eyes: Floats) -> float:
    """Give how far a head leans clockwise, in degrees, from the points of its eyes, [2, 2]."""
    across, down = (eyes[1] - eyes[0]).tolist()
    angle = float(np.degrees(np.arctan2(down, across)))
    return angle if abs(angle) <= STEEPEST else 0.0


def crops(grey: Pixels, box: Floats, angle: float = 0.0) -> Floats:
    """Cut a face out, upright, from -1 to 1, as the network was trained to see it.

    Parameters
    ----------
    grey : uint8[height, width]
        The picture; beyond its edges they go on.
    box : float32[4]
        Left, top, right, bottom in pixels.
    angle : float
        How far the head leans clockwise, in degrees.

    Returns
    -------
    ndarray of float32, shape (4, 64, 64)
        Two sizes, each as it is and mirrored: the mean of what is read of them trembles less.
    """
    from PIL import Image

    side = max(float((box[2:] - box[:2]).max()), 1.0)
    turned = np.radians(angle)
    up = np.array([np.sin(turned), -np.cos(turned)]) * UP * side
    middle = (box[:2] + box[2:]) / 2 + up
    wide = round(SIDE * np.sqrt(2)) // 2 * 2 + 2  # holds the square at any angle
    cut = (wide - SIDE) // 2
    found = []
    for margin in MARGINS:
        half = side * margin * wide / SIDE / 2
        low, high = np.floor(middle - half).astype(int), np.ceil(middle + half).astype(int)
        columns = np.arange(low[0], high[0]).clip(0, grey.shape[1] - 1)
        rows = np.arange(low[1], high[1]).clip(0, grey.shape[0] - 1)
        image: Any = Image.fromarray(grey[np.ix_(rows, columns)])
        image = image.resize((wide, wide), Image.Resampling.BILINEAR)
        if angle:
            image = image.rotate(angle, Image.Resampling.BILINEAR)
        square = image.crop((cut, cut, cut + SIDE, cut + SIDE))
        values = np.asarray(square, np.float32) / 127.5 - 1
        found += [values, values[:, ::-1]]
    return np.stack(found)


def express(network: Network, patches: Floats) -> Floats:
    """Give the mean probabilities over crops of one face, float32[7]; they sum to 1."""
    said = np.stack([network(patch[..., None])[0] for patch in patches]).clip(0)
    mean = np.nan_to_num(said).mean(axis=0)
    total = float(mean.sum())
    if not total:
        return np.full(len(EXPRESSIONS), 1 / len(EXPRESSIONS), np.float32)
    shared: Floats = (mean / total).astype(np.float32)
    return shared


def shares(sizes: Floats) -> Floats:
    """Give the weight of faces from their widths and heights, [n, 2]: by area; sums to 1."""
    areas = np.prod(np.asarray(sizes, np.float64), axis=1)
    weights: Floats = (areas / max(areas.sum(), 1e-12)).astype(np.float32)
    return weights


def mood_of(expressions: Floats, weights: Floats, scores: Floats) -> Mood:
    """Give the mood that faces express together.

    Parameters
    ----------
    expressions : float32[n, 7]
        Probabilities of each face.
    weights, scores : float32[n]
        Share of each face, and how surely it is one.

    Returns
    -------
    Mood
        `confidence` is how sure the detector is, times how decided the expression is (1 less its
        entropy over that of a fair choice): certainty of a reading, not of a feeling. Without
        faces: `no_signal`.
    """
    if not len(expressions):
        none = {label: float(label == "no_signal") for label in LABELS}
        return Mood(0.0, 0.0, "no_signal", none, dict.fromkeys(ORIGINAL, 0.0))
    joint = weights @ expressions
    points = np.array([[one.valence, one.arousal] for one in EXPRESSIONS], np.float32)
    valence, arousal = (joint @ points).tolist()
    probabilities, classes = dict.fromkeys(LABELS, 0.0), dict.fromkeys(ORIGINAL, 0.0)
    for one, share in zip(EXPRESSIONS, joint.tolist(), strict=True):
        probabilities[one.label] += round(share, 4)
        if one.code is not None:
            classes[one.code] += round(share, 4)
    logs = np.log(np.maximum(expressions, 1e-9))
    decided = 1 + (expressions * logs).sum(axis=1) / np.log(len(EXPRESSIONS))
    return Mood(
        valence=round(valence, 4),
        arousal=round(arousal, 4),
        label=EXPRESSIONS[int(joint.argmax())].label,
        probabilities=probabilities,
        classes=classes,
        confidence=round(float((weights * scores * decided).sum().clip(0, 1)), 4),
        why=tuple(_said(*one) for one in zip(weights.tolist(), expressions, strict=True)),
    )


def named(expressions: Sequence[float]) -> dict[str, float]:
    """Give probabilities by the names of expressions."""
    pairs = zip(EXPRESSIONS, expressions, strict=True)
    return {one.name: round(float(share), 4) for one, share in pairs}


def _said(weight: float, expressions: Floats) -> str:
    order = np.argsort(-expressions, kind="stable")[:3]
    likely = [f"{EXPRESSIONS[n].name} {expressions[n]:.2f}" for n in order if expressions[n] > 0.05]
    return f"a face of {weight:.0%}: {', '.join(likely)}"
