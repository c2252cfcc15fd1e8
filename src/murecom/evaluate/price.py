"""What a way out of the filter bubble costs: the novelty dial turned step by step.

The same answers of one model, put in a new order by `playlist.novelty` at each setting of the dial:
what the first ten places lose in precision, and what they gain in coverage, in novelty, in artists.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.evaluate.compare import Shelf, fit_model
from murecom.evaluate.intervals import Bootstrap, Figure, Sample
from murecom.evaluate.measure import TOP, beyond_accuracy
from murecom.evaluate.protocol import MEAN, SCENARIOS, Experiment, ask, can_answer
from murecom.evaluate.report import columns, number
from murecom.playlist.novelty import Strengths, Vectors, renew, vectors_of
from murecom.recommend.base import Recommender
from murecom.types import Progress, Step, no_progress

DIALS: Final = tuple(step / 10 for step in range(11))

CANDIDATES: Final = 500
"Candidates that are put in a new order."

FREE, CHEAP = 0.01, 0.03
"Shares of precision that count as next to nothing, and as little."

GAINS: Final = ("coverage", "novelty_bits", "new_artists", "artists", "distance")
"Figures that a table compares with those at 0."


@dataclass(frozen=True, slots=True)
class Point:
    """One setting of the dial.

    Attributes
    ----------
    dial : float
        0..1.
    strengths : Strengths
        What stands behind it.
    precision : Figure
        P@10, mean over scenarios.
    lost : Figure
        Share of the precision at 0 that is lost, paired; below 0 for a gain.
    hit_rate : float
        HR@10.
    beyond : mapping of str to float
        Figures of the first 10 places, see `measure.beyond_accuracy`.
    gain : mapping of str to float
        How much each of them is above that at 0, as a share; absent where that is 0.
    """

    dial: float
    strengths: Strengths
    precision: Figure
    lost: Figure
    hit_rate: float
    beyond: Mapping[str, float]
    gain: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Price:
    """The price curve of one model."""

    name: str
    scenarios: tuple[str, ...]
    points: tuple[Point, ...]

    def at_most(self, share: float) -> Point:
        """Give the highest setting up to which no setting loses more than a share of P@10."""
        best = self.points[0]
        for point in self.points:
            if point.lost.value > share:
                break
            best = point
        return best


def price(
    name: str,
    model: Recommender,
    experiment: Experiment,
    *,
    vectors: Callable[[Recommender], Vectors | None] = vectors_of,
    dials: Sequence[float] = DIALS,
    strengths: Callable[[float], Strengths] = Strengths.of,
    shelf: Shelf | None = None,
    progress: Progress = no_progress,
) -> Price:
    """Turn the dial.

    Parameters
    ----------
    name, model : str, Recommender
        What is fitted and asked.
    experiment : Experiment
        The scenarios of `protocol.MEAN` among its own are averaged.
    vectors : callable, optional
        Gives for the fitted model the vectors by which tracks are alike.
    dials : sequence of float
        Rising, beginning with 0.
    strengths : callable
        What a setting means; for trying out another meaning.
    shelf : Shelf, optional
        Keeps results, see `compare`.

    Raises
    ------
    BadInput
        The dials do not begin with 0, or no scenario is left.
    """
    if not dials or dials[0] != 0:
        raise BadInput("The dial is turned up from 0. Begin with 0.")
    titles = experiment.options.titles
    wanted = [s for s in MEAN if s in experiment.cases and can_answer(model, SCENARIOS[s], titles)]
    if not wanted:
        raise BadInput(f"Novelty is measured in the scenarios {', '.join(MEAN)}. Add some.")
    wishes = [strengths(dial) for dial in dials]
    meaning = [asdict(wish) for wish in wishes]
    found = {}
    for scenario in wanted:
        kept = shelf.get(f"novelty-{scenario}") if shelf else None
        if kept and kept.get("strengths") == meaning:
            found[scenario] = kept
    missing = [scenario for scenario in wanted if scenario not in found]
    if missing:
        model = replace(model)
        fit_model(name, model, experiment, progress)
        rows = vectors(model)
        total = sum(len(experiment.cases[s]) for s in missing)
        done = 0
        for scenario in missing:
            tops = _renewed(
                model, experiment, scenario, wishes, rows, progress, f"Asking {name}", done, total
            )
            done += len(experiment.cases[scenario])
            found[scenario] = {"strengths": meaning, **_figures(experiment, scenario, tops)}
            if shelf:
                shelf.put(f"novelty-{scenario}", found[scenario])
    return Price(name, tuple(wanted), _points(experiment, dials, wishes, found))


def as_text(result: Price) -> str:
    """Lay out a price curve, and say how far the dial goes for next to nothing and for little."""
    gains = [key for key in GAINS if key in result.points[0].beyond]
    titles = {"novelty_bits": "bits", "new_artists": "new artists"}
    head = ["dial", "P@10", "lost", "95 %", "HR@10", *(titles.get(g, g) for g in gains), "in lists"]
    table = [head]
    for point in result.points:
        lost = point.lost
        table.append(
            [
                f"{point.dial:.2f}",
                number(point.precision.value),
                f"{lost.value:+.1%}",
                f"{lost.low:+.1%} to {lost.high:+.1%}",
                number(point.hit_rate),
                *(f"{number(point.beyond[g])} {point.gain.get(g, 0):+.1%}" for g in gains),
                number(point.beyond["popularity"]),
            ]
        )
    lines = [f"{result.name}: mean of {', '.join(result.scenarios)}", columns(table), ""]
    for share, words in ((FREE, "next to nothing"), (CHEAP, "little")):
        best = result.at_most(share)
        lines.append(
            f"For {words} (at most {share:.0%} of P@10): novelty {best.dial:g} gives "
            + ", ".join(f"{titles.get(g, g)} {best.gain.get(g, 0):+.1%}" for g in gains)
            + "."
        )
    return "\n".join(lines) + "\n"


# -- inside ---------------------------------------------------------------------------------------


def _renewed(
    model: Recommender,
    experiment: Experiment,
    name: str,
    wishes: Sequence[Strengths],
    vectors: Vectors | None,
    progress: Progress,
    stage: str,
    before: int,
    total: int,
) -> NDArray[np.int64]:
    """Give the first places at each setting: items of shape (settings, cases, TOP)."""
    cases, scenario = experiment.cases[name], SCENARIOS[name]
    tops = np.full((len(wishes), len(cases), TOP), -1, np.int64)
    for row, case in enumerate(cases):
        if row % 20 == 0:
            progress(Step(stage, before + row, total))
        items, raw = ask(model, experiment, case, scenario, CANDIDATES)
        rows = vectors(experiment.kept.searchsorted(items)) if vectors and len(items) else None
        for setting, wish in enumerate(wishes):
            order = renew(
                raw,
                wish,
                popularity=experiment.popularity[items],
                artists=experiment.artists[items],
                albums=experiment.albums[items],
                seed_artists=experiment.artists[case.seeds],
                vectors=rows,
                k=TOP,
            )
            tops[setting, row, : len(order)] = items[order]
    progress(Step(stage, before + len(cases), total))
    return tops


def _figures(experiment: Experiment, name: str, tops: NDArray[np.int64]) -> dict[str, Any]:
    """Give what is kept of a scenario: by setting, hits of each case, and what is beyond them."""
    cases = experiment.cases[name]
    hits = [
        [int(np.isin(top, case.held).sum()) for top, case in zip(own, cases, strict=True)]
        for own in tops
    ]
    return {"hits": hits, "beyond": [beyond_accuracy(experiment, cases, own) for own in tops]}


def _points(
    experiment: Experiment,
    dials: Sequence[float],
    wishes: Sequence[Strengths],
    found: Mapping[str, Mapping[str, Any]],
) -> tuple[Point, ...]:
    bootstrap, rows = Bootstrap.of(experiment)
    hits = {name: np.array(own["hits"], np.float64) for name, own in found.items()}

    def samples(setting: int) -> list[Sample]:
        return [Sample(own[setting] / TOP, rows[name]) for name, own in hits.items()]

    start = samples(0)
    first = _mean_of(found, 0)
    points = []
    for setting, (dial, wish) in enumerate(zip(dials, wishes, strict=True)):
        own = samples(setting)
        beyond = _mean_of(found, setting)
        gain = {key: value / first[key] - 1 for key, value in beyond.items() if first[key]}
        points.append(
            Point(
                dial=dial,
                strengths=wish,
                precision=bootstrap.figure(own),
                lost=bootstrap.share_lost(own, start),
                hit_rate=float(np.mean([(own[setting] > 0).mean() for own in hits.values()])),
                beyond=beyond,
                gain=gain,
            )
        )
    return tuple(points)


def _mean_of(found: Mapping[str, Mapping[str, Any]], setting: int) -> dict[str, float]:
    figures = [own["beyond"][setting] for own in found.values()]
    return {key: float(np.mean([f[key] for f in figures])) for key in figures[0]}
