"""How seeds become answers: the model's candidates, the rules, and the reasons."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from murecom.config import Playlist as PlaylistSettings
from murecom.errors import MurecomError, NotFound
from murecom.jobs.analyse import Sound, embedders, vectors_of
from murecom.jobs.inputs import outside_vectors
from murecom.playlist.continuation import Chosen, choose
from murecom.playlist.history import NotHeard
from murecom.playlist.order import Edges, order
from murecom.playlist.path import find_path
from murecom.playlist.pool import Pool
from murecom.playlist.radio import Dials, Radio
from murecom.playlist.rules import CLOSE, Rule, standard
from murecom.playlist.why import Profile, why
from murecom.recommend.audio_knn import AudioKNN, loss
from murecom.recommend.base import Request
from murecom.recommend.slice_votes import SliceVotes
from murecom.service import reasons
from murecom.service.lazy import AllDetails, Stored, Tracks
from murecom.service.unlike import against
from murecom.store import Store
from murecom.types import Neighbour, Recommendation, Track, TrackId

CANDIDATES = 300
"Neighbours looked at first; rules refuse fewer than that in most libraries, else all are."

STEERING = 50
"A long playlist is continued from so many of its last tracks."


@dataclass(frozen=True, slots=True)
class Limits:
    """What a listener wishes; None stands for the setting of section `playlist`.

    `exclude_recent` keeps out what was heard in so many days; `recent.looked_up` finds that out.
    """

    artist_cap: int | None = None
    album_cap: int | None = None
    versions: bool | None = None
    exclude_artists: Sequence[str] = ()
    exclude_genres: Sequence[str] = ()
    exclude_folders: Sequence[str] = ()
    years: tuple[int | None, int | None] | None = None
    local: bool | None = None
    exclude_recent: float | None = None
    recent: NotHeard | None = field(default=None, repr=False, compare=False)

    def rules(
        self,
        pool: Pool,
        settings: PlaylistSettings,
        artist_gap: int | None,
        least: float = 0.0,
    ) -> tuple[Rule, ...]:
        """Make the rules for a pool, with the settings where nothing else was wished."""

        def or_setting(value: int | None, setting: int) -> int:
            return setting if value is None else value

        assert not self.exclude_recent or self.recent, "looked_up was left out"
        rules = standard(
            pool,
            least=least,
            artist_cap=or_setting(self.artist_cap, settings.artist_cap),
            album_cap=or_setting(self.album_cap, settings.album_cap),
            artist_gap=artist_gap,
            versions=settings.versions if self.versions is None else self.versions,
            exclude_artists=(*self.exclude_artists, *settings.exclude_artists),
            exclude_genres=(*self.exclude_genres, *settings.exclude_genres),
            exclude_folders=[
                os.path.abspath(os.path.expanduser(folder))
                for folder in (*self.exclude_folders, *settings.exclude_folders)
            ],
            years=self.years,
            local=settings.local if self.local is None else self.local,
        )
        return (*rules, self.recent) if self.recent else rules


@dataclass(frozen=True, slots=True, eq=False)
class Start:
    """Seeds that have a sound, sorted by whether the model holds them.

    `vectors` are those of the seeds outside, by key, a row each; `windows` their single windows.
    `weights` say how much each seed counts, by its id; without one it counts 1.
    """

    inside: tuple[Track, ...]
    outside: tuple[Track, ...]
    vectors: Mapping[str, npt.NDArray[np.float32]]
    notes: tuple[str, ...]
    windows: Mapping[str, Sequence[npt.NDArray[np.float32]]] = field(default_factory=dict)
    unlike: Start | None = None
    "What the answer keeps away from, see `service.unlike`."
    weights: Mapping[TrackId, float] = field(default_factory=dict)

    @property
    def seeds(self) -> tuple[Track, ...]:
        """All seeds that have a sound."""
        return self.inside + self.outside

    def request(self) -> Request:
        """Make the request for a recommender."""
        items = [track.id for track in self.inside]
        own = [self.weights.get(track.id, 1.0) for track in self.seeds] if self.weights else None
        request = Request(items=items, weights=own, vectors=self.vectors, windows=self.windows)
        return against(request, self.unlike.request()) if self.unlike else request


def start_from(model: AudioKNN, sound: Sound, seeds: Sequence[Track], home: Path) -> Start:
    """Sort seeds; analyse those outside the library.

    Parameters
    ----------
    model, sound, seeds
        The model that will answer, its settings, and where to start.
    home : Path
        Where what was learned of names and words is kept.

    Raises
    ------
    NotFound
        None of the seeds has a sound.
    """
    known, _ = model.split([seed.id for seed in seeds])
    inside = tuple(dict.fromkeys(known))
    by_id = {seed.id: seed for seed in seeds}
    outside, notes = [], []
    rows: dict[str, list[npt.NDArray[np.float32]]] = {key: [] for key in model.keys}
    for seed in {s.id: s for s in seeds if s.id not in set(known)}.values():
        try:
            vectors = None
            if seed.path:
                vectors = vectors_of(seed.path, sound) | outside_vectors(home, sound, seed.path)
        except MurecomError as error:
            notes.append(str(error))
            continue
        if vectors is None:
            notes.append(f"{seed.name} has no sound here: it was left out.")
            continue
        for key, kept in rows.items():
            kept.append(vectors[key])
        outside.append(seed)
    if not inside and not outside:
        raise NotFound("None of the seeds has been analysed. " + " ".join(notes))
    heard = {key: kept for key, kept in rows.items() if kept}
    means = {key: np.stack([one.mean(axis=0) for one in kept]) for key, kept in heard.items()}
    return Start(tuple(by_id[i] for i in inside), tuple(outside), means, tuple(notes), heard)


@dataclass(slots=True, eq=False)
class Sounds:
    """Answers by sound: one model, one store, one set of settings."""

    store: Store
    model: AudioKNN
    sound: Sound
    settings: PlaylistSettings
    votes: SliceVotes | None = None
    "Chooses instead of `model` where there is one; paths and radio keep to the means."

    def similar(self, start: Start, k: int, limits: Limits) -> Recommendation:
        """Answer with the `k` nearest tracks that the rules let in, nearest first."""
        pool, _, chosen = self._choose(start, k, limits, artist_gap=None)
        # tracks that came in when a rule gave way stand behind others that are less near
        nearest = sorted(zip(chosen.scores, chosen.items, strict=True), key=lambda one: -one[0])
        rows, scores = [row for _, row in nearest], [score for score, _ in nearest]
        return self.answer(start, pool, rows, scores, chosen.notes)

    def continue_(self, start: Start, length: int, limits: Limits, flow: bool) -> Recommendation:
        """Answer with the next tracks of a list, ordered by flow if that is wished."""
        pool, given, chosen = self._choose(start, length, limits, artist_gap=1)
        items, scores = list(chosen.items), dict(zip(chosen.items, chosen.scores, strict=True))
        if flow and items:
            last = given[-1]
            rows = [last, *items]
            edges = self.edges([pool.tracks[row].id for row in rows])
            items = order(pool, rows, first=last, edges=edges)[1:]
        return self.answer(start, pool, items, [scores[row] for row in items], chosen.notes)

    def path(self, a: Start, b: Start, steps: int, limits: Limits) -> Recommendation:
        """Answer with a path between two tracks, both included."""
        start = Start(
            a.inside + b.inside,
            a.outside + b.outside,
            {
                key: np.concatenate([part.vectors[key] for part in (a, b) if part.vectors])
                for key in (a.vectors or b.vectors)
            },
            a.notes + b.notes,
            {
                key: [one for part in (a, b) for one in part.windows.get(key, ())]
                for key in (a.windows or b.windows)
            },
        )
        pool = self._whole(start)
        rows = {track.id: row for row, track in self._seed_rows(start)}
        ends = rows[a.seeds[0].id], rows[b.seeds[0].id]
        rules = limits.rules(pool, self.settings, artist_gap=1)
        found = find_path(pool, *ends, steps, rules)
        scores = [1.0, *self._calibrated(found.scores[1:])]
        answer = self.answer(start, pool, found.items, scores, found.notes, chain=True)
        return Recommendation(a.seeds + b.seeds, answer.tracks, answer.model, answer.notes)

    def radio(
        self, start: Start, dials: Dials, random_seed: int | None, limits: Limits
    ) -> RadioStream:
        """Answer with tracks for ever."""
        pool = self._whole(start)
        rows = [row for row, _ in self._seed_rows(start)]
        without = rows[len(start.inside) :]
        lost = np.zeros(len(pool), np.float32)
        if start.unlike:
            lost = loss(pool.vectors, self.model.unlike_rows(start.request()))
            without += [row for row, _ in self._seed_rows(replace(start.unlike, outside=()))]

        held_back = np.zeros(len(pool), np.float32)  # else a radio plays hubs again and again
        held_back[: len(self.model.items)] = self.model.hub_penalty * self.model.crowding()

        def score(
            items: npt.NDArray[np.int64], weights: npt.NDArray[np.float32]
        ) -> npt.NDArray[np.float32]:
            shares = weights / weights.sum()
            near = pool.vectors @ (shares @ pool.vectors[items]) + shares @ held_back[items]
            return self.model.calibrate(near - held_back - lost)

        radio = Radio(
            pool,
            rows,
            np.random.default_rng(random_seed),
            dials=dials,
            rules=limits.rules(pool, self.settings, artist_gap=1),
            scorer=score,
            without=without,
        )
        return RadioStream(self, start, pool, radio, list(start.notes))

    def _calibrated(self, halves: Sequence[float]) -> list[float]:
        """Bring similarities that stand as half of one plus the cosine to the model's 0..1."""
        cosines = 2 * np.asarray(halves, np.float32) - 1
        return [float(score) for score in self.model.calibrate(cosines)]

    # -- parts ------------------------------------------------------------------------------------

    def _choose(
        self, start: Start, length: int, limits: Limits, artist_gap: int | None
    ) -> tuple[Pool, list[int], Chosen]:
        """Choose from the nearest tracks; from all of them when rules leave too few.

        Gives the pool, the rows of the seeds in it, and what was chosen.
        """
        many = max(CANDIDATES, 6 * length)
        seeds = [track.id for track in start.seeds]
        while True:
            near, scores = (self.votes or self.model).recommend(start.request(), many)
            found = len(near)
            if self.votes:  # it may hold tracks that lack another block of vectors
                _, places, _ = self.model.items.split(near)
                near, scores = [near[place] for place in places], scores[places]
            ids = [*near, *seeds]
            inside = self.model.vectors(ids[: len(ids) - len(start.outside)])
            given = list(range(len(near), len(ids)))
            padded = np.concatenate([scores, np.zeros(len(seeds))])
            ahead = [*range(min(len(near), 3 * length)), *given]
            pool = self._pool(ids, inside, padded, start, ahead)
            rules = limits.rules(pool, self.settings, artist_gap, least=CLOSE)
            chosen = choose(pool, length, rules, given=given)
            is_full = len(chosen.items) == length
            # what comes next breaks closeness, the rule that gives way last: it cannot help
            is_past = bool(len(scores)) and scores[-1] < CLOSE
            if found < many or (is_full and (is_past or not chosen.notes)):
                return pool, given, chosen
            many *= 10

    def _pool(
        self,
        ids: Sequence[TrackId],
        inside: npt.NDArray[np.float32],
        scores: npt.NDArray[np.floating] | None,
        start: Start,
        ahead: Sequence[int] = (),
    ) -> Pool:
        """Make a pool of tracks; those outside the library stand at the end, after `inside`.

        `ahead` are the rows that will be looked at for sure: they are read from the store at once.
        """
        tracks = Tracks(self.store, ids, start.outside)
        details = AllDetails(self.store, ids)
        if ahead:
            tracks.load(ahead)
            details.load(ahead)
        unit = inside
        if start.outside:
            unit = np.concatenate([inside, self.model.place(start.vectors)])
        network = embedders(self.sound)[0]
        outside = {
            track.id: start.vectors[network.key][row] for row, track in enumerate(start.outside)
        }
        heard = Stored(self.store, ids, network.key, outside, network.dim)
        # what a genre network hears is too coarse to tell copies by: z-scores spread it
        is_coarse = self.sound.model == "genre_cnn"
        return Pool(tracks, details, unit, scores, None if is_coarse else heard)

    def _whole(self, start: Start) -> Pool:
        """Make a pool of the whole library, and the seeds outside it at its end."""
        ids = [*self.model.items, *(track.id for track in start.outside)]
        return self._pool(ids, self.model.vectors(), None, start)

    def _seed_rows(self, start: Start) -> Iterator[tuple[int, Track]]:
        """Rows of the seeds in the pool of `_whole`."""
        for track in start.inside:
            row = self.model.items.item(track.id)
            assert row is not None
            yield row, track
        yield from enumerate(start.outside, len(self.model.items))

    def edges(self, ids: Sequence[TrackId]) -> Edges:
        """First and last windows of tracks, as the network hears them."""
        network = embedders(self.sound)[0]
        found = self.store.vectors.windows(ids, network.key)
        nothing = np.zeros((1, network.dim), np.float32)
        windows = [found.get(track_id, nothing) for track_id in ids]
        return Edges(np.stack([w[0] for w in windows]), np.stack([w[-1] for w in windows]))

    def answer(
        self,
        start: Start,
        pool: Pool,
        rows: Sequence[int],
        scores: Sequence[float],
        notes: Sequence[str],
        chain: bool = False,
    ) -> Recommendation:
        """Put words to chosen rows: why each is near the seeds, or near the one before it."""
        name = self.model.name if chain or not self.votes else self.votes.name
        everyone = self.profiles([*(pool.tracks[row] for row in rows), *start.seeds], start)
        profiles, seeds = everyone[: len(rows)], everyone[len(rows) :]
        neighbours = []
        for place, (profile, score) in enumerate(zip(profiles, scores, strict=True)):
            near = [profiles[place - 1]] if chain and place else seeds
            text = "start" if chain and not place else why(near, profile, score)
            neighbours.append(Neighbour(profile.track, round(float(score), 4), text))
        return Recommendation(start.seeds, tuple(neighbours), name, (*start.notes, *notes))

    def profiles(self, tracks: Sequence[Track], start: Start) -> list[Profile]:
        """Collect what reasons are made of."""
        return reasons.profiles(self.store, self.sound, tracks, start.outside, start.windows)


@dataclass(slots=True, eq=False)
class RadioStream(Iterator[Neighbour]):
    """An endless iterator of neighbours; `notes` grows while it plays."""

    sounds: Sounds
    start: Start
    pool: Pool
    radio: Radio
    notes: list[str] = field(default_factory=list)

    @property
    def model(self) -> str:
        """Which recommender steers."""
        return self.sounds.model.name

    def __next__(self) -> Neighbour:
        """Play one more track."""
        pick = next(self.radio)
        self.notes += [note for note in pick.notes if note not in self.notes]
        track = self.pool.tracks[pick.item]
        profile, *seeds = self.sounds.profiles([track, *self.start.seeds], self.start)
        score = float(pick.score)
        return Neighbour(track, round(score, 4), why(seeds, profile, score))
