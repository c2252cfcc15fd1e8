"""Nearest items by the product of two sparse matrices: the kernel that makes tables of neighbours.

Part of the base of recommenders that keep such a table. The rows of a table do not depend on each
other, so they are made in blocks: memory stays bounded, progress is told, and an engine may share
out the blocks among machines (`neighbours_of_rows` is a plain function of plain arrays).

The product itself is computed by sparse-dot-topn, or by similaripy where shrinkage makes the
denominator more than a product of norms. Both add up a row in an array of all items, and what they
wait for is memory. So items are numbered anew before: the popular ones first, the others by the
first playlist that holds them. Tracks of one playlist then lie side by side, and most additions
find their numbers in the cache.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from murecom.errors import MissingExtra

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

POPULAR = 8
"""Items in so many playlists are numbered by popularity. With 8 to 64, or with none, the full-size
table of `benchmarks/playlists_scale.py` takes much the same time."""

BLOCK_WORK = 100_000_000
"Products of a block: a second or two on a core, so that progress moves."

BLOCK_ENTRIES = 8_000_000
"Neighbours of a block at most: what a block takes while it is made stays below 300 MB."


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """What a table of neighbours is made of; `factors_of` makes it.

    What items i and j share is the sum of the squared weights of the playlists that hold both. How
    near j is to i is `shared * seed[i] * candidate[j]`; or, where `shrink` is a number,
    `shared / (own[i] ** alpha * own[j] ** (1 - alpha) + shrink)` with what each shares with itself.
    """

    lists: csr_matrix[Any]
    "Playlists by new numbers, float32: weight of the playlist times `candidate` of the item."
    by_item: csr_matrix[Any]
    "New numbers by playlists: weight of the playlist."
    order: NDArray[np.int32]
    "The item behind each new number, shape (items,)."
    number: NDArray[np.int32]
    "The new number of each item."
    keep: NDArray[np.int64]
    "How many neighbours are kept of an item, for each class of popularity; see `classes_of`."
    seed: NDArray[np.float32]
    "By new numbers."
    shrink: float | None = None
    alpha: float = 0.5


def factors_of(
    matrix: Any,
    keep: Callable[[float], float],
    *,
    weights: NDArray[np.float64] | None = None,
    seed: NDArray[np.float64] | None = None,
    candidate: NDArray[np.float64] | None = None,
    shrink: float | None = None,
    alpha: float = 0.5,
) -> Factors:
    """Prepare the factors of a table.

    Parameters
    ----------
    matrix : sparse array, shape (playlists, items)
        Anything where a playlist holds an item; no repeats.
    keep : function
        Gives for a popularity how many neighbours are kept; asked for powers of 2.
    weights : ndarray, shape (playlists,), optional
        Of the playlists; all 1 by default.
    seed, candidate : ndarray, shape (items,), optional
        See `Factors`; all 1 by default. Not together with `shrink`.
    shrink, alpha : float, optional
        See `Factors`.

    Raises
    ------
    MissingExtra
        scipy is not installed.
    """
    try:
        from scipy.sparse import csr_matrix
    except ImportError as error:
        raise MissingExtra("playlists", "Learning from playlists") from error
    lists, items = matrix.shape
    lengths = np.diff(matrix.indptr)
    popularity = np.bincount(matrix.indices, minlength=items)
    first = np.full(items, lists, np.int64)
    first[matrix.indices[::-1]] = np.repeat(np.arange(lists), lengths)[::-1]  # the last write stays
    order = np.lexsort((first, np.where(popularity >= POPULAR, -popularity, 0))).astype(np.int32)
    number = np.empty(items, np.int32)
    number[order] = np.arange(items, dtype=np.int32)

    row = np.ones(lists) if weights is None else weights
    data = np.repeat(row.astype(np.float32), lengths)
    parts = (data, number[matrix.indices], matrix.indptr)
    renumbered = csr_matrix(parts, shape=matrix.shape)
    renumbered.sort_indices()
    by_item = renumbered.T.tocsr()
    if candidate is not None:
        renumbered.data *= candidate.astype(np.float32)[order][renumbered.indices]
    top = int(classes_of(popularity).max(initial=0))
    kept = np.array([max(round(keep(2.0**each)), 1) for each in range(top + 1)], np.int64)
    scale = np.ones(items, np.float32) if seed is None else seed.astype(np.float32)[order]
    return Factors(renumbered, by_item, order, number, kept, scale, shrink, alpha)


def classes_of(popularity: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Sort items by popularity: 0 for one playlist or none, then a class for each doubling."""
    return np.asarray(np.ceil(np.log2(np.maximum(popularity, 1))), np.int64)


def blocks(factors: Factors) -> list[tuple[NDArray[np.int64], int, float]]:
    """Share out all items among blocks of bounded work and memory.

    Returns
    -------
    list of (rows, room, share)
        The items of a block, all of one class; how many neighbours they have at most; and which
        share of all work they are. Items without a playlist are in none.
    """
    others = np.diff(factors.lists.indptr).astype(np.int64) - 1
    running = np.concatenate([[0], np.cumsum(others[factors.by_item.indices])])
    reach = running[factors.by_item.indptr[1:]] - running[factors.by_item.indptr[:-1]]
    popularity = np.diff(factors.by_item.indptr)
    classes = np.where(popularity > 0, classes_of(popularity), -1)
    room = np.minimum(reach, factors.keep[classes])
    cost = np.maximum((room + 1) / BLOCK_ENTRIES, reach / BLOCK_WORK)
    total, found = cost.sum(), []
    for each in np.unique(classes[classes >= 0]).tolist():
        numbers = np.flatnonzero(classes == each)
        running = np.cumsum(cost[numbers])
        parts = int(running[-1]) + 1
        cuts = np.searchsorted(running, np.arange(1, parts) * (running[-1] / parts))
        for own in np.split(numbers, np.unique(cuts)):
            if len(own):
                rows = factors.order[own].astype(np.int64)
                found.append((rows, int(room[own].sum()), float(cost[own].sum() / total)))
    return found


def neighbours_of_rows(
    factors: Factors, rows: NDArray[np.int64], n_threads: int = 1
) -> csr_matrix[Any]:
    """Find the neighbours of some items.

    Parameters
    ----------
    factors : Factors
        Its arrays may be read-only.
    rows : ndarray of int64, shape (m,)
        Items; whichever stand in a block, the row of each comes out the same. Those that `blocks`
        puts together are done fastest.
    n_threads : int

    Returns
    -------
    csr_matrix of float32, shape (m, items)
        What is kept of each row, all above 0, in no particular order, without the item itself.

    Raises
    ------
    MissingExtra
        The library that multiplies is not installed.
    """
    from scipy.sparse import csr_matrix, vstack

    numbers = factors.number[rows]
    popularity = factors.by_item.indptr[numbers + 1] - factors.by_item.indptr[numbers]
    classes = np.where(popularity > 0, classes_of(popularity), -1)
    shape = (len(rows), len(factors.order))
    different = np.unique(classes)
    if different.tolist() in ([], [-1]):  # similaripy fails on rows without entries
        return csr_matrix(shape, dtype=np.float32)
    if len(different) == 1:
        counts, items, values = _of_class(factors, numbers, int(different[0]), n_threads)
        starts = np.concatenate([[0], np.cumsum(counts)])
        return csr_matrix((values, items, starts), shape=shape)
    places = [np.flatnonzero(classes == each) for each in different]
    parts = [neighbours_of_rows(factors, rows[own], n_threads) for own in places]
    return vstack(parts, format="csr")[np.argsort(np.concatenate(places))]


def _of_class(
    factors: Factors, numbers: NDArray[np.int32], own_class: int, n_threads: int
) -> tuple[NDArray[np.integer[Any]], NDArray[np.int32], NDArray[np.float32]]:
    """Find the neighbours of items of one class: how many each has, which, and how near."""
    k = int(factors.keep[own_class])
    multiply = _plain if factors.shrink is None else _shrunk
    product = multiply(factors, numbers, min(k + 1, len(factors.order)), n_threads)
    values, starts = product.data, product.indptr
    counts = np.diff(starts)
    goes = product.indices == np.repeat(numbers, counts)  # the item itself
    goes |= values <= 0
    kept = counts - _in_rows(starts, goes)
    over = np.flatnonzero(kept > k)
    if len(over):  # it is not among its nearest: of the k + 1 others the least goes instead
        others = starts[over, None] + np.arange(k + 1)
        goes[others[np.arange(len(over)), values[others].argmin(axis=1)]] = True
        kept[over] = k
    stays = ~goes
    values = values[stays]
    if factors.shrink is None:
        values *= np.repeat(factors.seed[numbers], kept)
    return kept, factors.order[product.indices[stays]], values


def _in_rows(
    starts: NDArray[np.integer[Any]], which: NDArray[np.bool_]
) -> NDArray[np.integer[Any]]:
    """Count what is true in each row; quick where little is."""
    rows = np.searchsorted(starts, np.flatnonzero(which), side="right") - 1
    return np.bincount(rows, minlength=len(starts) - 1)


def _writable(matrix: Any) -> Any:
    """Give a matrix whose arrays may be written, as sparse-dot-topn and similaripy ask for."""
    return matrix if matrix.data.flags.writeable else matrix.copy()


def _plain(factors: Factors, numbers: NDArray[np.int32], k: int, n_threads: int) -> Any:
    try:
        from sparse_dot_topn import sp_matmul_topn
    except ImportError as error:
        raise MissingExtra("playlists", "Finding neighbours among playlists") from error
    left, right = factors.by_item[numbers], _writable(factors.lists)
    return sp_matmul_topn(left, right, k, threshold=0.0, n_threads=n_threads)


def _shrunk(factors: Factors, numbers: NDArray[np.int32], k: int, n_threads: int) -> Any:
    try:
        from similaripy import asymmetric_cosine
    except ImportError as error:
        raise MissingExtra("playlists", "Finding neighbours with shrinkage") from error
    right, used = (
        _writable(factors.lists),
        int(np.diff(factors.by_item.indptr).nonzero()[0][-1]) + 1,
    )
    if used < right.shape[1]:  # similaripy fails on empty columns at the end
        right = type(right)((right.data, right.indices, right.indptr), (right.shape[0], used))
    return asymmetric_cosine(
        factors.by_item[numbers], right, alpha=factors.alpha, k=k,
        shrink=factors.shrink, verbose=False, format_output="csr", num_threads=n_threads,
        block_size=None,  # it would number the columns in its own way
    )  # fmt: skip
