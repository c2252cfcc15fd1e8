"""The tracks that are in most playlists, whatever the seeds are.

What remains when nothing is known about a request, and the floor under every comparison.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.recommend.base import Data, Recommender, Seeds
from murecom.types import Progress, Step


@dataclass(eq=False)
class Popular(Recommender):
    """Items by the number of playlists that hold them."""

    name: ClassVar[str] = "popular"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    takes: ClassVar[frozenset[str]] = frozenset({"nothing"})
    made_by: ClassVar[str] = "murecom train playlists"

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        assert data.interactions is not None
        popularity = data.interactions.popularity
        progress(Step("Counting", len(popularity), len(popularity)))
        order = np.argsort(-popularity, kind="stable")[: np.count_nonzero(popularity)]
        return {"popularity": popularity.astype(np.int32), "order": order.astype(np.int32)}

    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        return self._some(seeds, np.arange(len(self.items)))

    def _some(self, seeds: Seeds, items: NDArray[np.int64]) -> NDArray[np.float32]:
        # counts differ a hundred thousandfold, so a blend that adds scores would hear only the top
        return np.log1p(self.state["popularity"][items]).astype(np.float32)

    def _top(
        self, seeds: Seeds, k: int, exclude: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        items = self.state["order"][: k + len(exclude)].astype(np.int64)
        items = items[~np.isin(items, exclude)][:k]
        return items, self._some(seeds, items)
