"""First songs: the tracks of a library that are nearest to a mood, and differ in all else.

A mood is aimed at as a point of valence and arousal and, where words gave it, as shares of labels.
`Moods` holds where the tracks of a library stand and tells how near each is; `first_songs` chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.mood.labels import FELT
from murecom.playlist.continuation import Chosen, Known, pick
from murecom.playlist.pool import Candidate, Pool, SoFar
from murecom.playlist.rules import CLOSE, CloseEnough, Notes, Rule, Scored, Sieve, moving
from murecom.recommend.calibration import RANDOM_PAIR
from murecom.recommend.catalogue import Catalogue
from murecom.types import TrackId

Floats = NDArray[np.float32]

WIDTH = 0.7
"""Distance in the plane at which a track scores as a random one, 0.1: the points of joy and love
(`mood.labels`) are 0.3 apart and score 0.6, those of sadness and anger 1.1 and score below 0.01."""

TYPICAL = 0.3
"Spread of an axis (standard deviation) in which `WIDTH` is taken as it is; less makes it narrower."

NARROWEST = 0.15
"Width of an axis in a library whose tracks all stand at one place."

WORDS = 0.3
"Share of the labels in the nearness of a track, the point having the rest."

FAMOUS = 0.15
"Share of its fit that the track in most playlists loses; others lose by the logarithm."

EDGE = 20
"A library reaches so far as its 20th most extreme track, or the 20th part of a small one."

TOO_FEW = "Too few tracks are near the mood: some are far from it."

ENOUGH = 200
"So many tracks, or the 20th part of a small library, are called fitting though none be near."

SETTLERS = 5
"So many tracks make a place of the plane inhabited."

HOME = 0.1
"Up to so far from a point they count as being there."

ALIKE = 0.15
"""Share of "sounds unlike the songs before" against fit: 0.1 of cosine is worth 0.02 of fit. Chosen
by looking at lists of real music: with 0.3 the third song leaves the mood."""


@dataclass(frozen=True, slots=True, eq=False)
class Aim:
    """A mood to look for: a point, both axes -1..1, and shares of `mood.labels.FELT` or None."""

    valence: float
    arousal: float
    shares: Floats | None = None

    @property
    def point(self) -> Floats:
        """The point, float32[2]."""
        return np.array([self.valence, self.arousal], np.float32)


@dataclass(frozen=True, eq=False)
class NearEnough:
    """Nothing that is hardly nearer to the mood than a random track.

    Ranks above the caps, as `rules.CloseEnough` does: another quiet song of an artist is better
    company in a quiet hour than the loud one of somebody else.
    """

    scored: Scored = field(repr=False)
    least: float = CLOSE
    rank: ClassVar[int] = CloseEnough.rank

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Refuse a score below the least."""
        return None if self.scored.scores[candidate.item] < self.least else 1.0

    @property
    def note(self) -> str:
        """Tell that nothing nearer is left."""
        return TOO_FEW


class Moods:
    """Where the tracks of a library stand.

    Parameters
    ----------
    ids : sequence of TrackId
        Different tracks.
    points : ndarray of float32, shape (n, 2)
        Valence and arousal, -1..1.
    shares : ndarray of float32, shape (n, 9), optional
        Probabilities of `mood.labels.FELT`; rows of zeros where only the point is known.
    confidence : ndarray of float32, shape (n,), optional
        0..1; 1 by default. Taken relative to the library's ninth decile.
    popularity : ndarray of int64, shape (n,), optional
        In how many playlists a track is; 0 by default.

    Raises
    ------
    BadInput
        The parts differ in number.
    """

    def __init__(
        self,
        ids: Sequence[TrackId],
        points: NDArray[np.floating],
        shares: NDArray[np.floating] | None = None,
        confidence: NDArray[np.floating] | None = None,
        popularity: NDArray[np.integer] | None = None,
    ) -> None:
        n = len(ids)
        parts = [part for part in (points, shares, confidence, popularity) if part is not None]
        if any(len(part) != n for part in parts) or points.shape[1:] != (2,):
            raise BadInput("Ids and moods differ in number. Run: murecom mood tracks --again")
        self.ids = ids
        points = np.nan_to_num(np.asarray(points, np.float32))
        self.points: Floats = np.clip(points, -1, 1).astype(np.float32)
        own = np.zeros((n, len(FELT))) if shares is None else np.maximum(np.nan_to_num(shares), 0)
        self.shares: Floats = np.asarray(own, np.float32)
        self._roots: Floats = np.sqrt(self.shares)
        self._wordless = self._roots.max(axis=1, initial=0) == 0
        sure = np.ones(n) if confidence is None else np.clip(np.nan_to_num(confidence), 0, 1)
        usual = float(np.quantile(sure, 0.9)) if n else 1.0
        self.trust: Floats = np.clip(sure / max(usual, 1e-3), 0, 1).astype(np.float32)
        held = np.zeros(n) if popularity is None else np.log1p(np.maximum(popularity, 0))
        self.fame: Floats = (held / max(float(held.max(initial=0)), 1e-9)).astype(np.float32)
        edge = min(EDGE, n // 20)
        ordered = np.sort(self.points, axis=0) if n else np.zeros((1, 2), np.float32)
        self.low: Floats = ordered[edge]
        self.high: Floats = ordered[-1 - edge]
        spread = self.points.std(axis=0) if n else np.zeros(2, np.float32)
        self._widths: Floats = np.clip(WIDTH * spread / TYPICAL, NARROWEST, WIDTH)
        self._catalogue: Catalogue | None = None

    def __len__(self) -> int:
        return len(self.ids)

    @property
    def rows(self) -> Catalogue:
        """Finds the row of an id."""
        if self._catalogue is None:
            self._catalogue = Catalogue.build(self.ids)
        return self._catalogue

    def reach(self, point: Floats) -> Floats:
        """Move a point, or points, to where the library still has tracks, axis by axis."""
        return np.clip(point, self.low, self.high).astype(np.float32)

    def settle(self, point: Floats) -> Floats:
        """Move a point to where tracks are: itself, or the middle of the nearest if they are far.

        Valence and arousal go together in most libraries, so the corners of `reach` may be empty.
        """
        point = self.reach(point)
        off = ((self.points - point) ** 2).sum(axis=1)
        near = min(SETTLERS, len(off)) - 1
        if near < 0 or off[nearest := np.argpartition(off, near)[: near + 1]].mean() <= HOME**2:
            return point
        return np.asarray(self.points[nearest].mean(axis=0), np.float32)

    def nearness(self, aim: Aim, rows: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """Tell how near tracks are to a mood, for listeners.

        Parameters
        ----------
        aim : Aim
            The mood.
        rows : ndarray of int64 or slice
            Which tracks; all by default.

        Returns
        -------
        ndarray of float32, shape (rows,)
            0..1: 1 at the point itself, 0.1 at `WIDTH` from it, times 1 - `WORDS` where the labels
            have nothing in common. How sure the moods are does not count.
        """
        widths = np.full(2, WIDTH, np.float32)
        return self._near(aim, aim.point, widths, rows)

    def fit(self, aim: Aim) -> Floats:
        """Rank all tracks for a mood: how near each may be taken to be, shape (n,), 0..1.

        Unlike `nearness` it measures in spreads of the library, from the nearest point that the
        library reaches, and so wide that the nearest tracks (`ENOUGH` of them) fit at least half:
        libraries that crowd at one place, or have nothing in a corner of the plane, still have
        something nearest. An unsure mood counts by its confidence, and as a random track for the
        rest.
        """
        point, widths = self.reach(aim.point), self._widths
        off = (((self.points - point) / widths) ** 2).sum(axis=1)
        rank = min(ENOUGH, len(off) // 20)
        if rank:
            half = np.log(0.5) / np.log(RANDOM_PAIR)
            widths = widths * np.sqrt(max(float(np.partition(off, rank)[rank]) / half, 1.0))
        near = self._near(aim, point, widths.astype(np.float32), slice(None))
        random = np.float32(RANDOM_PAIR)
        return np.asarray(random + self.trust * (near - random), np.float32)

    def nearest(self, aim: Aim) -> int | None:
        """Give the row nearest to the point, for notes; None in an empty library."""
        if not len(self):
            return None
        return int(np.argmin(((self.points - aim.point) ** 2).sum(axis=1)))

    def _near(
        self, aim: Aim, point: Floats, widths: Floats, rows: NDArray[np.int64] | slice
    ) -> Floats:
        off = (self.points[rows] - point) / widths
        far = off[:, 0] ** 2 + off[:, 1] ** 2
        near: Floats = np.exp(np.float32(np.log(RANDOM_PAIR)) * far)
        return np.asarray(near * self.alike(aim, rows), np.float32)

    def alike(self, aim: Aim, rows: NDArray[np.int64] | slice = slice(None)) -> Floats:
        """Tell by which factor labels count: 1 - `WORDS` to 1, shape (rows,); 1 without labels."""
        if aim.shares is None or not aim.shares.any():
            return np.ones(len(self.points[rows]), np.float32)
        wanted = np.sqrt(aim.shares / aim.shares.sum(), dtype=np.float32)
        # Bhattacharyya's coefficient; relative to the best, because means of many texts are flat
        every = self._roots @ wanted
        common = every[rows] / max(float(every.max(initial=0)), 1e-6)
        common[self._wordless[rows]] = 1
        return np.asarray(1 - WORDS + WORDS * common, np.float32)


def first_songs(
    pool: Pool,
    k: int,
    rules: Sequence[Rule] = (),
    unit: Floats | None = None,
) -> Chosen:
    """Choose tracks that fit and differ: maximal marginal relevance under rules.

    Parameters
    ----------
    pool : Pool
        Candidates; its scores are their fit.
    k : int
        How many.
    rules : sequence of Rule
        See `playlist.rules`.
    unit : ndarray of float32, shape (n, dim), optional
        Vectors of sound of length 1, or rows of zeros where there is none. Without them only the
        rules keep songs different.

    Returns
    -------
    Chosen
        Rows, best first, with their fit. Fewer than `k` when strict rules refuse the others.

    Raises
    ------
    BadInput
        `k` is below 1.

    Notes
    -----
    Carbonell and Goldstein, "The use of MMR", SIGIR 1998.
    """
    if k < 1:
        raise BadInput(f"There must be at least one first song, not {k}. Give a larger number.")
    sieve, asked = Sieve(rules, pool), moving(rules)
    so_far, notes, known = SoFar(), Notes(), Known()
    left = np.ones(len(pool), np.bool_)
    alike = np.zeros(len(pool), np.float32)
    items: list[int] = []
    while len(items) < k:
        values = (1 - ALIKE) * pool.scores + ALIKE * (1 - alike)
        rows = np.flatnonzero(left)
        order = rows[np.argsort(-values[rows], kind="stable")].tolist()
        picked = pick(asked, pool, sieve(order), so_far, values, known=known)
        if not picked:
            break
        item, _, verdict = picked[0]
        notes.add(verdict.broken)
        items.append(item)
        left[item] = False
        so_far.append(pool[item])
        if unit is not None:
            alike = np.maximum(alike, unit @ unit[item])
    return Chosen(tuple(items), tuple(float(pool.scores[i]) for i in items), tuple(notes.tell()))
