"""From candidates to an answer: rules let in what they let in, from as many as it takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from murecom.config import Playlist as PlaylistSettings
from murecom.playlist.continuation import choose
from murecom.playlist.novelty import UNKNOWN, WORTHLESS, renew
from murecom.playlist.pool import Pool
from murecom.playlist.rules import Rule
from murecom.service.answers import CANDIDATES, Limits
from murecom.service.lazy import AllDetails, Stored, Tracks
from murecom.store import Store
from murecom.text.fold import name_key
from murecom.types import Track, TrackId

MOST = 30_000
"Candidates that are looked at, however many the rules refuse: each must be read from the store."

Scored = tuple[list[TrackId], npt.NDArray[np.float32]]
"Track ids and their scores, 0..1, falling."


@dataclass(frozen=True, slots=True, eq=False)
class Picked:
    """What was chosen: the pool, rows in it in playing order, their scores, and notes."""

    pool: Pool
    rows: tuple[int, ...]
    scores: tuple[float, ...]
    notes: tuple[str, ...]
    given: tuple[int, ...] = ()

    def ranked(self, by_score: bool) -> list[tuple[int, float]]:
        """Give rows and scores; what came in when a rule gave way then stands by its score."""
        found = list(zip(self.rows, self.scores, strict=True))
        return sorted(found, key=lambda one: -one[1]) if by_score else found


def pick_from(
    store: Store,
    candidates: Callable[[int], Scored],
    seeds: Sequence[Track],
    length: int,
    limits: Limits,
    settings: PlaylistSettings,
    *,
    heard: tuple[str, int] | None = None,
    novelty: float = 0.0,
    popularity: Callable[[Sequence[TrackId]], npt.NDArray[np.int64]] | None = None,
    vectors: Callable[[Sequence[TrackId]], npt.NDArray[np.float32] | None] | None = None,
    more_rules: Callable[[Pool], Sequence[Rule]] | None = None,
) -> Picked:
    """Choose the best candidates that the rules let in; ask for more when they let in too few.

    Parameters
    ----------
    candidates : callable
        Gives so many of the best tracks.
    seeds : sequence of Track
        Stand in the list already.
    length : int
        How many to choose.
    limits, settings
        What rules there are.
    heard : (str, int), optional
        Key and size of the vectors by which near-duplicates are told.
    novelty : float
        0 keeps the order of the candidates; up to 1 it leads away from what everybody plays.
    popularity : callable, optional
        Tells in how many playlists tracks are.
    vectors : callable, optional
        Gives what novelty tells by which tracks are alike, shape (n, dim); None if there is none.
    more_rules : callable, optional
        Makes rules of a pool besides those of `limits`.
    """
    many = max(CANDIDATES, WORTHLESS if novelty else 0, 6 * length)
    while True:
        near, scores = candidates(many)
        found = len(near)
        ids = [*near, *(seed.id for seed in seeds)]
        given = range(len(near), len(ids))
        tracks = Tracks(store, ids, seeds)
        details = AllDetails(store, ids)
        ahead = [*range(min(len(near), 2 * length)), *given]
        tracks.load(ahead)
        details.load(ahead)
        network = Stored(store, ids, heard[0], {}, heard[1]) if heard else None
        places = np.arange(len(near))
        if novelty > 0 and len(near):
            tracks.load(range(len(ids)))
            held = popularity(near) if popularity else np.zeros(len(near))
            rows = vectors(near[:WORTHLESS]) if vectors else None
            places = _anew(tracks, scores, held, len(seeds), novelty, rows)
        by_place = np.zeros(len(ids))  # rules are asked in this order; scores only order here
        by_place[places] = np.linspace(1, 0.5, len(near)) if novelty > 0 else scores
        pool = Pool(tracks, details, None, by_place, network)
        rules = limits.rules(pool, settings, artist_gap=None)
        rules = (*(more_rules(pool) if more_rules else ()), *rules)
        chosen = choose(pool, length, rules, given=list(given))
        is_full = len(chosen.items) == length and not chosen.notes
        if found < many or is_full or many >= MOST:
            own = tuple(float(scores[row]) for row in chosen.items)
            return Picked(pool, chosen.items, own, chosen.notes, tuple(given))
        many *= 10


def apart(picked: Picked) -> list[tuple[int, float]]:
    """Order rows and scores so that no artist plays twice running, as far as that is possible.

    Each place goes to the best track that is left whose artist did not play last.
    """
    left = list(zip(picked.rows, picked.scores, strict=True))
    last = picked.pool[picked.given[-1]].artists if picked.given else frozenset()
    ordered: list[tuple[int, float]] = []
    while left:
        free = (one for one in left if not picked.pool[one[0]].artists & last)
        chosen = next(free, left[0])
        left.remove(chosen)
        ordered.append(chosen)
        last = picked.pool[chosen[0]].artists
    return ordered


def _anew(
    tracks: Sequence[Track],
    scores: npt.NDArray[np.float32],
    held: npt.NDArray[np.number[Any]],
    seeds: int,
    novelty: float,
    vectors: npt.NDArray[np.float32] | None,
) -> npt.NDArray[np.int64]:
    """Give the candidates, all rows but the last `seeds`, in the order that novelty wishes.

    Those beyond the first `WORTHLESS`, which only count where rules refuse these, come after them.
    """
    codes: dict[str, int] = {}

    def code(name: str) -> int:
        key = name_key(name)
        return codes.setdefault(key, len(codes)) if key else UNKNOWN

    everyone = [tracks[row] for row in range(len(tracks))]
    artists = [code(track.artists[0]) if track.artists else UNKNOWN for track in everyone]
    albums = [
        code(f"{track.artists[:1]} {track.album}") if track.album else UNKNOWN for track in everyone
    ]
    n = len(tracks) - seeds

    def part(first: int, end: int, rows: npt.NDArray[np.float32] | None) -> npt.NDArray[np.int64]:
        return first + renew(
            scores[first:end],
            novelty,
            popularity=held[first:end],
            artists=np.array(artists[first:end], np.int64),
            albums=np.array(albums[first:end], np.int64),
            seed_artists=np.array(artists[n:], np.int64),
            vectors=rows,
        )

    ahead = min(n, WORTHLESS)
    return np.concatenate([part(0, ahead, vectors), part(ahead, n, None)])
