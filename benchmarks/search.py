"""Measure how fast the 50 nearest of 1,000, 100,000, 1,000,000 tracks are found, in what memory.

Vectors are synthetic: 310 dimensions, as MusiCNN and the MFCC block give together, whose variances
fall like those of real tracks: with the power -1.4 of their rank. `--spectrum` compares them with
the tracks of scanned homes. For 162 tracks (70 of GTZAN, 92 of games) the 8, 16, 32 main directions
hold 68, 82, 91 % of the squared length, for as many synthetic rows 66, 78, 88 %; of tracks that had
no part in finding the directions they hold 61, 74, 82 % and 58, 69, 76 %. Each method runs in a
fresh process with one thread. Compared:

    murecom      the whole answer of `AudioKNN`: ids in, ids and scores out
    murecom far  the same for a vector from elsewhere, which is like no track: the worst case
    product      float32 in memory, one product with all rows, argpartition
    usearch      exact search of usearch over float16 on disk (left out if it is not installed)

    python benchmarks/search.py [--full] [--queries 200] [--json]
    python benchmarks/search.py --spectrum HOME...
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _common import bar, bars, conditions, restart_fairly, run_json, say, show, table, version
from murecom import artefact
from murecom.recommend.audio_knn import AudioKNN
from murecom.recommend.base import Data, Request, VectorBlock
from murecom.types import TrackId

DIM, K, POWER = 310, 50, -1.4
METHODS = ("murecom", "murecom far", "product", "usearch")
KEY = "synthetic-1"
Search = Callable[[int], tuple[NDArray[np.int64], NDArray[np.float32]]]
"Takes the row of a track, gives the rows and similarities of its neighbours."


def build(folder: Path, n: int) -> float:
    """Fit and save a model of `n` synthetic tracks."""
    random = np.random.default_rng(n)
    # A random rotation: no method may profit from the order in which we made the dimensions.
    turn = np.linalg.qr(random.standard_normal((DIM, DIM)))[0].astype(np.float32)
    rows = np.empty((n, DIM), np.float32)
    for start in range(0, n, 50_000):
        part = rows[start : start + 50_000]
        part[:] = synthetic(random, len(part)) @ turn
    zeros, ones = np.zeros(DIM, np.float32), np.ones(DIM, np.float32)
    data = Data(
        [TrackId(f"file:{i:032x}") for i in range(n)],
        {KEY: VectorBlock(rows, zeros, ones)},
    )
    start_ = time.perf_counter()
    AudioKNN().fit(data).save(folder)
    return time.perf_counter() - start_


def synthetic(random: np.random.Generator, n: int) -> NDArray[np.float32]:
    """Draw vectors whose variances fall with the power `POWER` of the dimension, shape (n, DIM)."""
    spread = np.arange(1, DIM + 1) ** (POWER / 2)
    return random.standard_normal((n, DIM), dtype=np.float32) * spread.astype(np.float32)


# -- the methods, each in its own process ---------------------------------------------------------


def murecom(folder: Path) -> Search:
    model = AudioKNN.load(folder)

    def search(row: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        ids, scores = model.recommend(Request((TrackId(f"file:{row:032x}"),)), K)
        return np.array([int(track_id[5:], 16) for track_id in ids]), scores

    return search


def murecom_far(folder: Path) -> Search:
    model = AudioKNN.load(folder)

    def search(row: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        far = np.random.default_rng(row).standard_normal((1, DIM), dtype=np.float32)
        ids, scores = model.recommend(Request(vectors={KEY: far}), K)
        return np.array([int(track_id[5:], 16) for track_id in ids]), scores

    return search


def product(folder: Path) -> Search:
    rows = artefact.load(folder)[1]["state.index.rows"].astype(np.float32)

    def search(row: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        scores = rows @ rows[row]
        scores[row] = -np.inf
        best = np.argpartition(scores, -K)[-K:]
        best = best[np.argsort(-scores[best])]
        return best, scores[best]

    return search


def usearch(folder: Path) -> Search:
    from usearch.index import MetricKind
    from usearch.index import search as find

    rows = artefact.load(folder)[1]["state.index.rows"]

    def search(row: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        found = find(rows, rows[row][None], K + 1, MetricKind.IP, exact=True, threads=1)
        keys, distances = found.keys.ravel().astype(np.int64), found.distances.ravel()
        kept = keys != row
        return keys[kept][:K], 1 - distances[kept][:K]

    return search


def measure(method: str, folder: Path, queries: int) -> dict[str, Any]:
    """Load a method and ask it; the second loading counts, the first may read the disk."""
    make = {
        "murecom": murecom,
        "murecom far": murecom_far,
        "product": product,
        "usearch": usearch,
    }
    make[method](folder)
    before = resident_mb()
    start = time.perf_counter()
    search = make[method](folder)
    load = time.perf_counter() - start
    n = artefact.read_manifest(folder)["items"]
    rows = np.random.default_rng(1).integers(n, size=queries).tolist()
    for row in rows[:5]:
        search(row)
    times, cpu, found = [], [], []
    for row in rows:
        start, used = time.perf_counter(), time.process_time()
        items, _ = search(row)
        times.append(time.perf_counter() - start)
        cpu.append(time.process_time() - used)
        found.append(items.tolist())
    return {
        "load": load,
        "memory": resident_mb() - before,
        "median": float(np.median(times)),
        "cpu": float(np.median(cpu)),
        "p95": float(np.quantile(times, 0.95)),
        "found": found,
    }


def resident_mb() -> float:
    """Give resident memory that belongs to this process alone; mapped files do not count."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(fields["RssAnon"].split()[0]) * 1024 / 1e6


# -- the table ------------------------------------------------------------------------------------


def compare(sizes: list[int], queries: int) -> list[dict[str, Any]]:
    """Run every method at every size."""
    results = []
    methods = [m for m in METHODS if m != "usearch" or version("usearch")]
    for n in sizes:
        with tempfile.TemporaryDirectory() as name:
            say(f"{n:,} tracks: building")
            fit = build(Path(name), n)
            truth: list[list[int]] = []
            for method in sorted(methods, key=lambda m: m != "product"):  # the truth comes first
                say(f"{n:,} tracks: {method}")
                run = run_json([__file__, "--one", method, name, "--queries", str(queries)])
                if run.error or not run.lines:
                    say(f"{method}: {run.error}")
                    continue
                result = run.lines[-1]
                found = result.pop("found")
                truth = truth or found
                if method != "murecom far":  # it was asked for something else
                    pairs = zip(found, truth, strict=True)
                    result["recall"] = float(np.mean([len({*a} & {*b}) / len(b) for a, b in pairs]))
                results.append({"tracks": n, "method": method, "fit": fit, **result})
    order = {method: i for i, method in enumerate(METHODS)}
    return sorted(results, key=lambda r: (r["tracks"], order[r["method"]]))


def document(results: list[dict[str, Any]]) -> dict[str, Any]:
    """Put results and bars together."""
    ours = next((r for r in results if r["tracks"] == 100_000 and r["method"] == "murecom"), None)
    limits = [
        bar("50 of 100,000 tracks", ours and 1e3 * ours["median"], 5, "ms"),
        bar("load 100,000 tracks", ours and ours["load"], 0.5, "s"),
    ]
    return {"conditions": conditions("numpy", "usearch"), "results": results, "bars": limits}


def text(result: dict[str, Any]) -> str:
    """Lay the document out for reading."""
    rows = [
        (
            f"{r['tracks']:,}",
            r["method"],
            f"{1e3 * r['median']:.2f}",
            f"{1e3 * r['p95']:.2f}",
            f"{1e3 * r['cpu']:.2f}",
            f"{r['load']:.3f}",
            f"{r['memory']:.0f}",
            f"{r['recall']:.4f}" if "recall" in r else "",
            f"{r['fit']:.1f}" if r["method"] == "murecom" else "",
        )
        for r in result["results"]
    ]
    header = (
        "tracks",
        "method",
        "ms",
        "ms p95",
        "CPU ms",
        "load s",
        "MB",
        "recall",
        "fit + save s",
    )
    lines = [*result["conditions"], "", table(header, rows), "", bars(result["bars"])]
    return "\n".join(lines)


# -- what real tracks are like ---------------------------------------------------------------------


def spectrum(homes: list[str]) -> str:
    """Compare the main directions of real tracks with those of as many synthetic ones."""
    from murecom.service import Murecom

    # Small homes share the shipped statistics, so that their vectors lie in one space.
    real = np.concatenate([Murecom(home=home)._sounds().model.vectors() for home in homes])
    random = np.random.default_rng(0)
    made = synthetic(random, len(real))
    made /= np.linalg.norm(made, axis=1, keepdims=True)
    lines = []
    for name, rows in ((f"{len(real)} real tracks", real), ("as many synthetic", made)):
        for kind, splits in (("of themselves", 0), ("of the other half", 20)):
            held = [f"{100 * _held(rows, c, splits, random):.0f} %" for c in (8, 16, 32)]
            lines.append((name, kind, *held))
    return table(("the main directions of", "hold of the squared length", "8", "16", "32"), lines)


def _held(rows: NDArray[np.float32], count: int, splits: int, random: np.random.Generator) -> float:
    pairs = [(rows, rows)]
    if splits:
        halves = (np.array_split(random.permutation(rows), 2) for _ in range(splits))
        pairs = [(one, other) for one, other in halves]
    shares = []
    for one, other in pairs:
        axes = np.linalg.svd(one, full_matrices=False)[2][:count]
        shares.append(((other @ axes.T) ** 2).sum() / (other**2).sum())
    return float(np.mean(shares))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--full", action="store_true", help="1,000,000 tracks too (6 GB of memory)")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--spectrum", nargs="+", metavar="HOME", help="compare with real tracks")
    parser.add_argument("--one", nargs=2, metavar=("METHOD", "FOLDER"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        method, folder = options.one
        print(json.dumps(measure(method, Path(folder), options.queries)))
        return
    if options.spectrum:
        print(spectrum(options.spectrum))
        return
    sizes = [1_000, 100_000] + ([1_000_000] if options.full else [])
    result = document(compare(sizes, options.queries))
    show(result, options.json, lambda: text(result))


if __name__ == "__main__":
    restart_fairly()
    sys.exit(main())
