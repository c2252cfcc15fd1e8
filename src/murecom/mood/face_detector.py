"""Where faces are in a picture: the output of a small network, decoded here.

The network is BlazeFace for short range (Bazarevsky et al., "BlazeFace: Sub-millisecond Neural Face
Detection on Mobile GPUs", CVPR workshop 2019): 128 x 128 pixels in, 896 guesses out. It sees faces
that fill a fifth of its input or more, so a picture is shown to it whole and in overlapping parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.mood.picture import Pixels

Floats = NDArray[np.float32]

Network = Callable[[Floats], tuple[Floats, Floats]]
"float32[128, 128, 3] from -1 to 1 -> regressors float32[896, 16], logits float32[896]."

SIDE = 128
"Pixels of the network's input."

GRIDS = ((16, 2), (8, 6))
"""Cells a side and guesses a cell: strides of 8 and three times 16 over 128 pixels, two guesses for
each, as MediaPipe's `face_detection_short_range` sets its anchors."""

SURE, SURE_IN_PARTS = 0.7, 0.87
"""Probability that a face needs in the whole picture, and in its parts, of which there are many,
each a chance to err. Chosen on 100 small faces (95 of 100 above .75) and 100 patches without one
(all below .70), and on 28 photographs, drawings and textures: a headlamp had .85 in a part, a cat
.61. MediaPipe takes 0.5."""

SAME = 0.3
"Overlap (intersection over union) above which two guesses are one face; MediaPipe's."

INSIDE = 0.7
"Share of the smaller one that lies in the other, above which two guesses are one face, too."

SMALLEST_PART = 160
"Pixels of the smallest part that is looked at: enlarging further shows nothing new."

DEPTH = 2
"How often the picture is halved: with 2 a face of a twentieth of its longer side is found."

EDGE = 0.02
"A face nearer to an edge of a part (as a share of its side) is cut; another part has it whole."


@dataclass(frozen=True, slots=True)
class Faces:
    """Faces, the surest first.

    `boxes` float32[n, 4]: left, top, right, bottom; `points` float32[n, 6, 2]: x and y of the eyes,
    the tip of the nose, the mouth and the ears; `scores` float32[n] from 0 to 1.
    """

    boxes: Floats
    points: Floats
    scores: Floats

    def __len__(self) -> int:
        return len(self.scores)

    def pick(self, rows: NDArray[np.intp] | NDArray[np.bool_]) -> Faces:
        """Give some of the faces."""
        return Faces(self.boxes[rows], self.points[rows], self.scores[rows])


def anchors() -> Floats:
    """Give the centres that guesses are relative to, float32[896, 2] of x and y from 0 to 1."""
    grids = []
    for cells, guesses in GRIDS:
        at = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(at, at, indexing="ij")
        grids.append(np.repeat(np.stack([x, y], axis=-1).reshape(-1, 2), guesses, axis=0))
    return np.concatenate(grids)


def decode(regressors: Floats, logits: Floats, least: float = SURE) -> Faces:
    """Turn the output of the network into faces, in shares of its input, not merged yet.

    Parameters
    ----------
    regressors : float32[896, 16]
        Offset of the centre from the anchor, width and height, then six points, all in pixels.
    logits : float32[896]
        Before the logistic function.
    least : float
        Probability below which a guess is dropped. Boxes without an area and values that are no
        numbers are dropped, too.
    """
    clipped = np.clip(logits.astype(np.float32).reshape(-1), -80, 80)  # exp stays finite
    scores = (1 / (1 + np.exp(-clipped))).astype(np.float32)
    values = regressors.reshape(-1, 8, 2).astype(np.float32) / SIDE
    centres = values[:, 0] + anchors()
    half = values[:, 1] / 2
    boxes = np.concatenate([centres - half, centres + half], axis=1).astype(np.float32)
    points = (values[:, 2:] + anchors()[:, None]).astype(np.float32)
    with np.errstate(invalid="ignore"):
        good = (scores >= least) & (half > 0).all(axis=1) & np.isfinite(values).all(axis=(1, 2))
    order = np.flatnonzero(good)
    order = order[np.argsort(-scores[order], kind="stable")]
    return Faces(boxes[order], points[order], scores[order])


def overlaps(box: Floats, boxes: Floats) -> tuple[Floats, Floats]:
    """Give intersection over union, and intersection over the smaller one; float32[n] each."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    common = np.prod(np.clip(high - low, 0, None), axis=1)
    area, areas = np.prod(box[2:] - box[:2]), np.prod(boxes[:, 2:] - boxes[:, :2], axis=1)
    union = np.maximum(area + areas - common, 1e-12)
    return common / union, common / np.maximum(np.minimum(area, areas), 1e-12)


def merge(faces: Faces) -> Faces:
    """Make one face of guesses that overlap: their mean, weighted by score; the best score.

    Weighted non-maximum suppression as in the paper of BlazeFace, which trembles less than taking
    the best guess. Faces come out surest first and overlap less than `SAME`, as the guesses
    that they were chosen by did.
    """
    left = faces.pick(np.argsort(-faces.scores, kind="stable"))
    boxes, points, scores = [], [], []
    while len(left):
        same, inside = overlaps(left.boxes[0], left.boxes)
        alike = same > SAME
        alike[0] = True
        weights = left.scores[alike] / left.scores[alike].sum()
        boxes.append(weights @ left.boxes[alike])
        points.append(np.tensordot(weights, left.points[alike], axes=1))
        scores.append(left.scores[0])
        left = left.pick(~(alike | (inside > INSIDE)))
    return Faces(
        np.array(boxes, np.float32).reshape(-1, 4),
        np.array(points, np.float32).reshape(-1, 6, 2),
        np.array(scores, np.float32),
    )


def parts(width: int, height: int) -> Iterator[tuple[int, int, int]]:
    """Give the squares of a picture that are looked at: left, top, side; the whole picture first.

    The whole picture is made square by margins; once more with wider ones, because faces that fill
    all of it are seen badly. Parts overlap by half, so that a face smaller than half a part is
    whole in one of them.
    """
    longer = max(width, height)
    for side in (longer, longer + longer // 2):
        yield (width - side) // 2, (height - side) // 2, side
    for halved in range(1, DEPTH + 1):
        side = -(-longer >> halved)  # rounded up: three and seven parts a side at most
        if side < SMALLEST_PART:
            return
        for top in _starts(height, side):
            for left in _starts(width, side):
                yield left, top, side


def _starts(length: int, side: int) -> list[int]:
    """Give where parts of a side begin, at most half a part apart, the last one at the end."""
    if length <= side:
        return [(length - side) // 2]
    steps = -(-(length - side) * 2 // side)
    return [round((length - side) * step / steps) for step in range(steps + 1)]


class FaceDetector:
    """Finds faces with a network."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def find(self, pixels: Pixels) -> Faces:
        """Give the faces of a picture, uint8[height, width, 3], in its pixels.

        A picture without faces, and one without pixels, gives none.
        """
        from PIL import Image

        height, width = pixels.shape[:2]
        found = []
        if pixels.size:
            image = Image.fromarray(pixels)
            for left, top, side in parts(width, height):
                least = SURE if side >= max(width, height) else SURE_IN_PARTS
                square = image.crop((left, top, left + side, top + side))
                small = square.resize((SIDE, SIDE), Image.Resampling.BILINEAR)
                shown = np.asarray(small, np.float32) / 127.5 - 1
                faces = merge(decode(*self._network(shown), least))
                faces = _uncut(faces, (left, top, side), (width, height))
                corner = np.array([left, top], np.float32)
                boxes = faces.boxes * side + np.tile(corner, 2)
                found.append(Faces(boxes, faces.points * side + corner, faces.scores))
        if not found:
            found = [decode(np.zeros((896, 16), np.float32), np.full(896, -80, np.float32))]
        return merge(
            Faces(
                np.concatenate([faces.boxes for faces in found]),
                np.concatenate([faces.points for faces in found]),
                np.concatenate([faces.scores for faces in found]),
            )
        )


def _uncut(faces: Faces, part: tuple[int, int, int], size: tuple[int, int]) -> Faces:
    """Leave out what an inner edge of the part cuts."""
    left, top, side = part
    is_inner = np.array([left > 0, top > 0, left + side < size[0], top + side < size[1]])
    near = np.concatenate([faces.boxes[:, :2] < EDGE, faces.boxes[:, 2:] > 1 - EDGE], axis=1)
    return faces.pick(~(near & is_inner).any(axis=1))
