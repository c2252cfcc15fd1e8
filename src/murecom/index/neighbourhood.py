"""What a library tells about itself without labels: the nearest rows of every row.

Two things follow from them. *Leaning*: a vector is moved a little towards its nearest neighbours,
so that what several of them share counts more than what one of them has alone. *Crowding*: a row
that is near to everything is a hub, which would come up for every seed; how near its own
neighbours are tells how far to hold it back. `docs/design/neighbours.md` says what both are worth.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from murecom.index.exact import main_directions
from murecom.types import Progress, Step, no_progress

LEAN_ON = 5
"Neighbours that a vector leans on. 3 and 8 gain a little less on both collections."

LEANING = 0.5
"A neighbour weighs so much times the cube of its cosine; the vector itself weighs 1."

CROWD = 10
"Neighbours whose mean cosine is the crowding of a row; 5 and 20 do as well."

_SHORT = 64
"Main directions in which the neighbours of a large library are looked for first."

_EXACT_UP_TO = 20_000
"Rows; a larger library looks along the main directions first, which is four times as fast."

_SHORTLIST = 64
"Rows whose cosines are then computed in full: 99.9 % of the ten nearest are among them."

_GROUP = 256
"Scores looked at together: the k best stand in the k groups with the highest maxima."

_SCORES_AT_ONCE = 16_000_000
"64 MB of float32."


def nearest_rows(
    unit: NDArray[np.float32], k: int = CROWD, progress: Progress = no_progress
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Find the `k` nearest other rows of each row.

    Parameters
    ----------
    unit : ndarray of float32, shape (n, dim)
        Rows of length 1, or all zero: the cosine of such a row with any other counts as 0.
    k : int
        At least 1.
    progress : callable
        Told about rows that are done.

    Returns
    -------
    rows : ndarray of int32, shape (n, min(k, n - 1))
        Nearest first.
    cosines : ndarray of float32, same shape
        Exact for the rows that are given. Above 20,000 rows a few of the last places may hold a
        row that is a little less near than the one left out.
    """
    n = len(unit)
    k = min(k, max(n - 1, 0))
    rows = np.empty((n, k), np.int32)
    cosines = np.empty((n, k), np.float32)
    if k == 0:
        return rows, cosines
    is_large = n > _EXACT_UP_TO and unit.shape[1] > 2 * _SHORT
    short: NDArray[np.float32] = unit @ main_directions(unit, _SHORT) if is_large else unit
    shortlist = min(max(_SHORTLIST, 4 * k), n - 1) if is_large else k
    step = max(1, _SCORES_AT_ONCE // n)
    for start in range(0, n, step):
        block = slice(start, min(start + step, n))
        scores = short[block] @ short.T
        own = np.arange(len(scores))
        scores[own, own + start] = -np.inf
        found = _highest(scores, shortlist)
        if is_large:
            full = np.matmul(unit[found], unit[block][:, :, None])[:, :, 0]
        else:
            full = np.take_along_axis(scores, found, axis=1)
        order = np.argsort(-full, axis=1, kind="stable")[:, :k]
        rows[block] = np.take_along_axis(found, order, axis=1)
        cosines[block] = np.take_along_axis(full, order, axis=1)
        progress(Step("Comparing", block.stop, n))
    return rows, cosines


def lean(
    unit: NDArray[np.float32],
    towards: NDArray[np.float32],
    rows: NDArray[np.int32],
    cosines: NDArray[np.float32],
    leaning: float = LEANING,
) -> NDArray[np.float32]:
    """Move vectors towards their neighbours.

    Parameters
    ----------
    unit : ndarray of float32, shape (m, dim)
        Vectors of length 1.
    towards : ndarray of float32, shape (n, dim)
        Where the neighbours stand.
    rows : ndarray of int, shape (m, k)
        Rows of `towards`, nearest first; the first `LEAN_ON` are used.
    cosines : ndarray of float32, shape (m, k)
        Similarity to each; a neighbour at 0 or below has no pull.
    leaning : float
        How strong the pull is; 0 leaves vectors as they are.

    Returns
    -------
    ndarray of float32, shape (m, dim)
        Of length 1; rows of zeros stay so.
    """
    moved = unit.astype(np.float32, copy=True)
    for place in range(min(LEAN_ON, rows.shape[1])):
        pull = np.float32(leaning) * np.maximum(cosines[:, place], 0) ** 3
        for start in range(0, len(unit), 16_384):  # temporary arrays stay near 20 MB
            part = slice(start, start + 16_384)
            moved[part] += pull[part, None] * towards[rows[part, place]]
    moved[~unit.any(axis=1)] = 0
    length = np.sqrt(np.einsum("ij,ij->i", moved, moved))[:, None]
    np.divide(moved, length, out=moved, where=length > 0)
    return moved


def crowding(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tell how crowded it is around rows: the mean of `nearest_rows`' cosines, shape (n,).

    0 for a row without neighbours.
    """
    if not cosines.shape[1]:
        return np.zeros(len(cosines), np.float32)
    mean: NDArray[np.float32] = cosines[:, :CROWD].mean(axis=1, dtype=np.float32)
    return mean


def _highest(scores: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Find the columns of the `k` highest scores of each row, in no order: (rows, k)."""
    n = scores.shape[1]
    groups = n // _GROUP
    if groups <= 2 * k:
        return np.argpartition(scores, n - k, axis=1)[:, n - k :]
    # Partitioning whole rows would take longer than the product that made them.
    maxima = scores[:, : groups * _GROUP].reshape(len(scores), groups, _GROUP).max(axis=2)
    chosen = np.argpartition(maxima, groups - k, axis=1)[:, groups - k :]
    columns = (chosen[:, :, None] * _GROUP + np.arange(_GROUP)).reshape(len(scores), -1)
    tail = np.broadcast_to(np.arange(groups * _GROUP, n), (len(scores), n - groups * _GROUP))
    columns = np.concatenate([columns, tail], axis=1)
    some = np.take_along_axis(scores, columns, axis=1)
    best = np.argpartition(some, some.shape[1] - k, axis=1)[:, some.shape[1] - k :]
    return np.take_along_axis(columns, best, axis=1)
