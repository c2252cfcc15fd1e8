"""The contract of an index: rows of vectors in, the nearest rows of a query out.

Nearness is the dot product, which for the unit vectors of `index.space` is the cosine. An index
knows rows (inner ids) only; which track a row is, its caller knows.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from murecom import artefact
from murecom.artefact import Array
from murecom.errors import BadInput

Items = Sequence[int] | NDArray[np.int64]
"Row numbers."


class Index(ABC):
    """Finds the rows that are nearest to a query."""

    name: ClassVar[str] = ""
    "What settings and manifests call it."

    @abstractmethod
    def build(self, vectors: NDArray[np.float32]) -> Self:
        """Take over the rows of a matrix.

        Parameters
        ----------
        vectors : ndarray of float32, shape (n, dim)
            All finite; n may be 0.

        Raises
        ------
        BadInput
            Not a matrix, or not finite.
        """

    @abstractmethod
    def search(
        self, queries: ArrayLike, k: int, exclude: Items | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Find the `k` rows that are nearest to each query.

        Parameters
        ----------
        queries : array of shape (m, dim) or (dim,)
            One query may come without its first axis; the answer has it always.
        k : int
            How many; fewer come when the index, without the excluded rows, holds fewer.
        exclude : sequence of int, optional
            Rows that are left out of every answer.

        Returns
        -------
        items : ndarray of int64, shape (m, k)
            Nearest first; equally near ones by row number.
        similarities : ndarray of float32, shape (m, k)
            Dot products, falling along each row.

        Raises
        ------
        BadInput
            Another dimension, not finite, `k` below 1, or an excluded row that does not exist.
        """

    @abstractmethod
    def vectors(self, items: Items | None = None) -> NDArray[np.float32]:
        """Give rows as they are kept, all of them by default: shape (len(items), dim)."""

    @abstractmethod
    def arrays(self) -> dict[str, Array]:
        """Give the arrays from which `from_arrays` makes the same index again."""

    @classmethod
    @abstractmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Make an index of what `arrays` gave; the arrays may be memory-mapped and read-only."""

    @abstractmethod
    def __len__(self) -> int: ...

    @property
    @abstractmethod
    def dim(self) -> int:
        """Length of a vector."""

    def save(self, folder: Path | str) -> None:
        """Write the index as an artefact; errors as in `artefact.save`."""
        artefact.save(folder, self.arrays(), {"class": self.name, "items": len(self)})

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read what `save` wrote; errors as in `artefact.load`."""
        manifest, arrays = artefact.load(folder, what="index")
        if manifest.get("class") != cls.name:
            raise BadInput(
                f"{folder} holds an index of the kind '{manifest.get('class')}', "
                f"not '{cls.name}'. Make it again: murecom scan."
            )
        try:
            return cls.from_arrays(arrays)
        except (KeyError, ValueError) as error:
            raise BadInput(
                f"The index in {folder} is damaged ({error}). Make it again: murecom scan."
            ) from error


def top(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Pick the `k` largest scores.

    Parameters
    ----------
    scores : ndarray of float32, shape (n,)
        -inf and NaN stand for what must never be picked.
    k : int
        At least 0.

    Returns
    -------
    items : ndarray of int64, shape (≤ k,)
        Positions, best first; equal scores by position, so that an answer never depends on the
        way it was sorted.
    best : ndarray of float32, shape (≤ k,)
        Their scores.
    """
    if k <= 0:
        return np.empty(0, np.int64), np.empty(0, np.float32)
    if k < len(scores):
        scores = np.where(np.isnan(scores), -np.inf, scores) if np.isnan(scores.sum()) else scores
        least = scores[np.argpartition(scores, -k)[-k:]].min()
        items = np.flatnonzero(scores >= least)
    else:
        items = np.arange(len(scores))
    items = items[scores[items] > -np.inf]
    order = np.lexsort((items, -scores[items]))[:k]
    items = items[order].astype(np.int64, copy=False)
    return items, scores[items].astype(np.float32, copy=False)


def check_matrix(vectors: ArrayLike, dim: int | None = None) -> NDArray[np.float32]:
    """Give a finite float32 matrix of shape (n, dim), or raise BadInput with what is wrong."""
    matrix = np.asarray(vectors, dtype=np.float32)
    if matrix.ndim != 2:
        raise BadInput(
            f"Vectors must be a matrix of shape (n, dim), not {matrix.shape}. "
            "Stack them, one row each."
        )
    if dim is not None and matrix.shape[1] != dim:
        raise BadInput(
            f"These vectors have {matrix.shape[1]} dimensions, the index has {dim}. "
            "Use vectors of the same embedder."
        )
    if not np.isfinite(matrix.sum(dtype=np.float64)):
        row = int(np.flatnonzero(~np.isfinite(matrix).all(axis=1))[0])
        raise BadInput(f"Row {row} of the vectors is not finite. Embed that track again.")
    return matrix


def check_exclude(exclude: Items | None, n: int) -> NDArray[np.int64]:
    """Give the excluded rows once each, or raise BadInput for rows outside 0..n-1."""
    if exclude is None or len(exclude) == 0:
        return np.empty(0, np.int64)
    rows = np.unique(np.asarray(exclude, dtype=np.int64))
    if rows[0] < 0 or rows[-1] >= n:
        raise BadInput(f"Excluded rows must lie in 0..{n - 1}. Translate the track ids first.")
    return rows


def check_k(k: int) -> int:
    """Give `k`, or raise BadInput when it is below 1."""
    if k < 1:
        raise BadInput(f"At least one result must be asked for, not {k}. Give k ≥ 1.")
    return int(k)
