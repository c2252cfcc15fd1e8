"""Measuring one model in one scenario: every case asked, every figure that a table may show."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from murecom.evaluate import beyond, metrics
from murecom.evaluate.protocol import DEPTH, Case, Experiment, Scenario, ask
from murecom.recommend.base import Recommender
from murecom.types import Progress, Step, no_progress

TOP = 10
"Places that figures beyond accuracy look at: what a listener sees."

QUARTILES = 4

DIGITS = 6
"Of values: as kept, so that a comparison from kept values says the same."

METRICS: Mapping[str, Callable[[NDArray[np.bool_], NDArray[np.int64]], metrics.Values]] = {
    "r_precision": metrics.r_precision,
    "ndcg": lambda hits, held: metrics.ndcg(hits, held, DEPTH),
    "clicks": lambda hits, held: metrics.clicks(hits, DEPTH),
    "hit_rate@10": lambda hits, held: metrics.hit_rate(hits, 10),
    "hit_rate@20": lambda hits, held: metrics.hit_rate(hits, 20),
    "mrr@20": lambda hits, held: metrics.reciprocal_rank(hits, 20),
    "precision@10": lambda hits, held: metrics.precision(hits, 10),
    "recall@50": lambda hits, held: metrics.recall(hits, held, 50),
    "recall@500": lambda hits, held: metrics.recall(hits, held, DEPTH),
}
"How the figures of all lists are made; the official R-precision is made list by list."


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What one model did in one scenario.

    Attributes
    ----------
    values : mapping of str to ndarray of float, shape (cases,)
        One value per case for each of `METRICS` and `r_precision_official`.
    beyond : mapping of str to float
        Figures of the first `TOP` places, see `beyond_accuracy`.
    found, held : ndarray of int, shape (4,)
        Hidden tracks that stand in the first R places, and all, by quartile of popularity.
    unanswered : int
        Cases in which the model had nothing to start from; they count as answered by nothing.
    """

    values: Mapping[str, NDArray[np.float64]]
    beyond: Mapping[str, float]
    found: NDArray[np.int64]
    held: NDArray[np.int64]
    unanswered: int

    def to_json(self) -> dict[str, Any]:
        """Give plain values."""
        return {
            "values": {name: array.tolist() for name, array in self.values.items()},
            "beyond": dict(self.beyond),
            "found": self.found.tolist(),
            "held": self.held.tolist(),
            "unanswered": self.unanswered,
        }

    @classmethod
    def from_json(cls, plain: Mapping[str, Any]) -> Self:
        """Make an outcome of what `to_json` gave; KeyError, TypeError, ValueError if it is none."""
        return cls(
            {str(name): np.array(array, np.float64) for name, array in plain["values"].items()},
            {str(name): float(value) for name, value in plain["beyond"].items()},
            np.array(plain["found"], np.int64),
            np.array(plain["held"], np.int64),
            int(plain["unanswered"]),
        )


def measure(
    model: Recommender,
    experiment: Experiment,
    scenario: Scenario,
    progress: Progress = no_progress,
    stage: str = "Asking",
    before: int = 0,
    total: int | None = None,
) -> Outcome:
    """Ask a fitted model all the questions of a scenario.

    Parameters
    ----------
    model : Recommender
        Fitted on `experiment.train`.
    stage, before, total : str, int, int
        For reports of progress: how to call this, what was done before, and how many all are.
    """
    cases = experiment.cases[scenario.name]
    hits = np.zeros((len(cases), DEPTH), np.bool_)
    counts = np.array([len(case.held) for case in cases])
    tops = np.full((len(cases), TOP), -1, np.int64)
    official = np.zeros(len(cases))
    quartiles = quartiles_of(experiment.popularity, cases)
    found, held = np.zeros((2, QUARTILES), np.int64)
    unanswered = 0
    for row, case in enumerate(cases):
        if row % 20 == 0:
            progress(Step(stage, before + row, total or len(cases)))
        items, _ = ask(model, experiment, case, scenario)
        unanswered += not len(items)
        own = metrics.hits(items, case.held)
        hits[row, : len(own)] = own
        tops[row, : len(items[:TOP])] = items[:TOP]
        artists = experiment.artists
        official[row] = metrics.official_r_precision(own, artists[items], artists[case.held])
        places = len(case.held)
        found += np.bincount(quartiles[items[:places][own[:places]]], minlength=QUARTILES)
        held += np.bincount(quartiles[case.held], minlength=QUARTILES)
    progress(Step(stage, before + len(cases), total or len(cases)))
    values = {name: function(hits, counts) for name, function in METRICS.items()}
    values["r_precision_official"] = official
    values = {name: np.round(array, DIGITS) for name, array in values.items()}
    return Outcome(values, beyond_accuracy(experiment, cases, tops), found, held, unanswered)


def quartiles_of(popularity: NDArray[np.int64], cases: Sequence[Case]) -> NDArray[np.int64]:
    """Give the quartile of popularity, 0 (least) to 3, of every item: shape (n_items,).

    The hidden tracks are divided, as often as they are hidden: a quarter of what is to be found is
    in each, as nearly as tracks of one popularity, which stay together, allow.
    """
    hidden = popularity[np.concatenate([case.held for case in cases])]
    bounds = np.quantile(hidden, np.arange(1, QUARTILES) / QUARTILES)
    return np.searchsorted(bounds, popularity, side="left")


def beyond_accuracy(
    experiment: Experiment, cases: Sequence[Case], tops: NDArray[np.int64]
) -> dict[str, float]:
    """Give what accuracy does not show of the first places, items of shape (cases, TOP).

    Coverage and Gini are of the tracks that somebody may find: those of the training playlists. The
    distance within a list is that of the sets of playlists which hold its tracks, so it does not
    depend on any model. Calibration is by artist.
    """
    popularity, artists = experiment.popularity, experiment.artists
    rows = experiment.kept.searchsorted(tops)  # items of the training catalogue, for counting
    rows[tops < 0] = -1
    lists = [(top[top >= 0], case) for top, case in zip(tops, cases, strict=True)]
    lists = [(items, case) for items, case in lists if len(items)]
    with_seeds = [(artists[items], artists[case.seeds]) for items, case in lists if len(case.seeds)]
    alike = Togetherness(experiment)
    figures = {
        "coverage": beyond.coverage(rows, len(experiment.kept)),
        "gini": beyond.gini(rows, len(experiment.kept)),
        "popularity": beyond.mean_popularity(tops, popularity),
        "novelty_bits": beyond.novelty_bits(tops, popularity, len(experiment.lists)),
        "distance": _mean(beyond.intra_list_distance(alike(items)) for items, _ in lists),
        "artists": _mean(beyond.unique_artists(artists[items]) for items, _ in lists),
    }
    if with_seeds:
        figures["new_artists"] = _mean(beyond.new_artist_share(*pair) for pair in with_seeds)
        figures["calibration"] = _mean(beyond.calibration(*pair) for pair in with_seeds)
    return figures


class Togetherness:
    """Rows by which tracks can be compared: which training playlists hold each.

    Of many playlists `LISTS` are looked at, evenly spread.
    """

    LISTS = 20_000

    def __init__(self, experiment: Experiment) -> None:
        self.kept = experiment.kept
        lists = experiment.lists
        rows = np.arange(len(lists))[:: -(-len(lists) // self.LISTS)]
        some = lists.take(rows)
        self.starts, places = some.holders
        self.playlists = some.playlists_of(places)

    def __call__(self, items: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give a matrix of shape (items, playlists that hold one of them)."""
        rows = self.kept.searchsorted(items)
        held = [self.playlists[self.starts[row] : self.starts[row + 1]] for row in rows]
        lists, places = np.unique(np.concatenate(held), return_inverse=True)
        matrix = np.zeros((len(items), len(lists)), np.float32)
        matrix[np.repeat(np.arange(len(items)), [len(own) for own in held]), places] = 1
        return matrix


def _mean(values: Iterable[float]) -> float:
    """Average; 0 of nothing."""
    found = list(values)
    return float(np.mean(found)) if found else 0.0
