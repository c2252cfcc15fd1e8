"""How far a clip may be from everything that was learned: what keeps noise from being sure."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from murecom.label.probe import KEYS, Floats
from murecom.train.cases import Ints, columns_of

Doubles = NDArray[np.float64]

SHRINK = 0.5
"""Share of the identity in the covariance that distances are measured by. Between 0.1 and 0.9 it
tells noise, free game music and genres left out equally well from clips of known genres."""

NEAR, REACH = 0.9, 1.5
"""Evidence is whole up to the distance that 90 % of clips kept back have, and falls to a tenth
within 1.5 times what lies between that and their median: noise is not sure then
(`docs/design/probe.md`)."""


def ball(z: Floats, labels: Ints, genres: int) -> tuple[Floats, Floats]:
    """Give what makes of every genre a ball: whitening (dim, rank), and centres (genres, rank).

    The network's and the timbre's columns only: tags are rare words, silent about the unknown. A
    genre without clips gets a centre that nothing is near to.
    """
    columns = columns_of((KEYS[0], KEYS[2]))
    x = z[:, columns].astype(np.float64)
    counts = np.bincount(labels, minlength=genres)
    centres = np.zeros((genres, x.shape[1]))
    np.add.at(centres, labels, x)
    centres /= np.maximum(counts, 1)[:, None]
    rest = x - centres[labels]
    covariance = rest.T @ rest / len(x)
    flat = max(float(np.trace(covariance)) / len(covariance), 1e-12)
    covariance = (1 - SHRINK) * covariance + SHRINK * flat * np.eye(len(covariance))
    values, axes = np.linalg.eigh(covariance)
    whole = np.zeros((z.shape[1], len(values)))
    whole[columns] = axes / np.sqrt(values)
    placed = centres @ whole[columns]
    placed[counts == 0] = 1e6
    return whole.astype(np.float32), placed.astype(np.float32)


def reach(distances: Doubles) -> tuple[float, float]:
    """Turn distances of clips kept back into where evidence begins to fall, and is a tenth."""
    if not len(distances):
        return 1e6, 2e6
    middle, near = np.quantile(distances, (0.5, NEAR))
    return float(near), float(near + max(REACH * (near - middle), 0.25 * near, 1e-3))
