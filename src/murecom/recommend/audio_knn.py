"""Neighbours by sound: the nearest vectors of the space that the embedders span.

The score of a track is the mean of its cosines with the seeds, by their weights, which is one dot
product with the weighted mean of the seeds' vectors. Several seeds that differ thus find what lies
between them; `docs/design/neighbours.md` says why the mean and not the nearest seed decides.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.errors import NotFound
from murecom.index.exact import ExactIndex
from murecom.index.space import Space
from murecom.recommend.base import Data, Recommender, Seeds
from murecom.recommend.calibration import RANDOM_PAIR, Calibration
from murecom.types import Progress, Step, TrackId

_PAIRS = 20_000
"Random pairs whose median is measured: it then stands within 0.005 of the true one."


@dataclass(eq=False)
class AudioKNN(Recommender):
    """Cosine neighbours over vectors of sound."""

    name: ClassVar[str] = "audio_knn"
    needs: ClassVar[frozenset[str]] = frozenset({"vectors"})
    takes: ClassVar[frozenset[str]] = frozenset({"items", "vectors"})

    refit_above: int = 500
    "Libraries with more tracks are z-scored by their own statistics, see `index.space.Space`."

    _space: Space = field(init=False, repr=False)
    _index: ExactIndex = field(init=False, repr=False)

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        progress(Step("Indexing", 0, len(data.items)))
        space = Space(self.refit_above).fit(data.vectors)
        unit = space.transform({key: block.matrix for key, block in data.vectors.items()})
        index = ExactIndex().build(unit)
        silent = np.flatnonzero(~unit.any(axis=1))
        progress(Step("Indexing", len(data.items), len(data.items)))
        parts = {"space": space.arrays(), "index": index.arrays()}
        arrays = {f"{part}.{name}": a for part, own in parts.items() for name, a in own.items()}
        return {**arrays, "without": silent}

    def _open(self) -> None:
        self._space = Space.from_arrays(_part(self.state, "space"))
        self._index = ExactIndex.from_arrays(_part(self.state, "index"))
        if len(self._index) != len(self.items) or self._index.dim != self._space.dim:
            raise ValueError("the vectors do not fit the items")

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return ~np.isin(items, self.state["without"])

    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        scores: NDArray[np.float32] = self._index.vectors() @ self._direction(seeds)
        scores[self.state["without"]] = -np.inf
        return scores

    def _top(
        self, seeds: Seeds, k: int, exclude: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        left_out = np.union1d(exclude, self.state["without"])
        items, raw = self._index.search(self._direction(seeds), k, left_out)
        return items[0], raw[0]

    def _calibrate(self, data: Data) -> Calibration:
        rows = np.setdiff1d(np.arange(len(self.items)), self.state["without"])
        if len(rows) < 2:
            return Calibration.through([(-1.0, 0.0), (0.0, RANDOM_PAIR), (1.0, 1.0)])
        random = np.random.default_rng(0)
        one = random.integers(len(rows), size=_PAIRS)
        other = (one + random.integers(1, len(rows), size=_PAIRS)) % len(rows)
        pairs = self._index.vectors(rows[one]), self._index.vectors(rows[other])
        cosines = np.einsum("ij,ij->i", *pairs)
        median = float(np.clip(np.median(cosines), -0.9, 0.9))
        return Calibration.through([(-1.0, 0.0), (median, RANDOM_PAIR), (1.0, 1.0)])

    def _direction(self, seeds: Seeds) -> NDArray[np.float32]:
        """Weighted mean of the seeds' unit vectors, shape (dim,)."""
        vectors = self._index.vectors(seeds.items)
        weights = seeds.weights
        if seeds.vectors:
            outside = self._space.transform(seeds.vectors)
            heard = outside.any(axis=1)
            vectors = np.concatenate([vectors, outside[heard]])
            weights = np.concatenate([weights, seeds.vector_weights[heard]])
        if not weights.any():
            raise NotFound("None of the seeds has a vector of sound. Run: murecom scan.")
        mean: NDArray[np.float32] = (weights / weights.sum()) @ vectors
        return mean

    # -- for playlists, which need the vectors themselves ------------------------------------------

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the embedders whose vectors this model compares."""
        return self._space.keys

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each block of vectors, by key."""
        return self._space.weights

    def vectors(self, ids: Sequence[TrackId] | None = None) -> NDArray[np.float32]:
        """Give the unit vectors of tracks, all items by default: float32, shape (len(ids), dim).

        Raises
        ------
        NotFound
            A track is not in the catalogue.
        """
        if ids is None:
            return self._index.vectors()
        items, _, unknown = self.items.split(ids)
        if unknown:
            raise NotFound(f"'{self.name}' does not know {unknown[0]}. Run: {self.made_by}.")
        return self._index.vectors(items)

    def place(self, vectors: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Give the unit vectors of tracks outside the catalogue, see `Space.transform`."""
        return self._space.transform(vectors)


def _part(state: Mapping[str, Array], name: str) -> dict[str, Array]:
    start = f"{name}."
    return {key[len(start) :]: array for key, array in state.items() if key.startswith(start)}
