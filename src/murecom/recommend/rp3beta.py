"""A random walk of three steps: from the seed to a playlist, to a track, popular ones held back.

Source: Paudel, Christoffel, Newell & Bernstein, "Updatable, accurate, diverse, and scalable
recommendations for interactive applications", TiiS 2017 (RP3beta); the power of the transition
probabilities is that of P3alpha (Cooper, Lee, Radinsky & Siponen, WWW 2014).

How far popular tracks are to be held back depends on how much is known: one seed says little, so
what is popular is a good guess; twenty-five seeds say a lot. So the table keeps the probabilities,
and an answer divides them by a power of the popularity that follows the number of seeds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array, part
from murecom.errors import BadInput
from murecom.recommend.base import Data, Seeds
from murecom.recommend.neighbour_rows import factors_of
from murecom.recommend.neighbour_table import NeighbourTable, table_of
from murecom.recommend.sparse import Found, SparseRecommender, held_back, shares
from murecom.types import Progress

_CHUNK = 10_000_000
"Entries that are turned back into probabilities at a time."


@dataclass(eq=False)
class RP3Beta(SparseRecommender):
    """Probabilities of a walk from the seeds, divided by a power of the popularity."""

    name: ClassVar[str] = "rp3beta"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    made_by: ClassVar[str] = "murecom train playlists"

    alpha: float = 0.5
    "Power of the transition probabilities; below 1, rare steps count more."

    k: int = 30
    "Tracks that are kept of the walk from a track in one playlist."

    growth: float = 0.7
    "Power of its popularity with which more are kept; with 0, `k` are kept of all."

    most: int = 500
    "More are never kept, unless `k` is more."

    cut: float = 0.1
    "Power of the popularity that decides which tracks are kept."

    beta: float = 0.0
    "Power of the popularity that scores are divided by, for one seed."

    beta_many: float = 0.2
    "The same for 25 seeds and more."

    halving: float = 2.0
    "Tracks after which a seed counts half when the next track is wanted."

    n_threads: int | None = None
    "Threads of the fit; all cores by default."

    _table: NeighbourTable = field(init=False, repr=False)

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        assert data.interactions is not None
        if self.k < 1:
            raise BadInput(f"rp3beta keeps 1 track or more of a walk, not {self.k}. Correct k.")
        matrix = data.interactions.matrix()
        popularity = data.interactions.popularity
        counts = np.maximum(popularity, 1).astype(np.float64)
        factors = factors_of(
            matrix,
            self._kept,
            weights=np.maximum(np.diff(matrix.indptr), 1) ** (-self.alpha / 2),
            seed=counts**-self.alpha,
            candidate=counts**-self.cut,
        )
        table = table_of(factors, progress, self.n_threads, engine=self.engine)
        back = (counts**self.cut).astype(np.float32)
        for begin in range(0, len(table.items), _CHUNK):
            own = slice(begin, begin + _CHUNK)
            table.values[own] *= back[table.items[own]]
        arrays = {f"table.{name}": array for name, array in table.arrays().items()}
        return {"popularity": popularity.astype(np.int32), **arrays}

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
