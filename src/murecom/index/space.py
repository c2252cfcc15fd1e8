"""The space in which tracks are compared: several kinds of vectors made one unit vector.

An embedder and a set of hand-made statistics speak different units. Each *block* is z-scored,
whitened if its embedder knows how, scaled to length 1, multiplied by its weight and put beside the
others; the whole is scaled to length 1 again. The cosine of two tracks in this space is then the
mean of the blocks' cosines with the squares of the weights: with weights 1 and 0.5 the second block
counts a fifth.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.errors import BadInput

_TINY = 1e-6
"A spread or a length below this is nothing: z-scores and unit vectors would only enlarge noise."

_ROWS_AT_ONCE = 16_384
"Rows transformed at a time: the temporary arrays stay near 20 MB whatever the library."


@dataclass(frozen=True, slots=True, eq=False)
class VectorBlock:
    """Vectors of one key, a row for each item, with the statistics to z-score them.

    `matrix` has shape (n, dim); a row of NaN stands for an item that has no such vector. `mean` and
    `scale` (dim,) are the statistics that ship with the embedder, `weight` is the block's factor.
    `whitening` (dim, dim) is multiplied to z-scored rows from the right; None changes nothing.
    """

    matrix: NDArray[np.float32]
    mean: NDArray[np.float32]
    scale: NDArray[np.float32]
    weight: float = 1.0
    whitening: NDArray[np.float32] | None = None


@dataclass(eq=False)
class Space:
    """Turns blocks of vectors into unit vectors."""

    _keys: tuple[str, ...] = field(default=(), init=False, repr=False)
    _means: tuple[NDArray[np.float32], ...] = field(default=(), init=False, repr=False)
    _scales: tuple[NDArray[np.float32], ...] = field(default=(), init=False, repr=False)
    _weights: tuple[float, ...] = field(default=(), init=False, repr=False)
    _whitenings: tuple[NDArray[np.float32] | None, ...] = field(default=(), init=False, repr=False)

    @property
    def keys(self) -> tuple[str, ...]:
        """The blocks' keys in the order in which they stand in a vector."""
        return self._keys

    @property
    def weights(self) -> dict[str, float]:
        """The blocks' weights by key."""
        return dict(zip(self._keys, self._weights, strict=True))

    def is_of(self, key: str, block: VectorBlock) -> bool:
        """Tell whether a block has the weight, the statistics and the whitening of this space."""
        if key not in self._keys:
            return False
        i = self._keys.index(key)
        scale = np.where(block.scale > _TINY, block.scale, np.float32(1))
        own = self._whitenings[i]
        same = np.array_equal(self._means[i], block.mean) and np.array_equal(self._scales[i], scale)
        if own is None or block.whitening is None:
            return same and own is block.whitening and self._weights[i] == block.weight
        return same and np.array_equal(own, block.whitening) and self._weights[i] == block.weight

    @property
    def dim(self) -> int:
        """Length of a vector of this space."""
        return sum(len(mean) for mean in self._means)

    def fit(self, blocks: Mapping[str, VectorBlock]) -> Self:
        """Take over the statistics of each block, and check them and the vectors.

        A library is never z-scored by its own statistics: that gained nothing on game music and
        lost on music of many genres (`docs/design/neighbours.md`).

        Parameters
        ----------
        blocks : mapping of key to VectorBlock
            At least one.

        Raises
        ------
        BadInput
            No block, shapes that do not agree, a negative weight, or values that are not finite
            (but for rows that are NaN throughout, which are items without this vector).
        """
        if not blocks:
            raise BadInput("There are no vectors to compare. Run: murecom scan.")
        means, scales = [], []
        for key in sorted(blocks):
            block = blocks[key]
            _check(key, block.matrix, len(block.mean))
            mean = np.asarray(block.mean, np.float32)
            scale = np.asarray(block.scale, np.float32)
            given = (mean, scale) if block.whitening is None else (mean, scale, block.whitening)
            shapes = [mean.shape, mean.shape, 2 * mean.shape][: len(given)]
            fits = [array.shape for array in given] == shapes
            if not (fits and all(np.isfinite(array).all() for array in given)):
                raise BadInput(
                    f"The statistics of '{key}' do not fit its vectors. "
                    "Install murecom again, or correct the embedder."
                )
            if not (np.isfinite(block.weight) and block.weight >= 0):
                raise BadInput(f"The weight of '{key}' is {block.weight}. Give 0 or more.")
            means.append(mean)
            # A dimension without spread tells nothing; divided by 1 it stays near 0.
            scales.append(np.where(scale > _TINY, scale, np.float32(1)))
        self._keys = tuple(sorted(blocks))
        self._means, self._scales = tuple(means), tuple(scales)
        self._weights = tuple(float(blocks[key].weight) for key in self._keys)
        self._whitenings = tuple(blocks[key].whitening for key in self._keys)
        return self

    def transform(self, vectors: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Place vectors in this space.

        Parameters
        ----------
        vectors : mapping of key to ndarray, shape (m, dim of that block)
            Keys that are missing, and rows of NaN, count as nothing: the other blocks decide.

        Returns
        -------
        ndarray of float32, shape (m, dim)
            Rows of length 1; a row for which no block is known is all zero.

        Raises
        ------
        BadInput
            A key that this space does not know (vectors of different embedders never meet), no key
            at all, other dimensions, or values that are not finite.
        """
        unknown = sorted(set(vectors) - set(self._keys))
        if unknown or not vectors:
            raise BadInput(
                f"This model compares vectors of {', '.join(self._keys) or 'nothing yet'}, not "
                f"{', '.join(unknown) or 'nothing'}. Embed the track with the same model."
            )
        dims = dict(zip(self._keys, map(len, self._means), strict=True))
        blocks = {key: _check(key, matrix, dims[key]) for key, matrix in vectors.items()}
        rows = {len(matrix) for matrix in blocks.values()}
        if len(rows) > 1:
            raise BadInput("The blocks have different numbers of rows. Give one row per track.")
        placed = np.zeros((rows.pop(), self.dim), np.float32)
        for start in range(0, len(placed), _ROWS_AT_ONCE):
            part = slice(start, start + _ROWS_AT_ONCE)
            end = 0
            for i, key in enumerate(self._keys):
                begin, end = end, end + dims[key]
                if key in blocks:
                    z = (blocks[key][part] - self._means[i]) / self._scales[i]
                    np.nan_to_num(z, copy=False)
                    whitening = self._whitenings[i]
                    if whitening is not None:
                        z = z @ whitening
                    placed[part, begin:end] = _unit(z) * np.float32(self._weights[i])
            placed[part] = _unit(placed[part])
        return placed

    def arrays(self) -> dict[str, Array]:
        """Give the arrays from which `from_arrays` makes the same space again."""
        empty = np.empty(0, np.float32)
        whitenings = [w.ravel() for w in self._whitenings if w is not None]
        return {
            "keys": np.array(self._keys, dtype=np.str_),
            "dims": np.array([len(mean) for mean in self._means], dtype=np.int64),
            "weights": np.array(self._weights, dtype=np.float64),
            "mean": np.concatenate([*self._means, empty]),
            "scale": np.concatenate([*self._scales, empty]),
            "whitened": np.array([w is not None for w in self._whitenings], dtype=np.bool_),
            "whitening": np.concatenate([*whitenings, empty]),
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Self:
        """Make a space of what `arrays` gave.

        Raises
        ------
        KeyError, ValueError
            An array is missing or the lengths do not agree.
        """
        dims = arrays["dims"].tolist()
        keys = tuple(str(key) for key in arrays["keys"])
        weights = tuple(float(weight) for weight in arrays["weights"])
        lengths = {len(arrays["mean"]), len(arrays["scale"]), sum(dims)}
        whitened = arrays["whitened"].tolist()
        if len(lengths) != 1 or not len(keys) == len(weights) == len(dims) == len(whitened):
            raise ValueError("the statistics of the space do not agree")
        space = cls()
        space._keys, space._weights = keys, weights
        cuts = np.cumsum(dims)[:-1]
        space._means = tuple(np.split(np.asarray(arrays["mean"], np.float32), cuts))
        space._scales = tuple(np.split(np.asarray(arrays["scale"], np.float32), cuts))
        sizes = [dim * dim * has for dim, has in zip(dims, whitened, strict=True)]
        if sum(sizes) != len(arrays["whitening"]):
            raise ValueError("the whitening of the space does not fit its statistics")
        flat = np.split(np.asarray(arrays["whitening"], np.float32), np.cumsum(sizes)[:-1])
        space._whitenings = tuple(
            part.reshape(dim, dim) if has else None
            for part, dim, has in zip(flat, dims, whitened, strict=True)
        )
        return space


def _check(key: str, vectors: NDArray[np.float32], dim: int) -> NDArray[np.float32]:
    matrix = np.asarray(vectors, dtype=np.float32)
    if matrix.ndim != 2 or matrix.shape[1] != dim:
        raise BadInput(
            f"Vectors of '{key}' must have the shape (n, {dim}), not {matrix.shape}. "
            "Embed the tracks again with the model of this library."
        )
    odd = ~np.isfinite(matrix)
    if odd.any():
        rows = odd.any(axis=1)
        missing = np.isnan(matrix[rows]).all(axis=1)
        if not missing.all():
            row = int(np.flatnonzero(rows)[np.flatnonzero(~missing)[0]])
            raise BadInput(
                f"The vector of '{key}' in row {row} is not finite. Embed that track again."
            )
    return matrix


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
    unit = np.zeros_like(rows)
    np.divide(rows, length, out=unit, where=length > _TINY)
    return unit
