"""The mood of tracks by the names of the playlists that hold them.

Somebody who calls a list "rainy day" or 伤感 says something of every track in it; few names say
anything, most tracks are in few lists, and still it is the best that is known of most of the music
in the world. What a list is called also tells of lists with the same music and no such name, so
moods are passed on along shared tracks.

All is sums over entries, so ten million of them take seconds and no more memory than a few arrays
of their length.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.mood.labels import FELT
from murecom.mood.parts import Column, nothing

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Passing:
    """How moods go from names to tracks; chosen by `benchmarks/_mood_tracks.py`.

    The confidence of a name counts by its power `sharpness`, from `least` on: many names are read
    as a faint mood and mean a genre or a year. What a list says is divided by the power `damping`
    of its length: of each track in a long list it says less. A track with the weight `thin` of
    lists stands half way to the mean of all. In each of `rounds` rounds the tracks of a list speak
    for it, with the weight `blend` beside its own name. With the weight `doubt` of names a track is
    half sure; of what was passed on only the part `hearsay` makes it surer. What names lean to is
    believed by half when `lean` of them say something: one list is no habit.
    """

    sharpness: float = 3.0
    least: float = 0.2
    damping: float = 0.5
    thin: float = 0.05
    blend: float = 2.0
    rounds: int = 2
    hearsay: float = 0.3
    doubt: float = 0.5
    lean: float = 50.0


def by_names(
    points: Floats,
    probabilities: Floats,
    confidence: Floats,
    starts: NDArray[np.int64],
    entries: NDArray[np.int32],
    tracks: int,
    how: Passing = Passing(),
) -> Column:
    """Give the mood of tracks by the names of their playlists.

    Parameters
    ----------
    points, probabilities, confidence : ndarray of float32, shapes (p, 2), (p, 9), (p,)
        What each playlist's name says; confidence (what is felt in it) 0 where it says nothing.
    starts : ndarray of int64, shape (p + 1,)
        Where each playlist begins in `entries`.
    entries : ndarray of int32
        Tracks, playlist after playlist.
    tracks : int
        How many tracks there are.
    how : Passing
        Constants.

    Returns
    -------
    Column
        Points are offsets from the mean of all names, as far as these are many, since names lean to
        what people like to write on lists. `count` is the playlists whose own name says something.
        Tracks that no mood reached have confidence 0.
    """
    lists = len(confidence)
    sure = np.where(confidence >= how.least, confidence, 0).astype(np.float64) ** how.sharpness
    if not lists or not len(entries) or not sure.any():
        return nothing(tracks)
    lengths = np.diff(starts)
    of = np.repeat(np.arange(lists, dtype=np.int32), lengths)
    offsets = points.astype(np.float64)
    telling = int((sure > 0).sum())
    mean = (sure[:, None] * offsets).sum(axis=0) / sure.sum()
    offsets -= mean * telling / (telling + how.lean)
    damping = np.maximum(lengths, 1).astype(np.float64) ** -how.damping
    weight, value = sure, offsets
    found, total = _to_tracks(weight * damping, value, of, entries, tracks, how.thin)
    for _ in range(how.rounds):
        trust = total / (total + how.thin)
        mean = _sums(found, of, entries, lists) / np.maximum(lengths, 1)[:, None]
        passed = how.blend * np.bincount(of, trust[entries], lists) / np.maximum(lengths, 1)
        weight = sure + passed
        # found is shrunk already: its mean stands for trust times the mood
        value = (sure[:, None] * offsets + how.blend * mean) / np.maximum(weight, 1e-9)[:, None]
        found, total = _to_tracks(weight * damping, value, of, entries, tracks, how.thin)
    trust = total / (total + how.thin)
    own = sure * damping
    own_total = np.bincount(entries, own[of], tracks)
    evidence = own_total + how.hearsay * np.maximum(total - own_total, 0)
    square = np.bincount(entries, (own * (offsets**2).sum(axis=1))[of], tracks)
    centre = _lift(own, offsets, of, entries, tracks) / np.maximum(own_total, 1e-12)[:, None]
    spread = np.sqrt(np.maximum(square / np.maximum(own_total, 1e-12) - (centre**2).sum(axis=1), 0))
    shares = _lift(own, probabilities.astype(np.float64), of, entries, tracks)
    shares /= np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
    return Column(
        np.clip(found / np.maximum(trust, 1e-9)[:, None], -1, 1).astype(np.float32),
        shares.astype(np.float32).reshape(tracks, len(FELT)),
        (evidence / (evidence + how.doubt)).astype(np.float32),
        np.bincount(entries, sure[of] > 0, tracks).astype(np.int64),
        spread.astype(np.float32),
    )


def _to_tracks(
    weight: Doubles,
    value: Doubles,
    of: NDArray[np.int32],
    entries: NDArray[np.int32],
    tracks: int,
    thin: float,
) -> tuple[Doubles, Doubles]:
    """Give the shrunk means of tracks and the weight that each has in all."""
    total: Doubles = np.bincount(entries, weight[of], tracks).astype(np.float64)
    return _lift(weight, value, of, entries, tracks) / (total + thin)[:, None], total


def _lift(
    weight: Doubles,
    value: Doubles,
    of: NDArray[np.int32],
    entries: NDArray[np.int32],
    tracks: int,
) -> Doubles:
    """Add up weight times value of the playlists of each track, shape (tracks, columns)."""
    columns = [np.bincount(entries, (weight * one)[of], tracks) for one in value.T]
    return np.stack(columns, axis=1)


def _sums(found: Doubles, of: NDArray[np.int32], entries: NDArray[np.int32], lists: int) -> Doubles:
    """Add up the values of the tracks of each playlist, shape (lists, columns)."""
    return np.stack([np.bincount(of, one[entries], lists) for one in found.T], axis=1)
