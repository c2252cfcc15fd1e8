"""Rules: what may stand in a playlist, given what stands in it already.

A rule is anything that takes `(so_far, candidate)` and gives a factor for the candidate's score, in
0..1 with 1 for no objection, or None to refuse it. In a small library rules cannot all hold. Some
are then broken, the least important first and as few as possible, and the answer says which:

    artist gap → album cap → artist cap → other versions of a recording → closeness

A plain function, and every rule whose `rank` is None, is never broken: no track twice, nothing that
the listener excluded, no near-duplicate of a chosen track. The list is shorter then.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import ClassVar, Final, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.playlist.duplicates import DISTANCE, SECONDS
from murecom.playlist.pool import Candidate, Pool, SoFar
from murecom.text.fold import name_key

CLOSE: Final = 0.2
"Calibrated score that counts as close: twice that of a random pair, see `recommend.calibration`."


class Rule(Protocol):
    """A constraint or a factor on a candidate."""

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Give a factor in 0..1 for the candidate's score, or None to refuse the candidate."""


class SoftRule(Rule, Protocol):
    """A rule that may be broken when no candidate passes."""

    @property
    def rank(self) -> int | None:
        """How important it is: rules of a lower rank are broken first; None: never broken."""

    @property
    def note(self) -> str:
        """What a listener is told when it was broken: one sentence."""


class Scored(Protocol):
    """Whatever holds a score, 0..1, for every row of a pool."""

    @property
    def scores(self) -> NDArray[np.float64]:
        """Scores by pool row."""


@dataclass(frozen=True)
class NoRepeat:
    """No track twice, and none of those that were given."""

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse what stands in the playlist."""
        return None if candidate.item in so_far.items else 1.0


@dataclass(frozen=True)
class Exclude:
    """Nothing by these artists, of these genres, or below these folders."""

    artists: Iterable[str] = ()
    genres: Iterable[str] = ()
    folders: Iterable[str] = ()
    _keys: tuple[frozenset[str], frozenset[str], tuple[PurePath, ...]] = field(
        init=False, repr=False, compare=False
    )
    static: ClassVar[bool] = True

    def __post_init__(self) -> None:
        artists = frozenset(map(name_key, self.artists))
        genres = frozenset(map(name_key, self.genres))
        folders = tuple(PurePath(folder) for folder in self.folders)
        object.__setattr__(self, "_keys", (artists, genres, folders))

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse what is excluded."""
        artists, genres, folders = self._keys
        if candidate.artists & artists or candidate.genres & genres:
            return None
        if folders and candidate.track.path:
            path = PurePath(candidate.track.path)
            if any(path.is_relative_to(folder) for folder in folders):
                return None
        return 1.0


@dataclass(frozen=True)
class HasFile:
    """Only tracks that can be played from here."""

    static: ClassVar[bool] = True

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse a track without a path."""
        return 1.0 if candidate.track.path else None


@dataclass(frozen=True)
class Years:
    """Only tracks of these years, both ends included; an open end is None.

    A track of an unknown year is refused, unless `unknown` says otherwise.
    """

    first: int | None = None
    last: int | None = None
    unknown: bool = False
    static: ClassVar[bool] = True

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse other years."""
        if candidate.year is None:
            return 1.0 if self.unknown else None
        early = self.first is not None and candidate.year < self.first
        late = self.last is not None and candidate.year > self.last
        return None if early or late else 1.0


@dataclass(frozen=True, eq=False)
class NoNearDuplicates:
    """Nothing that sounds the same as a track that stands there, see `playlist.duplicates`."""

    pool: Pool = field(repr=False)
    distance: float = DISTANCE
    seconds: float = SECONDS

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse a track whose vector and duration nearly equal another's."""
        duration = candidate.track.duration
        if duration is None:
            return 1.0
        rows = [
            other.item
            for other in so_far
            if other.track.duration is not None
            and other.item != candidate.item
            and abs(other.track.duration - duration) <= self.seconds
        ]
        if not rows:
            return 1.0
        vectors = self.pool.heard([candidate.item, *rows])
        cosines = vectors[1:] @ vectors[0]
        return None if (1 - cosines < self.distance).any() else 1.0


@dataclass(frozen=True)
class ArtistGap:
    """At least `gap` tracks between two tracks of one artist; 1: never twice running."""

    gap: int = 1
    rank: ClassVar[int] = 1
    ordered: ClassVar[bool] = True
    "What stands right before matters, not only what stands anywhere."

    def __post_init__(self) -> None:
        _check_limit("gap between tracks of one artist", self.gap)

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse an artist of the last `gap` tracks."""
        near = so_far[-self.gap :]
        return None if any(candidate.artists & other.artists for other in near) else 1.0

    @property
    def note(self) -> str:
        """Tell that an artist came too soon."""
        if self.gap == 1:
            return "Too few artists fit: one plays twice running."
        return f"Too few artists fit: one returns within {self.gap} tracks."


@dataclass(frozen=True)
class AlbumCap:
    """At most `limit` of the chosen tracks from one album."""

    limit: int
    rank: ClassVar[int] = 2

    def __post_init__(self) -> None:
        _check_limit("limit of tracks per album", self.limit)

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse an album that has its share."""
        full = candidate.album is not None and so_far.albums[candidate.album] >= self.limit
        return None if full else 1.0

    @property
    def note(self) -> str:
        """Tell that the cap was lifted, and why."""
        return f"Too few albums fit: the limit of {_per(self.limit, 'album')} was lifted."


@dataclass(frozen=True)
class ArtistCap:
    """At most `limit` of the chosen tracks by one artist, features included."""

    limit: int
    rank: ClassVar[int] = 3

    def __post_init__(self) -> None:
        _check_limit("limit of tracks per artist", self.limit)

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse an artist who has a share already."""
        full = any(so_far.artists[artist] >= self.limit for artist in candidate.artists)
        return None if full else 1.0

    @property
    def note(self) -> str:
        """Tell that the cap was lifted, and why."""
        return f"Too few artists fit: the limit of {_per(self.limit, 'artist')} was lifted."


@dataclass(frozen=True)
class OneVersion:
    """No other version (live, remix, remaster) of a recording that stands there."""

    rank: ClassVar[int] = 4

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse the same recording again."""
        return None if candidate.recording in so_far.recordings else 1.0

    @property
    def note(self) -> str:
        """Tell that versions were let in, and why."""
        return "Too few songs fit: other versions of the same one were let in."


@dataclass(frozen=True, eq=False)
class CloseEnough:
    """Nothing that is hardly nearer to the seeds than a random track.

    `scored` is the pool, or a radio, whose scores change as it plays.

    Ranks above the caps: in a small library two more tracks of one artist are better company for a
    quiet song than the only other music there is. Among many tracks it never comes to speak.
    """

    scored: Scored = field(repr=False)
    least: float = CLOSE
    rank: ClassVar[int] = 5

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse a score below the least."""
        return None if self.scored.scores[candidate.item] < self.least else 1.0

    @property
    def note(self) -> str:
        """Tell that nothing nearer is left."""
        return "Too few tracks sound close to the seeds: some are far from them."


def standard(
    pool: Pool,
    *,
    least: float = 0.0,
    artist_cap: int | None = None,
    album_cap: int | None = None,
    artist_gap: int | None = 1,
    versions: bool = False,
    exclude_artists: Iterable[str] = (),
    exclude_genres: Iterable[str] = (),
    exclude_folders: Iterable[str] = (),
    years: tuple[int | None, int | None] | None = None,
    local: bool = False,
) -> tuple[Rule, ...]:
    """Make the rules that a listener's wishes come to.

    Parameters
    ----------
    least : float
        Score below which a track counts as far from the seeds, see `CloseEnough`; 0 for none.
    artist_cap, album_cap, artist_gap : int, optional
        None and 0 set no limit.
    versions : bool
        Allow several versions of one recording.
    exclude_artists, exclude_genres, exclude_folders : iterables of str
        Names; case, accents and script do not count. Folders are paths.
    years : (int or None, int or None), optional
        First and last year that may come.
    local : bool
        Only tracks with a file.
    """
    excluded = tuple(map(tuple, (exclude_artists, exclude_genres, exclude_folders)))
    rules: list[Rule] = [NoRepeat()]
    rules += [Exclude(*excluded)] if any(excluded) else []
    rules += [HasFile()] if local else []
    if years is not None and years != (None, None):
        rules.append(Years(*years))
    rules += [ArtistGap(artist_gap)] if artist_gap else []
    rules += [AlbumCap(album_cap)] if album_cap else []
    rules += [ArtistCap(artist_cap)] if artist_cap else []
    rules += [] if versions else [OneVersion()]
    rules += [CloseEnough(pool, least)] if least > 0 else []
    # Last, because it is the dearest: it runs only for candidates that pass the others.
    rules += [NoNearDuplicates(pool)] if pool.has_vectors else []
    return tuple(rules)


_NOTHING: Final = SoFar()


class Verdict(NamedTuple):
    """What the rules say of a candidate that none of the strict ones refuses."""

    cost: int
    "0 when no rule is broken; more important rules cost more than all less important together."
    factor: float
    broken: tuple[SoftRule, ...]
    lasting: int = 0
    "The part of the cost that no further track can take away."


def judge(rules: Sequence[Rule], so_far: SoFar, candidate: Candidate) -> Verdict | None:
    """Ask every rule; None when a rule that is never broken refuses."""
    cost, lasting, factor, broken = 0, 0, 1.0, []
    for rule in rules:
        answer = rule(so_far, candidate)
        if answer is not None:
            factor *= answer
            continue
        rank = getattr(rule, "rank", None)
        if rank is None:
            return None
        cost += 1 << rank
        lasting += 0 if getattr(rule, "ordered", False) else 1 << rank
        broken.append(rule)
    return Verdict(cost, factor, tuple(broken), lasting)  # type: ignore[arg-type]


class Notes:
    """Collects which rules were broken and tells each once, the least important first."""

    def __init__(self) -> None:
        self._broken: dict[int, SoftRule] = {}

    def add(self, broken: Iterable[SoftRule]) -> list[SoftRule]:
        """Take note; give those that are new."""
        new = [rule for rule in broken if id(rule) not in self._broken]
        self._broken.update((id(rule), rule) for rule in new)
        return new

    def tell(self) -> list[str]:
        """Give a sentence for each."""
        rules = sorted(self._broken.values(), key=lambda rule: rule.rank or 0)
        return [rule.note for rule in rules]


class Sieve:
    """Lets the items pass that rules about a track alone (exclusions, years) do not refuse.

    Asks about an item only once, and only when it comes up: the library may be large.
    """

    def __init__(self, rules: Sequence[Rule], pool: Pool) -> None:
        self._rules = [rule for rule in rules if getattr(rule, "static", False)]
        self._pool = pool
        self._known: dict[int, bool] = {}

    def __call__(self, items: Iterable[int]) -> Iterator[int]:
        """Give the items that pass, in their order."""
        for item in items:
            passes = self._known.get(item)
            if passes is None:
                passes = all(rule(_NOTHING, self._pool[item]) is not None for rule in self._rules)
                self._known[item] = passes
            if passes:
                yield item


def moving(rules: Sequence[Rule]) -> list[Rule]:
    """Keep the rules that must be asked again as a playlist grows."""
    return [rule for rule in rules if not getattr(rule, "static", False)]


def _check_limit(what: str, limit: int) -> None:
    if limit < 1:
        raise BadInput(f"The {what} must be 1 or more, not {limit}. Leave it out for no limit.")


def _per(limit: int, noun: str) -> str:
    return f"{limit} track{'s' * (limit > 1)} per {noun}"
