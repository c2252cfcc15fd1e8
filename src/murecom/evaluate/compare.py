"""Several recommenders in one experiment: fitted on the same, asked the same, one table.

What was measured is kept in a folder, scenario by scenario, under a checksum of everything it
depends on: a comparison that was stopped goes on, and one that was done is there at once.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from murecom import __version__, registry
from murecom.errors import BadInput, MurecomError, NotFound, Unreachable
from murecom.evaluate.measure import Outcome, measure
from murecom.evaluate.protocol import SCENARIOS, Experiment, can_answer
from murecom.recommend.base import Recommender
from murecom.types import Progress, Step, no_progress

FORMAT = 1
"Of the kept results; a change of what is measured raises it."

TIMED = 200
"Requests that are timed, after `WARM` that are not."

WARM = 20

RESULTS = 100
"Tracks of a timed request, and `SEEDED` its scenario where there is one: as a service asks."

SEEDED = "first10"


@dataclass(frozen=True, slots=True)
class Cost:
    """What a model costs: CPU and wall seconds of the fit, megabytes of its arrays, milliseconds.

    The times of a request are the median and the 95th percentile, by `Recommender.recommend` with
    10 seeds and 100 results where playlists are long enough; CPU seconds count all threads and
    child processes.
    """

    fit_cpu_seconds: float
    fit_seconds: float
    megabytes: float
    request_ms: float
    request_ms_p95: float


@dataclass(frozen=True, slots=True, eq=False)
class Result:
    """What one model did: outcomes by scenario, and its cost."""

    name: str
    parameters: Mapping[str, Any]
    outcomes: Mapping[str, Outcome]
    cost: Cost


@dataclass(frozen=True, slots=True)
class Failure:
    """A model that could not be measured, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What `compare` found; `evaluate.report` makes tables of it."""

    experiment: Experiment
    results: tuple[Result, ...]
    failures: tuple[Failure, ...] = ()
    notes: tuple[str, ...] = field(default=())


def named(names: Sequence[str]) -> dict[str, Recommender]:
    """Make recommenders with their defaults by name.

    Raises
    ------
    NotFound
        There is none of that name; the sentence lists all.
    BadInput
        A name occurs twice, or there is none.
    """
    if not names or len(set(names)) < len(names):
        raise BadInput("Name at least one recommender, and each once, such as: ials,item_knn.")
    return {name: registry.get("recommend", name)() for name in names}


def compare(
    models: Mapping[str, Recommender],
    experiment: Experiment,
    folder: Path | None = None,
    *,
    restart: bool = False,
    progress: Progress = no_progress,
) -> Comparison:
    """Fit and measure recommenders.

    Parameters
    ----------
    models : mapping of str to Recommender
        By the name that tables give them; the others are compared with the first.
    experiment : Experiment
        See `protocol.prepare`.
    folder : Path, optional
        Where results are kept from one run to the next; nowhere if None.
    restart : bool
        Measure again what is kept.

    Raises
    ------
    MurecomError
        None of the models could be measured; the error of the first.
    Unreachable
        The folder cannot be written.
    """
    results: list[Result] = []
    failures: list[Failure] = []
    errors: list[MurecomError] = []
    for name, model in models.items():
        shelf = Shelf(folder, experiment, model) if folder is not None else None
        if shelf is not None and restart:
            shelf.clear()
        try:
            results.append(_one(name, model, experiment, shelf, progress))
        except Unreachable:
            raise
        except MurecomError as error:  # a part of the data or an extra is missing
            failures.append(Failure(name, str(error)))
            errors.append(error)
    if errors and not results:
        raise errors[0]
    return Comparison(experiment, tuple(results), tuple(failures))


def _one(
    name: str,
    model: Recommender,
    experiment: Experiment,
    shelf: Shelf | None,
    progress: Progress,
) -> Result:
    wanted = [
        scenario
        for scenario in experiment.cases
        if can_answer(model, SCENARIOS[scenario], experiment.options.titles)
    ]
    model = replace(model)  # what is learned here is forgotten when this function ends
    outcomes = {s: found for s in wanted if shelf and (found := shelf.outcome(s))}
    cost = shelf.cost() if shelf else None
    missing = [scenario for scenario in wanted if scenario not in outcomes]
    if not wanted:
        raise BadInput(f"'{name}' cannot start from what these scenarios show. Add others.")
    if missing or cost is None:
        cpu, seconds = fit_model(name, model, experiment, progress)
        if cost is None:
            cost = Cost(cpu, seconds, _megabytes(model), *_times(model, experiment, wanted))
            if shelf:
                shelf.put("cost", asdict(cost))
        total = sum(len(experiment.cases[s]) for s in wanted)
        done = total - sum(len(experiment.cases[s]) for s in missing)
        for scenario in missing:
            outcomes[scenario] = measure(
                model, experiment, SCENARIOS[scenario], progress, f"Asking {name}", done, total
            )
            done += len(experiment.cases[scenario])
            if shelf:
                shelf.put(scenario, outcomes[scenario].to_json())
    return Result(name, model.parameters(), {s: outcomes[s] for s in wanted}, cost)


def fit_model(
    name: str, model: Recommender, experiment: Experiment, progress: Progress
) -> tuple[float, float]:
    """Let a model learn from the training playlists; give CPU and wall seconds."""

    def told(step: Step) -> None:
        progress(Step(f"{name}: {step.stage}", step.done, step.total, step.counts))

    began, cpu = time.perf_counter(), _cpu()
    model.fit(experiment.train, told)
    return round(_cpu() - cpu, 3), round(time.perf_counter() - began, 3)


def _cpu() -> float:
    """CPU seconds of this process, its threads and the children it has waited for."""
    return sum(os.times()[:4])


def _megabytes(model: Recommender) -> float:
    """Size of what was learned; arrays that stand under two names count once."""
    sizes = {
        (array.__array_interface__["data"][0], array.nbytes): array.nbytes
        for array in model.state.values()
    }
    return round(sum(sizes.values()) / 1e6, 2)


def _times(
    model: Recommender, experiment: Experiment, wanted: Sequence[str]
) -> tuple[float, float]:
    """Time requests one by one; give median and 95th percentile in milliseconds."""
    scenario = SCENARIOS[SEEDED if SEEDED in wanted else wanted[0]]
    cases = experiment.cases[scenario.name]
    times = []
    for turn in range(min(len(cases), TIMED) + WARM):
        request = experiment.request(cases[turn % len(cases)], scenario)
        began = time.perf_counter()
        try:
            model.recommend(request, RESULTS)
        except (NotFound, BadInput):  # as in `protocol.ask`
            continue
        if turn >= WARM:
            times.append((time.perf_counter() - began) * 1000)
    if not times:
        return 0.0, 0.0
    median, high = np.quantile(times, [0.5, 0.95])
    return round(float(median), 3), round(float(high), 3)


class Shelf:
    """The results of one model in one experiment, one JSON file each."""

    def __init__(self, folder: Path, experiment: Experiment, model: Recommender) -> None:
        about = {
            "format": FORMAT,
            "murecom": __version__,
            "experiment": experiment.key,
            "model": model.name,
            "parameters": model.parameters(),
        }
        text = json.dumps(about, sort_keys=True, default=str)
        self.folder = folder / f"{model.name}-{hashlib.sha256(text.encode()).hexdigest()[:16]}"
        self.about = about

    def outcome(self, scenario: str) -> Outcome | None:
        """Read the outcome of a scenario; None when there is none, or none that can be read."""
        plain = self.get(scenario)
        try:
            return Outcome.from_json(plain) if plain else None
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    def cost(self) -> Cost | None:
        """Read the cost; None as in `outcome`."""
        plain = self.get("cost")
        try:
            return Cost(**plain) if plain else None
        except TypeError:
            return None

    def get(self, name: str) -> Any:
        """Read what `put` wrote; None when it is not there or damaged."""
        try:
            return json.loads((self.folder / f"{name}.json").read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, name: str, plain: Any) -> None:
        """Write one file, whole or not at all; Unreachable when that cannot be done."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            for file, content in (("about", self.about), (name, plain)):
                draft = self.folder / f"{file}.json.part"
                draft.write_text(json.dumps(content, indent=None, default=str), encoding="utf-8")
                draft.replace(self.folder / f"{file}.json")
        except OSError as error:
            raise Unreachable(
                f"Results cannot be kept in {self.folder} ({error.strerror or error}). "
                "Make room or choose another folder with --home."
            ) from error

    def clear(self) -> None:
        """Forget what is kept."""
        for file in self.folder.glob("*.json"):
            file.unlink(missing_ok=True)
