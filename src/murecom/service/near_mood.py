"""A playlist that goes on from its first songs and stays near a mood.

The models of sound and of playlists propose what goes with the first songs; each proposal counts by
how alike it is and by how near in mood, a weighted geometric mean of both.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from murecom.config import Playlist as PlaylistSettings
from murecom.index.base import top
from murecom.jobs.analyse import embedders
from murecom.playlist.mood_list import FAMOUS, Aim, Moods, NearEnough, first_songs
from murecom.playlist.order import order
from murecom.playlist.pool import Pool
from murecom.playlist.rules import CLOSE
from murecom.recommend.calibration import RANDOM_PAIR
from murecom.service.answers import Limits, Sounds
from murecom.service.choosing import MOST, Picked, Scored, apart, pick_from
from murecom.service.lazy import AllDetails, Stored, Tracks
from murecom.service.mood_reasons import reasons
from murecom.service.ways import BySound, OnlyLists, Way
from murecom.store import Store
from murecom.types import Neighbour, Recommendation, TrackId

Floats = npt.NDArray[np.float32]

SHORT = 120
"Tracks nearest in mood that first songs are chosen from; more when rules refuse too many."

LOOKED = 1_000
"So many are enough if rules must only be bent; up to `MOST` where there would be too few tracks."

PROPOSED = 2_000
"Proposals of a model that are looked at: those that stay near the mood may be few."

JOINED = 200
"Tracks nearest in mood that are looked at besides; no model proposes them: they are random pairs."

MOOD = 0.6
"""Share of the mood in the score of what follows the first songs, as an exponent; being alike has
the rest. Chosen by `held` of `benchmarks/_journeys.py`, see `docs/design/mood-lists.md`."""

LEAST = RANDOM_PAIR ** (1 - MOOD) * CLOSE**MOOD
"Score of a random pair that is just close in mood: less counts as far."

NOVEL = 0.6
"Share of its fit that the most famous track loses more at novelty 1."


@dataclass(frozen=True, slots=True, eq=False)
class Chosen:
    """Tracks in playing order with scores and reasons, what chose them, and notes."""

    tracks: tuple[Neighbour, ...]
    model: str = "mood"
    notes: tuple[str, ...] = ()


class NearMood:
    """One mood in one library: chooses first songs and goes on from them.

    Parameters
    ----------
    store, settings, limits
        The library and which rules there are.
    moods : Moods
        Where its tracks stand.
    aim : Aim
        The mood.
    novelty : float
        0 to 1: how much less tracks count that are in many playlists.
    sounds : Sounds, optional
        By which first songs differ.
    """

    def __init__(
        self,
        store: Store,
        settings: PlaylistSettings,
        limits: Limits,
        moods: Moods,
        aim: Aim,
        novelty: float = 0.0,
        sounds: Sounds | None = None,
    ) -> None:
        self.store, self.settings, self.limits = store, settings, limits
        self.moods, self.aim, self.sounds = moods, aim, sounds
        loss = np.float32(FAMOUS + NOVEL * novelty)
        self._loss = np.float32(NOVEL * novelty)
        self._fit = moods.fit(aim)
        self._ranked: Floats = self._fit * (1 - loss * moods.fame)

    def first(self, k: int) -> Chosen:
        """Choose first songs, the best first; fewer than `k` when rules refuse the others."""
        many = max(SHORT, 4 * k)
        while True:
            rows, fit = top(self._ranked, many)
            ids = [self.moods.ids[row] for row in rows]
            unit = vectors(self.sounds, ids)
            pool = pool_of(self.store, self.sounds, ids, fit, unit, ahead=2 * k)
            rules = (NearEnough(pool), *self.limits.rules(pool, self.settings, artist_gap=1))
            found = first_songs(pool, k, rules, unit)
            is_full = len(found.items) == k
            is_past = bool(len(fit)) and fit[-1] < CLOSE  # what comes next is far: it cannot help
            if is_full and (is_past or not found.notes or many >= LOOKED):
                break
            if many >= min(len(self.moods), MOST):
                break
            many *= 10
        chosen = [pool.tracks[item] for item in found.items]
        rows = rows[list(found.items)]
        near = self.moods.nearness(self.aim, rows)
        whys = reasons(self.store, [track.id for track in chosen], near, self._fit[rows])
        tracks = tuple(
            Neighbour(track, round(float(score), 4), why)
            for track, score, why in zip(chosen, near, whys, strict=True)
        )
        short = f"Only {len(tracks)} tracks fit the rules, {k} were asked for."
        return Chosen(tracks, notes=(*found.notes, *([short] if len(tracks) < k else ())))

    def continue_(self, way: Way, first: Sequence[Neighbour], length: int) -> Chosen:
        """Go on from first songs by what a way proposes, up to `length` tracks with them."""
        begun = [one.track.id for one in first]
        network = embedders(self.sounds.sound)[0] if self.sounds else None
        is_coarse = self.sounds is not None and self.sounds.sound.model == "genre_cnn"
        picked = pick_from(
            self.store,
            lambda many: self.proposals(way, begun, many),
            (),
            length,
            self.limits,
            self.settings,
            heard=(network.key, network.dim) if network and not is_coarse else None,
            more_rules=lambda pool: (NearEnough(pool, LEAST),),
        )
        answer = explained(way, picked, self._in_order(picked, len(begun)))
        ids = [one.track.id for one in answer.tracks]
        rows, places, _ = self.moods.rows.split(ids)
        near, fit = np.zeros((2, len(ids)), np.float32)
        near[places], fit[places] = self.moods.nearness(self.aim, rows), self._fit[rows]
        whys = reasons(self.store, ids, near, fit)
        tracks = [
            Neighbour(one.track, one.score, f"{why} · {_told(one.why)}" if one.why else why)
            for one, why in zip(answer.tracks, whys, strict=True)
        ]
        return Chosen((*first, *tracks), f"mood + {answer.model}", answer.notes)

    def proposals(self, way: Way, begun: Sequence[TrackId], many: int) -> Scored:
        """Give the first songs, and after them the tracks that are alike and near in mood."""
        ids, alike = alike_by(way, max(many, PROPOSED))
        known = {*begun, *ids}
        rows, _ = top(self._ranked, max(JOINED, many))
        joined = [i for row in rows if (i := self.moods.ids[row]) not in known]
        kept = [place for place, track_id in enumerate(ids) if track_id not in set(begun)]
        ids = [*(ids[place] for place in kept), *joined]
        chance = np.full(len(joined), RANDOM_PAIR, np.float32)
        alike = np.concatenate([np.asarray(alike, np.float32)[kept], chance])
        fit = np.full(len(ids), RANDOM_PAIR, np.float32)  # of tracks of unknown mood
        found, places, _ = self.moods.rows.split(ids)
        fit[places] = self._fit[found] * (1 - self._loss * self.moods.fame[found])
        scores = np.clip(alike, 0, 0.999) ** (1 - MOOD) * fit**MOOD
        best = np.argsort(-scores, kind="stable")
        firsts = np.ones(len(begun), np.float32)
        return [*begun, *(ids[place] for place in best)], np.concatenate([firsts, scores[best]])

    def _in_order(self, picked: Picked, first: int) -> list[tuple[int, float]]:
        """Order what follows the first songs: by flow if all has a sound, else artists apart."""
        scores = dict(zip(picked.rows, picked.scores, strict=True))
        begun = [row for row in picked.rows if row < first]
        rest = [(row, score) for row, score in apart(picked) if row >= first]
        if self.sounds and begun and rest:
            around = [begun[-1], *(row for row, _ in rest)]
            ids = [picked.pool.tracks[row].id for row in around]
            if not self.sounds.model.split(ids)[1]:
                edges = self.sounds.edges(ids)
                flowing = order(picked.pool, around, first=around[0], edges=edges)[1:]
                rest = [(row, scores[row]) for row in flowing]
        return rest


def vectors(sounds: Sounds | None, ids: Sequence[TrackId]) -> Floats | None:
    """Give unit vectors of sound, shape (len(ids), dim), zeros where there is none."""
    if sounds is None:
        return None
    _, places, _ = sounds.model.items.split(ids)
    own = sounds.model.vectors([ids[place] for place in places])
    rows = np.zeros((len(ids), own.shape[1]), np.float32)
    rows[places] = own
    return rows


def pool_of(
    store: Store,
    sounds: Sounds | None,
    ids: Sequence[TrackId],
    scores: npt.NDArray[np.floating] | None = None,
    unit: Floats | None = None,
    ahead: int = 0,
) -> Pool:
    """Make a pool of tracks; the first `ahead` are read from the store at once."""
    tracks, details = Tracks(store, ids), AllDetails(store, ids)
    rows = range(min(ahead, len(ids)))
    tracks.load(rows)
    details.load(rows)
    heard = None
    if sounds is not None and sounds.sound.model != "genre_cnn":  # too coarse to tell copies by
        network = embedders(sounds.sound)[0]
        heard = Stored(store, ids, network.key, {}, network.dim)
    return Pool(tracks, details, unit, scores, heard)


def alike_by(way: Way, many: int) -> Scored:
    """Give what a way proposes to go with its seeds."""
    if isinstance(way, BySound):
        sound = way.sounds.votes or way.sounds.model
        return sound.recommend(way.start.request(), many)
    if isinstance(way, OnlyLists):
        return way.lists.candidates(way.asked, many)
    return way.both.candidates(way.start, way.asked, many)


def explained(way: Way, picked: Picked, rows: Sequence[tuple[int, float]]) -> Recommendation:
    """Put a way's words to what was chosen, without what it says of the first songs."""
    if isinstance(way, BySound):
        only, scores = [row for row, _ in rows], [score for _, score in rows]
        answer = way.sounds.answer(way.start, picked.pool, only, scores, picked.notes)
        said = {*way.start.notes}
    elif isinstance(way, OnlyLists):
        answer = way.lists.answer(way.asked, picked, rows)
        said = {*way.asked.notes}
    else:
        answer = way.both.answer(way.start, way.asked, picked, rows)
        said = {*way.start.notes, *way.asked.notes}
    notes = tuple(note for note in answer.notes if note not in said)
    return Recommendation(answer.seeds, answer.tracks, answer.model, notes)


def _told(why: str) -> str:
    return why.replace("your seeds", "the first songs").replace("your seed", "the first song")
