"""A recommender of one's own in one file: the longest tracks first, whatever the seeds are.

Put such a class into a package with the entry point `murecom.recommenders`, and murecom finds it by
name. `tests/test_examples.py` runs the contract suite on this one.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from murecom.recommend.base import Data, Recommender, Seeds


@dataclass(eq=False)
class NameLength(Recommender):
    """Ranks items by the length of their ids: useless, but complete."""

    name: ClassVar[str] = "name_length"
    needs: ClassVar[frozenset[str]] = frozenset()

    longest_first: bool = True
    "A parameter is a field; it is saved with the model."

    def _fit(self, data: Data, progress):
        lengths = np.array([len(track_id) for track_id in data.items], np.float32)
        return {"score": lengths if self.longest_first else -lengths}

    def _scores(self, seeds: Seeds):
        return self.state["score"]
