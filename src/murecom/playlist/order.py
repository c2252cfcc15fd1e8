"""Order by flow: the same tracks, arranged so that little jumps between neighbours.

Three jumps count: of energy, of tempo, and of sound where one track ends and the next begins (the
last window of one against the first of the next).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.playlist.pool import Pool

_APART = 1e3
"Price of two neighbours by one artist, far above every other jump."

_ROUNDS = 50
"Rounds of improvement; real playlists settle in fewer than ten."


@dataclass(frozen=True, slots=True)
class Weights:
    """How much each jump counts; 0 leaves one out.

    A jump of energy is measured in spreads of this playlist, of tempo in octaves with half and
    double tempo counting as the same (trackers mix them up, and so do feet), of sound as half of
    one minus the cosine.
    """

    energy: float = 1.0
    tempo: float = 1.0
    segue: float = 2.0
    apart: bool = True
    "Keep tracks of one artist apart where that is possible."


@dataclass(frozen=True, slots=True, eq=False)
class Edges:
    """How tracks begin and end: two matrices of shape (n, dim), a row for each track to order.

    First and last window vector, of any length; a row of zeros where there is none.
    """

    first: NDArray[np.float32]
    last: NDArray[np.float32]


def order(
    pool: Pool,
    items: Sequence[int],
    *,
    first: int | None = None,
    edges: Edges | None = None,
    weights: Weights | None = None,
) -> list[int]:
    """Arrange tracks so that they flow.

    Parameters
    ----------
    pool : Pool
        Descriptors `energy` and `tempo` (BPM) are read where there are any; what is unknown jumps
        as far as the average known pair.
    items : sequence of int
        Different pool rows.
    first : int, optional
        One of `items` that must stay in front.
    edges : Edges, optional
        In the order of `items`; without them the tracks' vectors stand for beginning and end.
    weights : Weights, optional
        What counts how much.

    Returns
    -------
    list of int
        The same rows. Never a worse flow than the order given, which is kept if none is better.

    Raises
    ------
    BadInput
        A row occurs twice, or `first` is not among them.

    Notes
    -----
    Nearest neighbour from each start, then 2-opt (Croes, Operations Research 1958) and moves of
    single tracks on the open path, until nothing improves.
    """
    rows = list(items)
    if len(set(rows)) != len(rows):
        raise BadInput("A track occurs twice in the list to be ordered. Take it out.")
    if first is not None and first not in rows:
        raise BadInput("The track to begin with is not in the list. Add it, or begin freely.")
    if len(rows) < 3 and (first is None or rows[:1] == [first]):
        return rows
    jumps = _jumps(pool, rows, edges, weights or Weights())
    fixed = None if first is None else rows.index(first)
    return [rows[i] for i in arrange(jumps, fixed)]


def arrange(jumps: NDArray[np.float64], first: int | None = None) -> list[int]:
    """Find a short open path through all points.

    Parameters
    ----------
    jumps : ndarray of float64, shape (n, n)
        Cost of going from row to column; need not be symmetric.
    first : int, optional
        Where the path must start.

    Returns
    -------
    list of int
        A permutation, at most as long as the order 0, 1, … (with `first` moved to the front).
    """
    n = len(jumps)
    given = list(range(n))
    if first is not None:
        given.remove(first)
        given.insert(0, first)
    starts = range(n) if first is None else [first]
    best = min((_greedy(jumps, start) for start in starts), key=lambda p: _length(jumps, p))
    fixed = first is not None
    paths = [_improve(jumps, path, fixed) for path in (given, best)]
    # The given order first: of equally short ones it stays.
    shortest = min(paths, key=lambda path: round(_length(jumps, path), 9))
    return shortest if _length(jumps, shortest) < _length(jumps, given) - 1e-9 else given


def _jumps(
    pool: Pool, rows: Sequence[int], edges: Edges | None, weights: Weights
) -> NDArray[np.float64]:
    """Cost of playing column right after row, shape (n, n)."""
    n = len(rows)
    total = np.zeros((n, n))
    energy = _descriptor(pool, rows, "energy")
    spread = np.nanstd(energy) if np.isfinite(energy).any() else 0.0
    if weights.energy and spread > 1e-9:
        total += weights.energy * _known(np.abs(energy[:, None] - energy) / spread)
    tempo = _descriptor(pool, rows, "tempo")
    tempo[~(tempo > 0)] = np.nan
    if weights.tempo and np.isfinite(tempo).any():
        octaves = np.log2(tempo[:, None] / tempo)
        total += weights.tempo * _known(np.abs(octaves - np.round(octaves)))
    if weights.segue and (edges is not None or pool.has_vectors):
        if edges is None:
            unit = pool.heard(rows)
            edges = Edges(unit, unit)
        total += weights.segue * _known((1 - _cosines(edges.last, edges.first)) / 2)
    if weights.apart:
        artists = [pool[row].artists for row in rows]
        total += _APART * np.array([[bool(a & b) for b in artists] for a in artists])
    np.fill_diagonal(total, 0)
    return total


def _descriptor(pool: Pool, rows: Sequence[int], name: str) -> NDArray[np.float64]:
    return np.array([pool[row].descriptors.get(name, np.nan) for row in rows], np.float64)


def _cosines(one: NDArray[np.float32], other: NDArray[np.float32]) -> NDArray[np.float64]:
    lengths = np.linalg.norm(one, axis=1)[:, None] * np.linalg.norm(other, axis=1)
    cosines = np.full(lengths.shape, np.nan)
    np.divide(one @ other.T, lengths, out=cosines, where=lengths > 0)
    return cosines


def _known(jumps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Put the mean of what is known where nothing is."""
    unknown = np.isnan(jumps)
    return np.where(unknown, jumps[~unknown].mean() if not unknown.all() else 0.0, jumps)


def _length(jumps: NDArray[np.float64], path: Sequence[int]) -> float:
    return float(jumps[path[:-1], path[1:]].sum())


def _greedy(jumps: NDArray[np.float64], start: int) -> list[int]:
    path = [start]
    left = np.ones(len(jumps), np.bool_)
    left[start] = False
    while left.any():
        path.append(int(np.argmin(np.where(left, jumps[path[-1]], np.inf))))
        left[path[-1]] = False
    return path


def _improve(jumps: NDArray[np.float64], path: list[int], fixed: bool) -> list[int]:
    """Turn parts round and move single tracks while the path gets shorter."""
    path = list(path)
    for _ in range(_ROUNDS):
        before = _length(jumps, path)
        path = _move(jumps, _turn(jumps, path, fixed), fixed)
        if _length(jumps, path) > before - 1e-9:
            break
    return path


def _turn(jumps: NDArray[np.float64], path: list[int], fixed: bool) -> list[int]:
    """Turn round, for each place, the following part that gains most."""
    n = len(path)
    for i in range(1 if fixed else 0, n - 1):
        along = jumps[path[:-1], path[1:]]
        back = jumps[path[1:], path[:-1]]
        ends = np.arange(i + 1, n)
        gain = np.cumsum(along[i:]) - np.cumsum(back[i:])
        if i:
            before = path[i - 1]
            gain += jumps[before, path[i]] - jumps[before, np.array(path)[ends]]
        after = np.array(path)[i + 2 :]
        gain[:-1] += along[i + 1 :] - jumps[path[i], after]
        best = int(np.argmax(gain))
        if gain[best] > 1e-9:
            end = int(ends[best])
            path[i : end + 1] = path[i : end + 1][::-1]
    return path


def _move(jumps: NDArray[np.float64], path: list[int], fixed: bool) -> list[int]:
    """Move each track to the place where it costs least."""
    for point in path:  # the order of before; `path` itself becomes another list
        i = path.index(point)
        if fixed and i == 0:
            continue
        rest = path[:i] + path[i + 1 :]
        rows = np.array(rest, np.int64)
        into = np.empty(len(path))
        into[1:] = jumps[rows, point]
        into[0] = 0.0
        out = np.zeros(len(path))
        out[:-1] = jumps[point, rows]
        gap = np.zeros(len(path))
        gap[1:-1] = jumps[rows[:-1], rows[1:]]
        cost = into + out - gap
        if fixed:
            cost[0] = np.inf
        best = int(np.argmin(cost))
        if cost[best] < cost[i] - 1e-9:
            path = [*rest[:best], point, *rest[best:]]
    return path
