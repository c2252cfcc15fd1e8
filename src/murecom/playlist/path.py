"""Path: from one track to another in even steps.

Between the unit vectors of A and B lies an arc of a great circle. Points spread evenly over it say
what the tracks in between should sound like. A beam search picks a track for each point, so that
every track is near its point and no step between neighbours is large.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.playlist.continuation import Chosen
from murecom.playlist.pool import Pool, SoFar
from murecom.playlist.rules import (
    ArtistGap,
    NoRepeat,
    Notes,
    OneVersion,
    Rule,
    Sieve,
    SoftRule,
    Verdict,
    judge,
    moving,
)

BEAM = 16
"Unfinished paths kept at each point; 64 make paths 2 % cheaper and take six times as long."

FIT = 2.0
"""Weight of the squared distance to the point, against the fourth power of the length of a step.
The power makes steps even, the weight makes them lead on (figures in docs/design/playlists.md)."""

NEAR = 48
"Candidates looked at for each point before all others are."


def waypoints(
    start: NDArray[np.float32], end: NDArray[np.float32], steps: int
) -> NDArray[np.float32]:
    """Give points spread evenly over the great circle from `start` to `end`.

    Parameters
    ----------
    start, end : ndarray of float32, shape (dim,)
        Of length 1. Opposite vectors have no shortest arc; one is chosen, always the same.
    steps : int
        At least 2.

    Returns
    -------
    ndarray of float32, shape (steps, dim)
        Of length 1; the first is `start`, the last `end`.

    Notes
    -----
    Shoemake, "Animating rotation with quaternion curves", SIGGRAPH 1985 (slerp).
    """
    a, b = start.astype(np.float64), end.astype(np.float64)
    across = b - (a @ b) * a
    if np.linalg.norm(across) < 1e-6:
        axis = np.zeros(len(a))
        axis[np.argmin(np.abs(a))] = 1
        across = axis - (a @ axis) * a
    across /= max(float(np.linalg.norm(across)), 1e-12)
    angle = np.arccos(np.clip(a @ b, -1, 1))
    turns = np.linspace(0, angle, steps)[:, None]
    points = (np.cos(turns) * a + np.sin(turns) * across).astype(np.float32)
    points[0], points[-1] = start, end
    return points


def find_path(
    pool: Pool,
    start: int,
    end: int,
    steps: int,
    rules: Sequence[Rule] | None = None,
    *,
    without: Collection[int] = (),
) -> Chosen:
    """Find a path between two tracks.

    Parameters
    ----------
    pool : Pool
        With vectors. A small pool is searched whole; `waypoints` helps to make one of a library.
    start, end : int
        Pool rows of A and B.
    steps : int
        Number of tracks, both ends included.
    rules : sequence of Rule, optional
        No track twice, no artist twice running, no other version of a track on the path by default.
    without : collection of int
        Pool rows that may be an end but nothing in between.

    Returns
    -------
    Chosen
        Rows from A to B; `scores` are the similarities to the track before (1 for the first),
        0..1 as half of one plus the cosine. The path is shorter than `steps`, with a note, when
        there are not enough tracks; rules that had to be broken are noted.

    Raises
    ------
    BadInput
        A is B, or fewer than 2 steps.
    """
    if start == end:
        raise BadInput("A path needs two different tracks. Choose another start or end.")
    if steps < 2:
        raise BadInput(f"A path has at least 2 tracks, its ends, not {steps}. Give steps ≥ 2.")
    asked = (NoRepeat(), ArtistGap(), OneVersion()) if rules is None else tuple(rules)
    search = _Search(pool, start, end, asked, without)
    notes = []
    between = min(steps - 2, len(search.rows))
    best = search.run(between)
    while best is None:  # strict rules refuse so many tracks that the path must be shorter
        between -= 1
        best = search.run(between)
    found = between + 2
    if found < steps:
        notes.append(f"Only {found} tracks fit: the path has {found} steps instead of {steps}.")
    broken = Notes()
    broken.add(best.broken)
    notes += broken.tell()
    items = best.items
    unit = pool.vectors[list(items)]
    steps_ = (1 + np.einsum("ij,ij->i", unit[1:], unit[:-1])) / 2
    scores = (1.0, *np.clip(steps_, 0, 1).tolist())
    return Chosen(items, scores, tuple(notes))


@dataclass(frozen=True, slots=True)
class _Partial:
    """A path up to some point: how badly it breaks rules, its squared distances, its rows."""

    penalty: int
    cost: float
    items: tuple[int, ...]
    broken: tuple[SoftRule, ...] = ()

    @property
    def order(self) -> tuple[int, float, tuple[int, ...]]:
        """Rules before distances; rows last, so that equal paths have one order."""
        return self.penalty, self.cost, self.items


class _Search:
    """A beam search between two fixed ends."""

    def __init__(
        self, pool: Pool, start: int, end: int, rules: Sequence[Rule], without: Collection[int]
    ) -> None:
        self.pool, self.start, self.end = pool, start, end
        taken = {start, end, *without}
        there = (row for row in range(len(pool)) if row not in taken)
        self.rows = np.fromiter(Sieve(rules, pool)(there), np.int64)
        self.unit = pool.vectors[self.rows]
        asked = moving(rules)
        self.ordered = [rule for rule in asked if getattr(rule, "ordered", False)]
        self.others = [rule for rule in asked if not getattr(rule, "ordered", False)]
        self.gap = max((rule.gap for rule in asked if isinstance(rule, ArtistGap)), default=0)
        self._heard: set[frozenset[str] | int] = set()
        self._unheard = iter(self.rows.tolist())
        self._artists: Counter[frozenset[str]] | None = None

    def run(self, between: int) -> _Partial | None:
        """Find the cheapest path with so many tracks in between; None if strict rules forbid."""
        vectors = self.pool.vectors
        points = waypoints(vectors[self.start], vectors[self.end], between + 2)
        beam = [_Partial(0, 0.0, (self.start,))]
        for place in range(1, between + 1):
            fit = _squared(self.unit @ points[place])
            every = np.arange(len(self.rows))
            near = max(NEAR, 2 * between)
            choice = np.argpartition(fit, near)[:near] if near < len(every) else every
            grown = self._grow(beam, fit, choice, between - place)
            if len(choice) < len(every) and (not grown or grown[0].penalty > beam[0].penalty):
                grown = self._grow(beam, fit, every, between - place)
            beam = grown
        return min((self._finish(path) for path in beam), key=_order, default=None)

    def _grow(
        self,
        beam: Sequence[_Partial],
        fit: NDArray[np.float32],
        choice: NDArray[np.int64],
        left: int,
    ) -> list[_Partial]:
        """Prolong every path by each of the chosen rows; keep the best."""
        grown: list[_Partial] = []
        vectors = self.pool.vectors
        for path in beam:
            costs = FIT * fit[choice] + _step(self.unit[choice] @ vectors[path.items[-1]])
            so_far, with_end = self._so_far(path.items), self._so_far((self.end, *path.items))
            blocks = self._blocks(path.items, left)
            clean = 0
            for i in np.argsort(costs, kind="stable").tolist():
                item = int(self.rows[choice[i]])
                if item in so_far.items:
                    continue
                verdicts = (
                    judge(self.others, with_end, self.pool[item]),
                    judge(self.ordered, so_far, self.pool[item]),
                )
                if verdicts[0] is None or verdicts[1] is None:
                    continue
                penalty = verdicts[0].cost + verdicts[1].cost + blocks(item)
                factor = max(verdicts[0].factor * verdicts[1].factor, 1e-3)
                broken = verdicts[0].broken + verdicts[1].broken
                grown.append(
                    _Partial(
                        path.penalty + penalty,
                        path.cost + float(costs[i]) / factor,
                        (*path.items, item),
                        path.broken + broken,
                    )
                )
                clean += penalty == 0
                if clean >= BEAM:
                    break
        return sorted(grown, key=_order)[:BEAM]

    def _finish(self, path: _Partial) -> _Partial:
        """Add the end; no rule can refuse it, it was asked for."""
        verdict = judge(self.ordered, self._so_far(path.items), self.pool[self.end])
        verdict = verdict or Verdict(0, 1.0, ())
        vectors = self.pool.vectors
        step = float(_step(vectors[path.items[-1]] @ vectors[self.end]))
        return _Partial(
            path.penalty + verdict.cost,
            path.cost + step,
            (*path.items, self.end),
            path.broken + verdict.broken,
        )

    def _so_far(self, items: Sequence[int]) -> SoFar:
        """Give the tracks of a path; its ends were asked for, so caps do not count them."""
        ends = (self.start, self.end)
        return SoFar(self.pool.given([i])[0] if i in ends else self.pool[i] for i in items)

    def _blocks(self, items: Sequence[int], left: int) -> Callable[[int], int]:
        """Tell whether a row next would leave no way to keep artists apart until the end.

        A search that looks one step ahead comes to the end with its artist, or spends the rare
        artists early and is then stuck among tracks of one. Each artist can fill every other place
        of those that are left; a row blocks when all of them together cannot fill them. Gives 0,
        or the price of a broken gap.
        """
        end = self.pool[self.end].artists
        price = 1 << ArtistGap.rank
        if left < self.gap:
            return lambda item: price if self.pool[item].artists & end else 0
        if not self.gap or self._has_artists(left + len(items) + 2):
            return lambda item: 0  # enough artists who were not even heard yet
        if self._artists is None:
            self._artists = Counter(self.pool[row].artists for row in self.rows.tolist())
        unused = self._artists - Counter(self.pool[item].artists for item in items[1:])
        known: dict[frozenset[str], int] = {}

        def blocks(item: int) -> int:
            own = self.pool[item].artists
            if own not in known:
                places = 0
                for artist, count in unused.items():
                    there = count - (artist == own)
                    shut = (artist == own) + (artist == end)
                    places += there if not artist else min(there, max(0, (left - shut + 1) // 2))
                known[own] = 0 if places >= left else price
            return known[own]

        return blocks

    def _has_artists(self, wanted: int) -> bool:
        """Tell whether there are so many artists in between, without looking at all tracks."""
        while len(self._heard) < wanted:
            row = next(self._unheard, None)
            if row is None:
                return False
            # A track by nobody known clashes with none: it counts as an artist of its own.
            self._heard.add(self.pool[row].artists or row)
        return True


def _order(path: _Partial) -> tuple[int, float, tuple[int, ...]]:
    return path.order


def _squared(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give squared distances of unit vectors from their cosines."""
    squared: NDArray[np.float32] = np.maximum(2 - 2 * cosines, 0)
    return squared


def _step(cosines: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the cost of steps: one large step costs more than several small ones."""
    return _squared(cosines) ** 2
