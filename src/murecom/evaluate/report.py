"""A comparison as tables for a terminal, and as plain values for `--json`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from murecom.evaluate.compare import Comparison, Result
from murecom.evaluate.intervals import Bootstrap, Figure, Sample
from murecom.evaluate.protocol import MEAN
from murecom.text.counts import counted

SHOWN: Final[Mapping[str, str]] = {
    "r_precision": "R-prec",
    "r_precision_official": "official",
    "ndcg": "NDCG",
    "clicks": "clicks",
    "hit_rate@10": "HR@10",
    "precision@10": "P@10",
    "recall@50": "recall@50",
}
"Metrics of a continued list and how tables call them."

NEXT: Final[Mapping[str, str]] = {
    "hit_rate@10": "HR@10",
    "hit_rate@20": "HR@20",
    "mrr@20": "MRR@20",
}
"Metrics of the next track."

BEYOND: Final[Mapping[str, str]] = {
    "coverage": "coverage",
    "gini": "Gini",
    "popularity": "in lists",
    "novelty_bits": "bits",
    "distance": "distance",
    "artists": "artists",
    "new_artists": "new",
    "calibration": "calibr.",
}
"Figures beyond accuracy and how tables call them."

QUARTER_NAMES: Final = ("rarest", "rare", "known", "best known")

SEEDS: Final = ((1, 10), (11, 25), (26, 50), (51, 10**9))
"Groups of seeds that the next track is shown by."


def as_plain(comparison: Comparison) -> dict[str, Any]:
    """Give everything that was measured as plain values.

    Returns
    -------
    dict
        `playlists`, `tested`, `tracks` and `cases` by scenario; `options`; `models`: for each its
        `name`, `parameters`, `cost`, `mean` of the continuing scenarios and `scenarios`, where a
        metric is `{value, low, high}` and, but for the first model, `difference` from it; `beyond`,
        `found_by_popularity`, `unanswered`; and `failures`.
    """
    experiment = comparison.experiment
    bootstrap, rows = Bootstrap.of(experiment)
    first = comparison.results[0] if comparison.results else None
    models = []
    for result in comparison.results:
        base = first if result is not first else None
        scenarios = {
            name: {
                **_metrics(bootstrap, rows, result, base, (name,), (*SHOWN, *NEXT, "recall@500")),
                "beyond": dict(outcome.beyond),
                "found_by_popularity": _ratio(outcome.found, outcome.held).tolist(),
                "unanswered": outcome.unanswered,
            }
            for name, outcome in result.outcomes.items()
        }
        own: dict[str, Any] = {"name": result.name, "parameters": dict(result.parameters)}
        own["cost"] = result.cost
        if mean := continuing(result):
            own["mean"] = {
                "of": list(mean),
                **_metrics(bootstrap, rows, result, base, mean, tuple(SHOWN)),
                "beyond": _mean_beyond(result, mean),
                "found_by_popularity": _by_popularity(result, mean).tolist(),
            }
        own["scenarios"] = scenarios
        if "next" in result.outcomes:
            own["next_by_seeds"] = _by_seeds(comparison, result)
        models.append(own)
    return {
        "playlists": len(experiment.lists),
        "tested": experiment.tested,
        "tracks": len(experiment.kept),
        "cases": {
            name: {
                "playlists": len(cases),
                "held": round(float(np.mean([len(case.held) for case in cases])), 2),
            }
            for name, cases in experiment.cases.items()
        },
        "options": experiment.options,
        "models": models,
        "failures": list(comparison.failures),
        "notes": list(comparison.notes),
    }


def as_text(comparison: Comparison) -> str:
    """Lay out a comparison: accuracy, scenarios, next track, strata, beyond accuracy, costs."""
    plain = as_plain(comparison)
    models = plain["models"]
    cases = plain["cases"].values()
    held = sum(c["playlists"] * c["held"] for n, c in plain["cases"].items() if n != "next")
    asked = sum(c["playlists"] for n, c in plain["cases"].items() if n != "next")
    parts = [
        f"{counted(plain['playlists'], 'playlist')} with {counted(plain['tracks'], 'track')} to "
        f"learn from, {plain['tested']:,} to test: "
        + counted(sum(c["playlists"] for c in cases), "question")
        + (f", {counted(round(held / asked), 'track')} to be found in each." if asked else ".")
    ]
    means = [(m["name"], m["mean"]) for m in models if "mean" in m]
    of = means[0][1]["of"] if means else []
    if len(of) > 1:  # one alone has its own table below
        parts += _section(f"Continuing a list: mean of {', '.join(of)}", means, SHOWN)
    for name in [n for n in plain["cases"] if n != "next"]:
        own = [(m["name"], m["scenarios"][name]) for m in models if name in m["scenarios"]]
        count = plain["cases"][name]["playlists"]
        parts += _section(f"{name} ({counted(count, 'playlist')})", own, SHOWN)
    after = [(m["name"], m["scenarios"]["next"]) for m in models if "next" in m["scenarios"]]
    if after:
        count = plain["cases"]["next"]["playlists"]
        parts += _section(f"The next track ({counted(count, 'playlist')})", after, NEXT)
        parts += _seed_section(models)
    parts += _strata_section(means)
    parts += _beyond_section(means or after)
    parts += _cost_section(models)
    for failure in plain["failures"]:
        parts.append(f"Not measured: {failure.name}: {failure.reason}")
    return "\n".join(parts) + "\n"


def continuing(result: Result) -> tuple[str, ...]:
    """Name the scenarios that make up the mean, as far as they were measured."""
    return tuple(name for name in MEAN if name in result.outcomes)


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Align rows: the first column to the left, the others to the right, two spaces apart."""
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join(lines)


def number(value: float) -> str:
    """Write a figure with three or four digits that tell: .1577, 4.63, 21.3, 1,204."""
    if value != value:
        return "–"
    if abs(value) < 1:
        return f"{value:.4f}".replace("0.", ".", 1)
    return (
        f"{value:.2f}"
        if abs(value) < 10
        else f"{value:,.1f}"
        if abs(value) < 1000
        else f"{value:,.0f}"
    )


# -- figures --------------------------------------------------------------------------------------


def _metrics(
    bootstrap: Bootstrap,
    rows: Mapping[str, NDArray[np.int64]],
    result: Result,
    base: Result | None,
    scenarios: Sequence[str],
    names: Iterable[str],
) -> dict[str, Any]:
    def samples(of: Result, metric: str) -> list[Sample]:
        return [Sample(of.outcomes[s].values[metric], rows[s]) for s in scenarios]

    figures: dict[str, Any] = {}
    comparable = base is not None and all(name in base.outcomes for name in scenarios)
    for metric in dict.fromkeys(names):
        figures[metric] = _plain(bootstrap.figure(samples(result, metric)))
        if comparable and base is not None:
            difference = bootstrap.difference(samples(result, metric), samples(base, metric))
            figures[metric]["difference"] = _plain(difference)
    return figures


def _plain(figure: Figure) -> dict[str, Any]:
    return {name: round(getattr(figure, name), 6) for name in ("value", "low", "high")}


def _mean_beyond(result: Result, scenarios: Sequence[str]) -> dict[str, float]:
    figures = [result.outcomes[name].beyond for name in scenarios]
    return {key: round(float(np.mean([f[key] for f in figures])), 6) for key in figures[0]}


def _by_popularity(result: Result, scenarios: Sequence[str]) -> NDArray[np.float64]:
    outcomes = [result.outcomes[name] for name in scenarios]
    ratios = [_ratio(outcome.found, outcome.held) for outcome in outcomes]
    return np.asarray(np.mean(ratios, axis=0), np.float64)


def _ratio(found: NDArray[np.int64], held: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.round(found / np.maximum(held, 1), 6)


def _by_seeds(comparison: Comparison, result: Result) -> list[dict[str, Any]]:
    seeds = np.array([len(case.seeds) for case in comparison.experiment.cases["next"]])
    values = result.outcomes["next"].values
    groups = []
    for low, high in SEEDS:
        own = (seeds >= low) & (seeds <= high)
        if own.any():
            figures = {metric: round(float(values[metric][own].mean()), 6) for metric in NEXT}
            groups.append({"from": low, "to": min(high, int(seeds.max())), **figures})
            groups[-1]["playlists"] = int(own.sum())
    return groups


# -- tables ---------------------------------------------------------------------------------------


def _section(
    title: str, rows: Sequence[tuple[str, Mapping[str, Any]]], shown: Mapping[str, str]
) -> list[str]:
    """Lay out one table; the first column of figures has an interval, and differences a pair."""
    if not rows:
        return []
    first = next(iter(shown))
    differs = any("difference" in row[first] for _, row in rows)
    head = ["", *shown.values(), f"95 % of {shown[first]}"]
    table = [head + (["less the first"] if differs else [])]
    for name, row in rows:
        cells = [name, *(number(row[metric]["value"]) for metric in shown), _span(row[first])]
        if differs:
            gap = row[first].get("difference")
            value = f"{gap['value']:+.4f}".replace("0.", ".", 1) if gap else ""
            cells.append(f"{value} ({_span(gap, '+')})" if gap else "")
        table.append(cells)
    return ["", title, columns(table)]


def _span(figure: Mapping[str, float], sign: str = "") -> str:
    return " to ".join(f"{figure[end]:{sign}.4f}".replace("0.", ".", 1) for end in ("low", "high"))


def _strata_section(means: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    if not means:
        return []
    table = [["", *QUARTER_NAMES]]
    table += [[name, *map(number, mean["found_by_popularity"])] for name, mean in means]
    title = "Share found in the first R places, by how known the hidden track is (quarters)"
    return ["", title, columns(table)]


def _seed_section(models: Sequence[Mapping[str, Any]]) -> list[str]:
    rows = [(m["name"], m["next_by_seeds"]) for m in models if "next_by_seeds" in m]
    head = ["", *(f"{g['from']}-{g['to']}" for g in rows[0][1])]
    table = [head, *([name, *(number(g["mrr@20"]) for g in groups)] for name, groups in rows)]
    return ["", "The next track, MRR@20 by the number of seeds", columns(table)]


def _beyond_section(means: Sequence[tuple[str, Mapping[str, Any]]]) -> list[str]:
    if not means:
        return []
    keys = [key for key in BEYOND if key in means[0][1]["beyond"]]
    table = [["", *(BEYOND[key] for key in keys)]]
    table += [
        [name, *(number(mean["beyond"].get(key, float("nan"))) for key in keys)]
        for name, mean in means
    ]
    return ["", "Beyond accuracy, first 10 places", columns(table)]


def _cost_section(models: Sequence[Mapping[str, Any]]) -> list[str]:
    if not models:
        return []
    table = [["", "fit CPU-s", "fit s", "MB", "request ms", "p95 ms", "unanswered"]]
    for model in models:
        cost = model["cost"]
        unanswered = sum(own["unanswered"] for own in model["scenarios"].values())
        figures = (cost.fit_cpu_seconds, cost.fit_seconds, cost.megabytes)
        times = (cost.request_ms, cost.request_ms_p95)
        table.append([model["name"], *(f"{f:,.1f}" for f in (*figures, *times)), f"{unanswered:,}"])
    return ["", "Costs", columns(table)]
