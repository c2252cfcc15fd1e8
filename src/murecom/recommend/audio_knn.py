"""Neighbours by sound: the nearest vectors of the space that the embedders span.

The score of a track is the mean of its cosines with the seeds, by their weights, which is one dot
product with the weighted mean of the seeds' vectors. Several seeds that differ thus find what lies
between them; `docs/design/neighbours.md` says why the mean and not the nearest seed decides.

Seeds with a weight below 0 say what the answer should not be like: the score of a track falls with
its cosine to the nearest of these (`docs/design/groups.md` says what else was tried).

The library itself teaches two corrections, without labels: vectors lean on their neighbours, and
tracks that are near to everything are held back (`index.neighbourhood`).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array, part
from murecom.errors import NotFound
from murecom.index.base import top
from murecom.index.exact import ExactIndex
from murecom.index.neighbourhood import CROWD, LEANING, crowding, lean, nearest_rows
from murecom.index.space import Space
from murecom.recommend.base import Data, Recommender, Request, Seeds, VectorBlock
from murecom.recommend.calibration import RANDOM_PAIR, Calibration
from murecom.types import Progress, Step, TrackId

_PAIRS = 20_000
"Random pairs whose median is measured: it then stands within 0.005 of the true one."


UNLIKE = 0.5
"""More keeps farther from the tracks that are not wanted, and from the seeds: with 0.25 to 0.5
neighbours of the seed's kind become more, with 1 fewer (`benchmarks/unlike.py`)."""


@dataclass(eq=False)
class AudioKNN(Recommender):
    """Cosine neighbours over vectors of sound."""

    name: ClassVar[str] = "audio_knn"
    needs: ClassVar[frozenset[str]] = frozenset({"vectors"})
    takes: ClassVar[frozenset[str]] = frozenset({"items", "vectors"})
    subtracts: ClassVar[bool] = True

    leaning: float = LEANING
    "How strongly vectors lean on their nearest neighbours; 0 leaves them as they are."

    hub_penalty: float = 0.2
    """Share of its crowding that is taken from the score of a track, relative to the seeds'. 0.1 to
    0.3 do equally well; without it 2 % of 381 tracks never come up, with it 0.5 %."""

    unlike: float = UNLIKE
    """Share of its cosine with a seed of weight -1 that a track loses (the others weighing 1)."""

    _space: Space = field(init=False, repr=False)
    _index: ExactIndex = field(init=False, repr=False)

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        progress(Step("Indexing", 0, len(data.items)))
        space = Space().fit(data.vectors)
        unit = space.transform({key: block.matrix for key, block in data.vectors.items()})
        rows, cosines = nearest_rows(unit, CROWD, progress)
        unit = lean(unit, unit, rows, cosines, self.leaning)
        held_back = self.hub_penalty * crowding(cosines)
        # One more column, met by a 1 in every query: a search then counts the penalty in.
        index = ExactIndex().build(np.column_stack([unit, -held_back]))
        silent = np.flatnonzero(~unit.any(axis=1))
        progress(Step("Indexing", len(data.items), len(data.items)))
        parts = {"space": space.arrays(), "index": index.arrays()}
        arrays = {f"{part}.{name}": a for part, own in parts.items() for name, a in own.items()}
        return {**arrays, "without": silent}

    def _open(self) -> None:
        self._space = Space.from_arrays(part(self.state, "space"))
        self._index = ExactIndex.from_arrays(part(self.state, "index"))
        if len(self._index) != len(self.items) or self._index.dim != self._space.dim + 1:
            raise ValueError("the vectors do not fit the items")

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return ~np.isin(items, self.state["without"])

    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        query, offset, unlike = self._query(seeds)
        scores: NDArray[np.float32] = self._index.vectors() @ query + offset
        if len(unlike):
            scores -= loss(self.vectors(), unlike)
        scores[self.state["without"]] = -np.inf
        return scores

    def _top(
        self, seeds: Seeds, k: int, exclude: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        left_out = np.union1d(exclude, self.state["without"])
        query, offset, unlike = self._query(seeds)
        if len(unlike):
            scores = self._scores(seeds)
            scores[left_out] = -np.inf
            return top(scores, k)
        items, raw = self._index.search(query, k, left_out)
        return items[0], raw[0] + offset

    def _calibrate(self, data: Data) -> Calibration:
        rows = np.setdiff1d(np.arange(len(self.items)), self.state["without"])
        if len(rows) < 2:
            return Calibration.through([(-1.0, 0.0), (0.0, RANDOM_PAIR), (1.0, 1.0)])
        random = np.random.default_rng(0)
        one = random.integers(len(rows), size=_PAIRS)
        other = (one + random.integers(1, len(rows), size=_PAIRS)) % len(rows)
        pairs = self._index.vectors(rows[one])[:, :-1], self._index.vectors(rows[other])[:, :-1]
        cosines = np.einsum("ij,ij->i", *pairs)
        median = float(np.clip(np.median(cosines), -0.9, 0.9))
        return Calibration.through([(-1.0, 0.0), (median, RANDOM_PAIR), (1.0, 1.0)])

    def _query(self, seeds: Seeds) -> tuple[NDArray[np.float32], np.float32, NDArray[np.float32]]:
        """Give the weighted mean of the seeds' vectors, a 1 for the penalty, and an offset.

        The offset is what the seeds themselves are held back: a track just like the seed scores 1.
        The rows that come third are what to keep away from, see `loss`: shape (unlike, dim).
        """
        rows = self._index.vectors(seeds.items)
        weights = seeds.weights
        if seeds.vectors:
            outside = self._space.transform(seeds.vectors)
            heard = outside.any(axis=1)
            rows = np.concatenate([rows, self._lean(outside[heard])])
            weights = np.concatenate([weights, seeds.vector_weights[heard]])
        wanted = weights > 0
        if not wanted.any():
            raise NotFound("None of the seeds has a vector of sound. Run: murecom scan.")
        query: NDArray[np.float32] = (weights[wanted] / weights[wanted].sum()) @ rows[wanted]
        offset = -query[-1]
        query[-1] = 1
        against = weights[~wanted] / weights[wanted].mean()
        unlike: NDArray[np.float32] = -self.unlike * against[:, None] * rows[~wanted, :-1]
        return query, offset, unlike[unlike.any(axis=1)]

    def _lean(self, unit: NDArray[np.float32]) -> NDArray[np.float32]:
        """Treat vectors from outside like rows of the index: float32, shape (m, dim + 1)."""
        queries = np.column_stack([unit, np.zeros(len(unit), np.float32)])
        items, cosines = self._index.search(queries, CROWD, self.state["without"])
        towards = self._index.vectors()[:, :-1]
        moved = lean(unit, towards, items.astype(np.int32), cosines, self.leaning)
        return np.column_stack([moved, -self.hub_penalty * crowding(cosines)])

    # -- for playlists, which need the vectors themselves ------------------------------------------

    @property
    def keys(self) -> tuple[str, ...]:
        """Keys of the embedders whose vectors this model compares."""
        return self._space.keys

    @property
    def weights(self) -> dict[str, float]:
        """Weight of each block of vectors, by key."""
        return self._space.weights

    def compares(self, blocks: Mapping[str, VectorBlock], besides: Collection[str] = ()) -> bool:
        """Tell whether vectors are compared by just these blocks and those `besides`.

        Weights, statistics and whitening count; what stands in the blocks does not.
        """
        same = {*blocks, *besides} == set(self.keys)
        return same and all(self._space.is_of(key, block) for key, block in blocks.items())

    def vectors(self, ids: Sequence[TrackId] | None = None) -> NDArray[np.float32]:
        """Give the unit vectors of tracks, all items by default: float32, shape (len(ids), dim).

        Raises
        ------
        NotFound
            A track is not in the catalogue.
        """
        if ids is None:
            return self._index.vectors()[:, :-1]
        items, _, unknown = self.items.split(ids)
        if unknown:
            raise NotFound(f"'{self.name}' does not know {unknown[0]}. Run: {self.made_by}.")
        return self._index.vectors(items)[:, :-1]

    def crowding(self) -> NDArray[np.float32]:
        """Tell how crowded it is around each item, see `index.neighbourhood`: shape (n_items,)."""
        if self.hub_penalty > 0:
            kept: NDArray[np.float32] = -self._index.vectors()[:, -1] / self.hub_penalty
            return kept
        return crowding(nearest_rows(self.vectors(), CROWD)[1])

    def unlike_rows(self, request: Request) -> NDArray[np.float32]:
        """Give what a request keeps away from, for `loss`: float32, shape (unlike, dim)."""
        return self._query(self._resolve(request))[2]

    def place(self, vectors: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Give the unit vectors of tracks outside the catalogue, see `Space.transform`."""
        return self._lean(self._space.transform(vectors))[:, :-1]


def loss(vectors: NDArray[np.float32], unlike: NDArray[np.float32]) -> NDArray[np.float32]:
    """Tell what tracks lose for being like what is not wanted, shape (n,).

    The most of their products with the rows of `unlike` (m, dim), which are unit vectors times how
    much they count; 0 for a track that points away from all of them: nobody asked for the opposite.
    """
    lost: NDArray[np.float32] = (vectors @ unlike.T).max(axis=1, initial=0)
    return lost
