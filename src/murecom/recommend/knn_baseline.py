"""Baselines, and what neighbours add to them: Surprise's KNNBaseline, made to mean something.

Source: Koren, "Factor in the neighbors: scalable and accurate collaborative filtering", TKDD 2010,
section 2.2, as scikit-surprise computes it: the estimate of a cell is its baseline (mean + playlist
+ track) plus the mean of what the nearest tracks deviate from theirs, weighted by likeness.

A playlist either holds a track or not, and a table of "ratings" that are all 1 breaks this formula.
Surprise compares two tracks over the playlists that hold both; there they always agree, so every
pair that ever met gets the likeness of exactly 1.0 (`msd` and `cosine`), every baseline is 1 and
every estimate too (`tests/recommend/test_knn_baseline.py` shows it). Here the cells that are empty
count as 0: likeness is then the cosine, baselines are shares of playlists, and a track stands out
when more of its neighbours are among the seeds than their popularity explains. With `shrink` and
`support` 0 these are the numbers that Surprise gives for the full table of zeros and ones, which is
playlists times tracks large; here only the ones are ever touched.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array, part
from murecom.errors import BadInput
from murecom.recommend.base import Data, Interactions, Recommender, Seeds
from murecom.recommend.neighbour_rows import factors_of
from murecom.recommend.neighbour_table import NeighbourTable, table_of
from murecom.recommend.sparse import shares
from murecom.types import Progress

_EPOCHS = 10
"Rounds of alternating least squares for the baselines, as in Surprise."


@dataclass(eq=False)
class KNNBaseline(Recommender):
    """Shares of playlists, corrected by which neighbours of a track are among the seeds."""

    name: ClassVar[str] = "knn_baseline"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    made_by: ClassVar[str] = "murecom train playlists"

    k: int = 40
    "Nearest tracks that each candidate asks."

    shrink: float = 5.0
    "Added to the denominator of the cosine; larger values trust rare pairs less."

    support: float = 1.0
    "Added to the sum of likeness: tracks with few neighbours stay near their baseline."

    reg_item: float = 10.0
    "Regularisation of the tracks' baselines."

    reg_list: float = 15.0
    "Regularisation of the playlists' baselines."

    halving: float = 2.0
    "Tracks after which a seed counts half when the next track is wanted."

    n_threads: int | None = None
    "Threads of the fit; all cores by default."

    _table: NeighbourTable = field(init=False, repr=False)

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        from scipy.sparse import csr_array

        assert data.interactions is not None
        if self.k < 1 or min(self.shrink, self.support, self.reg_item, self.reg_list) < 0:
            raise BadInput(
                "knn_baseline needs k of 1 or more, the rest of 0 or more. Correct them."
            )
        matrix = data.interactions.matrix()
        if self.shrink:
            factors = factors_of(matrix, lambda _: self.k, shrink=self.shrink)
        else:
            scale = np.maximum(data.interactions.popularity, 1) ** -0.5
            factors = factors_of(matrix, lambda _: self.k, seed=scale, candidate=scale)
        asked = table_of(factors, progress, self.n_threads, engine=self.engine)
        mean, bias = self._baselines(data.interactions)
        n = len(bias)
        owner = asked.owners()
        likeness = np.bincount(owner, asked.values, n)
        expected = np.bincount(owner, asked.values * bias[asked.items], n)
        # by seed instead of by candidate: an answer reads the rows of its seeds
        by_seed = csr_array((asked.values, (asked.items, owner)), shape=(n, n))
        table = NeighbourTable.of_matrix(by_seed)
        return {
            "mean": np.array([mean]),
            "bias": bias,
            "likeness": likeness.astype(np.float32),
            "expected": expected.astype(np.float32),
            **{f"table.{name}": array for name, array in table.arrays().items()},
        }

    def _baselines(self, lists: Interactions) -> tuple[float, NDArray[np.float32]]:
        """Give the share of cells that are 1, and by how much each track is above it."""
        n, m = lists.n_items, len(lists)
        lengths = np.bincount(np.repeat(np.arange(m), np.diff(lists.matrix().indptr)), minlength=m)
        mean = float(lists.popularity.sum() / max(n * m, 1))
        bias, of_list = np.zeros(n), np.zeros(m)
        for _ in range(_EPOCHS):
            bias = (lists.popularity - m * mean - of_list.sum()) / (self.reg_item + m)
            of_list = (lengths - n * mean - bias.sum()) / (self.reg_list + n)
        return mean, bias.astype(np.float32)

    def _open(self) -> None:
        self._table = NeighbourTable.from_arrays(part(self.state, "table"), len(self.items))

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._table.has(items)

    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        bias, likeness = self.state["bias"], self.state["likeness"]
        n, many = len(bias), len(seeds.items)
        mean = float(self.state["mean"][0])
        of_list = (many - n * mean - float(bias.sum(dtype=np.float64))) / (self.reg_list + n)
        level = np.float32(mean + of_list)
        deviation = -level * likeness - self.state["expected"]
        items, found = self._table.accumulate(seeds.items, shares(seeds, self.halving) * many)
        deviation[items] += found
        weight = likeness + np.float32(self.support)
        added = np.divide(deviation, weight, out=np.zeros(n, np.float32), where=weight > 0)
        return np.asarray(level + bias + added, np.float32)
