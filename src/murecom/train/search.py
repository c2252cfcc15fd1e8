"""Finding good parameters within a time budget: one step up or down at a time.

Parameters are knobs with ladders of values. The most important knob is turned first, up or down as
long as that helps, then the next; when all were turned, a second round starts, until nothing helps
or the time is over. So a search that is stopped early has looked where it matters most. What was
tried is remembered: a search that goes on later tries nothing twice.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from typing import Any

Value = float | int | str | bool | None
Parameters = Mapping[str, Value]

Measure = Callable[[str, dict[str, Value]], float]
"Takes what to try, by the name of its part, and tells how good it is; higher is better."

GAIN = 1e-4
"Improvements below this count as none: it is the size of chance on some hundred playlists."


@dataclass(frozen=True, slots=True)
class Knob:
    """One parameter of one part, and the values it may take; numbers in rising order.

    Names have no order, and neither has None, which leaves a choice to the part: all are tried.
    """

    part: str
    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Trial:
    """One setting of one part that was tried: how good it was, and what it cost in seconds."""

    part: str
    parameters: dict[str, Value]
    score: float
    seconds: float


@dataclass(slots=True)
class Search:
    """A search that can be stopped at any time and gone on with.

    Parameters
    ----------
    knobs : sequence of Knob
        The most important first; a part's knobs need not stand together.
    start : mapping of str to mapping
        Parameters of each part to begin with; values off the ladders are allowed.
    measure : callable
        Fits and scores one part.
    tried : list of Trial
        What an earlier search has found; new trials are added.
    """

    knobs: Sequence[Knob]
    start: Mapping[str, Parameters]
    measure: Measure
    tried: list[Trial] = field(default_factory=list)
    told: Callable[[Trial], None] = lambda trial: None
    "Called after each new trial."
    clock: Callable[[], float] = time.monotonic

    def run(self, seconds: float) -> dict[str, dict[str, Value]]:
        """Search for so long; give the best parameters of each part.

        A trial that would probably end too late is not begun, but for the first of each part: the
        start is always measured, unless the time is over before.
        """
        known: MutableMapping[str, Trial] = {_key(t.part, t.parameters): t for t in self.tried}
        best: dict[str, dict[str, Value]] = {p: dict(v) for p, v in self.start.items()}
        end = self.clock() + seconds

        def score(part: str, parameters: dict[str, Value]) -> float | None:
            found = known.get(_key(part, parameters))
            if found is None:
                began = self.clock()
                past = [trial.seconds for trial in self.tried if trial.part == part]
                if began + (past[-1] if past else 0.0) > end:
                    return None
                value = self.measure(part, parameters)
                found = Trial(part, dict(parameters), value, round(self.clock() - began, 3))
                known[_key(part, parameters)] = found
                self.tried.append(found)
                self.told(found)
            return found.score

        moved = True
        while moved:
            moved = False
            for knob in self.knobs:
                if knob.part not in best:
                    continue
                better = self._turn(knob, best[knob.part], score)
                if better is None:  # no time is left for this part; a quicker one may have some
                    continue
                if better != best[knob.part]:
                    best[knob.part], moved = better, True
            if self.clock() >= end:
                break
        return best

    def _turn(
        self,
        knob: Knob,
        now: dict[str, Value],
        score: Callable[[str, dict[str, Value]], float | None],
    ) -> dict[str, Value] | None:
        """Turn one knob as far as it helps; None if there is no time to measure where it is."""
        here = score(knob.part, now)
        if here is None:
            return None
        best, top = dict(now), here
        ladder = _ladder(knob.values, now.get(knob.name))
        place = ladder.index(now[knob.name]) if now.get(knob.name) in ladder else 0
        if any(value is None or isinstance(value, str) for value in ladder):
            trials = [{**now, knob.name: value} for value in ladder]
            scored = [(score(knob.part, trial), trial) for trial in trials]
            values = [(value, trial) for value, trial in scored if value is not None]
            return max([(here, best), *values], key=lambda one: one[0])[1]
        for step in (1, -1):
            at, began = place + step, top
            while 0 <= at < len(ladder):
                trial = {**now, knob.name: ladder[at]}
                value = score(knob.part, trial)
                if value is None or value < top + GAIN:
                    break
                best, top, at = trial, value, at + step
            if top > began:
                break  # what helps upwards need not be tried downwards
        return best


def _ladder(values: Sequence[Value], now: Value | None) -> list[Value]:
    """Give the values of a knob with the present one in its place."""
    ladder = list(values)
    if now in ladder:
        return ladder
    numbers: list[Value] = []
    numbers += sorted(v for v in (*ladder, now) if isinstance(v, (int, float)))
    return numbers if len(numbers) > len(ladder) else [now, *ladder]


def _key(part: str, parameters: Mapping[str, Any]) -> str:
    return json.dumps([part, dict(parameters)], sort_keys=True)
