"""Tables of neighbours: for each item the others that are like it, and how much.

Part of the base of recommenders that keep such a table. Three arrays that can stay on disk: a table
of five million items with fifty neighbours each opens at once, and an answer reads the rows of its
seeds and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import DTypeLike, NDArray

from murecom.artefact import Array
from murecom.engine.base import Engine
from murecom.engine.threads import cores
from murecom.recommend.neighbour_rows import Factors, blocks, neighbours_of_rows
from murecom.recommend.sparse import add_up
from murecom.types import Progress, Step, no_progress

if TYPE_CHECKING:
    from scipy.sparse import csr_array, csr_matrix


@dataclass(frozen=True, slots=True, eq=False)
class NeighbourTable:
    """Rows of neighbours, which stand one after another in any order.

    Parameters
    ----------
    starts : ndarray of int64, shape (n_items,)
        Where the row of each item begins.
    counts : ndarray of int32, shape (n_items,)
        How many neighbours it has.
    items : ndarray of int32, shape (entries,)
        Neighbours; none twice in a row.
    values : ndarray of float32 or float16, shape (entries,)
        How much each is a neighbour; above 0.
    """

    starts: NDArray[np.int64]
    counts: NDArray[np.int32]
    items: NDArray[np.int32]
    values: NDArray[np.floating[Any]]

    @classmethod
    def of_matrix(
        cls, matrix: csr_array[Any, tuple[int, int]], kind: DTypeLike | None = None
    ) -> Self:
        """Take over a square scipy matrix; `kind` is the type of the values, its own by default."""
        values = matrix.data if kind is None else matrix.data.astype(kind, copy=False)
        starts = matrix.indptr.astype(np.int64, copy=False)
        counts = np.diff(starts).astype(np.int32)
        return cls(starts[:-1], counts, matrix.indices.astype(np.int32, copy=False), values)

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array], n_items: int) -> Self:
        """Make a table of what `arrays` gave; KeyError or ValueError if they do not fit."""
        starts, counts, items, values = (arrays[n] for n in ("starts", "counts", "items", "values"))
        if not (len(starts) == len(counts) == n_items and len(items) == len(values)):
            raise ValueError("the table of neighbours does not fit the items")
        return cls(starts, counts, items, values)

    def arrays(self) -> dict[str, Array]:
        """Give the arrays from which `from_arrays` makes the same table again."""
        return {
            "starts": self.starts, "counts": self.counts,
            "items": self.items, "values": self.values,
        }  # fmt: skip

    def __len__(self) -> int:
        """Number of items."""
        return len(self.starts)

    def has(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell which items have neighbours, shape (len(items),)."""
        return np.asarray(self.counts[items] > 0)

    def row(self, item: int) -> tuple[NDArray[np.int32], NDArray[np.floating[Any]]]:
        """Give the neighbours of an item and their values."""
        start = int(self.starts[item])
        end = start + int(self.counts[item])
        return self.items[start:end], self.values[start:end]

    def owners(self) -> NDArray[np.int64]:
        """Give the item in whose row each entry stands, shape (entries,)."""
        order = np.argsort(self.starts, kind="stable")
        order = order[self.counts[order] > 0]
        return np.repeat(order, self.counts[order])

    def accumulate(
        self, seeds: NDArray[np.int64], weights: NDArray[np.floating[Any]]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Add up the rows of some seeds, each times its weight.

        Parameters
        ----------
        seeds : ndarray of int64, shape (s,)
        weights : ndarray, shape (s,)

        Returns
        -------
        items : ndarray of int64
            Whatever is a neighbour of a seed (other seeds too), rising, each once; empty when no
            seed has any.
        scores : ndarray of float32
            What each of them gets.
        """
        rows = [self.row(int(seed)) for seed in seeds]
        lengths = [len(items) for items, _ in rows]
        if not sum(lengths):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        items = np.concatenate([items for items, _ in rows])
        values = np.concatenate([values for _, values in rows]).astype(np.float64)
        values *= np.repeat(np.asarray(weights, np.float64), lengths)
        return add_up(items, values, len(self))


def table_of(
    factors: Factors,
    progress: Progress = no_progress,
    n_threads: int | None = None,
    *,
    engine: Engine | None = None,
    stage: str = "Neighbours",
) -> NeighbourTable:
    """Find the neighbours of all items, block by block.

    Parameters
    ----------
    factors : Factors
    progress : Progress
        Told after each block.
    n_threads : int, optional
        All cores by default.
    engine : Engine, optional
        Where the blocks are made; here by default. The table is the same.
    stage : str
        What progress calls it.

    Returns
    -------
    NeighbourTable
        With values of float32.

    Raises
    ------
    MissingExtra
        As in `neighbours_of_rows`.
    """
    threads = n_threads or cores()
    n = len(factors.order)
    parts = blocks(factors)
    ends = np.cumsum([room for _, room, _ in parts], dtype=np.int64)
    begins = {rows.tobytes(): end - room for (rows, room, _), end in zip(parts, ends, strict=True)}
    # their pages come when they are written, so what no row needs costs nothing
    items = np.empty(ends[-1] if len(ends) else 0, np.int32)
    values = np.empty(len(items), np.float32)
    starts, counts = np.zeros(n, np.int64), np.zeros(n, np.int32)
    done = 0.0
    progress(Step(stage, 0, n))
    shares = {rows.tobytes(): share for rows, _, share in parts}
    for rows, made in _made(factors, [rows for rows, _, _ in parts], threads, engine):
        key = rows.tobytes()
        begin, size = begins[key], len(made.data)
        starts[rows], counts[rows] = begin + made.indptr[:-1], np.diff(made.indptr)
        items[begin : begin + size], values[begin : begin + size] = made.indices, made.data
        done += shares[key]
        progress(Step(stage, round(done * n), n))
    end = 0
    for rows, _, _ in parts:  # close the gaps between the blocks
        begin, size = begins[rows.tobytes()], int(counts[rows].sum())
        items[end : end + size] = items[begin : begin + size]
        values[end : end + size] = values[begin : begin + size]
        starts[rows] -= begin - end
        end += size
    return NeighbourTable(starts, counts, items[:end], values[:end])


def _made(
    factors: Factors, parts: list[NDArray[np.int64]], threads: int, engine: Engine | None
) -> Iterator[tuple[NDArray[np.int64], csr_matrix[Any]]]:
    """Make the blocks here or elsewhere, in any order; one that is lost elsewhere is made here."""
    if engine is None:
        for rows in parts:
            yield rows, neighbours_of_rows(factors, rows, threads)
        return
    for outcome in engine.map(_block, parts, shared=(factors,)):
        if outcome.value is None:
            yield outcome.batch, neighbours_of_rows(factors, outcome.batch, threads)
        else:
            yield outcome.batch, outcome.value


def _block(rows: NDArray[np.int64], factors: Factors) -> csr_matrix[Any]:
    return neighbours_of_rows(factors, rows)
