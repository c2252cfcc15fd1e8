"""Vectors of items: placing a playlist among them, and finding the best of millions.

Part of the base of the family: `ials`, `title`, `artist`, `word2vec` and `audio_to_items` all
answer by the product of one vector with those of all items. Needs numpy alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.index.base import top

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

HALF_FROM = 64
"""Length from which only half of a vector is read for every row, and the other half where the first
leaves a chance: a quarter leaves it to many more rows. Shorter ones are multiplied whole."""

HEAD = 8_192
"Rows, the longest, that are always multiplied whole: their best set the mark for the others."

ALL_BELOW = 20_000
"Rows up to which all are multiplied: that takes a millisecond."

FEW = 0.15
"Part of the rows up to which copying them, to multiply them, takes less time than multiplying all."

_SLACK = 1e-4
"Part of the lengths by which a bound is raised, a hundred times what float32 rounds off."


def _short(dim: int) -> int:
    """Tell how many numbers of a vector are read first."""
    return dim if dim <= HALF_FROM else max(dim // 2, HALF_FROM)


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """Item vectors, ordered so that the best products are found without all of them.

    Rows lie from the longest to the shortest. `vectors` (rows, dim), turned as by `factorise`;
    `rest` (rows,) is the length of what follows the first half; `is_own` (rows,) tells
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
        kept = np.ones(n_items, np.float32) if share is None else share.astype(np.float32)
        kept[rows < 0] = 1  # of nothing: a part of -inf must not become NaN
        return cls(
            vectors=vectors,
            rest=np.linalg.norm(vectors[:, _short(vectors.shape[1]) :], axis=1),
            is_own=is_own,
            row=rows,
            share=kept,
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
        n, block = len(self.vectors), max(HEAD, 4 * k)
        if n <= max(ALL_BELOW, 2 * block):
            return None
        shut = np.zeros(n, np.bool_)
        shut[self.row[exclude]] = True  # the last one too, by items without a row; it is found yet
        length = float(np.linalg.norm(x))
        short = _short(self.dim)
        beyond = np.float32(np.linalg.norm(x[short:]))
        slack = _SLACK * length * float(np.linalg.norm(self.vectors[0]))
        rows, products = np.arange(block), self.vectors[:block] @ x
        done, best = block, np.empty(0, np.float32)
        found: list[tuple[Ints, Floats]] = []
        share = 0.0
        while True:
            # every own row has an item that keeps all of the product, so these set the mark
            counted = products[self.is_own[rows] & ~shut[rows]]
            best = np.concatenate([best, counted])
            best = np.partition(best, -k)[-k:] if len(best) > k else best
            found.append((rows, products))
            if len(best) < k or not best.min() > 0:
                return None
            mark = float(best.min()) - slack
            # rows lie from the longest: beyond some place, no product can reach the mark
            reach = self._reaching(mark / length)
            if reach <= done:
                break
            some = slice(done, min(reach, done + block))
            if share < FEW:
                bounds = self.vectors[some, :short] @ x[:short] + beyond * self.rest[some]
                rows = done + np.flatnonzero(bounds >= mark)
                share = len(rows) / (some.stop - done)
            if share < FEW:
                products = self.vectors[rows] @ x
            else:
                rows, products = np.arange(done, some.stop), self.vectors[some] @ x
            done, block = some.stop, 2 * block
        rows, products = (np.concatenate(parts) for parts in zip(*found, strict=True))
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
