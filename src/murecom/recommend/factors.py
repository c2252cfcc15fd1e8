"""Vectors learned from playlists: training them, and finding the best of many in milliseconds.

Part of the base of the family: `ials`, `title`, `artist` and `audio_to_items` all learn such
vectors, and all answer by the product of one vector with those of all items. Training needs
irspack; everything else is numpy.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.engine.threads import cores
from murecom.errors import MissingExtra
from murecom.index.base import top
from murecom.types import Progress, Step

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SHORT = 64
"""Numbers of a vector that are read for every row; the others only where these leave a chance. Of
128 rotated numbers they leave two rows in a hundred, 48 leave five."""

HEAD = 8_192
"Rows, the longest, that are always multiplied whole: their best set the mark for the others."

ALL_BELOW = 20_000
"Rows up to which all are multiplied: that takes a millisecond."

_SLACK = 1e-4
"Part of the lengths by which a bound is raised, a hundred times what float32 rounds off."


WIDE, NARROW = 256, 128
"Lengths of vectors, see `length`."

FEW_ITEMS, FEW_ENTRIES = 200_000, 5_000_000
"Up to how many items and entries the longer vectors are trained in a minute of two processors."


def length(dim: int | None, items: int, lists: int, entries: int) -> int:
    """Choose the length of vectors, `dim` if it is given; shorter where there is little to learn.

    Each number of a vector needs eight lists: with fewer, vectors learn the lists by heart.
    """
    wide = items <= FEW_ITEMS and entries <= FEW_ENTRIES
    return min(dim or (WIDE if wide else NARROW), max(min(items, lists) // 8, 2))


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
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # irspack declares its settings in pydantic's old way
            from irspack.recommenders.ials import IALSRecommender
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


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Item vectors, ordered so that the best products are found without all of them.

    Rows lie from the longest to the shortest. `vectors` (rows, dim), turned as by `factorise`;
    `rest` (rows,) is the length of what follows the first `SHORT` numbers; `is_own` (rows,) tells
    rows that were learned from those that items share because they have no better. `row`
    (n_items,) is where an item's vector lies, -1 for none; `share` (n_items,) what an item keeps
    of the product, 1 for its own. `starts` (rows + 1,) and `members` are the items of each row.
    `spectrum` (dim,) are the sums of squares of the own vectors.
    """

    vectors: Floats
    rest: Floats
    is_own: NDArray[np.bool_]
    row: NDArray[np.int32]
    share: Floats
    starts: NDArray[np.int64]
    members: NDArray[np.int32]
    spectrum: Floats

    @classmethod
    def build(
        cls,
        vectors: Floats,
        row: NDArray[np.integer[Any]],
        share: Floats | None = None,
        own: int | None = None,
    ) -> Self:
        """Order vectors.

        Parameters
        ----------
        vectors : ndarray, shape (rows, dim)
            First `own` rows (all by default) as `factorise` gives them, then means of such.
        row : ndarray, shape (n_items,)
            The row of each item, -1 for none. Every row has an item.
        share : ndarray, shape (n_items,), optional
            What an item keeps of the product of its row, 0..1; 1 by default. Every own row has an
            item that keeps all.
        """
        own = len(vectors) if own is None else own
        n_items = len(row)
        order = np.argsort(-np.einsum("ij,ij->i", vectors, vectors), kind="stable")
        vectors = np.asarray(vectors[order], np.float32)
        place = np.empty(len(order) + 1, np.int32)
        place[order] = np.arange(len(order), dtype=np.int32)
        place[-1] = -1
        rows: NDArray[np.int32] = place[row]
        members = np.argsort(rows, kind="stable")[np.count_nonzero(rows < 0) :].astype(np.int32)
        starts = np.zeros(len(order) + 1, np.int64)
        np.cumsum(np.bincount(rows[members], minlength=len(order)), out=starts[1:])
        is_own = order < own
        return cls(
            vectors=vectors,
            rest=np.sqrt(np.einsum("ij,ij->i", vectors[:, SHORT:], vectors[:, SHORT:])),
            is_own=is_own,
            row=rows,
            share=np.ones(n_items, np.float32) if share is None else share.astype(np.float32),
            starts=starts,
            members=members,
            spectrum=np.einsum("ij,ij->j", vectors[is_own], vectors[is_own]),
        )

    def arrays(self) -> dict[str, Array]:
        """Give the arrays that `of` makes the same factors of."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> Self:
        """Take over arrays, which may be memory-mapped; KeyError if one is missing."""
        return cls(**{name: arrays[name] for name in cls.__slots__})

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self.vectors.shape[1])

    @property
    def own(self) -> int:
        """Number of rows that were learned."""
        return int(np.count_nonzero(self.is_own))

    def has(self, items: Ints) -> NDArray[np.bool_]:
        """Tell which items have a vector, be it shared."""
        return self.row[items] >= 0

    def take(self, items: Ints) -> Floats:
        """Give the vectors of items, shape (len(items), dim); NaN for items that have none."""
        rows = self.row[items]
        taken = self.vectors[rows]
        taken[rows < 0] = np.nan
        return taken

    def place(
        self, rows: Floats, weights: NDArray[np.floating[Any]], *, alpha: float, reg: float
    ) -> Floats:
        """Find the vector of a playlist from those of the items that it holds: shape (dim,).

        The exact minimum, for one playlist, of the loss that `factorise` minimises. `rows`
        (s, dim) are vectors of items, `weights` (s,) above 0. Zeros without items.
        """
        level = reg * (alpha * self.own + len(rows))
        base = alpha * self.spectrum.astype(np.float64) + level
        roots = np.sqrt(weights.astype(np.float64))
        heavy = rows * roots[:, None]
        # a diagonal and one term for each item: by Woodbury's identity as small as the smaller side
        if len(rows) <= self.dim:
            scaled = heavy / base
            inner = scaled @ heavy.T + np.eye(len(rows))
            return (np.linalg.solve(inner, roots) @ scaled).astype(np.float32)
        return np.linalg.solve(heavy.T @ heavy + np.diag(base), roots @ heavy).astype(np.float32)

    def scores(self, x: Floats) -> Floats:
        """Multiply a vector with those of all items, shape (n_items,); -inf for items of none."""
        products = np.append(self.vectors @ x, np.float32(-np.inf))
        return (products[self.row] * self.share).astype(np.float32, copy=False)

    def some(self, x: Floats, items: Ints) -> Floats:
        """Multiply a vector with those of some items, shape (len(items),)."""
        rows = self.row[items]
        products = self.vectors[rows] @ x
        products[rows < 0] = -np.inf
        return (products * self.share[items]).astype(np.float32, copy=False)

    def top(self, x: Floats, k: int, exclude: Ints) -> tuple[Ints, Floats]:
        """Find the `k` items with the largest products, without `exclude`; see `index.base.top`."""
        found = self._rows_above(x, k, exclude)
        if found is None:
            scores = self.scores(x)
            scores[exclude] = -np.inf
            return top(scores, k)
        rows, products = found
        counts = self.starts[rows + 1] - self.starts[rows]
        ends = np.cumsum(counts)
        places = np.arange(int(ends[-1])) + np.repeat(self.starts[rows] - ends + counts, counts)
        items = self.members[places].astype(np.int64)
        scores = np.repeat(products, counts) * self.share[items]
        scores[np.isin(items, exclude)] = -np.inf
        order = np.argsort(items)
        best, raw = top(scores[order], k)
        return items[order][best], raw

    def _rows_above(self, x: Floats, k: int, exclude: Ints) -> tuple[Ints, Floats] | None:
        """Give all rows whose product reaches the k-th best item's, and their products.

        None when all rows have to be looked at: there are few, or not `k` products above 0.
        """
        n = len(self.vectors)
        head = max(HEAD, 4 * k)
        if n <= max(ALL_BELOW, 2 * head):
            return None
        first = self.vectors[:head] @ x
        left = np.where(self.is_own[:head], first, np.float32(-np.inf))
        shut = self.row[exclude]
        left[shut[(shut >= 0) & (shut < head)]] = -np.inf
        least = float(np.partition(left, -k)[-k])
        if not least > 0:
            return None
        length = float(np.linalg.norm(x))
        slack = _SLACK * length * float(np.linalg.norm(self.vectors[0]))
        mark = least - slack
        # rows lie from the longest: beyond some place, no product can reach the mark
        reach = self._reaching(mark / length)
        if reach > head and self.dim > SHORT:
            bounds = self.vectors[head:reach, :SHORT] @ x[:SHORT]
            bounds += np.float32(np.linalg.norm(x[SHORT:])) * self.rest[head:reach]
            some = head + np.flatnonzero(bounds >= mark)
        else:
            some = np.arange(head, max(reach, head))
        rows = np.concatenate([np.flatnonzero(first >= mark), some])
        products = np.concatenate([first[first >= mark], self.vectors[some] @ x])
        good = products >= mark
        return rows[good], products[good]

    def _reaching(self, length: float) -> int:
        """Tell how many rows are at least so long, by halving."""
        low, high = 0, len(self.vectors)
        while low < high:
            middle = (low + high) // 2
            if float(np.linalg.norm(self.vectors[middle])) >= length:
                low = middle + 1
            else:
                high = middle
        return low


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
