"""What follows what: tracks that came right after the seeds in other playlists.

For each seed, every place where it stands is looked up and the next few tracks there are counted,
the very next one most. A seed's counts are divided by a power of the number of its places, so that
a seed that is everywhere does not speak for all. Rules of this kind find the exact next track more
often at the first place of an answer than neighbours or networks do ("SR" in Ludewig & Jannach,
"Evaluation of session-based recommendation algorithms", UMUAI 2018).

Nothing is learned: the playlists and their inverted index are read at request time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.interactions.places import playlists_of
from murecom.recommend.base import Data, Seeds
from murecom.recommend.sparse import Found, SparseRecommender, add_up, shares
from murecom.types import Progress, Step

PLACES = 20_000
"Places of one seed that are looked at, evenly spread; only tracks in more lists have more."


@dataclass(eq=False)
class Transitions(SparseRecommender):
    """Counts of what came within a few places after the seeds."""

    name: ClassVar[str] = "transitions"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    made_by: ClassVar[str] = "murecom train playlists"

    reach: int = 5
    "How many tracks after a seed count."

    fall: float = 0.7
    "What a track counts, times itself for each place further away."

    halving: float = 3.0
    "Tracks after which a seed counts half when the next track is wanted; 0 takes the last alone."

    power: float = 0.2
    "Power of the number of a seed's places that its counts are divided by."

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        assert data.interactions is not None
        lists = data.interactions
        progress(Step("Indexing", len(lists), len(lists)))
        starts, places = lists.holders
        return {
            "starts": lists.starts,
            "entries": lists.entries,
            "holders.starts": starts,
            "holders.places": places,
        }

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        starts = self.state["holders.starts"]
        return np.asarray(starts[items + 1] > starts[items])

    def _found(self, seeds: Seeds) -> Found:
        starts, entries = self.state["starts"], self.state["entries"]
        first, places = self.state["holders.starts"], self.state["holders.places"]
        found, values = [], []
        for seed, share in zip(seeds.items, shares(seeds, self.halving), strict=True):
            begin, end = int(first[seed]), int(first[seed + 1])
            step = -(-(end - begin) // PLACES) or 1
            here = places[begin:end:step].astype(np.int64)
            ends = starts[playlists_of(starts, here) + 1]
            weight = share / max(len(here), 1) ** self.power
            for distance in range(1, self.reach + 1):
                there = here + distance
                there = there[there < ends]
                found.append(entries[there])
                values.append(np.full(len(there), weight * self.fall ** (distance - 1)))
        if not found:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        return add_up(np.concatenate(found), np.concatenate(values), len(self.items))
