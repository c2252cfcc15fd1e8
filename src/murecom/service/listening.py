"""From seeds to tracks: similar, continue, radio, path."""

from __future__ import annotations

from collections.abc import Sequence

from murecom.errors import BadInput
from murecom.playlist.radio import Dials
from murecom.playlist.rules import CLOSE
from murecom.service.answers import STEERING, Limits, RadioStream, Sounds, Start, start_from
from murecom.service.opened import Opened
from murecom.service.unlike import keep_away
from murecom.types import Recommendation, Track


class Listening(Opened):
    """Recommendations of tracks."""

    def similar(
        self,
        seeds: Sequence[Track],
        k: int = 10,
        *,
        unlike: Sequence[Track] = (),
        by: str = "both",
        limits: Limits = Limits(),  # noqa: B008  frozen
        notes: Sequence[str] = (),
    ) -> Recommendation:
        """Find the `k` tracks that are most like the seeds.

        Parameters
        ----------
        seeds : sequence of Track
            One or several; a track outside the library needs a path, and is analysed.
        k : int
            At least 1.
        unlike : sequence of Track
            What the answer shall not be like; these never come up either.
        by : {"sound", "playlists", "both"}
            "both" uses whatever models exist.
        limits : Limits
            Caps and exclusions.
        notes : sequence of str
            Put in front of the answer's own notes.

        Raises
        ------
        NotFound
            None of the seeds has a sound.
        NotReady
            Nothing was scanned yet.
        """
        sounds = self._sounds(by=by)
        start = self._start(sounds, seeds, unlike)
        return _with_notes(sounds.similar(start, _at_least_one(k, "k"), limits), notes)

    def continue_(
        self,
        seeds: Sequence[Track],
        length: int = 20,
        *,
        flow: bool = True,
        unlike: Sequence[Track] = (),
        by: str = "both",
        limits: Limits = Limits(),  # noqa: B008
        notes: Sequence[str] = (),
    ) -> Recommendation:
        """Give the next `length` tracks of a list; parameters and errors as in `similar`."""
        sounds = self._sounds(by=by)
        start = self._start(sounds, seeds[-STEERING:], unlike)
        answer = sounds.continue_(start, _at_least_one(length, "length"), limits, flow)
        return _with_notes(answer, notes)

    def radio(
        self,
        seeds: Sequence[Track],
        *,
        lookback: int | None = None,
        temperature: float | None = None,
        random_seed: int | None = None,
        unlike: Sequence[Track] = (),
        by: str = "both",
        limits: Limits = Limits(),  # noqa: B008
        notes: Sequence[str] = (),
    ) -> RadioStream:
        """Play on for ever; parameters and errors as in `similar`."""
        sounds = self._sounds(by=by)
        start = self._start(sounds, seeds, unlike)
        own = self.settings.playlist
        dials = Dials(
            lookback=own.lookback if lookback is None else lookback,
            temperature=own.temperature if temperature is None else temperature,
            least=CLOSE,
        )
        stream = sounds.radio(start, dials, random_seed, limits)
        stream.notes[:0] = notes
        return stream

    def path(
        self,
        start: Track,
        end: Track,
        steps: int = 8,
        *,
        by: str = "both",
        limits: Limits = Limits(),  # noqa: B008
    ) -> Recommendation:
        """Lead from one track to another in `steps` tracks, both included."""
        sounds = self._sounds(by=by)
        a, b = (self._start(sounds, [track]) for track in (start, end))
        return sounds.path(a, b, steps, limits)

    def _start(self, sounds: Sounds, seeds: Sequence[Track], unlike: Sequence[Track] = ()) -> Start:
        def sort(tracks: Sequence[Track]) -> Start:
            return start_from(sounds.model, self.sound, tracks, self.home)

        return keep_away(sort(seeds), unlike, sort)


def _with_notes(answer: Recommendation, notes: Sequence[str]) -> Recommendation:
    return Recommendation(answer.seeds, answer.tracks, answer.model, (*notes, *answer.notes))


def _at_least_one(count: int, name: str) -> int:
    if count < 1:
        raise BadInput(f"{name} must be at least 1, not {count}.")
    return count
