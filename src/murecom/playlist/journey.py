"""Journeys: from one mood to another along the plane of valence and arousal.

Way points say which mood each track should have. A beam search picks a track for each of them, so
that every track is near its point, moods never turn back, no artist returns soon and no step in
sound is large. How many ways there are and what they are called stands in `WAYS`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.playlist.continuation import Chosen
from murecom.playlist.mood_list import TOO_FEW, WIDTH
from murecom.playlist.pool import Candidate, Pool, SoFar
from murecom.playlist.rules import (
    CLOSE,
    CloseEnough,
    Notes,
    Rule,
    Sieve,
    SoftRule,
    judge,
    moving,
)
from murecom.recommend.calibration import RANDOM_PAIR

Floats = NDArray[np.float32]

WAYS: Final = ("walk", "straight")
"Evenly from the first mood to the other; or there in `STRIDES` tracks, and then stay."

STRIDES: Final = 3
"Tracks in which a straight way leads from the first mood to the other, both included."

GAP: Final = 9
"Tracks between two of one artist: none comes twice in ten."

LONGEST: Final = 500
"Tracks of a journey at most: the time to find them grows with the square of their number."

BEAM: Final = 8
"Unfinished journeys kept at each point."

_LOOKS: Final = 500
"Prolongations looked at, cheapest first, before rules are broken rather than moods missed."

LEAPS: Final = "Some steps in sound are larger than usual ({}): too few tracks lie between."
"What a note says of steps above the bound."

PERCENTILE: Final = 75
"No step in sound is larger than so many percent of the steps between random tracks."

_PAIRS: Final = 4_000
"Random steps that are measured: the percentile then stands within 0.01 of the true one."

# Prices, in squares of `WIDTH`: what is a distance of 0.1 from the way point worth? 0.02. Chosen on
# the synthetic library of `benchmarks/_journeys.py` and on 200 tracks of free music, so that
# Spearman's correlation, then the distance to the points, comes out best.
_BACK: Final = 30.0
"Price of the square of a step back, in the plane, along the way."
_UNSURE: Final = 0.05
"Price of a track whose mood is quite unsure."
_STEP: Final = 0.03
"Price of the largest allowed step in sound; smaller ones cost by their square."
_ROUNDING: Final = 1e-5
"Of a cosine; by so much a step may be larger than the largest."
_LEAP: Final = 1.0
"Price of a larger one, so that it is taken only where nothing else is left."


def waypoints(start: Floats, end: Floats, steps: int, way: str = "walk") -> Floats:
    """Give the mood that each track should have.

    Parameters
    ----------
    start, end : ndarray of float32, shape (2,)
        Valence and arousal of both moods.
    steps : int
        At least 1; with 1 there is only the end.
    way : {"walk", "straight"}
        See `WAYS`.

    Returns
    -------
    ndarray of float32, shape (steps, 2)
        The first is `start` (if there are two), the last `end`.

    Raises
    ------
    BadInput
        No such way, or no steps.
    """
    if way not in WAYS:
        raise BadInput(f"'{way}' is not a way to travel. Use walk or straight.")
    if steps < 1:
        raise BadInput(f"A journey needs at least one track, not {steps}. Give a larger number.")
    if steps == 1:
        shares = np.ones(1)
    elif way == "walk":
        shares = np.linspace(0, 1, steps)
    else:
        shares = np.minimum(np.arange(steps) / (min(STRIDES, steps) - 1), 1)
    points: Floats = (start + shares[:, None] * (end - start)).astype(np.float32)
    return points


def progress(points: Floats, start: Floats, end: Floats) -> Floats:
    """Tell how far along the way from start to end points are: shape (n,), 0 to 1 between them.

    Beside the line the nearest place on it counts. All 0 where start and end are the same.
    """
    line = end - start
    length = float(line @ line)
    if length < 1e-9:
        return np.zeros(len(points), np.float32)
    return np.asarray((points - start) @ line / length, np.float32)


def largest_step(unit: Floats, percentile: float = PERCENTILE) -> float:
    """Measure how large a step in sound may be: a percentile of steps between random tracks.

    Parameters
    ----------
    unit : ndarray of float32, shape (n, dim)
        Vectors of length 1; rows of zeros do not count.
    percentile : float
        0 to 100.

    Returns
    -------
    float
        One minus the cosine, 0..2; 2 where there are no two vectors. The same for the same vectors.
    """
    if len(unit) < 2:
        return 2.0
    random = np.random.default_rng(0)
    one = random.integers(len(unit), size=_PAIRS)
    other = (one + random.integers(1, len(unit), size=_PAIRS)) % len(unit)
    first, second = unit[one], unit[other]
    heard = first.any(axis=1) & second.any(axis=1)
    if not heard.any():
        return 2.0
    cosines = np.einsum("ij,ij->i", first[heard], second[heard])
    return float(np.percentile(1 - cosines, percentile))


def find_journey(
    pool: Pool,
    points: Floats,
    aims: Floats,
    rules: Sequence[Rule] = (),
    *,
    trust: Floats | None = None,
    unit: Floats | None = None,
    bound: float = 2.0,
    dear: Floats | None = None,
) -> Chosen:
    """Find a track for each way point.

    Parameters
    ----------
    pool : Pool
        Candidates: some dozen near each way point.
    points : ndarray of float32, shape (n, 2)
        Where they stand.
    aims : ndarray of float32, shape (steps, 2)
        The way points, see `waypoints`.
    rules : sequence of Rule
        See `playlist.rules`.
    trust : ndarray of float32, shape (n,), optional
        0..1, how sure the moods are; 1 by default.
    unit : ndarray of float32, shape (n, dim), optional
        Vectors of sound of length 1, zeros where there is none. A step from or to such a track is
        taken for a middling one.
    bound : float
        Largest step in sound, see `largest_step`. A note tells if a step had to be larger.
    dear : ndarray of float32, shape (steps, n), optional
        What each track costs more at each way point, in squares of `WIDTH`; nothing by default.

    Returns
    -------
    Chosen
        Rows in playing order; the scores say how near each is to its point, as
        `mood_list.Moods.nearness` does. Fewer than there are way points, with a note, when strict
        rules leave too few.
    """
    found = _Search(pool, points, aims, rules, trust, unit, bound, dear).run()
    notes = Notes()
    notes.add(found.broken)
    told = notes.tell()
    if unit is not None and (leaps := _leaps(unit[list(found.items)], bound)):
        told.append(LEAPS.format(leaps))
    if len(found.items) < len(aims):
        told.append(f"Only {len(found.items)} tracks fit, {len(aims)} were asked for.")
    off = (points[list(found.items)] - aims[: len(found.items)]) / WIDTH
    scores = np.exp(np.log(RANDOM_PAIR) * (off**2).sum(axis=1))
    return Chosen(found.items, tuple(scores.tolist()), tuple(told))


def _leaps(unit: Floats, bound: float) -> int:
    """Count the steps in sound above the bound between tracks that have one."""
    heard = unit[1:].any(axis=1) & unit[:-1].any(axis=1)
    steps = 1 - np.einsum("ij,ij->i", unit[1:], unit[:-1])
    return int((heard & (steps > bound + _ROUNDING)).sum())


class _Far:
    """Not a rule of its own, but broken like one where no track is near a way point."""

    rank: ClassVar[int] = CloseEnough.rank
    note: ClassVar[str] = TOO_FEW

    def __call__(self, so_far: SoFar, candidate: Candidate, /) -> float | None:
        """Let all pass: how far a track is depends on the way point."""
        return 1.0


_FAR: Final = _Far()


@dataclass(frozen=True, slots=True)
class _Partial:
    """A journey up to some point: how badly it breaks rules, its price, its rows."""

    penalty: int = 0
    price: float = 0.0
    items: tuple[int, ...] = ()
    broken: tuple[SoftRule, ...] = ()


def _cheapest(prices: NDArray[np.float64]) -> Iterator[int]:
    """Give the places of prices, ascending; those behind `_LOOKS` are sorted when asked for."""
    first = np.arange(len(prices))
    if len(prices) > 2 * _LOOKS:
        first = np.sort(np.argpartition(prices, _LOOKS)[:_LOOKS])
    yield from first[np.argsort(prices[first], kind="stable")].tolist()
    rest = np.setdiff1d(np.arange(len(prices)), first, assume_unique=True)
    yield from rest[np.argsort(prices[rest], kind="stable")].tolist()


class _Search:
    """A beam search over the way points."""

    def __init__(
        self,
        pool: Pool,
        points: Floats,
        aims: Floats,
        rules: Sequence[Rule],
        trust: Floats | None,
        unit: Floats | None,
        bound: float,
        dear: Floats | None,
    ) -> None:
        self._pool, self._aims, self._rules = pool, aims, moving(rules)
        self._rows = np.fromiter(Sieve(rules, pool)(range(len(pool))), np.int64)
        self._points = points[self._rows]
        self._unsure = _UNSURE * (1 - (np.ones(len(pool)) if trust is None else trust)[self._rows])
        self._dear = None if dear is None else dear[:, self._rows]
        self._unit = None if unit is None else unit[self._rows]
        self._bound = max(bound, 1e-6)
        length = float(np.linalg.norm(aims[-1] - aims[0]))
        self._along = length * progress(self._points, aims[0], aims[-1])
        self._heard: dict[tuple[int, ...], SoFar] = {}
        self._place = {int(row): place for place, row in enumerate(self._rows)}

    def run(self) -> _Partial:
        """Find the cheapest journey; a shorter one where strict rules end all of them."""
        beam = [_Partial()]
        for number in range(len(self._aims)):
            grown = self._grow(beam, number)
            if not grown:
                break
            beam = grown
        return min(beam, key=lambda one: (one.penalty, one.price, one.items))

    def _grow(self, beam: Sequence[_Partial], step: int) -> list[_Partial]:
        """Prolong journeys by one track each; keep the best that break the least rules."""
        off = (self._points - self._aims[step]) / WIDTH
        squares = (off**2).sum(axis=1)
        base = squares + self._unsure + (0 if self._dear is None else self._dear[step])
        is_far = RANDOM_PAIR**squares < CLOSE
        prices = np.stack([one.price + base + self._steps(one) for one in beam])
        heard = [self._so_far(one) for one in beam]
        self._heard = {one.items: so_far for one, so_far in zip(beam, heard, strict=True)}
        least = min(one.penalty for one in beam)
        kept: list[_Partial] = []
        for looked, flat in enumerate(_cheapest(prices.ravel())):
            is_done = len(kept) == BEAM and (looked >= _LOOKS or kept[-1].penalty <= least)
            if is_done:
                break  # those that follow are dearer
            number, place = divmod(flat, len(self._rows))
            one, row = beam[number], int(self._rows[place])
            verdict = judge(self._rules, heard[number], self._pool[row])
            if verdict is None or row in heard[number].items:
                continue
            broken = verdict.broken + ((_FAR,) if is_far[place] else ())
            penalty = one.penalty + verdict.cost + (1 << _FAR.rank) * int(is_far[place])
            price = float(prices[number, place])
            kept.append(_Partial(penalty, price, (*one.items, row), one.broken + broken))
            kept.sort(key=lambda entry: (entry.penalty, entry.price, entry.items))
            del kept[BEAM:]
        return kept

    def _so_far(self, one: _Partial) -> SoFar:
        """Give what rules ask of a journey; all but its last track was known one step ago."""
        if not one.items:
            return SoFar()
        return self._heard[one.items[:-1]].and_then(self._pool[one.items[-1]])

    def _steps(self, one: _Partial) -> NDArray[np.float64]:
        """Price the step from the last track to every other: back along the way, and in sound."""
        prices = np.zeros(len(self._rows))
        if not one.items:
            return prices
        last = self._place[one.items[-1]]
        back = np.maximum(self._along[last] - self._along, 0) / WIDTH
        prices += _BACK * back**2
        if self._unit is None or not self._unit[last].any():
            return prices
        steps = (1 - self._unit @ self._unit[last]) / self._bound
        steps[~self._unit.any(axis=1)] = 0.7
        prices += np.where(steps > 1, _LEAP * steps, _STEP * steps**2)
        return prices
