"""What several recommenders agree on: a weighted sum of their scores, or of their places.

Each member's scores are brought to 0..1 within the answer (its best candidate 1, the last of its
own list 0), or its places are turned into 1 / (60 + place); then they are added by weights that
differ between continuing a list and naming the next track.
Source: Fox & Shaw, "Combination of multiple searches", TREC-2 1994 (sums); Cormack et al.,
"Reciprocal rank fusion outperforms Condorcet and individual rank learning methods", SIGIR 2009.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.errors import BadInput
from murecom.recommend.base import Data, Seeds
from murecom.recommend.composite import CONTINUE, NEXT, Composite, add
from murecom.types import Progress


@dataclass(eq=False)
class Blend(Composite):
    """Weighted sum of what members recommend.

    A member whose data is missing (titles, artists) is left out; one that cannot start from a
    request stays silent for that request.
    """

    weights: dict[str, float] = field(default_factory=lambda: dict(CONTINUE))
    "Of members, by name, when a list is continued; 0 for one that only proposes."

    next_weights: dict[str, float] = field(default_factory=lambda: dict(NEXT))
    "Of members when the next track is asked for."

    options: dict[str, dict[str, Any]] = field(default_factory=dict)
    "Parameters of members, by name."

    how: str = "minmax"
    "`minmax` adds scores brought to 0..1, `ranks` adds reciprocal ranks."

    depth: int = 500
    "Candidates that each member proposes."

    def __post_init__(self) -> None:
        """Check the parameters; BadInput where they make no sense."""
        if self.how not in ("minmax", "ranks"):
            raise BadInput(f"A blend adds by 'minmax' or 'ranks', not '{self.how}'.")
        both = [*self.weights.values(), *self.next_weights.values()]
        if not both or min(both) < 0 or max(both) == 0:
            raise BadInput("A blend needs members with weights of 0 or more, one above 0.")

    def _asked(self) -> tuple[dict[str, float], Mapping[str, Mapping[str, Any]]]:
        return {**self.weights, **self.next_weights}, self.options

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        return self._fit_members(data, progress)

    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        items, total = self._blend(seeds, self.depth, seeds.items)
        scores = np.full(len(self.items), -np.inf, np.float32)
        scores[items] = total
        return scores

    def _top(
        self, seeds: Seeds, k: int, exclude: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        items, total = self._blend(seeds, max(self.depth, k), exclude)
        best = np.argsort(-total, kind="stable")[:k]
        return items[best], total[best]

    def _blend(
        self, seeds: Seeds, each: int, exclude: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        found = self.gather(seeds, each, exclude)
        weights = self.next_weights if seeds.mode == "next" else self.weights
        return found.items, add(found, weights, self.how)
