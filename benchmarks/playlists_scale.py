"""Tell how playlists are learned from and answered at the original's full size.

    python benchmarks/playlists_scale.py [--scale 0.05] [--stages train,requests] [--folder DIR]

`synthetic.py` makes 177,889 playlists of 2.4 million different tracks, in a catalogue of five
million, at scale 1. Stages, each a process of its own, so that its memory can be told:

    fill      the playlists and the catalogue go into a database (kept in --folder)
    members   the database is read; then each recommender served by default, alone, on what was read
    train     database -> data -> the model served by default -> saved: what `train playlists` does
    requests  the model is opened and asked: 10 tracks of a playlist, 100 results
    table     item-kNN with 50 neighbours for each of five million tracks: start-up, one answer
    kernel    item-kNN, plain cosine, K = 50, against sparse_dot_topn alone, in turns

CPU-seconds count all threads; memory is the peak of the process in MB (10^6 bytes), in `train` also
by step. Resident memory holds the pages of mapped files that were touched, in pieces as large as
the system likes; `own` leaves those out, as it can drop them at any time. Bars are compared at
scale 1 only.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import _common as common
from murecom.jobs import playlist_model

STAGES = ("fill", "members", "train", "requests", "table", "kernel")
STAGES_FILE = str(Path(__file__).with_name("_playlist_stages.py"))


def run(stage: str, folder: Path, scale: float) -> list[dict[str, Any]]:
    """Run one stage in a fresh process; its lines, or one line with an error."""
    common.say(stage)
    found = common.run_json([STAGES_FILE, stage, str(folder), f"{scale:g}"], timeout=4 * 3600)
    lines = list(found.lines)
    if found.error:
        lines.append({"error": found.error})
    return lines


def measure(stages: Sequence[str], folder: Path, scale: float, rounds: int) -> dict[str, Any]:
    """Run the stages, in their order."""
    results: dict[str, Any] = {}
    if {"fill", "members", "train", "requests"} & set(stages):
        results["fill"] = run("fill", folder, scale)
    if "members" in stages:
        results["read"] = run("read", folder, scale)
        for name in playlist_model.parts_of(playlist_model.make(())):
            results[f"member {name}"] = run(f"member:{name}", folder, scale)
    if "train" in stages or ("requests" in stages and not (folder / "model").exists()):
        results["train"] = run("train", folder, scale)
    if "requests" in stages:
        results["requests"] = run("requests", folder, scale)
    if "table" in stages:
        results["make table"] = run("make_table", folder, scale)
        results["open table"] = run("open_table", folder, scale)
    if "kernel" in stages:
        for round_ in range(rounds):
            pair = ["kernel:murecom", "kernel:sparse_dot_topn"]
            for stage in pair if round_ % 2 == 0 else pair[::-1]:
                results.setdefault(stage, []).extend(run(stage, folder, scale))
    return results


def _value(results: Mapping[str, Any], stage: str, key: str, what: str = "") -> float | None:
    for line in results.get(stage, ()):
        if key in line and (not what or str(line.get("what")).startswith(what)):
            return float(line[key])
    return None


def ratios(results: Mapping[str, Any], key: str) -> list[float]:
    """Divide murecom's figure by that of sparse_dot_topn, round by round."""
    ours, alone = (results.get(f"kernel:{who}", ()) for who in ("murecom", "sparse_dot_topn"))
    return [a[key] / b[key] for a, b in zip(ours, alone, strict=False) if key in a and key in b]


def judge(results: Mapping[str, Any], scale: float) -> list[dict[str, Any]]:
    """Compare with the bars of full size."""
    both = ratios(results, "cpu")
    peaks = [line["peak_mb"] for line in results.get("kernel:murecom", ()) if "peak_mb" in line]
    figures = [
        ("database to saved model", _value(results, "train", "seconds"), 600, "s"),
        ("its peak memory", _value(results, "train", "peak_mb"), 8000, "MB"),
        ("candidates, p95", _value(results, "requests", "p95", "blend, without"), 20, "ms"),
        ("re-ranked, p95", _value(results, "requests", "p95", "reranked, without"), 60, "ms"),
        ("5M x 50 table, start-up", _value(results, "open table", "seconds"), 1, "s"),
        ("5M x 50 table, resident then", _value(results, "open table", "opened_mb"), 300, "MB"),
        ("… own after 1,000 requests", _value(results, "open table", "own_mb"), 300, "MB"),
        ("item-kNN / sparse_dot_topn, CPU", statistics.median(both) if both else None, 1.1, "×"),
        ("item-kNN, peak memory", max(peaks, default=None), 3000, "MB"),
    ]
    return [
        common.bar(name, value if scale == 1 else None, limit, unit)
        for name, value, limit, unit in figures
    ]


def text(document: Mapping[str, Any]) -> str:
    """Lay out every line that a stage has printed, and the bars."""
    rows, steps, notes = [], [], []
    for stage, lines in document["stages"].items():
        for line in lines:
            steps += [
                (step["step"], *(f"{step[key]:.1f}" for key in ("seconds", "cpu", "peak_mb")))
                for step in line.get("steps", ())
            ]
            if "error" in line:
                notes.append(f"{stage}: {line['error']}")
                continue
            rest = ", ".join(
                f"{key} {value:,.1f}" if isinstance(value, float) else f"{key} {value}"
                for key, value in line.items()
                if key not in ("seconds", "cpu", "peak_mb", "steps", "what")
            )
            cells = (f"{line[k]:.1f}" if k in line else "" for k in ("seconds", "cpu"))
            peak = f"{line['peak_mb']:.0f}" if "peak_mb" in line else ""
            rows.append((f"{stage} {line.get('what', '')}".strip(), *cells, peak, rest))
    parts = ["\n".join(document["conditions"]), f"scale {document['scale']:g}"]
    parts.append(common.table(("stage", "s", "CPU-s", "peak MB", ""), rows))
    if steps:
        parts.append("steps of train\n" + common.table(("step", "s", "CPU-s", "peak MB"), steps))
    for key in ("cpu", "seconds"):
        if found := ratios(document["stages"], key):
            each = ", ".join(f"{ratio:.2f}" for ratio in found)
            parts.append(f"item-kNN / sparse_dot_topn alone, {key}: {each}")
    parts.append(common.bars(document["bars"]))
    return "\n\n".join([*parts, *(f"* {note}" for note in notes)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--stages", default=",".join(STAGES), help="some of them, by commas")
    parser.add_argument("--folder", type=Path, help="keeps the database for a next run")
    parser.add_argument("--rounds", type=int, default=3, help="of `kernel`")
    parser.add_argument("--json", action="store_true")
    arguments = parser.parse_args()
    stages = arguments.stages.split(",")
    if unknown := set(stages) - set(STAGES):
        parser.error(f"no stage {', '.join(sorted(unknown))}; there are: {', '.join(STAGES)}")
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        results = measure(stages, folder, arguments.scale, arguments.rounds)
    document = {
        "conditions": common.conditions("murecom", "numpy", "irspack", "sparse-dot-topn"),
        "scale": arguments.scale,
        "stages": results,
        "bars": judge(results, arguments.scale),
    }
    common.show(document, arguments.json, lambda: text(document))


if __name__ == "__main__":
    common.restart_fairly()
    main()
