"""By sound, by playlists, or by both: which models there are, and what each can start from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from murecom.errors import BadInput, MurecomError, NotFound, NotReady
from murecom.jobs.playlist_model import REMEDY
from murecom.playlist.radio import Dials
from murecom.recommend.base import Mode
from murecom.service.answers import Limits, RadioStream, Sounds, Start, start_from
from murecom.service.asked import Asked, ask, with_popular
from murecom.service.by_both import ByBoth
from murecom.service.by_playlists import ByPlaylists, PlaylistRadio
from murecom.service.opened import Opened
from murecom.service.unlike import keep_away
from murecom.types import Recommendation, Track, TrackId

WAYS = ("sound", "playlists", "both")

LAST = 3
"What sounds like so many of the last tracks may come next."

NOT_BY_SOUND = "Novelty needs a model of playlists: it was left out."


@dataclass(frozen=True, slots=True, eq=False)
class BySound:
    """Answers by sound alone."""

    sounds: Sounds
    start: Start

    def similar(self, k: int, limits: Limits, novelty: float) -> Recommendation:
        """See `Sounds.similar`."""
        return self._told(self.sounds.similar(self.start, k, limits), novelty)

    def continue_(self, length: int, limits: Limits, novelty: float, flow: bool) -> Recommendation:
        """See `Sounds.continue_`."""
        return self._told(self.sounds.continue_(self.start, length, limits, flow), novelty)

    def next_(self, k: int, limits: Limits, novelty: float) -> Recommendation:
        """Answer with what sounds like the last tracks."""
        return self.similar(k, limits, novelty)

    def radio(self, dials: Dials, random_seed: int | None, limits: Limits) -> RadioStream:
        """See `Sounds.radio`."""
        return self.sounds.radio(self.start, dials, random_seed, limits)

    def _told(self, answer: Recommendation, novelty: float) -> Recommendation:
        return with_notes(answer, (), [NOT_BY_SOUND] if novelty else ())


@dataclass(frozen=True, slots=True, eq=False)
class OnlyLists:
    """Answers by playlists alone."""

    lists: ByPlaylists
    asked: Asked

    def similar(self, k: int, limits: Limits, novelty: float) -> Recommendation:
        """See `ByPlaylists.similar`."""
        return self.lists.similar(self.asked, k, limits, novelty)

    def continue_(self, length: int, limits: Limits, novelty: float, flow: bool) -> Recommendation:
        """See `ByPlaylists.continue_`."""
        return self.lists.continue_(self.asked, length, limits, novelty)

    def next_(self, k: int, limits: Limits, novelty: float) -> Recommendation:
        """See `ByPlaylists.next_`."""
        return self.lists.next_(self.asked, k, limits, novelty)

    def radio(self, dials: Dials, random_seed: int | None, limits: Limits) -> PlaylistRadio:
        """See `ByPlaylists.radio`."""
        return self.lists.radio(self.asked, dials, random_seed, limits)


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Answers by both; a radio goes by sound."""

    both: ByBoth
    start: Start
    asked: Asked

    def similar(self, k: int, limits: Limits, novelty: float) -> Recommendation:
        """See `ByBoth.similar`."""
        return self.both.similar(self.start, self.asked, k, limits, novelty)

    def continue_(self, length: int, limits: Limits, novelty: float, flow: bool) -> Recommendation:
        """See `ByBoth.continue_`."""
        return self.both.continue_(self.start, self.asked, length, limits, novelty, flow)

    def next_(self, k: int, limits: Limits, novelty: float) -> Recommendation:
        """Answer with what sounds like the last tracks or follows them in playlists."""
        return self.similar(k, limits, novelty)

    def radio(self, dials: Dials, random_seed: int | None, limits: Limits) -> RadioStream:
        """See `Sounds.radio`."""
        return self.both.sounds.radio(self.start, dials, random_seed, limits)


Way = BySound | OnlyLists | Together
"One or two models, and what they start from."


class Ways(Opened):
    """What `--by` chooses from."""

    def _ways(self, by: str) -> tuple[Sounds | None, ByPlaylists | None, list[str]]:
        """Open the models to go by, one at least; gives them and what is to be told of them.

        Raises
        ------
        BadInput
            There is no such way, or the model of playlists is damaged and no other can answer.
        NotReady
            There is no model of the wished kind, or none at all.
        """
        if by not in WAYS:
            raise BadInput(f"'{by}' is not a way to recommend. Use sound, playlists or both.")
        if by == "sound":
            return self._sounds(), None, []
        if by == "playlists":
            return None, self._by_playlists(), []
        lists, told, fault = None, [], None
        try:
            lists = self._by_playlists()
        except MurecomError as error:
            if self._has_lists():
                fault, told = error, [f"Playlists were left out: {error}"]
        try:
            return self._sounds(), lists, told
        except NotReady as error:
            if lists is not None:
                return None, lists, told
            if fault is not None:  # nothing else can answer
                raise fault from error
            raise NotReady(f"{str(error).removesuffix('.')}, or: {REMEDY}") from error

    def _way(
        self,
        by: str,
        seeds: Sequence[Track],
        unlike: Sequence[Track] = (),
        title: str | None = None,
        mode: Mode = "continue",
        whole: Sequence[Track] = (),
    ) -> tuple[Way, list[str]]:
        """Find out which models answer and what they start from; gives notes on that as well.

        `whole` is all of the list if `seeds` are only the last of it.

        Raises
        ------
        NotFound
            No model knows anything of the seeds.
        BadInput, NotReady
            As `_ways`; a title alone, and no model of playlists.
        """
        sounds, lists, told = self._ways(by)
        if lists is None:
            assert sounds is not None
            if not seeds:
                remedy = told or [f"Run: {REMEDY}"]
                raise NotReady(" ".join(["Only playlists know what a title means.", *remedy]))
            return BySound(sounds, self._start(sounds, seeds, unlike, mode)), told
        start = self._audible(sounds, seeds, unlike, mode) if sounds else None
        asked = ask(
            lists.model,
            self.store,
            seeds,
            title=title,
            mode=mode,
            unlike=unlike,
            near=None if sounds else self._sounding_like,
            heard={seed.id for seed in start.seeds} if start else (),
            whole=whole,
        )
        asked = lists.checked(asked)
        if sounds is None or start is None:
            is_known = bool(title or self.store.tracks.get(seed.id for seed in seeds))
            return OnlyLists(lists, with_popular(asked, is_known)), told
        if asked.is_empty:
            return BySound(sounds, start), [*told, *asked.notes]
        return Together(ByBoth(sounds, lists), start, asked), told

    def _audible(
        self, sounds: Sounds, seeds: Sequence[Track], unlike: Sequence[Track], mode: Mode
    ) -> Start | None:
        """Start from the seeds that have a sound; None if none has."""
        known = set(sounds.model.split([seed.id for seed in seeds])[0])
        audible = [seed for seed in seeds if seed.id in known or seed.path]
        try:
            return self._start(sounds, audible, unlike, mode) if audible else None
        except NotFound:
            return None

    def _sounding_like(self, seed: Track, many: int) -> Sequence[TrackId]:
        """Find tracks that sound like one; none if it, or the library, has no sound."""
        try:
            sounds = self._sounds()
            start = self._start(sounds, [seed])
        except (NotReady, NotFound):
            return []
        return sounds.model.recommend(start.request(), many)[0]

    def _start(
        self,
        sounds: Sounds,
        seeds: Sequence[Track],
        unlike: Sequence[Track] = (),
        mode: Mode = "continue",
    ) -> Start:
        def sort(tracks: Sequence[Track]) -> Start:
            return start_from(sounds.model, self.sound, tracks, self.home)

        last = seeds[-LAST:] if mode == "next" else seeds
        return keep_away(sort(last), unlike, sort)


def with_notes(
    answer: Recommendation, before: Sequence[str], after: Sequence[str] = ()
) -> Recommendation:
    """Give an answer with more notes around its own."""
    notes = (*before, *answer.notes, *after)
    return Recommendation(answer.seeds, answer.tracks, answer.model, notes)
