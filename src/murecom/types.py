"""The vocabulary: the few objects that every part of murecom gives and takes.

All are frozen, slotted and hold plain values, so that the same object stands in Python, in JSON
(`to_json`) and on a page. Nothing here imports anything of murecom but `errors`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import PurePath
from typing import Any, NewType

TrackId = NewType("TrackId", str)
"A raw id, `source:source_id`: `file:<content hash>`, `spotify:track:4uLU…`, `netease:123`."


@dataclass(frozen=True, slots=True)
class Track:
    """A recording.

    `duration` is in seconds, `path` is the local file, `ids` are identifiers elsewhere
    (`mbid`, `isrc`, `spotify` …). Unknown values are None, unknown artists an empty tuple.
    """

    id: TrackId
    title: str | None = None
    artists: tuple[str, ...] = ()
    album: str | None = None
    duration: float | None = None
    path: str | None = None
    ids: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """How a listener would write it: `artist, artist – title`; a file name without a title."""
        title = self.title or (PurePath(self.path).name if self.path else self.id)
        return f"{', '.join(self.artists)} – {title}" if self.artists else title


@dataclass(frozen=True, slots=True)
class Playlist:
    """An ordered list of tracks that somebody put together.

    `added` says when each track came in, in seconds since 1970 (UTC), None where that is not known;
    it is as long as `tracks`, or empty. `tags` are words that its maker chose, `snapshot` marks the
    state at its source: as long as it stays the same, so does the list.
    """

    name: str
    tracks: tuple[Track, ...] = ()
    id: str | None = None
    description: str | None = None
    added: tuple[int | None, ...] = ()
    tags: tuple[str, ...] = ()
    snapshot: str | None = None


@dataclass(frozen=True, slots=True)
class Listen:
    """One time that somebody heard a track.

    `at` is when it began or ended, as the source tells, in seconds since 1970 (UTC); `ms` how long
    it was heard; `is_skipped` whether it was broken off. None where that is not known.
    """

    track: Track
    at: int
    ms: int | None = None
    is_skipped: bool | None = None


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of a track beside its name: descriptors, each a value and its unit.

    `tags` are pairs of key and value, such as ("genre", "jazz").
    """

    track: Track
    descriptors: Mapping[str, tuple[float, str]] = field(default_factory=dict)
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A candidate scored against a seed: `score` is 0..1, `why` is for a listener to read."""

    track: Track
    score: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class Recommendation:
    """What `similar`, `continue`, `radio` and `path` answer.

    `model` names the recommenders that were used; `notes` say what was relaxed, unknown or missing.
    """

    seeds: tuple[Track, ...]
    tracks: tuple[Neighbour, ...]
    model: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Artist:
    """Somebody who plays: `name` as most tracks write it, `tracks` with a sound in the library."""

    name: str
    tracks: int


@dataclass(frozen=True, slots=True)
class Album:
    """An album, `name` with its artist: "Artist – Album"; `tracks` with a sound in the library."""

    name: str
    tracks: int


@dataclass(frozen=True, slots=True)
class GroupNeighbour:
    """An artist or an album scored against others: `score` is 0..1, `why` is for a listener."""

    name: str
    tracks: int
    score: float
    why: str = ""


@dataclass(frozen=True, slots=True)
class SimilarArtists:
    """What `artists` answers."""

    seeds: tuple[Artist, ...]
    artists: tuple[GroupNeighbour, ...]
    model: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SimilarAlbums:
    """What `albums` answers."""

    seeds: tuple[Album, ...]
    albums: tuple[GroupNeighbour, ...]
    model: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Cluster:
    """A part of the library that sounds alike: `name` in words, the most typical tracks first."""

    name: str
    tracks: tuple[Track, ...]


@dataclass(frozen=True, slots=True)
class Clustering:
    """What `clusters` answers, the largest cluster first."""

    clusters: tuple[Cluster, ...]
    model: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a track stands on the map, `x` and `y` from -1 to 1; its cluster and genre by name."""

    track: Track
    x: float
    y: float
    cluster: str
    genre: str | None = None


@dataclass(frozen=True, slots=True)
class MusicMap:
    """What `map` answers: tracks that sound alike stand together; the axes mean nothing else."""

    places: tuple[Place, ...]
    model: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mood:
    """A mood: `valence` (unpleasant to pleasant) and `arousal` (quiet to excited), both -1..1.

    `label` is the most probable one of `mood.labels.LABELS`, `probabilities` has all of them and
    sums to 1, `classes` the 21 classes of the original by code, which sum to 1 less what is
    neutral. `confidence` is 0..1. Where nothing
    could be read, the label is `no_signal`, the point 0, 0 and the confidence 0.
    """

    valence: float
    arousal: float
    label: str
    probabilities: Mapping[str, float] = field(default_factory=dict)
    classes: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    language: str | None = None
    why: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MoodRecommendation(Recommendation):
    """What `mood` answers: `tracks` begin with `seeds`, the first songs.

    `points` are valence and arousal that each track was chosen for; `journey` is the mood that a
    journey leads to.
    """

    mood: Mood
    journey: Mood | None = None
    points: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class MoodPart:
    """What one part of a track says of its mood: its lyrics, its sound or others.

    `count` is how many lines, comments or playlists it rests on, `spread` their mean distance from
    the point; `label` is the most probable one, None where only a point is known.
    """

    valence: float
    arousal: float
    confidence: float
    count: int
    spread: float
    label: str | None = None


@dataclass(frozen=True, slots=True)
class TrackMood:
    """The mood of a track, all in all and by parts; `mood` is None where nothing is known."""

    track: Track
    mood: MoodPart | None
    parts: Mapping[str, MoodPart] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Step:
    """One report of progress: `done` of `total` (None: not known yet) units of a named stage."""

    stage: str
    done: int
    total: int | None = None
    counts: Mapping[str, int] = field(default_factory=dict)


Progress = Callable[[Step], None]
"Takes reports of progress; must be cheap and must not raise."


def no_progress(step: Step) -> None:
    """Ignore a report of progress."""


def to_json(value: Any) -> Any:
    """Give the plain value (dict, list, str, number, None) that stands for `value` in JSON.

    Dataclasses become objects with their fields in order; tuples become lists.
    """
    if is_dataclass(value) and not isinstance(value, type):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {str(k): to_json(v) for k, v in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [to_json(v) for v in value]
    return value
