"""By mood: words or a point to first songs, a playlist that stays near them, and journeys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from murecom.errors import BadInput, NotFound, NotReady
from murecom.playlist.journey import LONGEST, waypoints
from murecom.playlist.mood_list import Aim, Floats, Moods
from murecom.service.answers import Limits, Sounds
from murecom.service.mood_asked import Point, ask_mood, at_the_hour, checked
from murecom.service.mood_journey import travel
from murecom.service.mood_words import MoodWords
from murecom.service.near_mood import NearMood
from murecom.service.recent import left_out, looked_up
from murecom.service.ways import WAYS, OnlyLists, Way, Ways
from murecom.types import Mood, MoodRecommendation, Track

NO_MOODS = "No track has a mood yet. Run: murecom mood tracks"

FIRST = 3
"First songs that a playlist goes on from: one alone says little, many leave nothing to add."

FAR = 0.5
"Distance in the plane from which nothing counts as near, see `mood_list.WIDTH`."


FRESH = 10.0
"Seconds for which moods are not read again though the library changes: `mood tracks` may run."

QUICK = 0.1
"Seconds of reading that are spent at once all the same: small libraries are always fresh."


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """The moods that were read, of which revision, and until when by the clock they are kept."""

    revision: int
    moods: Moods
    until: float


class ByMood(MoodWords, Ways):
    """Playlists from moods."""

    _moods_known: _Known | None = None

    def mood(
        self,
        text: str | None = None,
        *,
        point: Point | None = None,
        length: int = 20,
        journey: str | Point | None = None,
        way: str = "walk",
        first_songs: int = FIRST,
        by: str = "both",
        novelty: float | None = None,
        limits: Limits = Limits(),  # noqa: B008  frozen
        time_of_day: bool | int | None = None,
    ) -> MoodRecommendation:
        """Make a playlist of a mood, or from one mood to another.

        Parameters
        ----------
        text : str, optional
            How it should feel, in any words; may be left out if there is a point.
        point : (float or None, float or None), optional
            Valence and arousal, which win over those of the text.
        length : int
            Tracks, at least 1; of a journey `journey.LONGEST` at most.
        journey : str or (float, float), optional
            The mood to arrive at, in words or as a point.
        way : {"walk", "straight"}
            Evenly to the other mood, or there in three tracks, and then stay.
        first_songs : int
            First songs, which are chosen by mood alone; a journey has none.
        by : {"sound", "playlists", "both"}
            What first songs are continued by. Without any model the mood alone decides, and a note
            says so. A journey asks the sound only for how large its steps are.
        novelty : float, optional
            0 to 1: away from what is in many playlists; the setting `playlist.novelty` by default.
        limits : Limits
            Caps and exclusions.
        time_of_day : bool or int, optional
            Lean towards what the hour suggests (`HOURS`): True for now, or an hour from 0 to 23.

        Returns
        -------
        MoodRecommendation
            The score of a first song, or of a track on a journey, says how near it is in mood; that
            of others is a geometric mean of how well they fit the mood and of how alike they are
            to the first songs.

        Raises
        ------
        BadInput
            Nothing could be read from the text, or a value is out of range.
        NotReady
            No track has a mood yet, or there is no model of the one wished kind.
        """
        if length < 1 or first_songs < 1:
            raise BadInput(
                f"At least one track is needed, not {min(length, first_songs)}. Ask for more."
            )
        if by not in WAYS:
            raise BadInput(f"'{by}' is not a way to recommend. Use sound, playlists or both.")
        waypoints(np.zeros(2, np.float32), np.ones(2, np.float32), 2, way)  # checks the way
        dial = _checked_dial(self.settings.playlist.novelty if novelty is None else novelty)
        asked = at_the_hour(ask_mood(self.mood_of, text, point), time_of_day)
        goal = None
        if journey is not None:
            if length > LONGEST:
                raise BadInput(
                    f"A journey has {LONGEST} tracks at most, not {length}. Ask for fewer."
                )
            if isinstance(journey, str):
                goal = ask_mood(self.mood_of, journey, None)
            elif None in checked(journey):
                raise BadInput("A journey leads to both a valence and an arousal. Give both.")
            else:
                goal = ask_mood(self.mood_of, None, journey)
        elif by == "playlists":
            self._by_playlists()  # even where first songs are all
        limits, more = looked_up(self.store, limits)
        moods, sounds = self._mood_points(), self._heard(by)
        own = self.settings.playlist
        if goal is not None:
            ends = asked.aim, goal.aim
            chosen, aims = travel(self.store, own, limits, moods, sounds, ends, length, way, dial)
            return MoodRecommendation(
                tuple(one.track for one in chosen.tracks[:1]),
                chosen.tracks,
                chosen.model,
                _unique(more, asked.notes, goal.notes, chosen.notes, left_out(limits)),
                mood=asked.mood,
                journey=goal.mood,
                points=tuple(_rounded(aim) for aim in aims),
            )
        near = NearMood(self.store, own, limits, moods, asked.aim, dial, sounds)
        chosen = first = near.first(min(first_songs, length))
        told: list[str] = []
        if length > len(first.tracks) > 0:
            on, told = self._goes_on(by, [one.track for one in first.tracks])
            chosen = near.continue_(on, first.tracks, length) if on else near.first(length)
        return MoodRecommendation(
            tuple(one.track for one in chosen.tracks[: len(first.tracks)]),
            chosen.tracks,
            chosen.model,
            _unique(
                more,
                asked.notes,
                _nothing_near(moods, asked.aim),
                told,
                chosen.notes,
                left_out(limits),
            ),
            mood=asked.mood,
            points=(_rounded(asked.aim.point),) * len(chosen.tracks),
        )

    def first_songs(
        self,
        mood: Mood | str,
        k: int = FIRST,
        *,
        novelty: float = 0.0,
        limits: Limits = Limits(),  # noqa: B008
    ) -> MoodRecommendation:
        """Find the `k` tracks nearest to a mood, or to that of words, that differ otherwise.

        Both are understood as `mood` understands words; errors and scores as there. Words say more
        than the mood that was read from them: those that name lists (gym, 助眠) count.
        """
        asked = ask_mood(self.mood_of, mood, None)
        aim, dial = asked.aim, _checked_dial(novelty)
        limits, more = looked_up(self.store, limits)
        moods, sounds = self._mood_points(), self._heard("both")
        near = NearMood(self.store, self.settings.playlist, limits, moods, aim, dial, sounds)
        found = near.first(k)
        near_by = _nothing_near(moods, aim)
        notes = _unique(more, asked.notes, near_by, found.notes, left_out(limits))
        points = (_rounded(aim.point),) * len(found.tracks)
        tracks = tuple(one.track for one in found.tracks)
        return MoodRecommendation(
            tracks, found.tracks, found.model, notes, mood=asked.mood, points=points
        )

    # -- inside -----------------------------------------------------------------------------------

    def _mood_points(self) -> Moods:
        """Give the moods of all tracks, read again when the library has changed (see `FRESH`)."""
        known, clock = self._moods_known, time.monotonic()
        if known is None or clock >= known.until or not len(known.moods):
            revision = self.store.revision()
            if known is None or known.revision != revision:
                table = self.store.moods.all()
                moods = Moods(
                    table.ids, table.points, table.probabilities, table.confidence, table.popularity
                )
                now = time.monotonic()
                known = _Known(revision, moods, now + FRESH if now - clock > QUICK else now)
            self._moods_known = known
        if not len(known.moods):
            raise NotReady(NO_MOODS)
        return known.moods

    def _heard(self, by: str) -> Sounds | None:
        """Open the model of sound, if there is one and it is wished."""
        if by == "playlists":
            return None
        try:
            return self._sounds()
        except NotReady:
            if by == "sound":
                raise
            return None

    def _goes_on(self, by: str, first: Sequence[Track]) -> tuple[Way | None, list[str]]:
        """Find what first songs can be continued by; None where only their mood is known."""
        alone = "Only moods decide:"
        try:
            way, told = self._way(by, first)
        except NotReady:
            if by != "both":
                raise
            return None, [f"{alone} there is no model of sound or playlists yet."]
        except NotFound:
            return None, [f"{alone} no model knows the first songs."]
        if isinstance(way, OnlyLists) and way.asked.is_empty:
            return None, [f"{alone} no model knows the first songs."]
        return way, told


def _checked_dial(novelty: float) -> float:
    if not 0 <= novelty <= 1:
        raise BadInput(f"The novelty dial goes from 0 to 1, not to {novelty}. Turn it back.")
    return novelty


def _nothing_near(moods: Moods, aim: Aim) -> list[str]:
    """Say so if no track is near the mood."""
    row = moods.nearest(aim)
    if row is None or np.linalg.norm(moods.points[row] - aim.point) < FAR:
        return []
    valence, arousal = _rounded(moods.points[row])
    return [
        "Nothing in the library is near this mood: the nearest track is at "
        f"valence {valence:.2f}, arousal {arousal:.2f}."
    ]


def _rounded(point: Floats) -> tuple[float, float]:
    return round(float(point[0]), 4), round(float(point[1]), 4)


def _unique(*notes: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(note for some in notes for note in some))
