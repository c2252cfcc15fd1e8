"""Playlists for tests of answers, and a recommender that needs no library to learn from them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import pairwise
from types import SimpleNamespace
from typing import ClassVar

import numpy as np

from murecom import registry
from murecom.recommend.base import Data, Interactions, Recommender, Seeds
from murecom.store import Store
from murecom.types import Playlist, Progress, Track, TrackId


@dataclass(eq=False)
class Counting(Recommender):
    """Counts the playlists shared with the seeds; knows titles, artists and what is popular."""

    name: ClassVar[str] = "counting"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    takes: ClassVar[frozenset[str]] = frozenset({"items", "title", "artists"})
    made_by: ClassVar[str] = "murecom train playlists"

    power: float = 1.0
    "Power of the counts."

    def _fit(self, data: Data, progress: Progress) -> dict[str, np.ndarray]:
        lists = data.interactions
        held = np.zeros((len(lists), lists.n_items), np.float32)
        for row, items in enumerate(lists):
            held[row, items] = 1
        titles = np.array([title or "" for title in data.titles] or [""] * len(lists))
        names = [(artist or "").casefold() for artist in data.artists]
        follows = np.zeros((lists.n_items, lists.n_items), np.float32)
        for items in lists:
            for one, other in pairwise(items):
                follows[one, other] += 1
        return {
            "held": held,
            "titles": titles,
            "artists": np.array(names or [""] * lists.n_items),
            "follows": follows,
            "popularity": lists.popularity,
        }

    def _scores(self, seeds: Seeds) -> np.ndarray:
        held = self.state["held"]
        scores = 1e-3 * held.sum(axis=0)
        for item, weight in zip(seeds.items, seeds.weights, strict=True):
            scores = scores + weight * (held[held[:, item] > 0].sum(axis=0)) ** self.power
        if seeds.mode == "next" and len(seeds.items):
            scores = scores + 100 * self.state["follows"][seeds.items[-1]]
        if seeds.title:
            called = [seeds.title in title for title in self.state["titles"]]
            scores = scores + held[np.array(called)].sum(axis=0)
        by = [artist.casefold() for artist in seeds.artists]
        scores = scores + np.isin(self.state["artists"], by)
        if not len(seeds.items):  # what a title or an artist does not bring is no answer
            scores = np.where(scores < 1, -np.inf, scores)
        return scores.astype(np.float32)

    def together(self, seeds: list[TrackId], ids: list[TrackId]) -> tuple[np.ndarray, np.ndarray]:
        held = self.state["held"] > 0
        some, _, _ = self.items.split(seeds)
        lists, shared = np.zeros(len(ids), int), np.zeros(len(ids), int)
        for place, track_id in enumerate(ids):
            if (item := self.items.item(track_id)) is None:
                continue
            both = held[:, item][:, None] & held[:, some]
            lists[place], shared[place] = both.any(axis=1).sum(), both.any(axis=0).sum()
        return lists, shared


def register(monkeypatch) -> None:
    """Let `registry` find `Counting`, and training take it for what is served by default."""
    get = registry.get
    monkeypatch.setattr(
        registry, "get", lambda f, name: Counting if name == "counting" else get(f, name)
    )
    monkeypatch.setattr("murecom.jobs.playlist_model.SERVED", ("counting", "reranked", "blend"))


def foreign(group: int, number: int) -> Track:
    """A track that only playlists know."""
    title, artist = f"Hit {group}{number}", f"Star {group}"
    return Track(TrackId(f"spotify:track:{group}x{number}"), title, (artist,))


def fill(store: Store, groups: int = 4, lists: int = 6) -> None:
    """Put playlists into a scanned store: those of a group hold two of its songs and five hits.

    The third song of each group, "Song 002" and so on, is in none.
    """
    for group in range(groups):
        songs = [find(store, f"Song {group}0{number}") for number in range(2)]
        hits = [foreign(group, number) for number in range(5)]
        for number in range(lists):
            tracks = [*songs, *hits[number % 2 :]]
            title = f"{('calm', 'loud', 'rain', 'road')[group]} evening {number}"
            store.playlists.put(Playlist(title, tuple(tracks), f"test:{group}{number}"))


def find(store: Store, title: str) -> Track:
    """Give the track of that title."""
    return next(track for track, _ in store.tracks.search(title) if track.title == title)


def data_of(playlists: list[Playlist], revision: int | None = None) -> SimpleNamespace:
    """Give what `jobs.playlist_data` would read."""
    counted = Counter(track.id for playlist in playlists for track in playlist.tracks)
    tracks = {track.id: track for playlist in playlists for track in playlist.tracks}
    rows = {track_id: row for row, track_id in enumerate(counted)}
    entries = [rows[track.id] for playlist in playlists for track in playlist.tracks]
    starts = np.cumsum([0, *(len(playlist.tracks) for playlist in playlists)]).astype(np.int64)
    data = Data(
        items=list(counted),
        interactions=Interactions(starts, np.array(entries, np.int32), len(counted)),
        titles=[playlist.name for playlist in playlists],
        artists=[next(iter(tracks[i].artists), None) for i in counted],
        albums=[tracks[i].album for i in counted],
        revision=revision,
    )
    return SimpleNamespace(data=data, playlists=[p.id for p in playlists], notes=())
