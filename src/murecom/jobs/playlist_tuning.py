"""Parameters for the playlists at hand: tried on some that the models have not seen.

The playlists of the validation part (a sixth, by the checksum of their ids) are hidden but for
their first tracks, and each part of the model is judged alone by what it finds of the rest; those
of the test part take no part at all, so that `murecom evaluate` stays honest. What matters most
comes first: the strength of regularisation of matrix factorisation, of which a threefold error
costs a third of the quality. Everything that was tried is kept in a file, so a search that was
stopped goes on, and the next training knows the result.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from murecom import __version__, registry
from murecom.errors import BadInput, MissingExtra, NotFound, NotReady
from murecom.evaluate import metrics
from murecom.evaluate.protocol import MEAN, Experiment, Options, ask, each, prepare
from murecom.recommend.base import Data, Recommender
from murecom.train.search import Knob, Search, Trial, Value
from murecom.types import Progress, Step, no_progress

if TYPE_CHECKING:
    from murecom.jobs.playlist_data import PlaylistData

LEAST: Final = 200
"Fewer playlists leave too few to judge by: the defaults are the better guess."

MOST: Final = 60_000
"Of more playlists so many are taken to learn from while searching; the final model takes all."

ASKED: Final = 250
"Playlists that are asked about: with the scenarios some thousand questions."

KNOBS: Final = (
    Knob("ials", "alpha", (0.003, 0.006, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)),
    Knob("ials", "reg", (0.0005, 0.001, 0.002, 0.003, 0.006, 0.01, 0.02, 0.05)),
    Knob("rp3beta", "beta", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7)),
    Knob("rp3beta", "beta_many", (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.7)),
    Knob("rp3beta", "alpha", (0.4, 0.5, 0.6, 0.7, 0.8, 1.0)),
    Knob("item_knn", "shrink", (0.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0)),
    Knob("item_knn", "similarity", ("cosine", "asymmetric", "tfidf", "bm25")),
    Knob("item_knn", "k", (50, 100, 200)),
    Knob("ials", "epochs", (4, 8, 12, 16)),
    Knob("ials", "dim", (64, 128, 256)),
)
"What is turned, the most important first; knobs of parts that are not trained are left out."


WHOLE: Final = "blend"
"Under this name weights are tried."

WEIGHTS: Final = (0.0, 0.1, 0.2, 0.3, 0.4, 0.6, 0.8, 1.0, 1.5)

FOR_WEIGHTS: Final = 0.25
"Share of the time that is left for the weights; the parts come first, because they matter more."


@dataclass(slots=True)
class Tuning:
    """What a search has found so far, as it is kept in its file.

    Attributes
    ----------
    data : str
        Checksum of the playlists that it was made on, and the version of murecom.
    playlists : int
        How many these were.
    best : mapping
        The best parameters of each part.
    tried : list of Trial
        Everything, in the order in which it was tried.
    started : mapping
        Parameters that each part began with.
    when : str
        Time of the last trial, ISO 8601.
    """

    data: str
    playlists: int
    best: dict[str, dict[str, Value]] = field(default_factory=dict)
    tried: list[Trial] = field(default_factory=list)
    started: dict[str, dict[str, Value]] = field(default_factory=dict)
    when: str = ""


def file_of(home: Path) -> Path:
    """Name the file in which the searches of a home folder are kept."""
    return home / "models" / "playlists-tuning.json"


def read(file: Path) -> Tuning | None:
    """Read what was tried; None if nothing was, or if the file is beyond reading."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        content["tried"] = [Trial(**trial) for trial in content["tried"]]
        return Tuning(**content)
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write(file: Path, tuning: Tuning) -> None:
    """Keep what was tried, in one step for whoever reads."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(".part")
    draft.write_text(json.dumps(asdict(tuning), ensure_ascii=False, indent=1), encoding="utf-8")
    os.replace(draft, file)


def tune(
    data: PlaylistData,
    file: Path,
    *,
    seconds: float,
    parts: Sequence[str],
    weights: Mapping[str, Value] | None = None,
    min_count: int = 1,
    progress: Progress = no_progress,
) -> tuple[Tuning | None, tuple[str, ...]]:
    """Search for good parameters of some parts.

    Parameters
    ----------
    data : PlaylistData
        Playlists with their ids.
    file : Path
        Keeps what was tried; a search of the same playlists goes on there.
    seconds : float
        After so long the best so far is taken; a trial that has begun is let finish.
    parts : sequence of str
        Names of recommenders. Those without knobs, and those whose library is not installed, are
        left as they are.
    weights : mapping of str to float, optional
        Of the parts in the blend that continues a list; the last quarter of the time is for them.
    min_count : int
        Leave out tracks that fewer of the playlists to learn from hold; `data` still has them.

    Returns
    -------
    tuning : Tuning or None
        None if there are too few playlists to judge by.
    notes : tuple of str
        What a user should know.
    """
    lists = data.data.interactions
    if lists is None or len(lists) < LEAST:
        count = 0 if lists is None else len(lists)
        some = "1 playlist is" if count == 1 else f"{count} playlists are"
        return None, (f"{some} too few to tune on: the defaults were taken.",)
    try:
        options = Options("validation", MEAN, lists=ASKED, min_count=min_count)
        experiment = prepare(*_some(data), options)
    except (BadInput, NotReady) as error:
        return None, (f"Nothing was tuned, the defaults were taken: {error}",)
    ids = hashlib.md5(_ids(data), usedforsecurity=False).hexdigest()
    key = f"{data.data.hash()[:32]} {ids} {__version__}"
    key += f" {min_count}" if min_count > 1 else ""
    found = read(file)
    tuning = found if found and found.data == key else Tuning(key, len(lists))
    knobs, start, missing = _knobs(parts)
    tuning.started |= {part: dict(values) for part, values in start.items()}
    weights = weights if weights and len(weights) > 1 else None
    if weights:  # those found for members of other parameters tell nothing
        tuning.tried = [trial for trial in tuning.tried if trial.part != WHOLE]
    done, now = 0, ""

    def measure(part: str, parameters: dict[str, Value]) -> float:
        nonlocal done, now
        now = part
        progress(Step(f"Tuning {part}", done, None))
        done += 1
        kind: type[Recommender] = registry.get("recommend", part)
        return score(kind(**parameters), experiment)

    def told(trial: Trial) -> None:
        tuning.best = _best(tuning.tried)
        tuning.when = datetime.now(UTC).isoformat(timespec="seconds")
        write(file, tuning)
        progress(Step(f"Tuning {trial.part}", done, None, {"tried": len(tuning.tried)}))

    ends = time.monotonic() + seconds
    for_parts = ends - FOR_WEIGHTS * seconds
    absent: dict[str, str] = {}
    while True:
        left = for_parts - time.monotonic()
        try:
            Search(knobs, start, measure, tuning.tried, told).run(left)
            break
        except MissingExtra as error:  # the others are tuned all the same
            absent[now] = f"Not tuned: {now}. {error}"
            knobs = [knob for knob in knobs if knob.part not in absent]
            start.pop(now)
    tuning.best = _best(tuning.tried)
    if weights:
        weights = {part: weight for part, weight in weights.items() if part not in absent}
    if weights and time.monotonic() < ends:
        progress(Step("Weighing", 0, None))
        tuning.started[WHOLE] = dict(weights)
        weighed = Weighed(weights, tuning, experiment)
        knobs = [Knob(WHOLE, name, WEIGHTS) for name in weights if name in weighed.members]
        if len(knobs) > 1:
            search = Search(knobs, {WHOLE: dict(weights)}, weighed, tuning.tried, told)
            search.run(ends - time.monotonic())
            tuning.best = _best(tuning.tried)
            tuning.best.setdefault(WHOLE, dict(weights))
    write(file, tuning)
    return tuning, (*missing, *absent.values())


class Weighed:
    """Measures weights of a blend whose members and candidates are made once."""

    def __init__(
        self, weights: Mapping[str, Value], tuning: Tuning, experiment: Experiment
    ) -> None:
        kind = registry.get("recommend", WHOLE)
        options = {part: own for part, own in changed(tuning).items() if part in weights}
        model = kind(weights=dict(weights), next_weights=dict(weights), options=options)
        self.model: Any = model.fit(experiment.train)
        self.members = set(self.model.members)
        self.experiment = experiment

    def __call__(self, part: str, parameters: dict[str, Value]) -> float:
        """Give the mean R-precision of the blend by these weights."""
        if not any(parameters.values()):
            return 0.0
        self.model.weights = dict(parameters)
        return asked(self.model, self.experiment)


def score(model: Recommender, experiment: Experiment) -> float:
    """Fit a model and give its mean R-precision over the scenarios, 0..1."""
    model.fit(experiment.train)
    return asked(model, experiment)


def asked(model: Recommender, experiment: Experiment) -> float:
    """Give the mean R-precision of a fitted model over the scenarios, 0..1."""
    by_scenario: dict[str, list[float]] = {}
    for scenario, case in each(experiment, MEAN):
        items, _ = ask(model, experiment, case, scenario, len(case.held))
        value = float(metrics.r_precision(metrics.hits(items, case.held), len(case.held)))
        by_scenario.setdefault(scenario.name, []).append(value)
    return round(float(np.mean([np.mean(values) for values in by_scenario.values()])), 6)


def changed(tuning: Tuning) -> dict[str, dict[str, Value]]:
    """Give what differs from where the search began, by part: what a training has to be told."""
    found = {
        part: {n: v for n, v in own.items() if tuning.started.get(part, {}).get(n) != v}
        for part, own in tuning.best.items()
    }
    return {part: own for part, own in found.items() if own}


def table(tuning: Tuning) -> list[tuple[str, ...]]:
    """Give what was tried as rows of text: part, R-precision, seconds, parameters; best first."""
    rows = sorted(tuning.tried, key=lambda trial: (trial.part, -trial.score))
    return [
        (
            trial.part,
            f"{trial.score:.4f}",
            f"{trial.seconds:.1f} s",
            " ".join(f"{name}={value}" for name, value in trial.parameters.items()),
        )
        for trial in rows
    ]


def _best(tried: Iterable[Trial]) -> dict[str, dict[str, Value]]:
    best: dict[str, Trial] = {}
    for trial in tried:
        if trial.part not in best or trial.score > best[trial.part].score:
            best[trial.part] = trial
    return {part: dict(trial.parameters) for part, trial in best.items()}


def _knobs(
    parts: Sequence[str],
) -> tuple[list[Knob], dict[str, dict[str, Value]], tuple[str, ...]]:
    """Give the knobs of some parts, where these stand by default, and notes on what is missing."""
    start: dict[str, dict[str, Value]] = {}
    knobs: list[Knob] = []
    for knob in KNOBS:
        if knob.part not in parts:
            continue
        try:
            kind = registry.get("recommend", knob.part)
        except NotFound:
            continue
        defaults = {f.name: f.default for f in fields(kind) if f.init}
        if knob.name in defaults:
            start.setdefault(knob.part, {})[knob.name] = defaults[knob.name]  # type: ignore[assignment]
            knobs.append(knob)
    untuned = [part for part in parts if part not in start]
    notes = (f"Not tuned, for want of knobs: {', '.join(untuned)}.",) if not start else ()
    return knobs, start, notes


def _some(data: PlaylistData) -> tuple[Data, Sequence[str]]:
    """Give at most `MOST` of the playlists, evenly taken, with their ids."""
    lists = data.data.interactions
    assert lists is not None
    if len(lists) <= MOST:
        return data.data, data.playlists
    rows = np.unique(np.linspace(0, len(lists) - 1, MOST).astype(np.int64))
    titles = [data.data.titles[row] for row in rows.tolist()] if data.data.titles else []
    some = Data(
        items=data.data.items,
        interactions=lists.take(rows),
        titles=titles,
        artists=data.data.artists,
        albums=data.data.albums,
        revision=data.data.revision,
    )
    return some, [data.playlists[row] for row in rows.tolist()]


def _ids(data: PlaylistData) -> bytes:
    return "\0".join(data.playlists).encode("utf-8", "surrogatepass")
