"""Answers by playlists: what people put together with the seeds, and in how many lists."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from murecom.config import Playlist as PlaylistSettings
from murecom.errors import NotFound
from murecom.index.base import top
from murecom.jobs import playlist_model
from murecom.playlist.novelty import vectors_of
from murecom.playlist.pool import Pool
from murecom.playlist.radio import Dials, Radio
from murecom.recommend.base import Recommender, Request
from murecom.recommend.calibration import RANDOM_PAIR
from murecom.service.answers import Limits
from murecom.service.asked import Asked
from murecom.service.choosing import Picked, Scored, apart, pick_from
from murecom.service.lazy import AllDetails, Tracks
from murecom.service.same_files import SameFiles
from murecom.store import Store
from murecom.text.fold import name_key
from murecom.types import Neighbour, Recommendation, Track, TrackId

AWAY = 0.5
"Of its nearness to unwanted tracks a track loses so much, as by sound."


@dataclass(slots=True, eq=False)
class ByPlaylists:
    """One model of playlists, one store, one set of settings."""

    store: Store
    model: Recommender
    settings: PlaylistSettings
    notes: tuple[str, ...] = ()
    "About the model itself: that playlists have changed since."
    files: SameFiles = field(init=False)
    "Which of its items are files."

    def __post_init__(self) -> None:
        self.files = SameFiles(self.store, self.model)

    def similar(self, asked: Asked, k: int, limits: Limits, novelty: float) -> Recommendation:
        """Answer with the `k` tracks that are most often together with the seeds, best first."""
        picked = self._pick(asked, k, limits, novelty)
        return self.answer(asked, picked, picked.ranked(by_score=not novelty))

    def continue_(
        self, asked: Asked, length: int, limits: Limits, novelty: float
    ) -> Recommendation:
        """Answer with the tracks that a list holds most likely besides its seeds."""
        picked = self._pick(asked, length, limits, novelty)
        return self.answer(asked, picked, apart(picked))

    def next_(self, asked: Asked, k: int, limits: Limits, novelty: float) -> Recommendation:
        """Answer with what most likely comes right after the last seed, the likeliest first."""
        picked = self._pick(asked, k, limits, novelty)
        return self.answer(asked, picked, picked.ranked(by_score=not novelty))

    def checked(self, asked: Asked) -> Asked:
        """Take away a title and artists that bring nothing, and say so in a note."""
        known = playlist_model.takes(self.model)
        if asked.title and "title" not in known:
            told = f"This model of playlists knows no titles: “{asked.title}” was left out."
            asked = replace(asked, title=None, notes=(*asked.notes, told))
        elif asked.title and not self._knows(asked.title):
            asked = _untitled(asked)
        if asked.items or asked.is_empty:
            return asked
        can = asked.title or (asked.artists and "artists" in known)
        if can and self.model.recommend(asked.request(), 1)[0]:
            return asked
        return replace(_untitled(asked), artists=())

    def _knows(self, title: str) -> bool:
        """Tell whether any playlist is called like that, as far as the model can tell."""
        members = getattr(self.model, "members", {self.model.name: self.model})
        tellers = [m.knows for m in members.values() if hasattr(m, "knows")]
        return not tellers or any(knows(title) for knows in tellers)

    def candidates(self, asked: Asked, many: int) -> Scored:
        """Give the best tracks for a request, as files where there are some."""
        # what stands for a seed by its artist or sound may come up, the seeds themselves may not
        without = {*asked.exclude, *asked.items[: asked.direct]}
        return self.files.given(self._items(asked, many), without)

    def _items(self, asked: Asked, many: int) -> Scored:
        """Give the best items for a request; what is together with unwanted ones is lowered."""
        if asked.is_empty:
            return self._popular(asked, many)
        ids, scores = self.model.recommend(asked.request(), many)
        stand_ins = [i for i in asked.items[asked.direct :] if i not in asked.exclude]
        if stand_ins:  # they are no seeds: what stands for a seed is a good answer itself
            best = scores.max(initial=RANDOM_PAIR)
            ids = [*stand_ins, *ids]
            scores = np.concatenate([np.full(len(stand_ins), best, np.float32), scores])
        if not asked.unlike:
            return ids, scores
        away = dict(zip(*self.model.recommend(Request(asked.unlike), max(many, 1000)), strict=True))
        lowered = scores - AWAY * np.array([away.get(i, 0.0) for i in ids], np.float32)
        order = np.argsort(-lowered, kind="stable")
        return [ids[place] for place in order], np.maximum(lowered[order], 0)

    def radio(
        self, asked: Asked, dials: Dials, random_seed: int | None, limits: Limits
    ) -> PlaylistRadio:
        """Answer with tracks for ever."""
        model, items = self.model, asked.items
        if not items:  # the artist or popularity alone: the best of these start it
            items = tuple(self._items(asked, dials.lookback)[0])
        rows = model.items.split(items)[0].tolist()
        names, twice = self.files.renamed(playlist_model.popularity(model))
        pool = Pool(Tracks(self.store, names), AllDetails(self.store, names))

        held = np.log1p(playlist_model.popularity(model).astype(np.float32))
        known = np.asarray(held * RANDOM_PAIR / held.max(initial=1), np.float32)
        away = np.zeros(len(known), np.float32)
        if asked.unlike:
            away = np.float32(AWAY) * model.calibrate(model.scores(Request(asked.unlike)))

        def score(
            recent: npt.NDArray[np.int64], weights: npt.NDArray[np.float32]
        ) -> npt.NDArray[np.float32]:
            request = Request(
                model.items.ids(recent), weights.tolist(), title=asked.title, artists=asked.artists
            )
            try:
                scores = model.calibrate(model.scores(request))
            except NotFound:  # none of these can be started from
                scores = known
            lowered: npt.NDArray[np.float32] = np.maximum(scores - away, 0)
            return lowered

        radio = Radio(
            pool,
            rows,
            np.random.default_rng(random_seed),
            dials=dials,
            rules=limits.rules(pool, self.settings, artist_gap=1),
            scorer=score,
            without=[*model.items.split(self._seeds_twins(asked))[0].tolist(), *twice],
        )
        seeds = zip(asked.seeds, self.files.items(one.id for one in asked.seeds), strict=True)
        last = [track for track, item in seeds if item in set(items)][-dials.lookback :]
        return PlaylistRadio(self, pool, radio, [*self.notes, *asked.notes], last, dials.lookback)

    def _seeds_twins(self, asked: Asked) -> list[TrackId]:
        """List the seeds under all ids that the model may know them by."""
        ids = self.files.excluded(asked.exclude)
        others = self.store.twins.others(ids)
        return [*ids, *(twin for twins in others.values() for twin in twins)]

    # -- parts ------------------------------------------------------------------------------------

    def _pick(self, asked: Asked, length: int, limits: Limits, novelty: float) -> Picked:
        return pick_from(
            self.store,
            lambda many: self.candidates(asked, many),
            asked.seeds,
            length,
            limits,
            self.settings,
            novelty=novelty,
            popularity=self.popularity,
            vectors=self.vectors,
        )

    def vectors(self, ids: Sequence[TrackId]) -> npt.NDArray[np.float32] | None:
        """Give what tells which tracks are alike, (len(ids), dim); zeros for unknown ones."""
        give = vectors_of(self.model)
        items, places, _ = self.model.items.split(self.files.items(ids))
        if give is None or not len(items):
            return None
        own = give(items)
        rows = np.zeros((len(ids), own.shape[1]), np.float32)
        rows[places] = own
        return rows

    def popularity(self, ids: Sequence[TrackId]) -> npt.NDArray[np.int64]:
        """Tell in how many playlists tracks are, shape (len(ids),); 0 for unknown ones."""
        held = np.zeros(len(ids), np.int64)
        items, places, _ = self.model.items.split(self.files.items(ids))
        held[places] = playlist_model.popularity(self.model)[items]
        return held

    def _popular(self, asked: Asked, many: int) -> Scored:
        """Give what is in most playlists; no score is above that of a random pair."""
        held = playlist_model.popularity(self.model).astype(np.float32)
        held[self.model.items.split(asked.exclude)[0]] = 0
        items, counts = top(held, min(many, len(held)))
        items, counts = items[counts > 0], counts[counts > 0]
        scores = np.log1p(counts) / np.log1p(counts.max(initial=1)) * np.float32(RANDOM_PAIR)
        return self.model.items.ids(items), scores.astype(np.float32)

    def answer(
        self, asked: Asked, picked: Picked, rows: Sequence[tuple[int, float]]
    ) -> Recommendation:
        """Put words to what was chosen."""
        found = [(picked.pool.tracks[row], score) for row, score in rows]
        told = self.reasons(asked, [track for track, _ in found])
        neighbours = tuple(
            Neighbour(track, round(float(score), 4), why)
            for (track, score), why in zip(found, told, strict=True)
        )
        notes = (*self.notes, *asked.notes, *picked.notes, *self._nameless(found))
        return Recommendation(asked.seeds, neighbours, self.model.name, notes)

    def reasons(self, asked: Asked, tracks: Sequence[Track]) -> list[str]:
        """Say of each track what connects it with the seeds: how many playlists, or what else."""
        together = self.together(asked, [track.id for track in tracks])
        knows_titles = asked.title and "title" in playlist_model.takes(self.model)
        artists = {name_key(name) for seed in asked.seeds for name in seed.artists} - {""}
        stand_ins = set(asked.items[asked.direct :])
        told = []
        items = self.files.items(track.id for track in tracks)
        for track, item, (lists, seeds) in zip(tracks, items, together, strict=True):
            is_by = bool(artists & set(map(name_key, track.artists)))
            if is_by and (not asked.direct or item in stand_ins):
                told.append("same artist")
            elif item in stand_ins:
                told.append("sounds like your seeds")
            elif lists:
                told.append(shared(lists, seeds, asked))
            elif is_by:
                told.append("same artist")
            else:
                called = f"in playlists called “{asked.title}”"
                told.append(called if knows_titles else "popular")
        return told

    def together(self, asked: Asked, ids: Sequence[TrackId]) -> list[tuple[int, int]]:
        """Count for each track the playlists it shares with seeds, and the seeds it shares any."""
        count: Any = getattr(self.model, "together", None)
        if count is None or not asked.items or not ids:
            return [(0, 0)] * len(ids)
        direct = asked.items[: asked.direct] or asked.items
        lists, seeds = count(self.files.items(direct), self.files.items(ids))
        return [(int(a), int(b)) for a, b in zip(lists, seeds, strict=True)]

    def _nameless(self, found: Sequence[tuple[Track, float]]) -> list[str]:
        """Tell of tracks of which the library knows no name: the model was trained from files."""
        unknown = sum(track.title is None and not track.path for track, _ in found)
        if not unknown:
            return []
        some = "1 track has" if unknown == 1 else f"{unknown} tracks have"
        return [f"{some} no name here. To learn names, run: murecom import FILE…"]


def _untitled(asked: Asked) -> Asked:
    """Take away a title that no playlist has, and say so in a note."""
    if not asked.title:
        return asked
    told = f"No playlist is called anything like “{asked.title}”."
    return replace(asked, title=None, notes=(*asked.notes, told))


def shared(lists: int, seeds: int, asked: Asked) -> str:
    """Write in how many playlists a track is together with seeds; nothing if in none."""
    if not lists:
        return ""
    where = f"in {lists:,} playlist{'s' * (lists > 1)} with"
    if not asked.direct:
        return f"{where} tracks that stand for your seeds"
    if len(asked.seeds) == 1:
        return f"{where} {asked.seeds[0].title or 'your seed'}"
    return f"{where} {seeds} of your seeds"


@dataclass(slots=True, eq=False)
class PlaylistRadio(Iterator[Neighbour]):
    """An endless iterator of neighbours; `notes` grows while it plays."""

    answers: ByPlaylists
    pool: Pool
    radio: Radio
    notes: list[str]
    last: list[Track]
    "Which tracks steer now, the latest last: at most `lookback`."
    lookback: int

    @property
    def model(self) -> str:
        """Which recommender steers."""
        return self.answers.model.name

    def __next__(self) -> Neighbour:
        """Play one more track."""
        pick = next(self.radio)
        self.notes += [note for note in pick.notes if note not in self.notes]
        track = self.pool.tracks[pick.item]
        ids = tuple(one.id for one in self.last)
        steering = Asked(tuple(self.last), ids, direct=len(ids))
        why = self.answers.reasons(steering, [track])[0].replace("your seeds", "the last tracks")
        self.last = [*self.last, track][-self.lookback :]
        return Neighbour(track, round(float(pick.score), 4), why)
