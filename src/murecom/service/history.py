"""Listening history: what was heard as seeds, and how to forget it."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from murecom.errors import NotFound, NotReady
from murecom.playlist.history import HALF_LIFE, Habit, Play, habits, strongest, told
from murecom.service.recent import recordings
from murecom.service.ways import BySound, OnlyLists, Way, Ways
from murecom.store import Store
from murecom.text.counts import counted
from murecom.text.recordings import take_key
from murecom.types import Track, TrackId

SEEDS = 50
"So many of the strongest tracks speak for a history: what follows weighs little."

NAMED = 3
"Tracks that a note names."

NOTHING_HEARD = (
    "Nothing that you heard is known yet. Get your listening history from the service that you "
    "use, then run: murecom import ~/Downloads/my_spotify_data"
)

ONLY_BROKEN_OFF = (
    "All that is known to have been heard was broken off or is older than it counts. "
    "Import more of your listening history with: murecom import FILE"
)


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What was heard, as seeds: the strongest first, a weight for each (their mean is 1)."""

    tracks: tuple[Track, ...]
    weights: tuple[float, ...]
    notes: tuple[str, ...] = ()

    @property
    def by_id(self) -> dict[TrackId, float]:
        """Weights by the ids of the tracks."""
        return {one.id: weight for one, weight in zip(self.tracks, self.weights, strict=True)}


class History(Ways):
    """What is known of what was heard."""

    def history_seeds(
        self,
        k: int = SEEDS,
        *,
        by: str = "both",
        half_life: float = HALF_LIFE,
        without: Collection[TrackId] = (),
    ) -> Heard:
        """Give the `k` tracks that were heard most and latest.

        Parameters
        ----------
        k : int
            At most so many.
        by : {"sound", "playlists", "both"}
            What they shall be a start for. By sound only those that have one are given.
        half_life : float
            Days after which a listen counts half, see `playlist.history`.
        without : collection of TrackId
            Tracks that are no seeds, however often they were heard.

        Raises
        ------
        NotReady
            Nothing was heard, or there is no model.
        NotFound
            Nothing of it has a sound, where that is needed.
        """
        known = self._habits([(time.time(), self._plays())], half_life)
        ranked = [habit for habit in strongest(known) if habit.track not in without]
        sounds, lists, _ = self._ways(by)
        if lists is None and sounds is not None:
            audible = set(sounds.model.split([habit.track for habit in ranked])[0])
            heard = len(ranked)
            ranked = [habit for habit in ranked if habit.track in audible]
            if not ranked:
                raise NotFound(
                    f"None of {counted(heard, 'track')} that you heard is among your files. "
                    "Run: murecom scan, or import playlists and train on them."
                )
        if not ranked:
            raise NotFound("Nothing that you heard is left to start from. Name fewer tracks.")
        chosen = ranked[:k]
        tracks = self.store.tracks.get(habit.track for habit in chosen)
        chosen = [habit for habit in chosen if habit.track in tracks]
        return Heard(
            tuple(tracks[habit.track] for habit in chosen),
            tuple(_around_one([habit.weight for habit in chosen])),
            (_from(chosen, len(known), tracks),),
        )

    def listens(self) -> int:
        """Count what was heard: every listen that is known."""
        return self.store.listens.count()

    def forget_history(self) -> int:
        """Delete every listen and nothing else; give how many there were."""
        return self.store.listens.forget()

    # -- inside -----------------------------------------------------------------------------------

    def _plays(self) -> list[Play]:
        """Give all listens; NotReady without any."""
        plays = list(self.store.listens.plays())
        if not plays:
            raise NotReady(NOTHING_HEARD)
        return plays

    def _habits(
        self, choices: Iterable[tuple[float, Sequence[Play]]], half_life: float
    ) -> dict[TrackId, Habit]:
        """Add up what was heard, by the files of tracks where there are any; see `habits`.

        Each choice is a time to count from and listens; the first one in which something counts is
        taken. NotReady if there is none.
        """
        for now, plays in choices:
            same = self._recordings({track for track, *_ in plays})
            known = habits(plays, now, half_life, same)
            if any(habit.weight > 0 for habit in known.values()):
                return known
        raise NotReady(ONLY_BROKEN_OFF)

    def _recordings(self, heard: Collection[TrackId]) -> dict[TrackId, TrackId]:
        """Say which tracks count as another one: as their file, or as a release of the same take.

        Services give a song an id for each release. Of those without a file the one counts of which
        most is known, so that models know it.
        """
        same = self.store.twins.files(heard)
        takes: dict[str, list[Track]] = {}
        for track in self.store.tracks.get(i for i in heard if i not in same).values():
            if key := take_key(track.title or "", track.artists):
                takes.setdefault(key, []).append(track)
        for several in takes.values():
            if len(several) > 1:
                best = max(several, key=_how_known)
                same |= {track.id: best.id for track in several if track.id != best.id}
        return same


def _how_known(track: Track) -> tuple[bool, bool, int, str]:
    return track.path is not None, not track.id.startswith("text:"), len(track.ids), track.id


def weighted(store: Store, way: Way, heard: Heard) -> Way:
    """Let the seeds of a way count by their weights.

    What stands for a seed in a model of playlists under another id counts as that seed does; other
    stand-ins (the artist, what sounds alike) count as they did, as parts of an average seed.
    """
    weights = heard.by_id
    if not isinstance(way, OnlyLists):
        audible = [seed.id for seed in way.start.seeds]
        own = _around_one([weights.get(seed, 1.0) for seed in audible])
        start = replace(way.start, weights=dict(zip(audible, own, strict=True)))
        way = replace(way, start=start)
    if isinstance(way, BySound):
        return way
    asked = way.asked
    direct = asked.items[: asked.direct]
    others = store.tracks.get(item for item in direct if item not in weights)
    by_name = {
        key: weights[track.id] for track in reversed(heard.tracks) for key in recordings([track])
    }
    given = dict(weights)
    files = store.twins.files(others)
    for track in others.values():
        if files.get(track.id) in weights:
            given[track.id] = weights[files[track.id]]
            continue
        for key in recordings([track]) & set(by_name):
            given[track.id] = by_name[key]
    own = _around_one([given.get(item, 1.0) for item in direct])
    return replace(way, asked=replace(asked, weights=(*own, *asked.weights[asked.direct :])))


def _around_one(weights: list[float]) -> list[float]:
    """Bring weights to a mean of 1: of very old listens they may be too small for a float32."""
    mean = sum(weights) / max(len(weights), 1)
    return [weight / mean for weight in weights]


def _from(chosen: list[Habit], heard: int, tracks: dict[TrackId, Track]) -> str:
    """Say what an answer starts from: how many tracks, and the strongest by name."""
    first = "; ".join(f"{tracks[one.track].name} ({told(one)})" for one in chosen[:NAMED])
    if len(chosen) == heard:
        return f"From {counted(heard, 'track')} that you heard: {first}."
    return f"From {len(chosen)} of {counted(heard, 'track')} that you heard: {first}."
