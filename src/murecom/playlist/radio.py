"""Radio: a playlist without an end, steered by what it played last."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput, NotFound
from murecom.playlist.continuation import pick
from murecom.playlist.pool import Pool, SoFar
from murecom.playlist.rules import (
    CloseEnough,
    NoRepeat,
    Notes,
    Rule,
    Sieve,
    Verdict,
    moving,
)

Scorer = Callable[[NDArray[np.int64], NDArray[np.float32]], NDArray[np.floating]]
"Takes pool rows and a weight for each; scores every row of the pool, 0..1."

MEMORY = 50
"Rules look back over so many tracks: a cap per artist then means `so many in any 50 tracks`."


@dataclass(frozen=True, slots=True)
class Dials:
    """How a radio chooses.

    Parameters
    ----------
    lookback : int
        So many of the last tracks steer it; with 1 it wanders from track to track.
    decay : float
        Weight of a track relative to the one that came after it, above 0, at most 1.
    temperature : float
        Chance in units of the candidates' spread: 0 always takes the best one, 1 plays most of
        `among` now and then.
    among : int
        How many of the best candidates chance may choose from.
    least : float
        Score below which a track counts as far from what was played, see `rules.CloseEnough`; 0
        for none.
    """

    lookback: int = 4
    decay: float = 0.7
    temperature: float = 0.3
    among: int = 50
    least: float = 0.0

    def __post_init__(self) -> None:
        if self.lookback < 1 or self.among < 1:
            raise BadInput("Lookback and the number of candidates start at 1. Give a larger one.")
        if not 0 < self.decay <= 1:
            raise BadInput(f"The decay must lie above 0 and up to 1, not {self.decay}. Correct it.")
        if not (self.temperature >= 0 and np.isfinite(self.temperature)):
            raise BadInput(
                f"The temperature must be 0 or more, not {self.temperature}. Correct it."
            )


class Pick(NamedTuple):
    """One track of a radio: its pool row, the score under which it was chosen, and new notes."""

    item: int
    score: float
    notes: tuple[str, ...] = ()


class Radio(Iterator[Pick]):
    """Plays on from seeds for ever.

    No track comes twice before every other one has been played; then it starts over and says so.

    Parameters
    ----------
    pool : Pool
        The tracks that may be played, and the seeds.
    seeds : sequence of int
        Pool rows, the latest last; they count as played.
    generator : numpy.random.Generator
        The same generator makes the same choices.
    dials : Dials
        Lookback, decay, temperature.
    rules : sequence of Rule
        See `playlist.rules`. `NoRepeat` is dropped, the radio does that itself.
    scorer : Scorer, optional
        How tracks fit what was played. Cosine with the weighted mean of their vectors by default.
    without : collection of int
        Pool rows that are never played, such as a seed from outside the library.

    Raises
    ------
    BadInput
        No seeds.
    NotFound
        From `next`: strict rules let no track in at all.
    """

    def __init__(
        self,
        pool: Pool,
        seeds: Sequence[int],
        generator: np.random.Generator,
        *,
        dials: Dials | None = None,
        rules: Sequence[Rule] = (),
        scorer: Scorer | None = None,
        without: Collection[int] = (),
    ) -> None:
        if not seeds:
            raise BadInput("A radio needs a track to start from. Give at least one.")
        self._pool, self._random = pool, generator
        self._dials = dials or Dials()
        self._rules = [rule for rule in moving(rules) if not isinstance(rule, NoRepeat)]
        self.scores = pool.scores
        if self._dials.least > 0:
            self._rules.append(CloseEnough(self, self._dials.least))
        self._score = scorer or self._by_sound
        self._history = list(seeds)
        self._so_far = SoFar(pool.given(self._history[-MEMORY:]))
        self._notes = Notes()
        self._sieve = Sieve(rules, pool)
        self._playable = np.ones(len(pool), np.bool_)
        self._playable[list(without)] = False
        self._left = self._playable.copy()
        self._left[self._history] = False

    def __next__(self) -> Pick:
        """Choose the next track."""
        notes: list[str] = []
        self.scores = scores = self._steer()
        best = self._best(scores)
        if not best and self._played():
            # What is left, if anything, strict rules refuse: a new round, fresh in memory.
            notes.append(f"Every track that fits was played ({self._played()}): starting over.")
            self._restart()
            best = self._best(scores)
        if not best:
            self._so_far = SoFar()  # rules that compare with what was played must not end it
            best = self._best(scores)
        if not best:
            raise NotFound("No track passes the rules. Loosen them, or scan more music.")
        item, score, verdict = best[self._draw([entry[1] for entry in best])]
        notes += [rule.note for rule in self._notes.add(verdict.broken)]
        self._remember(item)
        return Pick(item, score, tuple(notes))

    def _steer(self) -> NDArray[np.float64]:
        """Score the pool by what was played last, newer tracks weighing more."""
        recent = np.array(self._history[-self._dials.lookback :], np.int64)
        ages = np.arange(len(recent) - 1, -1, -1)
        weights = (self._dials.decay**ages).astype(np.float32)
        return np.asarray(self._score(recent, weights), np.float64)

    def _by_sound(
        self, items: NDArray[np.int64], weights: NDArray[np.float32]
    ) -> NDArray[np.floating]:
        mean = (weights / weights.sum()) @ self._pool.vectors[items]
        cosines: NDArray[np.float32] = self._pool.vectors @ mean
        return (cosines + 1) / 2

    def _best(self, scores: NDArray[np.float64]) -> list[tuple[int, float, Verdict]]:
        rows = np.flatnonzero(self._left)
        want = 1 if self._dials.temperature == 0 else self._dials.among
        # Most often a few times the number wanted is enough; all rows only when rules refuse those.
        many = 8 * want
        if many < len(rows):
            near = rows[np.argpartition(-scores[rows], many)[:many]]
            best = self._pick(near, scores, want)
            if len(best) == want and best[0][2].cost == 0:
                return best
        return self._pick(rows, scores, want)

    def _pick(
        self, rows: NDArray[np.int64], scores: NDArray[np.float64], want: int
    ) -> list[tuple[int, float, Verdict]]:
        order = np.lexsort((rows, -scores[rows]))
        passed = self._sieve(rows[order].tolist())
        return pick(self._rules, self._pool, passed, self._so_far, scores, want)

    def _draw(self, scores: Sequence[float]) -> int:
        """Draw a place by the softmax of the standardised scores."""
        if self._dials.temperature == 0 or len(scores) == 1:
            return 0
        values = np.asarray(scores, np.float64)
        spread = values.std()
        if spread < 1e-12:
            return int(self._random.integers(len(values)))
        width = max(spread * self._dials.temperature, 1e-12)  # the coldest is as good as 0
        exponents = (values - values.max()) / width
        weights = np.exp(np.maximum(exponents, -700.0))
        return int(self._random.choice(len(values), p=weights / weights.sum()))

    def _remember(self, item: int) -> None:
        self._history = [*self._history, item][-max(MEMORY, self._dials.lookback) :]
        self._left[item] = False
        kept = self._so_far[-(MEMORY - 1) :]
        self._so_far = SoFar([*kept, self._pool[item]])

    def _played(self) -> int:
        return int((self._playable & ~self._left).sum())

    def _restart(self) -> None:
        self._left = self._playable.copy()
        if self._left.sum() > 1:
            self._left[self._history[-1]] = False  # not the same track twice running
            self._so_far = SoFar(self._so_far[-1:])
        else:
            self._so_far = SoFar()
