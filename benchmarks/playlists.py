"""Tell how good continuations by playlists are: every recommender of murecom and its peers.

    python benchmarks/playlists.py [--peers PYTHON] [--validation] [--models a,b] [--json]

Data: the part of the Million Playlist Dataset in MURECOM_DATA/mpd. Playlists whose id hashes to
part 0 of six are tested and never learned from; with --validation those of part 1 are, and part 0
is not touched at all. `murecom.evaluate` is the protocol and counts; the peers, each in its own
process with one thread, get the same playlists and questions and hand back their best 500.

One table: plain R-precision (with its 95 % interval), the official one, NDCG@500, clicks and HR@10
are means over five scenarios (the first 1, 5, 10, 25 tracks shown, and 25 random ones); then
R-precision with a title alone and with one track; then the next track of a list; then CPU-seconds
of the fit and milliseconds of a request (10 seeds, 100 results, median). "× original" divides the
R-precision by that of the original's recipe: gensim's defaults and most_similar.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

import _common as common
from _playlist_peers import PEERS
from murecom import registry
from murecom.errors import MurecomError
from murecom.evaluate.compare import Comparison, Cost, Result, compare
from murecom.evaluate.measure import measure
from murecom.evaluate.protocol import MEAN, SCENARIOS, Experiment, Options, prepare
from murecom.evaluate.report import as_plain
from murecom.jobs.playlist_data import read_files
from murecom.recommend.base import Recommender
from murecom.types import Step

PEERS_FILE = str(Path(__file__).with_name("_playlist_peers.py"))
HERE = ("original: gensim", "similaripy rp3beta", "irspack iALS")
"Peers whose libraries murecom uses, too; the others need an interpreter of their own."

ORIGINAL = "original: gensim"

OURS = (
    "popular", "item_knn", "knn_baseline", "rp3beta", "playlist_knn", "transitions", "title",
    "artist", "ials", "word2vec", "blend", "reranked",
)  # fmt: skip

HIDDEN = ", titles hidden"
"What follows the name of a model that is measured again without the titles beside the seeds."

BARS = (
    ("mean R-precision", 0.160, 0.168, ("mean", "r_precision")),
    ("mean NDCG@500", 0.328, 0.340, ("mean", "ndcg")),
    ("title only, R-precision", 0.074, 0.085, ("title", "r_precision")),
    ("first 1, R-precision", 0.128, 0.135, ("first1", "r_precision")),
    ("next track, HR@10", 0.083, 0.100, ("next", "hit_rate@10")),
    ("next track, MRR@20", 0.034, 0.050, ("next", "mrr@20")),
)
"At least, aim, and where the figure stands."

RATIO = (3.5, 4.0)
"How many times the original's R-precision, at least and as the aim."


class Given:
    """Answers that another process has given, in the order of the questions."""

    def __init__(self, answers: NDArray[np.int32]) -> None:
        self.rows = iter(answers)

    def _resolve(self, _: Any) -> Any:
        none = np.empty(0, np.int64)
        return SimpleNamespace(items=none, exclude=none)

    def _top(self, _: Any, k: int, __: Any) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        row = next(self.rows)
        items = row[row >= 0][:k].astype(np.int64)
        return items, np.arange(len(items), 0, -1, dtype=np.float32)


def write_questions(file: Path, experiment: Experiment) -> None:
    """Write the training playlists and the seeds that a model can know, in rows of `train`."""
    lists = experiment.lists
    arrays: dict[str, Any] = {
        "starts": lists.starts,
        "entries": lists.entries,
        "n_items": np.array(lists.n_items),
    }
    row_of = np.full(len(experiment.data.items), -1, np.int64)
    row_of[experiment.kept] = np.arange(len(experiment.kept))
    for scenario, cases in experiment.cases.items():
        if scenario == "title":
            continue  # none of the peers can start from one
        seeds = [row_of[case.seeds] for case in cases]
        seeds = [own[own >= 0] for own in seeds]
        arrays[f"{scenario}.starts"] = np.cumsum([0, *map(len, seeds)])
        arrays[f"{scenario}.seeds"] = np.concatenate(seeds)
    # not np.savez: it takes the names of arrays as arguments, and has one called `file`
    np.savez(file, **arrays)


def run_peers(
    experiment: Experiment,
    names: Sequence[str],
    python: str | None,
    work: Path | None,
    notes: list[str],
) -> list[Result]:
    """Run the peers one after the other, or take what `work` holds of an earlier run."""
    results = []
    code = Path(PEERS_FILE).read_bytes()
    with tempfile.TemporaryDirectory() as temporary:
        folder = work / "peers" if work else Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        questions = Path(temporary, "questions.npz")
        write_questions(questions, experiment)
        for name in names:
            key = hashlib.sha256(code + f"{name} {experiment.key}".encode()).hexdigest()[:16]
            output, about = folder / f"{key}.npz", folder / f"{key}.json"
            if not about.exists():
                if name not in HERE and python is None:
                    notes.append(f"{name}: not run, no interpreter given with --peers")
                    continue
                common.say(name)
                run = common.run_json(
                    [PEERS_FILE, name, str(questions), str(output)],
                    python=sys.executable if name in HERE else str(python),
                    timeout=2 * 3600,
                )
                told = run.lines[-1] if run.lines else {"missing": run.error}
                if "missing" in told or run.error:
                    notes.append(f"{name}: not run: {told.get('missing') or run.error}")
                    continue
                about.write_text(json.dumps(told))
            told = json.loads(about.read_text())
            package = PEERS[name][1]
            notes.append(f"{name}: {package} {told['version']}, {told['peak_mb']:.0f} MB")
            results.append(_result(name, told, output, experiment))
    return results


def _result(name: str, about: Mapping[str, Any], file: Path, experiment: Experiment) -> Result:
    costs = ("fit_cpu_seconds", "fit_seconds", "request_ms", "request_ms_p95")
    cost = Cost(megabytes=0.0, **{key: about[key] for key in costs})
    outcomes = {}
    with np.load(file) as answers:
        for scenario in answers.files:
            given: Any = Given(answers[scenario])
            outcomes[scenario] = measure(given, experiment, SCENARIOS[scenario])
    return Result(name, {}, outcomes, cost)


def run_ours(
    experiment: Experiment, names: Sequence[str], work: Path | None, notes: list[str]
) -> list[Result]:
    """Fit and ask murecom's recommenders."""
    results = []
    last = ""

    def told(step: Step) -> None:
        nonlocal last
        if step.stage != last:
            last = step.stage
            common.say(last)

    for name in names:
        try:
            model: Recommender = registry.get("recommend", name.removesuffix(HIDDEN))()
        except MurecomError as error:
            notes.append(f"{name}: not run: {error}")
            continue
        asked = experiment
        if name.endswith(HIDDEN):
            asked = replace(experiment, options=replace(experiment.options, titles=False))
        try:
            found = compare({name: model}, asked, work, progress=told)
        except MurecomError as error:
            notes.append(f"{name}: not run: {error}")
            continue
        results += found.results
    return results


# -- results ----------------------------------------------------------------------------------


def figures(comparison: Comparison) -> dict[str, dict[str, Any]]:
    """Give what `murecom.evaluate` counts for each model: `mean`, scenarios, `cost`."""
    plain = as_plain(comparison)
    return {
        model["name"]: {
            **model["scenarios"],
            **(
                {"mean": model["mean"]}
                if tuple(model.get("mean", {}).get("of", ())) == MEAN
                else {}
            ),
            "cost": model["cost"],
        }
        for model in plain["models"]
    }


def cell(model: Mapping[str, Any], scenario: str, metric: str, digits: int = 4) -> str:
    """Write one figure, a dash where there is none."""
    found = model.get(scenario)
    return f"{found[metric]['value']:.{digits}f}" if found else "-"


def layout(models: Mapping[str, Mapping[str, Any]]) -> str:
    """Lay out the table."""
    base = models.get(ORIGINAL)
    rows = []
    for name, model in models.items():
        mean = model.get("mean")
        interval, ratio = "", "-"
        if mean:
            own = mean["r_precision"]
            interval = f"{own['low']:.4f}-{own['high']:.4f}"
            if base and "mean" in base:
                ratio = f"{own['value'] / base['mean']['r_precision']['value']:.2f}"
        rows.append(
            (
                name,
                cell(model, "mean", "r_precision"),
                interval,
                cell(model, "mean", "r_precision_official"),
                cell(model, "mean", "ndcg", 3),
                cell(model, "mean", "clicks", 2),
                cell(model, "mean", "hit_rate@10", 3),
                ratio,
                cell(model, "title", "r_precision"),
                cell(model, "first1", "r_precision"),
                cell(model, "next", "hit_rate@10"),
                cell(model, "next", "mrr@20"),
                f"{model['cost'].fit_cpu_seconds:.1f}",
                f"{model['cost'].request_ms:.1f}",
            )
        )
    header = (
        "", "R-prec", "95 %", "official", "NDCG", "clicks", "HR@10", "× original", "title",
        "first 1", "next HR@10", "MRR@20", "fit CPU-s", "ms",
    )  # fmt: skip
    return common.table(header, rows)


def judge(models: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Compare the served model with the bars; a figure that was not measured is None."""
    served = next((models[name] for name in ("reranked", "blend") if name in models), {})
    results = []
    for name, least, aim, (scenario, metric) in BARS:
        found = served.get(scenario)
        value = found[metric]["value"] if found else None
        results.append({"bar": name, "value": value, "least": least, "aim": aim})
    base = models.get(ORIGINAL, {}).get("mean")
    mean = served.get("mean")
    ratio = mean["r_precision"]["value"] / base["r_precision"]["value"] if mean and base else None
    results.append(
        {"bar": "times the original", "value": ratio, "least": RATIO[0], "aim": RATIO[1]}
    )
    return results


def bars(results: Sequence[Mapping[str, Any]]) -> str:
    """Print the outcome of every bar, one line each."""
    rows = []
    for result in results:
        value, word = result["value"], "NOT MEASURED"
        if value is not None:
            reached = "aim reached" if value >= result["aim"] else "met"
            word = reached if value >= result["least"] else "MISSED"
        shown = "-" if value is None else f"{value:.4f}"
        rows.append((result["bar"], shown, f"{result['least']:g}", f"{result['aim']:g}", word))
    return common.table(("bar (served by default)", "measured", "at least", "aim", ""), rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    data = Path(os.environ.get("MURECOM_DATA") or Path(__file__).parents[2] / "shared" / "data")
    parser.add_argument("--playlists", type=Path, default=data / "mpd" / "playlists.jsonl.gz")
    parser.add_argument("--validation", action="store_true", help="ask about part 1, not part 0")
    parser.add_argument("--keep-unseen", action="store_true", help="count what nobody can find")
    parser.add_argument("--models", help="murecom's, by commas; `none` for none")
    parser.add_argument("--peers", metavar="PYTHON", help="interpreter with implicit and surprise")
    parser.add_argument("--only", help="peers, by commas; `none` for none")
    parser.add_argument("--work", type=Path, help="folder that keeps results for another run")
    parser.add_argument("--lists", type=int, default=2_000, help="playlists to test, at most")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    if not arguments.playlists.exists():
        common.say(
            f"No playlists at {arguments.playlists} (MURECOM_DATA or --playlists names one)."
        )
        return
    names = [*OURS, f"reranked{HIDDEN}"]
    if arguments.models:
        names = [name for name in arguments.models.split(",") if name != "none"]
    peers = list(PEERS)
    if arguments.only:
        peers = [name for name in arguments.only.split(",") if name != "none"]
    options = Options(
        on="validation" if arguments.validation else "test",
        keep_unseen=arguments.keep_unseen,
        lists=arguments.lists,
    )
    read = read_files([arguments.playlists])
    experiment = prepare(read.data, read.playlists, options)
    notes: list[str] = []
    results = run_peers(experiment, peers, arguments.peers, arguments.work, notes)
    results += run_ours(experiment, names, arguments.work, notes)
    comparison = Comparison(experiment, tuple(results))
    models = figures(comparison)
    document = {
        "conditions": common.conditions("murecom", "numpy", "irspack", "similaripy", "lightgbm"),
        "options": vars(arguments) | {"playlists": str(arguments.playlists)},
        "trained_on": len(experiment.lists),
        "tested": experiment.tested,
        "cases": {name: len(cases) for name, cases in experiment.cases.items()},
        "models": {
            name: {**model, "cost": {k: getattr(model["cost"], k) for k in Cost.__slots__}}
            for name, model in models.items()
        },
        "bars": judge(models),
        "notes": notes,
    }
    document["options"]["work"] = str(arguments.work)

    def text() -> str:
        cases = ", ".join(f"{name} {count}" for name, count in document["cases"].items())
        head = [
            *document["conditions"],
            f"playlists {document['trained_on']:,} to learn from, {document['tested']:,} of the "
            f"{options.on} part; questions: {cases}",
        ]
        parts = ["\n".join(head), layout(models), bars(document["bars"])]
        parts.append("\n".join(f"* {note}" for note in notes))
        return "\n\n".join(part for part in parts if part)

    common.show(document, arguments.json, text)


if __name__ == "__main__":
    common.restart_fairly()
    main()
