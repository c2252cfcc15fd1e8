"""Neighbours of tracks: those that stand in the same playlists more often than others would.

Source: Deshpande & Karypis, "Item-based top-N recommendation algorithms", TOIS 2004; the asymmetric
cosine is that of Aiolli, "Efficient top-N recommendation for very large scale binary rated
datasets", RecSys 2013.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array, part
from murecom.errors import BadInput
from murecom.recommend.base import Data, Seeds
from murecom.recommend.neighbour_rows import Factors, factors_of
from murecom.recommend.neighbour_table import NeighbourTable, table_of
from murecom.recommend.sparse import Found, SparseRecommender, held_back, shares
from murecom.types import Progress

SIMILARITIES = ("cosine", "asymmetric", "tfidf", "bm25")


@dataclass(eq=False)
class ItemKNN(SparseRecommender):
    """Sums of the likeness of items to the seeds."""

    name: ClassVar[str] = "item_knn"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    made_by: ClassVar[str] = "murecom train playlists"

    similarity: str = "tfidf"
    """`cosine`; `asymmetric`: see `alpha`; `tfidf`: cosine, long playlists count less; `bm25`: as
    `tfidf`, and tracks that are everywhere count less."""

    k: int = 30
    "Neighbours that are kept of a track in one playlist."

    growth: float = 0.7
    "Power of its popularity with which more are kept of a track; with 0, `k` are kept of all."

    most: int = 500
    "More are never kept, unless `k` is more."

    shrink: float = 20.0
    "Added to the denominator; larger values trust rare pairs less. `bm25` has no denominator."

    alpha: float = 0.5
    "Of `asymmetric`: share of the seed's popularity in the denominator; 0.5 is the cosine."

    saturation: float = 1.2
    "Of `bm25`: K1 of its formula."

    evenness: float = 0.05
    "Of `bm25`: B of its formula, 0..1; more holds popular tracks back."

    beta: float = -0.1
    "Power of the popularity of a track that its score is divided by, for one seed."

    beta_many: float = 0.1
    "The same for 25 seeds and more."

    halving: float = 2.0
    "Tracks after which a seed counts half when the next track is wanted."

    n_threads: int | None = None
    "Threads of the fit; all cores by default."

    _table: NeighbourTable = field(init=False, repr=False)

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        assert data.interactions is not None
        factors = self.factors(data.interactions.matrix())
        table = table_of(factors, progress, self.n_threads, engine=self.engine)
        popularity = data.interactions.popularity.astype(np.int32)
        return {"popularity": popularity, **{f"table.{n}": a for n, a in table.arrays().items()}}

    def factors(self, matrix: Any) -> Factors:
        """Give what the table is made of; `matrix` is (playlists, items), ones.

        Raises
        ------
        BadInput
            A parameter is out of range.
        """
        if self.similarity not in SIMILARITIES:
            names = ", ".join(SIMILARITIES)
            raise BadInput(f"There is no similarity '{self.similarity}'. Choose one of {names}.")
        if self.k < 1 or self.shrink < 0:
            raise BadInput("item_knn needs k of 1 or more and shrink of 0 or more. Correct them.")
        lists, items = matrix.shape
        popularity = np.bincount(matrix.indices, minlength=items).astype(np.float64)
        lengths = np.diff(matrix.indptr)
        weights = np.ones(lists)
        if self.similarity in ("tfidf", "bm25"):
            weights = np.maximum(np.log(items + 1) - np.log1p(lengths), 0.1)
            weights /= np.sqrt((weights**2).mean()) if lists else 1  # shrinkage means the same then
        if self.similarity == "bm25":
            mean = max(popularity[popularity > 0].mean(), 1e-9) if popularity.any() else 1
            share = 1 - self.evenness + self.evenness * popularity / mean
            scale = (self.saturation + 1) / (self.saturation * share + 1)
            return factors_of(matrix, self._kept, weights=weights, seed=scale, candidate=scale)
        alpha = self.alpha if self.similarity == "asymmetric" else 0.5
        if self.shrink:
            return factors_of(matrix, self._kept, weights=weights, shrink=self.shrink, alpha=alpha)
        squares = np.bincount(matrix.indices, (weights**2).repeat(lengths), items)
        squares = np.maximum(squares, 1e-12)
        return factors_of(
            matrix,
            self._kept,
            weights=weights,
            seed=np.asarray(squares**-alpha, np.float64),
            candidate=np.asarray(squares ** (alpha - 1), np.float64),
        )

    def _kept(self, popularity: float) -> float:
        return float(min(self.k * popularity**self.growth, max(self.k, self.most)))

    def _open(self) -> None:
        self._table = NeighbourTable.from_arrays(part(self.state, "table"), len(self.items))

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._table.has(items)

    def _found(self, seeds: Seeds) -> Found:
        found = self._table.accumulate(seeds.items, shares(seeds, self.halving))
        popularity = self.state["popularity"][found[0]]
        return held_back(found, popularity, seeds, self.beta, self.beta_many)
