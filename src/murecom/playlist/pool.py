"""The tracks that a playlist may be made of, with what rules and orders ask about them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath
from typing import Protocol, overload

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.text.fold import name_key
from murecom.text.names import recording_key
from murecom.types import Track


class DetailsLike(Protocol):
    """What is known of a track besides the `Track`, as the store gives it."""

    @property
    def genres(self) -> tuple[str, ...]:
        """Names of genres; empty when unknown."""

    @property
    def year(self) -> int | None:
        """Year of release."""

    @property
    def album_artist(self) -> str | None:
        """Whose album it is on."""

    @property
    def descriptors(self) -> Mapping[str, float]:
        """Readable numbers by name, such as tempo and energy."""


class Rows(Protocol):
    """A matrix of shape (n, dim), or something lazy that gives rows of one when asked."""

    def __len__(self) -> int: ...

    def __getitem__(self, rows: list[int], /) -> NDArray[np.float32]: ...


@dataclass(frozen=True, slots=True)
class Details:
    """`DetailsLike` for callers that have no store."""

    genres: tuple[str, ...] = ()
    year: int | None = None
    album_artist: str | None = None
    descriptors: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """One track of a pool in the form that rules compare.

    Names are keys (case, accents, scripts and punctuation do not count). What is unknown is empty
    or None, and counts as different from everything: two tracks without an artist do not share one.
    """

    item: int
    track: Track
    artists: frozenset[str]
    album: tuple[str, str] | None
    recording: str | None
    genres: frozenset[str]
    year: int | None
    descriptors: Mapping[str, float]
    given: bool = False
    "Stood in the playlist before we chose anything: caps do not count it."


class Pool:
    """A fixed sequence of tracks with their details, vectors and scores.

    Parameters
    ----------
    tracks : sequence of Track
        May be lazy: a track is asked for when a rule first looks at it, and kept.
    details : sequence of DetailsLike, optional
        One per track.
    vectors : ndarray of float32, shape (n, dim), optional
        Rows of length 1 (or all zero for a track without sound), as `AudioKNN.vectors` gives them.
    scores : array of shape (n,), optional
        0..1, how well each track fits the request; 0 by default.
    network : ndarray of float32, shape (n, dim), or Rows, optional
        The network's vectors as they were stored, by which near-duplicates are told. `vectors` by
        default, where the same threshold finds fewer of them. May be lazy, too.

    Raises
    ------
    BadInput
        The parts have different lengths.
    """

    def __init__(
        self,
        tracks: Sequence[Track],
        details: Sequence[DetailsLike] | None = None,
        vectors: NDArray[np.float32] | None = None,
        scores: Sequence[float] | NDArray[np.floating] | None = None,
        network: Rows | None = None,
    ) -> None:
        self.tracks, self._details = tracks, details
        self.scores = np.asarray(
            np.zeros(len(tracks)) if scores is None else scores, dtype=np.float64
        )
        self._vectors = vectors
        self._network: Rows | None = vectors if network is None else network
        lengths = {len(tracks), len(self.scores)}
        lengths |= {len(part) for part in (details, vectors, network) if part is not None}
        if len(lengths) > 1:
            raise BadInput("Tracks, details, vectors and scores differ in number. Give one each.")
        self._candidates: dict[int, Candidate] = {}

    def __len__(self) -> int:
        return len(self.tracks)

    @property
    def vectors(self) -> NDArray[np.float32]:
        """The unit vectors, shape (n, dim); BadInput when the pool was made without."""
        if self._vectors is None:
            raise BadInput("These tracks have no vectors of sound. Run: murecom scan.")
        return self._vectors

    def heard(self, items: Sequence[int]) -> NDArray[np.float32]:
        """Give the network's vectors of rows at length 1, shape (len(items), dim)."""
        if self._network is None:
            raise BadInput("These tracks have no vectors of sound. Run: murecom scan.")
        rows = np.asarray(self._network[list(items)], dtype=np.float32)
        length = np.sqrt(np.einsum("ij,ij->i", rows, rows))[:, None]
        unit = np.zeros_like(rows)
        np.divide(rows, length, out=unit, where=length > 0)
        return unit

    @property
    def has_vectors(self) -> bool:
        """Whether tracks can be compared by sound."""
        return self._network is not None

    def __getitem__(self, item: int) -> Candidate:
        found = self._candidates.get(item)
        if found is None:
            details = self._details[item] if self._details is not None else Details()
            found = _candidate(item, self.tracks[item], details)
            self._candidates[item] = found
        return found

    def given(self, items: Iterable[int]) -> list[Candidate]:
        """Give tracks that stand in the playlist already, see `Candidate.given`."""
        return [replace(self[item], given=True) for item in items]


class SoFar(Sequence[Candidate]):
    """The playlist up to here, with counts that rules need at once.

    `items` are pool rows, `recordings` keys of recordings; `artists` and `albums` count only tracks
    that were chosen, not those that were given.
    """

    def __init__(self, candidates: Iterable[Candidate] = ()) -> None:
        self._list: list[Candidate] = []
        self.items: set[int] = set()
        self.recordings: set[str] = set()
        self.artists: Counter[str] = Counter()
        self.albums: Counter[tuple[str, str]] = Counter()
        for candidate in candidates:
            self.append(candidate)

    def append(self, candidate: Candidate) -> None:
        """Put a track at the end."""
        self._list.append(candidate)
        self.items.add(candidate.item)
        if candidate.recording is not None:
            self.recordings.add(candidate.recording)
        if not candidate.given:
            self.artists.update(candidate.artists)
            if candidate.album is not None:
                self.albums[candidate.album] += 1

    def and_then(self, candidate: Candidate) -> SoFar:
        """Give a playlist that goes on with a track; this one stays as it is."""
        longer = SoFar()
        longer._list = self._list.copy()
        longer.items, longer.recordings = self.items.copy(), self.recordings.copy()
        longer.artists, longer.albums = self.artists.copy(), self.albums.copy()
        longer.append(candidate)
        return longer

    @overload
    def __getitem__(self, index: int) -> Candidate: ...

    @overload
    def __getitem__(self, index: slice) -> list[Candidate]: ...

    def __getitem__(self, index: int | slice) -> Candidate | list[Candidate]:
        return self._list[index]

    def __len__(self) -> int:
        return len(self._list)


def _candidate(item: int, track: Track, details: DetailsLike) -> Candidate:
    artists = frozenset(filter(None, map(name_key, track.artists)))
    album = None
    if track.album and (title := name_key(track.album)):
        # Albums called "Greatest Hits" differ by whose they are; without an album artist the
        # folder tells, which keeps the many artists of a compilation together.
        owner = name_key(details.album_artist or "")
        if not owner and track.path:
            owner = str(PurePath(track.path).parent)
        album = (title, owner or next(iter(sorted(artists)), ""))
    # Without an artist, "Track 01" of every album would be one recording.
    recording = recording_key(track.title, track.artists) if track.title and artists else None
    return Candidate(
        item=item,
        track=track,
        artists=artists,
        album=album,
        recording=recording or None,
        genres=frozenset(filter(None, map(name_key, details.genres))),
        year=details.year,
        descriptors=details.descriptors,
    )
