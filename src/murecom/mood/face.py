"""Picture -> mood: the faces of a picture, what they express, and a point to start from.

Nothing is stored and nobody is recognised: a picture goes in, a `PictureMood` comes out. The two
networks are not part of murecom; `jobs.face_model` fetches them when the user asks for it.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from murecom.mood import expression, face_detector
from murecom.mood.expression import SeenFace
from murecom.mood.face_detector import FaceDetector
from murecom.mood.face_network import Floats, SmallNetwork
from murecom.mood.picture import Picture, open_picture
from murecom.types import Mood


@dataclass(frozen=True, slots=True)
class PictureMood:
    """What a picture says: the mood, the faces it was read from, largest first, and notes.

    Without a face that could be read the mood is `no_signal` and a note says so.
    """

    mood: Mood
    faces: tuple[SeenFace, ...] = ()
    notes: tuple[str, ...] = ()


class FaceReader:
    """Reads moods from pictures; may be shared by threads, which then wait for each other.

    Parameters
    ----------
    detector : callable
        See `face_detector.Network`.
    expressions : callable
        See `expression.Network`.
    """

    def __init__(self, detector: face_detector.Network, expressions: expression.Network) -> None:
        self._detector, self._expressions = FaceDetector(detector), expressions
        self._lock = threading.Lock()

    @classmethod
    def of_files(cls, detector: bytes, expressions: bytes) -> FaceReader:
        """Make a reader from the content of the two files.

        Raises
        ------
        MissingExtra
            The extra `face` is not installed.
        BadInput
            One is no network, or not the one that is expected.
        """
        find = SmallNetwork(detector, (1, 128, 128, 3), (1, 896, 16), (1, 896, 1))
        read = SmallNetwork(expressions, (1, 64, 64, 1), (1, len(expression.EXPRESSIONS)))

        def guesses(values: Floats) -> tuple[Floats, Floats]:
            regressors, logits = find(values)
            return regressors, logits[:, 0]

        return cls(guesses, read)

    def read(self, source: Path | bytes | Picture) -> PictureMood:
        """Read a picture: a file, its content, or its pixels; errors as in `open_picture`."""
        picture = source if isinstance(source, Picture) else open_picture(source)
        with self._lock:
            return self._read(picture)

    def _read(self, picture: Picture) -> PictureMood:
        from PIL import Image

        height, width = picture.pixels.shape[:2]
        found = self._detector.find(picture.pixels)
        sizes = found.boxes[:, 2:] - found.boxes[:, :2]
        large = sizes.min(axis=1, initial=np.inf) >= expression.LEAST_FACE
        small = int((~large).sum())
        order = np.flatnonzero(large)
        order = order[np.argsort(-sizes[order].prod(axis=1), kind="stable")]
        kept, sizes = found.pick(order), sizes[order]
        notes = [*picture.notes, *_notes(len(kept), small)]
        image: Any = Image.fromarray(picture.pixels)
        grey = np.asarray(image.convert("L"), np.uint8)  # ITU-R 601, as the network was trained
        said = np.zeros((len(kept), len(expression.EXPRESSIONS)), np.float32)
        for row in range(len(kept)):
            angle = expression.tilt(kept.points[row, :2])
            patches = expression.crops(grey, kept.boxes[row], angle)
            said[row] = expression.express(self._expressions, patches)
        weights = expression.shares(sizes)
        mood = expression.mood_of(said, weights, kept.scores)
        scale = np.array([width, height, width, height], np.float32)
        places = np.concatenate([kept.boxes[:, :2], sizes], axis=1) / scale
        faces = [
            SeenFace(_rounded(place), round(score, 4), round(weight, 4), expression.named(row))
            for place, score, weight, row in zip(
                places.tolist(), kept.scores.tolist(), weights.tolist(), said.tolist(), strict=True
            )
        ]
        return PictureMood(mood, tuple(faces), tuple(notes))


def _rounded(place: list[float]) -> tuple[float, float, float, float]:
    left, top, width, height = (round(number, 4) for number in place)
    return left, top, width, height


def _notes(kept: int, small: int) -> list[str]:
    if kept:
        few = "1 face was" if small == 1 else f"{small} faces were"
        return [f"{few} too small to read."] if small else []
    if small:
        return ["The faces are too small to read. Take a picture from nearer."]
    return ["No face was found. Take one from the front, in even light, or say it in words."]
