"""What recommenders made of others share: members by name, one catalogue, common candidates.

A composite is one artefact: the arrays of a member stand in its state under the member's name, and
arrays that several members use (the lists themselves) are stored once. Members are asked by name
from the registry, so a new one can join without a change here.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from murecom import artefact, registry
from murecom.artefact import Array
from murecom.interactions.together import together
from murecom.recommend.base import Data, Recommender, Seeds
from murecom.types import Progress, TrackId

LISTS = "lists"
"Name of the playlists themselves in the state; members hold the same arrays."


RANK_CONSTANT = 60
"Of reciprocal rank fusion, as in its paper."

CONTINUE = {
    "ials": 1.0,
    "rp3beta": 0.3,
    "title": 0.3,
    "artist": 0.3,
    "item_knn": 0.0,
    "transitions": 0.0,
}
"""Members and what they weigh when a list is continued, chosen on validation lists; those of 0 only
propose. `benchmarks/playlists.py --validation` tells what each member reaches alone."""

NEXT = {"transitions": 1.0, "item_knn": 1.0, "ials": 0.5, "rp3beta": 0.5}
"What members weigh when the next track is asked for."


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """What members propose for some seeds.

    `items` (n,) are different rows of the catalogue, rising; `raw` (n,) of each member that could
    start are its scores of all of them; `least` and `most` are the last and first score of its own
    list.
    """

    items: NDArray[np.int64]
    raw: Mapping[str, NDArray[np.float32]]
    least: Mapping[str, float]
    most: Mapping[str, float]

    def scaled(self, name: str) -> NDArray[np.float32]:
        """Scores of a member brought to 0..1: 1 its best, 0 what is not among its candidates."""
        low, high = self.least[name], self.most[name]
        if high <= low:
            return (self.raw[name] >= high).astype(np.float32)
        scaled: NDArray[np.float32] = (self.raw[name] - low) / np.float32(high - low)
        return np.clip(scaled, 0, 1)

    def ranks(self, name: str) -> NDArray[np.int64]:
        """Places in the order of a member, 1 for its best."""
        order = np.argsort(-self.raw[name], kind="stable")
        ranks = np.empty(len(order), np.int64)
        ranks[order] = np.arange(1, len(order) + 1)
        return ranks


@dataclass(eq=False)
class Composite(Recommender):
    """A recommender that asks others; see `blend` and `reranked`."""

    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    takes: ClassVar[frozenset[str]] = frozenset({"items", "title", "artists"})
    made_by: ClassVar[str] = "murecom train playlists"

    members: dict[str, Recommender] = field(default_factory=dict, init=False, repr=False)
    "Those that were fitted, by name."

    _earlier: dict[str, Recommender] = field(default_factory=dict, init=False, repr=False)

    def begin_with(self, earlier: Recommender) -> Self:
        """Let members begin with what those of an earlier model learned, where they can."""
        found = earlier.members if isinstance(earlier, Composite) else {}
        self._earlier = {
            name: member
            for name, member in found.items()
            if type(member).begin_with is not Recommender.begin_with
        }
        return self

    @abstractmethod
    def _asked(self) -> tuple[dict[str, float], Mapping[str, Mapping[str, Any]]]:
        """Give the names of the members with their weights, and their parameters."""

    def _make(self, name: str) -> Recommender:
        kind = registry.get("recommend", name)
        member: Recommender = kind(**self._asked()[1].get(name, {}))
        member.engine = self.engine
        return member

    def _fit_members(self, data: Data, progress: Progress) -> dict[str, Array]:
        """Fit every member that the data suffices for; the others stay out."""
        lists = data.interactions
        assert lists is not None
        starts, places = lists.holders
        state: dict[str, Array] = {
            f"{LISTS}.starts": lists.starts,
            f"{LISTS}.entries": lists.entries,
            f"{LISTS}.holders": starts,
            f"{LISTS}.places": places,
        }
        earlier, self._earlier = self._earlier, {}
        for name in self._asked()[0]:
            member = self._make(name)
            if name in earlier:
                member.begin_with(earlier[name])
            if not member.lacks(data):
                arrays = member._fit(data, progress)
                state |= {f"{name}.{key}": np.asarray(array) for key, array in arrays.items()}
        return state

    def _open(self) -> None:
        self.members = {}
        for name in self._asked()[0]:
            arrays = artefact.part(self.state, name)
            if not arrays:
                continue
            member = self._make(name)
            member.state, member._catalogue = arrays, self._catalogue
            member._open()
            self.members[name] = member

    @property
    def left_out(self) -> tuple[str, ...]:
        """Members that were not fitted, because the data lacks what they need."""
        return tuple(name for name in self._asked()[0] if name not in self.members)

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        good = np.zeros(len(items), np.bool_)
        for member in self.members.values():
            if "items" in member.takes:
                good |= member._usable(items)
        return good

    def gather(self, seeds: Seeds, each: int, exclude: NDArray[np.int64]) -> Candidates:
        """Ask every member for its best `each` items, and all of them about the union."""
        own = {name: part for name, m in self.members.items() if (part := m.own(seeds)) is not None}
        tops = {name: self.members[name]._top(part, each, exclude) for name, part in own.items()}
        lists = [items for items, raw in tops.values() if len(raw)]
        union = np.unique(np.concatenate(lists)) if lists else np.zeros(0, np.int64)
        raw, least, most = {}, {}, {}
        for name, (_, scores) in tops.items():
            if not len(scores):
                continue
            some = self.members[name]._some(own[name], union)
            raw[name] = np.nan_to_num(some, neginf=float(scores[-1]))
            least[name] = float(scores[-1]) if len(scores) == each else min(0.0, float(scores[-1]))
            most[name] = float(scores[0])
        return Candidates(union, raw, least, most)

    def together(
        self, seeds: list[TrackId], items: list[TrackId]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Count why: playlists that hold each item with a seed, and the seeds that it meets there.

        Returns
        -------
        playlists, seeds : ndarray of int64, shape (len(items),)
            0 for an item that is in no playlist with any seed, or not known.
        """
        known, _, _ = self.items.split(seeds)
        rows, places, _ = self.items.split(items)
        playlists, met = np.zeros((2, len(items)), np.int64)
        if len(known) and len(rows):
            lists = artefact.part(self.state, LISTS)
            found = together(
                lists["starts"], lists["entries"], lists["holders"], lists["places"], known, rows
            )
            playlists[places], met[places] = found
        return playlists, met


def add(found: Candidates, weights: Mapping[str, float], how: str) -> NDArray[np.float32]:
    """Add up the candidates' scores by weights; a single order even if all weights are silent."""
    total = np.zeros(len(found.items), np.float32)
    heard = [name for name in found.raw if weights.get(name)] or list(found.raw)
    for name in heard:
        part = found.scaled(name)
        if how == "ranks":
            part = ((RANK_CONSTANT + 1) / (RANK_CONSTANT + found.ranks(name))).astype(np.float32)
        total += np.float32(weights.get(name) or 1.0) * part
    return total
