"""The mood of tracks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from murecom.jobs.mood_tracks import MoodReport, mood_tracks
from murecom.mood.labels import FELT
from murecom.service.mood_words import MoodWords
from murecom.store import MoodRow
from murecom.store.moods import ALL
from murecom.types import MoodPart, Progress, Track, TrackMood, no_progress


class MoodTracks(MoodWords):
    """What tracks feel like, from their words, their playlists and their sound."""

    def mood_tracks(self, progress: Progress = no_progress, again: bool = False) -> MoodReport:
        """Bring the moods of all tracks up to date; see `murecom.jobs.mood_tracks.mood_tracks`.

        Raises
        ------
        MissingExtra
            The extra `mood` is not installed.
        NotReady
            Another run is going on in this home.
        """
        return mood_tracks(self.store, self.home, self._mood_model(), again, progress)

    def mood_of_track(self, track: Track) -> TrackMood:
        """Give the mood of a track and what it came from, as the last `mood_tracks` left them."""
        return self.moods_of_tracks([track])[0]

    def moods_of_tracks(self, tracks: Sequence[Track]) -> list[TrackMood]:
        """Give the moods of tracks in their order; those of which nothing is known too."""
        found = self.store.moods.get([track.id for track in tracks])
        moods = []
        for track in tracks:
            parts = {key: _part(row) for key, row in found.get(track.id, {}).items()}
            moods.append(TrackMood(track, parts.pop(ALL, None), parts))
        return moods


def _part(row: MoodRow) -> MoodPart:
    label = None
    if row.probabilities is not None:
        label = FELT[int(np.argmax(row.probabilities))]
    return MoodPart(
        row.valence or 0.0, row.arousal or 0.0, row.confidence, row.count, row.spread, label
    )
