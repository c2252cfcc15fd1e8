"""Exact search: the product of the query with every row that may be among the nearest.

A small index multiplies all rows. A large one is bound by memory, so it first reads a fifth of the
numbers, which tell the most that each product can be, and multiplies the rows that this does not
rule out. The answers are the same. Rows are stored as float16, half the disk and half the loading
time, and held as float32, which is what the processor multiplies fastest (`benchmarks/search.py`;
`docs/design/neighbours.md` has the figures).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom.artefact import Array
from murecom.errors import BadInput
from murecom.index.base import Index, Items, check_exclude, check_k, check_matrix, top

_SCORES_AT_ONCE = 16_000_000
"Scores held at a time by a search with many queries: 64 MB of float32."

_BOUND_FROM = 20_000
"Rows from which single queries use bounds; with fewer, all products take less than a millisecond."

_SHORT = 64
"""Numbers of a shortened row: 256 bytes. With 48 or 96 a query takes as long or longer; vectors
that are not twice as long are not shortened."""

_SAMPLE = 5_000
"""Rows, at least, whose main directions are found, in a hundredth of a second. With all of 100,000
rows 5 % fewer candidates are left, with 1,000 rows 20 % more."""

_SHARE = 0.15
"Largest share of the rows that is copied to be multiplied: 0.2 take nearly as long as all rows."

_SLACK = 1e-4
"""By how much the squared lengths of rows and queries are enlarged in a bound. By Cauchy and
Schwarz every bound is then too high by at least this times both lengths, a hundred times what
float32 rounds off products of some hundred terms (their number's square root times 6e-8)."""

_TIE = 1e-5
"""Products that differ by less than this times the lengths of row and query are summed again before
they are ordered: ten times what float32 rounds off them."""


@dataclass(frozen=True, slots=True, eq=False)
class _Bounds:
    """The most that the product of each row with a query can be.

    Of a row x and a query q, `axes` (dim, c) with orthonormal columns takes the parts that lie
    along them: x·q = (x axes)·(q axes) + the product of what remains of both, which is at most the
    product of the lengths of the remains. A row of `short` (n, c + 1) is x axes, then that length;
    with the query shortened in the same way, one product gives the bounds of all rows.
    """

    axes: NDArray[np.float32]
    short: NDArray[np.float32]

    @classmethod
    def of(cls, rows: NDArray[np.float32]) -> Self:
        """Shorten rows along the directions in which a sample of them is longest."""
        axes = main_directions(rows, _SHORT - 1)
        return cls(axes, _shorten(rows, axes))

    def __call__(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Give the bounds of all rows, shape (n,)."""
        # In float64 no square of a very long or short query overflows or vanishes.
        short = _shorten(query[None].astype(np.float64), self.axes)[0]
        bounds: NDArray[np.float32] = self.short @ short.astype(np.float32)
        return bounds


def main_directions(rows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Find the orthonormal directions in which a sample of rows is longest: (dim, count)."""
    known = np.flatnonzero(rows.any(axis=1))  # tracks that nobody has heard have no direction
    sample = rows[known[:: max(1, len(known) // _SAMPLE)]]
    # The eigenvalues of eigh rise: the last columns are the main directions.
    vectors = np.linalg.eigh((sample.T @ sample).astype(np.float64))[1][:, -count:]
    return np.ascontiguousarray(vectors, dtype=np.float32)


def _shorten(rows: NDArray[Any], axes: NDArray[np.float32]) -> NDArray[Any]:
    short = np.empty((len(rows), axes.shape[1] + 1), rows.dtype)
    along = short[:, :-1]
    np.matmul(rows, axes, out=along)
    rest = np.einsum("ij,ij->i", rows, rows)
    rest *= 1 + _SLACK
    rest -= np.einsum("ij,ij->i", along, along)
    short[:, -1] = np.sqrt(np.maximum(rest, 0))
    return short


class ExactIndex(Index):
    """Neighbours by full scan: nothing is approximated but the float16 of the rows."""

    name: ClassVar[str] = "exact"

    def __init__(self) -> None:
        self._take(np.empty((0, 0), np.float16))

    def build(self, vectors: NDArray[np.float32]) -> Self:
        """Take over the rows of a matrix, see `Index.build`.

        Raises
        ------
        BadInput
            Not a matrix, not finite, or larger than float16 holds (65,504).
        """
        matrix = check_matrix(vectors)
        if matrix.size and np.abs(matrix).max() > np.finfo(np.float16).max:
            raise BadInput("The vectors are too large for float16. Scale them to unit length.")
        return self._take(matrix.astype(np.float16))

    def _take(self, rows: NDArray[np.float16]) -> Self:
        self._rows = rows
        # What is searched is what is stored, before and after loading: the answers are the same.
        self._wide = rows.astype(np.float32)
        self._bounds: _Bounds | None = None
        self._was_asked = False
        return self

    def search(
        self, queries: ArrayLike, k: int, exclude: Items | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the `k` nearest rows of each query, see `Index.search`."""
        wanted = np.atleast_2d(np.asarray(queries, dtype=np.float32))
        wanted = check_matrix(wanted, self.dim)
        left_out = check_exclude(exclude, len(self))
        k = min(check_k(k), len(self) - len(left_out))
        items = np.empty((len(wanted), k), np.int64)
        similarities = np.empty((len(wanted), k), np.float32)
        if k == 0:
            return items, similarities
        step = max(1, _SCORES_AT_ONCE // len(self))
        for start in range(0, len(wanted), step):
            block = wanted[start : start + step]
            if len(block) == 1:
                items[start], similarities[start] = self._search_one(block[0], k, left_out)
                continue
            scores = block @ self._wide.T
            scores[:, left_out] = -np.inf
            for i, row in enumerate(scores):
                best = self._best(block[i], k, row)
                items[start + i], similarities[start + i] = best
        return items, similarities

    def _search_one(
        self, query: NDArray[np.float32], k: int, left_out: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        some = self._candidates(query, k, left_out)
        if some is not None:
            return self._best(query, k, self._wide[some] @ query, some)
        scores = self._wide @ query
        scores[left_out] = -np.inf
        return self._best(query, k, scores)

    def _best(
        self,
        query: NDArray[np.float32],
        k: int,
        scores: NDArray[np.float32],
        some: NDArray[np.int64] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Give the `k` best of all or some rows, equal ones in order whatever way they were scored.

        BLAS sums a row differently by its place, its number of neighbours and the number of
        threads: equal rows would not be equal. So the best are summed again, each in the same way.
        """
        best, falling = top(scores, k)
        if not len(best):
            return best, falling
        longest = np.linalg.norm(self._wide[best if some is None else some[best]], axis=1).max()
        margin = _TIE * float(longest) * float(np.linalg.norm(query.astype(np.float64)))
        close = np.flatnonzero(scores >= float(falling[-1]) - margin)
        if some is not None:
            close = some[close]
        if len(close) > _SHARE * len(self):  # to copy them would take longer than to sum all rows
            scores = np.einsum("ij,j->i", self._wide, query)[close]
        else:
            scores = np.einsum("ij,j->i", self._wide[close], query)
        order, falling = top(scores, k)
        return close[order], falling

    def _candidates(
        self, query: NDArray[np.float32], k: int, left_out: NDArray[np.int64]
    ) -> NDArray[np.int64] | None:
        """Give all rows that may be among the `k` nearest, rising; None if too many may."""
        n, most = len(self), int(_SHARE * len(self))
        if n < _BOUND_FROM or self.dim < 2 * _SHORT or 2 * k > most:
            return None
        if self._bounds is None:
            if not self._was_asked:  # a command that asks once need not pay for the bounds
                self._was_asked = True
                return None
            self._bounds = _Bounds.of(self._wide)
        bounds = self._bounds(query)
        bounds[left_out] = -np.inf
        few = min(2 * k, n - len(left_out))
        promising = np.argpartition(bounds, -few)[-few:]
        least = np.partition(self._wide[promising] @ query, -k)[-k]
        some = np.flatnonzero(~(bounds < least))  # what overflowed to NaN rules nothing out
        return some if len(some) <= most else None

    def vectors(self, items: Items | None = None) -> NDArray[np.float32]:
        """Give rows as float32: a view of all by default, a copy of some."""
        if items is None:
            view = self._wide.view()
            view.flags.writeable = False
            return view
        return self._wide[np.asarray(items, dtype=np.int64)]

    def arrays(self) -> dict[str, Array]:
        """Give the rows as float16, shape (n, dim)."""
        return {"rows": self._rows}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Make an index of stored rows."""
        rows = arrays["rows"]
        if rows.ndim != 2 or rows.dtype != np.float16:
            raise ValueError(f"rows are {rows.dtype} of shape {rows.shape}")
        return cls()._take(rows)

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._rows.shape[1])
