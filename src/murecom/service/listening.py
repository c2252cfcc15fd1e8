"""From seeds to tracks: similar, continue, next, radio, path."""

from __future__ import annotations

from collections.abc import Sequence

from murecom.errors import BadInput
from murecom.playlist.radio import Dials
from murecom.playlist.rules import CLOSE
from murecom.service.answers import STEERING, Limits, RadioStream
from murecom.service.by_playlists import PlaylistRadio
from murecom.service.history import History, weighted
from murecom.service.recent import heard_of_late, left_out, looked_up
from murecom.service.ways import with_notes
from murecom.types import Recommendation, Track


class Listening(History):
    """Recommendations of tracks."""

    def similar(
        self,
        seeds: Sequence[Track] = (),
        k: int = 10,
        *,
        history: bool = False,
        unlike: Sequence[Track] = (),
        by: str = "both",
        novelty: float | None = None,
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
        history : bool
            Start from what was heard instead, see `history_seeds`; `seeds` are empty then.
        unlike : sequence of Track
            What the answer shall not be like; these never come up either.
        by : {"sound", "playlists", "both"}
            By how tracks sound, by who puts them together, or by both: whatever models exist. The
            answer says which.
        novelty : float, optional
            0 to 1, see `playlist.novelty`; the setting `playlist.novelty` by default. Sound alone
            knows nothing of it.
        limits : Limits
            Caps and exclusions.
        notes : sequence of str
            Put in front of the answer's own notes.

        Raises
        ------
        NotFound
            No model knows any of the seeds, nor what could stand for them.
        NotReady
            Nothing was scanned or trained yet; or nothing heard, for `history`.
        BadInput
            A value is out of range, or a track is wanted and not wanted.
        """
        _at_least_one(k, "k")
        dial = self._novelty(novelty)
        limits, more = looked_up(self.store, limits)
        before = [*notes, *more]
        if history:
            if seeds:
                raise BadInput("Start from tracks or from what was heard. Leave one of them out.")
            heard = self.history_seeds(by=by, without={track.id for track in unlike})
            way, told = self._way(by, heard.tracks, unlike)
            way = weighted(self.store, way, heard)
            before += heard.notes
        else:
            way, told = self._way(by, seeds, unlike)
        answer = way.similar(k, limits, dial)
        return with_notes(answer, [*before, *told], left_out(limits))

    def continue_(
        self,
        seeds: Sequence[Track],
        length: int = 20,
        *,
        title: str | None = None,
        flow: bool = True,
        unlike: Sequence[Track] = (),
        by: str = "both",
        novelty: float | None = None,
        limits: Limits = Limits(),  # noqa: B008
        notes: Sequence[str] = (),
    ) -> Recommendation:
        """Give the next `length` tracks of a list.

        Parameters
        ----------
        seeds : sequence of Track
            What the list holds, in its order. May be empty if there is a title. Of a long list the
            last 50 steer, and a note says so; none of it comes up again.
        length : int
            At least 1.
        title : str, optional
            How the list is called; only playlists know what that means.
        flow : bool
            Order the tracks by energy, tempo and sound, where all of them were analysed.
        unlike, by, novelty, limits, notes
            As in `similar`, and so are the errors.
        """
        _at_least_one(length, "length")
        if not seeds and not (title and title.strip()):
            raise BadInput("A list is continued from its tracks or its title. Give either.")
        dial = self._novelty(novelty)
        limits, more = looked_up(self.store, limits)
        way, told = self._way(by, seeds[-STEERING:], unlike, title, whole=seeds)
        answer = way.continue_(length, limits, dial, flow)
        before = [*notes, *more, *_only_the_last(seeds), *told]
        return with_notes(answer, before, left_out(limits))

    def next_(
        self,
        seeds: Sequence[Track],
        k: int = 10,
        *,
        title: str | None = None,
        unlike: Sequence[Track] = (),
        by: str = "both",
        novelty: float | None = None,
        limits: Limits = Limits(),  # noqa: B008
        notes: Sequence[str] = (),
    ) -> Recommendation:
        """Give the `k` tracks that most likely come right after the last seed, likeliest first.

        Unlike the tracks of `continue_` these are alternatives: the latest seeds count most.

        Parameters
        ----------
        seeds : sequence of Track
            What was played, the latest last.
        k : int
            At least 1.
        title, unlike, by, novelty, limits, notes
            As in `continue_`, and so are the errors.
        """
        _at_least_one(k, "k")
        if not seeds:
            raise BadInput("What comes next depends on what was played. Give at least one track.")
        dial = self._novelty(novelty)
        limits, more = looked_up(self.store, limits)
        way, told = self._way(by, seeds[-STEERING:], unlike, title, "next", whole=seeds)
        answer = way.next_(k, limits, dial)
        before = [*notes, *more, *_only_the_last(seeds), *told]
        return with_notes(answer, before, left_out(limits))

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
    ) -> RadioStream | PlaylistRadio:
        """Play on for ever; parameters and errors as in `similar`.

        By both, it goes by sound if any of the seeds has one, else by playlists.
        """
        own = self.settings.playlist
        dials = Dials(
            lookback=own.lookback if lookback is None else lookback,
            temperature=own.temperature if temperature is None else temperature,
            least=CLOSE if by != "playlists" else 0.0,
        )
        limits, more = looked_up(self.store, limits)
        way, told = self._way(by, seeds, unlike)
        stream = way.radio(dials, random_seed, limits)
        stream.notes[:0] = [*notes, *more, *heard_of_late(limits), *told]
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
        """Lead from one track to another in `steps` tracks, both included; always by sound."""
        if by == "playlists":
            raise BadInput("A path leads from sound to sound. Use --by sound or --by both.")
        limits, more = looked_up(self.store, limits)
        sounds = self._sounds()
        a, b = (self._start(sounds, [track]) for track in (start, end))
        return with_notes(sounds.path(a, b, steps, limits), more, left_out(limits))

    def _novelty(self, novelty: float | None) -> float:
        dial = self.settings.playlist.novelty if novelty is None else novelty
        if not 0 <= dial <= 1:
            raise BadInput(f"The novelty dial goes from 0 to 1, not to {dial}. Turn it back.")
        return dial


def _only_the_last(seeds: Sequence[Track]) -> list[str]:
    """Tell that a list is too long for all of it to count."""
    if len(seeds) <= STEERING:
        return []
    return [f"Of {len(seeds):,} tracks the last {STEERING} steer; none of them comes up again."]


def _at_least_one(count: int, name: str) -> None:
    if count < 1:
        raise BadInput(f"{name} must be at least 1, not {count}.")
