"""What speaks for a candidate, as numbers: the columns that the re-ranker weighs.

For every candidate: the score, the scaled score and the place that each member gives it, what these
sum to, how popular it is, how often its artist and album are among the seeds, and in how many
playlists it stands together with them; beside these, facts about the seeds themselves, which are
alike for all candidates and let a tree tell a long list from a single track.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.interactions.together import together
from murecom.recommend.base import Data, Seeds
from murecom.recommend.composite import Candidates

TAIL = 3
"The latest seeds that are looked at by themselves."


def codes(names: Sequence[str | None], n: int) -> NDArray[np.int32]:
    """Number the names, -1 where there is none, shape (n,); all -1 without names."""
    numbers: dict[str, int] = {}
    found = (numbers.setdefault(name, len(numbers)) if name else -1 for name in names)
    return np.fromiter(found, np.int32, n) if len(names) else np.full(n, -1, np.int32)


def facts(data: Data) -> dict[str, Array]:
    """Give the arrays that `Evidence` needs besides the lists."""
    n = len(data.items)
    assert data.interactions is not None
    artists = codes(data.artists, n)
    popularity = data.interactions.popularity
    known = artists >= 0
    of_artist = np.bincount(artists[known], popularity[known], minlength=1)
    return {
        "popularity": popularity.astype(np.int32),
        "artists": artists,
        "albums": codes(data.albums, n),
        "of_artist": of_artist.astype(np.float32),
    }


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Makes the columns; `facts` and `lists` as they stand in the state of a model."""

    facts: Mapping[str, Array]
    lists: Mapping[str, Array]
    members: tuple[str, ...]

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns, in order."""
        of_members = [
            f"{name} {what}" for name in self.members for what in ("raw", "scaled", "log place")
        ]
        return (*of_members, *_SUMS, *_OF_CANDIDATE, *_OF_SEEDS)

    def table(self, seeds: Seeds, found: Candidates) -> NDArray[np.float32]:
        """Give the columns, shape (candidates, columns); NaN where a member had nothing to say."""
        n = len(found.items)
        empty = np.full(n, np.nan, np.float32)
        columns: list[NDArray[np.generic]] = []
        scaled, places = [], []
        for name in self.members:
            if name not in found.raw:
                columns += [empty, empty, empty]
                continue
            scaled.append(found.scaled(name))
            places.append(found.ranks(name).astype(np.float32))
            columns += [found.raw[name], scaled[-1], np.log(places[-1])]
        if scaled:
            stack = np.stack(scaled)
            columns += [stack.sum(0), stack.max(0), (1 / (60 + np.stack(places))).sum(0)]
            columns += [(stack > 0).sum(0)]
        else:
            columns += [empty] * len(_SUMS)
        columns += self._of_candidates(seeds, found.items)
        columns += [np.full(n, value, np.float32) for value in self._of_seeds(seeds)]
        return np.stack([np.asarray(column, np.float32) for column in columns], axis=1)

    def _of_candidates(self, seeds: Seeds, items: NDArray[np.int64]) -> list[NDArray[np.generic]]:
        popularity, of_artist = self.facts["popularity"], self.facts["of_artist"]
        own = popularity[items].astype(np.float32)
        artist, album = self.facts["artists"][items], self.facts["albums"][items]
        of_one = np.where(artist >= 0, of_artist[np.maximum(artist, 0)], np.nan)
        seed_artists = self.facts["artists"][seeds.items]
        seed_albums = self.facts["albums"][seeds.items]
        same = _count(artist, seed_artists)
        tail = slice(-TAIL, None)
        mean = np.log1p(popularity[seeds.items]).mean() if len(seeds.items) else np.nan
        lists = np.zeros(len(items), np.int64)
        met = lists
        if len(seeds.items) and len(items):
            own_lists = [self.lists[key] for key in ("starts", "entries", "holders", "places")]
            starts, entries, holders, places = own_lists
            lists, met = together(starts, entries, holders, places, seeds.items, items)
        many = max(len(seeds.items), 1)
        return [
            np.log1p(own),
            np.log1p(own) - mean,
            np.log1p(of_one),
            own / np.maximum(of_one, 1),
            same,
            same / many,
            _count(artist, seed_artists[tail]),
            _count(artist, seed_artists[-1:]),
            _count(album, seed_albums),
            _count(album, seed_albums[-1:]),
            np.log1p(lists),
            lists / np.maximum(own, 1),
            met,
            met / many,
        ]

    def _of_seeds(self, seeds: Seeds) -> list[float]:
        popularity = np.log1p(self.facts["popularity"][seeds.items])
        artists = self.facts["artists"][seeds.items]
        n = len(seeds.items)
        return [
            n,
            len(np.unique(artists)) / n if n else np.nan,
            float(popularity.mean()) if n else np.nan,
            float(popularity.std()) if n else np.nan,
            float(len(np.unique(artists[-10:])) / min(n, 10)) if n else np.nan,
            float(bool(seeds.title)),
        ]


_SUMS = ("sum of scaled", "best scaled", "sum of reciprocal places", "members")
_OF_CANDIDATE = (
    "popularity",
    "popularity beside seeds",
    "popularity of artist",
    "share of artist",
    "seeds by artist",
    "share of seeds by artist",
    "latest seeds by artist",
    "last seed by artist",
    "seeds of album",
    "last seed of album",
    "lists with seeds",
    "share of its lists",
    "seeds met",
    "share of seeds met",
)
_OF_SEEDS = (
    "seeds",
    "artists per seed",
    "popularity of seeds",
    "spread of popularity",
    "artists per latest seed",
    "title",
)


def _count(codes: NDArray[np.int32], among: NDArray[np.int32]) -> NDArray[np.float32]:
    """Count for each code how often it stands among others; -1 never counts."""
    known = among[among >= 0]
    if not len(known):
        return np.zeros(len(codes), np.float32)
    values, counts = np.unique(known, return_counts=True)
    places = np.minimum(np.searchsorted(values, codes), len(values) - 1)
    return np.where(values[places] == codes, counts[places], 0).astype(np.float32)
