"""Neighbouring playlists: the tracks of those lists that have most in common with the seeds.

Nothing is learned beforehand. The lists that hold a seed are looked up, the most similar ones vote
for their tracks; so a playlist that is appended counts at once. The weights are those of the
"Definitive Turtles" in the RecSys Challenge 2018 (Kelen, Berecz, Béres, Benczúr, "Efficient k-NN
for playlist continuation"): rare seeds tell more than popular ones, long lists less than short
ones, and a vote is worth more the more similar its list is.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.index.base import top
from murecom.interactions.places import playlists_of
from murecom.recommend.base import Data, Interactions, Seeds
from murecom.recommend.sparse import Found, SparseRecommender, add_up, held_back, shares
from murecom.types import Progress, Step, TrackId

PLACES = 50_000
"Places of one seed that are looked at, evenly spread; only tracks in more lists have more."


@dataclass(frozen=True, slots=True, eq=False)
class _Lists:
    """Some playlists with their inverted index."""

    starts: NDArray[np.int64]
    entries: NDArray[np.int32]
    first: NDArray[np.int64]
    "Where the places of each track begin, shape (n_items + 1,)."
    places: NDArray[np.integer[Any]]

    def count(self, item: int) -> int:
        """In how many places a track stands."""
        return int(self.first[item + 1] - self.first[item])

    def holding(self, item: int, step: int) -> NDArray[np.int64]:
        """Give the playlists that hold a track, each once, of every `step`-th place of it."""
        here = self.places[int(self.first[item]) : int(self.first[item + 1]) : step]
        lists = playlists_of(self.starts, here)
        if len(lists) > 1:
            lists = lists[np.concatenate([[True], lists[1:] != lists[:-1]])]
        return lists

    def members(self, lists: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Give the tracks of some playlists, one after another, and how many each has."""
        begin = self.starts[lists]
        lengths = self.starts[lists + 1] - begin
        ends = np.cumsum(lengths)
        at = np.arange(int(ends[-1]) if len(ends) else 0)
        at += np.repeat(begin - (ends - lengths), lengths)
        return self.entries[at].astype(np.int64), lengths


@dataclass(eq=False)
class PlaylistKNN(SparseRecommender):
    """Votes of the playlists that have most in common with the seeds."""

    name: ClassVar[str] = "playlist_knn"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    made_by: ClassVar[str] = "murecom train playlists"

    voters: int = 500
    "How many playlists vote."

    rarity: float = 0.5
    "A seed in p playlists counts 1 / ((p - 1)^rarity + 1); 0 lets all count alike."

    length: float = 0.5
    "Power of a playlist's length that its similarity is divided by; 0.5 is the cosine."

    power: float = 1.0
    "Power of the similarity, less the lowest of the voters', that a vote is worth."

    beta: float = 0.0
    "Power of the popularity of a track that its votes are divided by, for one seed."

    beta_many: float = 0.2
    "The same for 25 seeds and more."

    halving: float = 2.0
    "Tracks after which a seed counts half when the next track is wanted."

    _parts: list[_Lists] = field(init=False, repr=False)

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        assert data.interactions is not None
        lists = data.interactions
        first, places = lists.holders
        progress(Step("Indexing", len(lists), len(lists)))
        return {
            "starts": lists.starts,
            "entries": lists.entries,
            "holders.starts": first,
            "holders.places": places,
        }

    def _open(self) -> None:
        state = self.state
        names = ("starts", "entries", "holders.starts", "holders.places")
        parts = [_Lists(*(state[name] for name in names))]
        if "new.starts" in state:
            new = Interactions(state["new.starts"], state["new.entries"], len(self.items))
            parts.append(_Lists(new.starts, new.entries, *new.holders))
        if len(parts[0].first) != len(self.items) + 1:
            raise ValueError("the playlists do not fit the items")
        self._parts = parts
        self._last = None

    def append(self, playlists: Iterable[Sequence[TrackId]]) -> Self:
        """Add playlists, which count from now on, without learning anew.

        Tracks that the model does not know are passed over: it can name only those it was fitted
        with. The lists are kept when the model is saved.
        """
        rows = [self.items.split(playlist)[0] for playlist in playlists]
        old = self.state.get("new.entries", np.empty(0, np.int32))
        starts = self.state.get("new.starts", np.zeros(1, np.int64))
        lengths = np.array([len(row) for row in rows], np.int64)
        state = {
            "new.starts": np.concatenate([starts, starts[-1] + np.cumsum(lengths)]),
            "new.entries": np.concatenate([old, *rows]).astype(np.int32),
        }
        self.state = {**self.state, **state}
        self._open()
        return self

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._popularity(items) > 0

    def _popularity(self, items: NDArray[np.int64]) -> NDArray[np.int64]:
        """Count the places of items, shape (len(items),)."""
        total: NDArray[np.int64] = np.zeros(len(items), np.int64)
        for part in self._parts:
            total += part.first[items + 1] - part.first[items]
        return total

    def _found(self, seeds: Seeds) -> Found:
        popularity = self._popularity(seeds.items)
        weights = shares(seeds, self.halving)
        weights /= np.maximum(popularity - 1, 0) ** self.rarity + 1
        similar = [self._similar(part, seeds.items, weights, popularity) for part in self._parts]
        sizes = [len(lists) for lists, _ in similar]
        chosen, alike = top(np.concatenate([alike for _, alike in similar]), self.voters)
        alike = alike.astype(np.float64)
        if len(alike) == self.voters and self.power:
            alike = alike - 0.999 * alike[-1]
        votes = alike**self.power
        items: list[NDArray[np.int64]] = []
        values: list[NDArray[np.float64]] = []
        for number, (part, (lists, _)) in enumerate(zip(self._parts, similar, strict=True)):
            begin = sum(sizes[:number])
            own = (chosen >= begin) & (chosen < begin + sizes[number])
            members, lengths = part.members(lists[chosen[own] - begin])
            items.append(members)
            values.append(np.repeat(votes[own], lengths))
        found = add_up(np.concatenate(items), np.concatenate(values), len(self.items))
        popularity = self._popularity(found[0])
        return held_back(found, popularity, seeds, self.beta, self.beta_many)

    def _similar(
        self,
        part: _Lists,
        items: NDArray[np.int64],
        weights: NDArray[np.float64],
        popularity: NDArray[np.int64],
    ) -> Found:
        """Give the playlists of a part that hold a seed, and how similar they are."""
        steps = -(-popularity // PLACES)
        held = [part.holding(*pair) for pair in zip(items.tolist(), steps.tolist(), strict=True)]
        repeats = [len(lists) for lists in held]
        lists = np.concatenate([np.empty(0, np.int64), *held])
        found, sums = add_up(lists, np.repeat(weights, repeats), len(part.starts) - 1)
        lengths = (part.starts[found + 1] - part.starts[found]).astype(np.float32)
        return found, sums / lengths**self.length
