"""Networks that see coloured squares as faces, and such squares: known truth for the tests."""

from __future__ import annotations

import numpy as np

from murecom.mood.expression import EXPRESSIONS
from murecom.mood.face import FaceReader
from murecom.mood.face_detector import SIDE, anchors

COLOURS = {"happy": (255, 0, 0), "sad": (0, 255, 0), "angry": (0, 0, 255)}
GREYS = {"happy": 76, "sad": 150, "angry": 29}  # as Pillow makes them of the colours

SEEN = 0.12
"Share of the input that a square must fill to be seen, as with the true network."


def picture(width=640, height=480, faces=(), ground=128):
    """Give uint8[height, width, 3] with squares: (expression, left, top, side)."""
    pixels = np.full((height, width, 3), ground, np.uint8)
    for name, left, top, side in faces:
        pixels[max(top, 0) : top + side, max(left, 0) : left + side] = COLOURS[name]
    return pixels


def output_for(boxes, logit=4.0):
    """Give regressors and logits that say these boxes (left, top, right, bottom from 0 to 1)."""
    regressors = np.zeros((896, 16), np.float32)
    logits = np.full(896, -20.0, np.float32)
    free = np.ones(896, bool)
    for left, top, right, bottom in boxes:
        centre = np.array([(left + right) / 2, (top + bottom) / 2])
        away = np.linalg.norm(anchors() - centre, axis=1) + ~free * 9
        row = int(away.argmin())
        free[row] = False
        size = np.array([right - left, bottom - top])
        offset = centre - anchors()[row]
        eyes = [offset + size * np.array([x, -0.1]) for x in (-0.2, 0.2)]
        rest = [offset] * 4
        regressors[row] = np.concatenate([offset, size, *eyes, *rest]) * SIDE
        logits[row] = logit
    return regressors, logits


def detector(values):
    """See squares of the three colours that fill enough of the input."""
    assert values.shape == (SIDE, SIDE, 3)
    assert values.dtype == np.float32
    boxes = []
    for colour in COLOURS.values():
        far = np.abs(values - (np.array(colour) / 127.5 - 1)).max(axis=2)
        rows, columns = np.nonzero(far < 0.5)
        if len(rows):
            box = np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]) / SIDE
            if min(box[2:] - box[:2]) >= SEEN:
                boxes.append(box)
    return output_for(boxes)


def expressions(values):
    """Name the expression whose grey lies in the middle of the face."""
    assert values.shape == (64, 64, 1)
    assert values.dtype == np.float32
    grey = (values[32, 32, 0] + 1) * 127.5
    name = min(GREYS, key=lambda one: abs(GREYS[one] - grey))
    return (np.array([one.name == name for one in EXPRESSIONS], np.float32),)


def reader():
    return FaceReader(detector, expressions)
