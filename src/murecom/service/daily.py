"""The daily mix: some of what was heard often and not of late, and more that is new and alike."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import numpy as np
from numpy.typing import NDArray

from murecom.config import Playlist as PlaylistSettings
from murecom.errors import BadInput, NotFound
from murecom.jobs.analyse import embedders
from murecom.playlist.history import (
    DAY,
    HALF_LIFE,
    Habit,
    NotHeard,
    check_days,
    days_told,
    draw,
    strongest,
    told,
)
from murecom.playlist.order import order
from murecom.service.answers import Limits, Sounds
from murecom.service.by_playlists import ByPlaylists
from murecom.service.choosing import Picked, Scored, apart, pick_from
from murecom.service.history import History
from murecom.service.near_mood import alike_by, explained, pool_of
from murecom.service.recent import not_heard
from murecom.service.ways import NOT_BY_SOUND, OnlyLists, Way
from murecom.store import Store
from murecom.text.counts import counted
from murecom.types import Neighbour, Recommendation, Track, TrackId

KNOWN = 1 / 3
"Share of the mix that was heard before: enough to feel at home, with more to discover than that."

REST = 3.0
"Days for which a favourite does not come up again, unless `exclude_recent` says otherwise."

FAVOURITES = 200
"So many of the strongest tracks are favourites, which are drawn by their weight."

PER_SEED = 2
"New tracks that one seed brings: a mix of 30 goes on from ten tracks, not from their mean."

LEAST_SEEDS = 3

TRIED = 5
"For each seed that is needed so many are tried: models do not know all that was heard."


Habits = Mapping[TrackId, Habit]


class Daily(History):
    """A mix for each day."""

    def daily(
        self,
        length: int = 30,
        *,
        by: str = "both",
        novelty: float | None = None,
        half_life: float = HALF_LIFE,
        limits: Limits = Limits(),  # noqa: B008  frozen
        day: date | None = None,
    ) -> Recommendation:
        """Make the mix of a day from what was heard before it.

        The same day gives the same mix, whatever is heard meanwhile, as long as the library and the
        models stay as they are.

        Parameters
        ----------
        length : int
            Tracks, at least 1: a third favourites that were not heard of late, the others new.
        by : {"sound", "playlists", "both"}
            What the new tracks are found by.
        novelty : float, optional
            0 to 1, as in `similar`.
        half_life : float
            Days after which a listen counts half.
        limits : Limits
            Caps and exclusions; `exclude_recent` says for how many days favourites rest.
        day : date, optional
            Today by default, as the clock of this machine has it.

        Returns
        -------
        Recommendation
            Its seeds are what the new tracks are like. The score of a new track is that of its
            seed's model, that of a favourite how much it counts beside the strongest track. Empty,
            with notes, where no model knows anything of what was heard and all favourites rest.

        Raises
        ------
        NotReady
            Nothing was heard, or there is no model.
        BadInput
            A value is out of range.
        """
        if length < 1:
            raise BadInput(f"A mix has at least one track, not {length}. Ask for more.")
        dial = self.settings.playlist.novelty if novelty is None else novelty
        if not 0 <= dial <= 1:
            raise BadInput(f"The novelty dial goes from 0 to 1, not to {dial}. Turn it back.")
        rest = REST if limits.exclude_recent is None else check_days(limits.exclude_recent)
        day = day or date.today()
        began = datetime(day.year, day.month, day.day).timestamp()
        plays, now = self._plays(), time.time()
        before = [play for play in plays if play[1] < began or play[1] > now]
        known = self._habits([(began, before), (now, plays)], half_life)
        sounds, lists, notes = self._ways(by)
        limits = replace(limits, exclude_recent=None)
        mix = _Mix(self.store, self.settings.playlist, limits, sounds, lists, known, f"{day}")
        resting = {one.track for one in known.values() if rest and one.last >= began - rest * DAY}
        favourites = mix.favourites(resting, rest, round(length * KNOWN))
        wanted = length - len(favourites)
        ways = list(self._ways_on(by, known, f"{day}", max(LEAST_SEEDS, -(-wanted // PER_SEED))))
        new, model, more = mix.new(ways, [one.track for one in favourites], wanted, dial)
        if len(new) < wanted:
            favourites = mix.favourites(resting, rest, length - len(new))
        if resting:
            some = counted(len(resting), "track that you know rests", "tracks that you know rest")
            notes.append(f"{some}: heard in {days_told(rest)} before today.")
        tracks = mix.in_order(favourites, new)
        if len(tracks) < length:
            fit = counted(len(tracks), "track fits", "tracks fit")
            more.append(f"Only {fit} the rules, {length} were asked for.")
        if lists is not None:
            more += lists.notes
        elif dial:
            more.append(NOT_BY_SOUND)
        seeds = tuple(track for _, track, _ in ways)
        return Recommendation(seeds, tracks, model, tuple(dict.fromkeys([*notes, *more])))

    def _ways_on(self, by: str, known: Habits, day: str, count: int) -> Iterator[_Seed]:
        """Draw so many tracks that a model can go on from."""
        drawn = draw(strongest(known), f"{day} seeds")[: TRIED * count]
        tracks = self.store.tracks.get(habit.track for habit in drawn)
        for habit in drawn:
            if not count or habit.track not in tracks:
                continue
            try:
                way, _ = self._way(by, [tracks[habit.track]])
            except NotFound:
                continue
            if isinstance(way, OnlyLists) and way.asked.is_empty:
                continue
            count -= 1
            yield habit, tracks[habit.track], way


_Seed = tuple[Habit, Track, Way]


@dataclass(frozen=True, slots=True, eq=False)
class _Mix:
    """What a mix is made of."""

    store: Store
    settings: PlaylistSettings
    limits: Limits
    sounds: Sounds | None
    lists: ByPlaylists | None
    known: Habits
    day: str

    def favourites(self, resting: Collection[TrackId], rest: float, count: int) -> list[Neighbour]:
        """Draw so many of the strongest tracks that do not rest; fewer if there are not as many."""
        ranked = strongest(self.known)
        rested = [one for one in ranked if one.track not in resting][: max(FAVOURITES, 4 * count)]
        drawn = [one.track for one in draw(rested, f"{self.day} favourites")]
        if not count or not drawn:
            return []
        rule = not_heard(self.store, resting, rest, bool(self.limits.versions))
        picked = self._pick(
            lambda many: (drawn[:many], _falling(len(drawn[:many]))), (), count, rule
        )
        found = []
        for row in picked.rows:
            track = picked.pool.tracks[row]
            habit = self.known[drawn[row]]
            score = round(habit.weight / ranked[0].weight, 4)
            found.append(Neighbour(track, score, f"you heard it {told(habit)}"))
        return found

    def new(
        self, seeds: Sequence[_Seed], beside: Sequence[Track], count: int, novelty: float
    ) -> tuple[list[Neighbour], str, list[str]]:
        """Choose so many tracks that were never heard; gives the models and notes as well."""
        if not seeds:
            return [], "history", ["No model knows what you heard most: only favourites come up."]
        rule = not_heard(self.store, self.known, float("inf"))
        sides = _Sides([way for _, _, way in seeds], rule.ids)
        picked = self._pick(sides.candidates, beside, count, rule, novelty)
        found, models = [], ["history"]
        for row in picked.rows:
            number, score = sides.brought[picked.pool.tracks[row].id]
            habit, seed, way = seeds[number]
            answer = explained(way, picked, [(row, score)])
            models += answer.model.split(" + ")
            listens = counted(habit.times, "listen")
            why = f"like {seed.name} ({listens}) · {answer.tracks[0].why}"
            found.append(replace(answer.tracks[0], why=why))
        # that they are too few is said of the whole mix
        notes = list(picked.notes if len(found) == count else picked.notes[:-1])
        return found, " + ".join(dict.fromkeys(models)), notes

    def in_order(
        self, favourites: Sequence[Neighbour], new: Sequence[Neighbour]
    ) -> tuple[Neighbour, ...]:
        """Order by flow if all of it has a sound, else favourites apart and artists apart."""
        mixed = _spread(favourites, new)
        ids = [one.track.id for one in mixed]
        pool = pool_of(self.store, self.sounds, ids, ahead=len(ids))
        rows = range(len(ids))
        if mixed and self.sounds is not None and not self.sounds.model.split(ids)[1]:
            return tuple(mixed[row] for row in order(pool, rows, edges=self.sounds.edges(ids)))
        apart_rows = apart(Picked(pool, tuple(rows), (1.0,) * len(ids), ()))
        return tuple(mixed[row] for row, _ in apart_rows)

    def _pick(
        self,
        candidates: Callable[[int], Scored],
        beside: Sequence[Track],
        count: int,
        rule: NotHeard,
        novelty: float = 0.0,
    ) -> Picked:
        network = None
        if self.sounds is not None and self.sounds.sound.model != "genre_cnn":  # see `pool_of`
            embedder = embedders(self.sounds.sound)[0]
            network = embedder.key, embedder.dim
        return pick_from(
            self.store,
            candidates,
            beside,
            count,
            replace(self.limits, recent=rule),
            self.settings,
            heard=network,
            novelty=novelty if self.lists else 0.0,
            popularity=self.lists.popularity if self.lists else None,
            vectors=self.lists.vectors if self.lists else None,
        )


@dataclass(slots=True, eq=False)
class _Sides:
    """What each seed proposes, and which seed brought which track."""

    ways: Sequence[Way]
    known: Collection[TrackId]
    brought: dict[TrackId, tuple[int, float]] = field(default_factory=dict)
    "For each proposed track the number of its seed, and the score that it has there."

    def candidates(self, many: int) -> Scored:
        """Give the best track of each seed in turn, then the second best, as far as they are new.

        The scores only tell the order; `brought` has the models' own.
        """
        asked, before = many, -1
        while True:
            self.brought = {}
            sides = [alike_by(way, asked) for way in self.ways]
            longest = max(len(ids) for ids, _ in sides)
            for place in range(longest):
                for number, (ids, scores) in enumerate(sides):
                    if place < len(ids) and ids[place] not in self.known:
                        self.brought.setdefault(ids[place], (number, float(scores[place])))
            if len(self.brought) >= many or longest <= before:
                found = list(self.brought)[:many]
                return found, _falling(len(found))
            asked, before = 4 * asked, longest


def _falling(count: int) -> NDArray[np.float32]:
    """Give scores that only say what comes first, shape (count,)."""
    return np.linspace(1, 0.5, count, dtype=np.float32)


def _spread(few: Sequence[Neighbour], many: Sequence[Neighbour]) -> list[Neighbour]:
    """Put some tracks evenly among others."""
    places = [(index + 0.5) / len(part) for part in (few, many) for index in range(len(part))]
    both = [*few, *many]
    return [both[row] for row in sorted(range(len(both)), key=lambda row: places[row])]
