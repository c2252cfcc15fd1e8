"""Exact search: one product of the query with every row.

At 100,000 rows this takes a few milliseconds, which no approximate index has to beat. Rows are
stored as float16, half the disk and half the loading time, and held as float32, which is what the
processor multiplies fastest (`benchmarks/search.py`; `docs/design/neighbours.md` has the figures).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom.artefact import Array
from murecom.errors import BadInput
from murecom.index.base import Index, Items, check_exclude, check_k, check_matrix, top

_SCORES_AT_ONCE = 16_000_000
"Scores held at a time by a search with many queries: 64 MB of float32."


class ExactIndex(Index):
    """Neighbours by full scan: nothing is approximated but the float16 of the rows."""

    name: ClassVar[str] = "exact"

    def __init__(self) -> None:
        self._rows = np.empty((0, 0), np.float16)
        self._wide = np.empty((0, 0), np.float32)

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
            # For one query the matrix-vector form reads the rows once, in order.
            scores = (self._wide @ block[0])[None] if len(block) == 1 else block @ self._wide.T
            scores[:, left_out] = -np.inf
            for i, row in enumerate(scores, start):
                items[i], similarities[i] = top(row, k)
        return items, similarities

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
        return self._rows.shape[1]
