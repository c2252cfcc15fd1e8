"""Learning vectors from playlists: of whatever they hold, tracks or artists.

Part of the base of the family: `ials`, `title`, `artist` and `audio_to_items` learn by these
functions what `Factors` then searches. Needs irspack.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.engine.threads import cores
from murecom.errors import MissingExtra
from murecom.types import Progress, Step

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

WIDE, NARROW = 256, 128
"Lengths of vectors, see `length`."

FEW_ITEMS, FEW_ENTRIES = 200_000, 2_000_000
"Up to how many items and entries the longer vectors are trained in a minute of two processors."


def length(dim: int | None, items: int, lists: int, entries: int, part: int = 1) -> int:
    """Choose the length of vectors: `dim` if it is given, else one `part`-th of the usual length.

    Shorter where there is little to learn: each number of a vector needs eight lists, with fewer,
    vectors learn the lists by heart.
    """
    wide = items <= FEW_ITEMS and entries <= FEW_ENTRIES
    return min(dim or (WIDE if wide else NARROW) // part, max(min(items, lists) // 8, 2))


def factorise(
    matrix: Any,
    *,
    dim: int,
    alpha: float,
    reg: float,
    epochs: int,
    seed: int = 0,
    start: Floats | None = None,
    progress: Progress,
    stage: str = "Factorising",
) -> tuple[Floats, Floats]:
    """Learn vectors of items and playlists by implicit alternating least squares (iALS).

    Parameters
    ----------
    matrix : csr_array of float32, shape (playlists, items)
        Above 0 where a playlist holds an item.
    dim : int
        Length of a vector.
    alpha : float
        Weight of a pair that is not in the matrix, where one that is has 1.
    reg : float
        Weight of the squares of all numbers, times `alpha` pairs plus entries of the row.
    epochs : int
        Passes over playlists and items.
    start : ndarray of float32, shape (items, dim), optional
        Item vectors to begin with; rows of NaN begin at random, as all do by default.
    progress : callable
        Told after every epoch.

    Returns
    -------
    items, playlists : ndarray of float32, shape (items, dim) and (playlists, dim)
        Turned so that the items' numbers are uncorrelated and the first have the largest squares.

    Raises
    ------
    MissingExtra
        irspack is not installed.

    Notes
    -----
    Loss and solver are those of irspack 0.5 ("IALSPP"): Rendle et al., "Revisiting the performance
    of iALS on item recommendation benchmarks", RecSys 2022, with conjugate gradients of three steps
    (Takács et al., RecSys 2011).
    """
    if min(matrix.shape) == 0:
        none = np.zeros((max(matrix.shape), dim), np.float32)
        return none[: matrix.shape[1]], none[: matrix.shape[0]]
    try:
        # in a thread of its own: what irspack imports keeps frames of a failed import for ever, and
        # with them, were these ours, every array that is known while a model is trained
        with ThreadPoolExecutor(1) as apart:
            IALSRecommender = apart.submit(_trainer).result()
        from scipy.sparse import csr_matrix
    except ImportError as error:
        raise MissingExtra("playlists", "Learning vectors from playlists") from error
    progress(Step(stage, 0, epochs))
    trainer = IALSRecommender(
        csr_matrix(matrix),
        n_components=dim,
        alpha0=alpha,
        reg=reg,
        nu=1.0,
        random_seed=seed,
        n_threads=cores(),
        train_epochs=epochs,
    )
    trainer.start_learning()
    core = trainer.trainer_as_ials.core_trainer
    if start is not None:
        begun = np.array(core.item, np.float32)
        known = ~np.isnan(start[:, 0])
        begun[known] = start[known]
        core.item = begun
    for epoch in range(epochs):
        trainer.run_epoch()
        progress(Step(stage, epoch + 1, epochs))
    return turned(np.asarray(core.item, np.float32), np.asarray(core.user, np.float32))


def turned(vectors: Floats, others: Floats | None = None) -> tuple[Floats, Floats]:
    """Turn vectors, and others in the same way, along the main directions of the first.

    Products stay; the numbers of `vectors` become uncorrelated, and the first have the largest
    squares.
    """
    axes = np.linalg.eigh(vectors.T.astype(np.float64) @ vectors)[1][:, ::-1].astype(np.float32)
    return vectors @ axes, (vectors if others is None else others) @ axes


def shared(
    own: Ints, vectors: Floats, popularity: NDArray[np.integer[Any]], groups: list[Ints]
) -> tuple[Floats, NDArray[np.int32]]:
    """Give items without a vector the mean of those of their album, else of their artist.

    Parameters
    ----------
    own : ndarray of int64, shape (m,)
        Items that have a vector, which are the rows of `vectors` (m, dim).
    popularity : ndarray, shape (n_items,)
        Weights of the mean.
    groups : list of ndarray of int64, shape (n_items,)
        The number of each item's group, -1 for none; the first that helps is taken.

    Returns
    -------
    vectors : ndarray of float32, shape (m + groups in use, dim)
    row : ndarray of int32, shape (n_items,)
        -1 where nothing helps.
    """
    row = np.full(len(popularity), -1, np.int32)
    row[own] = np.arange(len(own), dtype=np.int32)
    parts: list[NDArray[Any]] = [vectors]
    rows = len(vectors)
    for group in groups:
        lacking = np.flatnonzero((row < 0) & (group >= 0))
        of_own = group[own]
        known = of_own >= 0
        wanted = np.intersect1d(group[lacking], of_own[known])
        if not len(wanted):
            continue
        place = np.full(int(group.max()) + 1, -1, np.int64)
        place[wanted] = np.arange(len(wanted))
        good = np.flatnonzero(known)[place[of_own[known]] >= 0]
        good = good[np.argsort(place[of_own[good]], kind="stable")]
        to = place[of_own[good]]
        weights = popularity[own[good]].astype(np.float32)
        cuts = np.flatnonzero(np.diff(to, prepend=-1))
        sums = np.add.reduceat(vectors[good] * weights[:, None], cuts)
        parts.append(sums / np.add.reduceat(weights, cuts)[:, None])
        found = place[group[lacking]]
        row[lacking[found >= 0]] = rows + found[found >= 0]
        rows += len(wanted)
    return np.concatenate(parts).astype(np.float32, copy=False), row


def most_popular(popularity: Ints, most: int) -> Ints:
    """Give the items of at least so many plays that no more than `most` remain; at least one."""
    counts = np.bincount(np.minimum(popularity, 1 << 20))
    above = np.cumsum(counts[::-1])[::-1]  # items with at least so many plays
    fits = np.flatnonzero(above[1:] <= most)
    least = int(fits[0]) + 1 if len(fits) else len(counts) - 1
    return np.flatnonzero(popularity >= max(least, 1))


def numbers(*parts: Sequence[str | None]) -> Ints:
    """Number what is equal in all parts, -1 where one says nothing; empty without parts."""
    if not all(len(part) for part in parts):
        return np.empty(0, np.int64)
    known: dict[tuple[str | None, ...], int] = {}
    rows = zip(*parts, strict=True)
    found = (known.setdefault(row, len(known)) if all(row) else -1 for row in rows)
    return np.fromiter(found, np.int64, len(parts[0]))


def _trainer() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # irspack declares its settings in pydantic's old way
        from irspack.recommenders.ials import IALSRecommender
    return IALSRecommender
