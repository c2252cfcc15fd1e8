"""Tell which layout keeps neighbours on a map, and at what cost.

    python benchmarks/map.py --music FOLDER                    murecom and PCA
    python benchmarks/map.py --music FOLDER --peers PYTHON     and UMAP, t-SNE, PaCMAP … of an
                                                               interpreter that has them (README.md)

All place the same vectors: those that the default model compares, of genre clips, of free music
(FOLDER, a package in each folder), and 10,000 synthetic ones with the spread of real ones.
Trustworthiness (Venna & Kaski, 2001) is 1 when the k nearest tracks on the map are among the k
nearest by sound, and falls with the ranks of those that are not. "moved" is how far the tracks of a
map move when a twentieth more are added, as share of its radius (median).
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import _common as common
import _library as library
from murecom.index.layout import Layout, principal

PEERS = ("umap-learn", "openTSNE", "scikit-learn", "pacmap", "trimap", "pymde")
KS = (5, 12)

Floats = NDArray[np.float32]
Places = NDArray[np.float64]


def synthetic(like: Floats, n: int = 10_000, kinds: int = 300) -> Floats:
    """Make vectors around kinds of music, spread along the directions in which real ones vary."""
    random = np.random.default_rng(0)
    _, spread, axes = np.linalg.svd(like - like.mean(axis=0), full_matrices=False)
    scale = spread / np.sqrt(len(like))
    centres = random.standard_normal((kinds, len(scale))) * scale
    tracks = centres[random.integers(kinds, size=n)]
    rows = (tracks + 0.6 * random.standard_normal((n, len(scale))) * scale) @ axes
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


def trustworthiness(vectors: Floats, places: Places) -> list[float]:
    """Give the trustworthiness for each of `KS`; cosines tell ranks by sound."""
    n, most = len(vectors), max(KS)
    costs = np.zeros(len(KS))
    square = (places**2).sum(axis=1)
    for start in range(0, n, 500):
        own = np.arange(start, min(start + 500, n))
        apart = square[own, None] + square - 2 * places[own] @ places.T
        apart[np.arange(len(own)), own] = np.inf
        near = np.argpartition(apart, most, axis=1)[:, :most]
        near = np.take_along_axis(
            near, np.argsort(np.take_along_axis(apart, near, axis=1), axis=1), axis=1
        )
        cosines = vectors[own] @ vectors.T
        cosines[np.arange(len(own)), own] = np.inf
        theirs = np.take_along_axis(cosines, near, axis=1)
        # the rank of a track is the number of tracks that are nearer, the seed itself included
        ranks = np.stack(
            [(cosines > theirs[:, i : i + 1]).sum(axis=1) for i in range(most)], axis=1
        )
        for place, k in enumerate(KS):
            costs[place] += np.maximum(ranks[:, :k] - k, 0).sum()
    return [
        float(1 - 2 * cost / (n * k * (2 * n - 3 * k - 1)))
        for cost, k in zip(costs, KS, strict=True)
    ]


def moved(vectors: Floats) -> float:
    """Tell how far tracks move when a twentieth more are added."""
    n = len(vectors)
    old = np.sort(np.random.default_rng(0).permutation(n)[max(1, n // 20) :])
    former = np.full((n, 2), np.nan)
    former[old] = Layout()(np.ascontiguousarray(vectors[old]))
    places = Layout()(vectors, former)
    radius = np.sqrt((former[old] ** 2).sum(axis=1).mean())
    return float(np.median(np.sqrt(((places[old] - former[old]) ** 2).sum(axis=1))) / radius)


def measure(name: str, vectors: Floats, python: str | None) -> list[dict[str, Any]]:
    """Measure every layout on one set."""
    rows = []
    own = {"murecom": Layout(), "PCA": principal}
    own |= {f"murecom, {k} neighbours": Layout(neighbours=k) for k in (5, 15, 30)}
    for way, fit in own.items():
        began, wall = time.process_time(), time.perf_counter()
        places = fit(vectors)
        line = {
            "cpu": time.process_time() - began,
            "import": 0.0,
            "wall": time.perf_counter() - wall,
            "version": None,
            "mb": None,
        }
        rows.append(_row(name, way, vectors, places, line))
    rows[0]["moved"] = moved(vectors)
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "vectors.npy"), Path(folder, "places.npy")
        np.save(source, vectors)
        program = str(Path(__file__).with_name("_map_layout.py"))
        for way in PEERS if python else ():
            common.say(f"{name}: {way}")
            run = common.run_json(
                [program, way, str(source), str(target)], python=python, timeout=3600
            )
            if run.lines and target.exists():
                rows.append(_row(name, way, vectors, np.load(target), run.lines[-1]))
                target.unlink()
            else:
                common.say(f"{way}: {run.error}")
    return rows


def _row(
    name: str, way: str, vectors: Floats, places: Places, line: Mapping[str, Any]
) -> dict[str, Any]:
    worth = trustworthiness(vectors, places)
    return {
        "set": name,
        "tracks": len(vectors),
        "layout": way,
        **{f"trust {k}": value for k, value in zip(KS, worth, strict=True)},
        **line,
    }


def text(document: Mapping[str, Any]) -> str:
    """Lay out the results."""
    rows = [
        (
            r["set"],
            r["tracks"],
            f"{r['layout']} {r['version'] or ''}".strip(),
            *(f"{r[f'trust {k}']:.4f}" for k in KS),
            f"{r['cpu']:.1f}",
            f"{r['import']:.1f}",
            "" if r["mb"] is None else f"{r['mb']:.0f}",
            f"{r['moved']:.3f}" if "moved" in r else "",
        )
        for r in document["results"]
    ]
    header = ("set", "tracks", "layout", "trust k=5", "k=12", "CPU-s", "import", "MB", "moved")
    return "\n".join([*document["conditions"], "", common.table(header, rows)])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    library.options(parser)
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter with other layouts")
    parser.add_argument(
        "--synthetic", type=int, default=10_000, metavar="N", help="tracks (10,000)"
    )
    arguments = parser.parse_args()
    sets = {name: found.vectors for name, found in library.libraries(arguments).items()}
    sets["synthetic"] = synthetic(max(sets.values(), key=len), arguments.synthetic)
    results = [row for name, rows in sets.items() for row in measure(name, rows, arguments.peers)]
    document = {"conditions": common.conditions("murecom", "numpy"), "results": results}
    common.show(document, arguments.json, lambda: text(document))


if __name__ == "__main__":
    common.restart_fairly()
    main()
