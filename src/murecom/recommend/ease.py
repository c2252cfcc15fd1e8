"""Every track predicted from all others by one linear model: the best there is for few tracks.

Source: Steck, "Embarrassingly shallow autoencoders for sparse data", WWW 2019 (EASE). The weights
come from the inverse of the matrix of how often tracks meet: as many numbers as there are pairs of
tracks, and time that grows with the third power. So only the most popular tracks take part.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array, part
from murecom.errors import BadInput, MissingExtra
from murecom.recommend.base import Data, Seeds
from murecom.recommend.neighbour_table import NeighbourTable
from murecom.recommend.sparse import Found, SparseRecommender, held_back, shares
from murecom.types import Progress, Step

MOST = 40_000
"Tracks that a model may hold: their matrix takes 6.4 GB. Beyond, take `item_knn` or `ials`."

_ROWS = 1_000


@dataclass(eq=False)
class EASE(SparseRecommender):
    """Sums of the weights by which the seeds predict a track."""

    name: ClassVar[str] = "ease"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    made_by: ClassVar[str] = "murecom train playlists"

    items_kept: int = 20_000
    "The most popular tracks, which take part; n of them take 4 n² bytes while they are learned."

    penalty: float = 200.0
    "Lambda of the paper; larger values suit longer lists."

    k: int = 500
    "Weights that are kept of each seed, the largest."

    beta: float = 0.0
    "Power of the popularity of a track that its score is divided by, for one seed."

    beta_many: float = 0.0
    "The same for 25 seeds and more."

    halving: float = 2.0
    "Tracks after which a seed counts half when the next track is wanted."

    _table: NeighbourTable = field(init=False, repr=False)

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        assert data.interactions is not None
        if not 1 <= self.items_kept <= MOST:
            raise BadInput(
                f"ease learns from 1 to {MOST:,} tracks, not {self.items_kept:,}. "
                "Set items_kept lower, or train item_knn or ials."
            )
        if self.penalty <= 0 or self.k < 1:
            raise BadInput("ease needs a penalty above 0 and k of 1 or more. Correct them.")
        popularity = data.interactions.popularity
        order = np.argsort(-popularity, kind="stable")[: self.items_kept]
        items = np.sort(order[popularity[order] > 0])
        weights = self._weights(data.interactions.matrix()[:, items], progress)
        rows = [_largest(row, self.k) for row in weights]
        counts = np.zeros(len(popularity), np.int32)
        counts[items] = [len(own) for own in rows]
        starts = np.cumsum(counts, dtype=np.int64) - counts
        found = np.concatenate([np.empty(0, np.int64), *rows])
        owner = np.repeat(np.arange(len(items)), [len(own) for own in rows])
        table = NeighbourTable(starts, counts, items[found].astype(np.int32), weights[owner, found])
        progress(Step("Solving", 3, 3))
        arrays = {f"table.{name}": array for name, array in table.arrays().items()}
        return {"popularity": popularity.astype(np.int32), **arrays}

    def _weights(self, matrix: Any, progress: Progress) -> NDArray[np.float32]:
        """Compute the weights, shape (items, items): row for the seed, diagonal 0."""
        try:
            from scipy.linalg.lapack import spotrf, spotri
        except ImportError as error:
            raise MissingExtra("playlists", "Learning from playlists") from error
        n = matrix.shape[1]
        by_item = matrix.T.tocsr()
        gram = np.empty((n, n), np.float32, order="F")  # symmetric, so rows may be columns
        progress(Step("Solving", 0, 3))
        for begin in range(0, n, _ROWS):
            rows = (by_item[begin : begin + _ROWS] @ matrix).toarray()
            gram[:, begin : begin + _ROWS] = rows.T
        gram[np.diag_indices(n)] += np.float32(self.penalty)
        progress(Step("Solving", 1, 3))
        gram, failed = spotrf(gram, lower=1, overwrite_a=1)
        if not failed:
            gram, failed = spotri(gram, lower=1, overwrite_c=1)
        if failed:
            raise BadInput("The equations of ease cannot be solved. Choose a larger penalty.")
        progress(Step("Solving", 2, 3))
        for begin in range(0, n, _ROWS):  # only the lower half was made
            end = min(begin + _ROWS, n)
            block = gram[begin:end, begin:end]
            block[:] = np.tril(block) + np.tril(block, -1).T
            gram[begin:end, end:] = gram[end:, begin:end].T
        gram /= -gram.diagonal().copy()
        gram[np.diag_indices(n)] = 0
        return np.asarray(gram, np.float32)

    def _open(self) -> None:
        self._table = NeighbourTable.from_arrays(part(self.state, "table"), len(self.items))

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._table.has(items)

    def _found(self, seeds: Seeds) -> Found:
        found = self._table.accumulate(seeds.items, shares(seeds, self.halving))
        popularity = self.state["popularity"][found[0]]
        return held_back(found, popularity, seeds, self.beta, self.beta_many)


def _largest(row: NDArray[np.float32], k: int) -> NDArray[np.int64]:
    """Give the places of the largest numbers of a row that are above 0, rising."""
    places = np.argpartition(-row, k)[:k] if k < len(row) else np.arange(len(row))
    return np.sort(places[row[places] > 0])
