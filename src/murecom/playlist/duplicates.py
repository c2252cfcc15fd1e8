"""Near-duplicates: the same recording in several files.

Two tracks are near-duplicates when the network hears the same (cosine distance below 0.01; mp3
and Vorbis copies at 120 kbit/s and more measure below 0.004, see `docs/design/playlists.md`) and
their durations differ by at most 2 seconds. Files with the same bytes are another kind: they are
one track already. Nothing is ever merged or deleted here; a listener decides.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput

DISTANCE: Final = 0.01
"Cosine distance of the network's vectors below which two tracks sound the same."

SECONDS: Final = 2.0
"Largest difference of durations: encoders pad, and rips cut silence."

_BLOCK: Final = 512
"Rows compared at a time with those that follow them."


@dataclass(frozen=True, slots=True)
class Group:
    """Tracks that belong together: pool rows for `sound`, and how far the farthest linked pair is.

    For `content`, `paths` are the files with the same bytes.
    """

    kind: Literal["sound", "content"]
    items: tuple[int, ...] = ()
    paths: tuple[str, ...] = ()
    distance: float = 0.0


def near_duplicates(
    vectors: NDArray[np.float32],
    durations: Sequence[float | None],
    *,
    distance: float = DISTANCE,
    seconds: float = SECONDS,
) -> list[Group]:
    """Group tracks that sound the same and last as long.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        The network's vectors as they are, of any length: not those of `index.space`, where the
        z-scores of a small library pull neighbours apart.
    durations : sequence of float or None, length n
        Seconds. A track of unknown duration, or without a vector (all zero or NaN), joins no group.
    distance, seconds : float
        Limits: below the first, up to the second.

    Returns
    -------
    list of Group
        Each of two rows or more in rising order; groups by their first row. A chain of pairs is one
        group, so its ends may lie farther apart than the limits.

    Raises
    ------
    BadInput
        Vectors and durations differ in number.

    Notes
    -----
    Only tracks with near durations are multiplied: 100,000 tracks take a few seconds.
    """
    matrix = np.asarray(vectors, dtype=np.float32)
    if matrix.ndim != 2 or len(matrix) != len(durations):
        raise BadInput("Vectors and durations differ in number. Give one of each per track.")
    lasting = np.array([np.nan if d is None else d for d in durations], dtype=np.float64)
    length = np.sqrt(np.einsum("ij,ij->i", matrix, matrix))
    rows = np.flatnonzero(np.isfinite(lasting) & np.isfinite(length) & (length > 0))
    rows = rows[np.argsort(lasting[rows], kind="stable")]
    unit = matrix[rows] / length[rows, None]
    links: list[tuple[int, int, float]] = []
    for one, other, far in _pairs(unit, lasting[rows], distance, seconds):
        links.append((int(rows[one]), int(rows[other]), far))
    return _groups(links)


def same_content(paths: Mapping[str, Sequence[str]]) -> list[Group]:
    """Group files of the same bytes.

    Parameters
    ----------
    paths : mapping of content hash (or track id) to the files that have it

    Returns
    -------
    list of Group
        Of kind `content`, in the order of `paths`, for each that has two files or more.
    """
    return [
        Group("content", paths=tuple(sorted(files))) for files in paths.values() if len(files) > 1
    ]


def _pairs(
    unit: NDArray[np.float32], lasting: NDArray[np.float64], distance: float, seconds: float
) -> Iterator[tuple[int, int, float]]:
    """Give near pairs (one < other) of rows that are sorted by duration, with their distance."""
    last = np.searchsorted(lasting, lasting + seconds, side="right")
    for start in range(0, len(unit), _BLOCK):
        stop = min(start + _BLOCK, len(unit))
        end = int(last[stop - 1])
        cosines = unit[start:stop] @ unit[start:end].T
        near, other = np.nonzero(cosines > 1 - distance)
        for i, j in zip(near.tolist(), other.tolist(), strict=True):
            if i < j < last[start + i] - start:
                yield start + i, start + j, max(0.0, 1 - float(cosines[i, j]))


def _groups(links: Sequence[tuple[int, int, float]]) -> list[Group]:
    """Join linked rows (union-find with path halving)."""
    parent: dict[int, int] = {}

    def root(row: int) -> int:
        parent.setdefault(row, row)
        while parent[row] != row:
            parent[row] = parent[parent[row]]
            row = parent[row]
        return row

    for one, other, _ in links:
        a, b = sorted((root(one), root(other)))
        parent[b] = a
    members: dict[int, list[int]] = {}
    for row in sorted(parent):
        members.setdefault(root(row), []).append(row)
    farthest: dict[int, float] = {}
    for one, _, far in links:
        farthest[root(one)] = max(far, farthest.get(root(one), 0.0))
    return [
        Group("sound", items=tuple(rows), distance=farthest[first])
        for first, rows in members.items()
    ]
