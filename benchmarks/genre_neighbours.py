"""Tell whether nearest neighbours are of the same genre, or by the same artist.

    python benchmarks/genre_neighbours.py                  GTZAN clips of MURECOM_DATA
    python benchmarks/genre_neighbours.py --clips FOLDER   other clips called genre.number.ext
    python benchmarks/genre_neighbours.py --music FOLDER   also free music, as scripts/
                                                           fit_statistics.py has unpacked it
    python benchmarks/genre_neighbours.py --peers PYTHON   also the tools of peers.txt, which that
                                                           interpreter has installed

Each track in turn is the seed and all others are ranked by cosine in the space of the blocks
(`index.space.Space` with the shipped statistics). P@1 and P@5 are the share of neighbours with the
label of the seed, MAP the mean over seeds of average precision over the whole ranking. The interval
behind MAP holds 95 % of 2,000 bootstrap samples of the seeds.

These clips have no artist labels and share artists and albums, so the figures are higher than with
an artist filter. They serve to compare, not to boast.
"""

from __future__ import annotations

import argparse
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tinytag import TinyTag

import _common as common
from murecom.audio.decode import probe, read_windows
from murecom.embed.base import Embedder, Memo
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN, MusiCNNTags
from murecom.errors import BadInput
from murecom.index.space import Space, VectorBlock

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = {".mp3", ".ogg", ".opus", ".flac", ".wav", ".au"}
SMALLEST = 3
"Tracks that an artist needs to be a label: at least two to find."

BARS = {"P@5": 0.78, "MAP": 0.80}
"For the genres, with all blocks of the default model."

Vectors = Mapping[str, NDArray[np.float32]]


def clips(folder: Path) -> list[tuple[Path, str]]:
    """List clips with their genre, the part of the name before the first dot."""
    return [(p, p.name.split(".")[0]) for p in sorted(folder.iterdir()) if p.suffix in SUFFIXES]


def music(folder: Path) -> list[tuple[Path, str]]:
    """List tracks of 40 s and more with package and artist."""
    found = []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
        if probe(path).duration >= 40:
            package = path.relative_to(folder).parts[0]
            found.append((path, f"{package}/{TinyTag.get(path).artist or ''}"))
    return found


def embed(
    tracks: Sequence[tuple[Path, str]], embedders: Sequence[Embedder], windows: int
) -> tuple[Vectors, list[str]]:
    """Give the vectors of the tracks that can be read, and their labels."""
    rows: dict[str, list[NDArray[np.float32]]] = {e.key: [] for e in embedders}
    labels = []
    for path, label in tracks:
        try:
            sound = read_windows(path, count=windows)
        except BadInput as error:
            common.say(f"left out: {error}")
            continue
        memo = Memo()
        for embedder in embedders:
            rows[embedder.key].append(embedder.embed(sound, memo).mean(axis=0))
        labels.append(label)
    return {key: np.array(matrix) for key, matrix in rows.items()}, labels


def similarities(
    vectors: Vectors, embedders: Sequence[Embedder], weights: Mapping[str, float] | None = None
) -> NDArray[np.float32]:
    """Give the cosines of all pairs in the space of these embedders: float32[n, n]."""
    blocks = {}
    for e in embedders:
        weight = (weights or {}).get(e.key, e.weight)
        blocks[e.key] = VectorBlock(vectors[e.key], *e.statistics(), weight)
    # As in a small library: the shipped statistics, never those of the test set.
    placed = Space(refit_above=10**9).fit(blocks).transform({k: vectors[k] for k in blocks})
    product: NDArray[np.float32] = placed @ placed.T
    return product


def scores(pairs: NDArray[np.float32], labels: Sequence[str]) -> NDArray[np.float64]:
    """Give P@1, P@5 and average precision of every seed: float64[seeds, 3]."""
    names, counts = np.array(labels), Counter(labels)
    result = []
    for seed, label in enumerate(labels):
        if counts[label] < SMALLEST:
            continue
        order = np.argsort(-pairs[seed], kind="stable")
        hits = names[order[order != seed]] == label
        ranks = np.flatnonzero(hits) + 1
        precision = (np.arange(len(ranks)) + 1) / ranks
        result.append((hits[0], hits[:5].mean(), precision.mean()))
    return np.array(result, dtype=np.float64)


def interval(values: NDArray[np.float64], samples: int = 2000) -> tuple[float, float]:
    """Give the middle 95 % of the means of bootstrap samples."""
    rng = np.random.default_rng(0)
    means = values[rng.integers(0, len(values), (samples, len(values)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def measure(
    name: str, tracks: Sequence[tuple[Path, str]], backend: str, windows: int
) -> list[dict[str, Any]]:
    """Measure every combination of blocks on one set."""
    network, tags = MusiCNN("msd", backend), MusiCNNTags("msd", backend)
    timbre, second = MfccStatistics(), MusiCNN("mtt", backend, weight=0.5)
    combinations: dict[str, Sequence[Embedder]] = {
        "network (msd)": (network,),
        "MFCC": (timbre,),
        "tags": (tags,),
        "network + MFCC": (network, timbre),
        "network + tags": (network, tags),
        "network + tags + MFCC (default)": (network, tags, timbre),
        "network (mtt)": (second,),
        "both networks + MFCC": (network, second, timbre),
        "both networks + tags + MFCC (rich)": (network, second, tags, timbre),
    }
    vectors, labels = embed(tracks, (network, tags, timbre, second), windows)
    rows = []
    for blocks, embedders in combinations.items():
        rows.append(_row(name, blocks, similarities(vectors, embedders), labels))
    return rows


def _row(
    name: str, blocks: str, pairs: NDArray[np.float32], labels: Sequence[str]
) -> dict[str, Any]:
    each = scores(pairs, labels)
    p1, p5, mean = (float(value) for value in each.mean(axis=0))
    row = {"set": name, "blocks": blocks, "seeds": len(each), "tracks": len(labels)}
    return row | {"P@1": p1, "P@5": p5, "MAP": mean, "MAP 95 %": interval(each[:, 2])}


def measure_peers(
    name: str, tracks: Sequence[tuple[Path, str]], python: str
) -> list[dict[str, Any]]:
    """Measure other tools on one set; a track that a tool refuses is nobody's neighbour."""
    program = str(Path(__file__).with_name("_peer_distances.py"))
    paths, labels = [str(path) for path, _ in tracks], [label for _, label in tracks]
    rows = []
    for tool in ("musly", "bliss", "sonara"):
        run = common.run_json([program, tool, *paths], python=python, timeout=3600)
        if not run.lines:
            common.say(f"{tool}: {run.error}")
            continue
        distances = np.array(run.lines[-1]["distances"], np.float32)
        pairs = -np.nan_to_num(distances, nan=np.inf)
        rows.append(_row(name, f"{tool} {run.lines[-1]['version']}", pairs, labels))
    return rows


def text(document: Mapping[str, Any]) -> str:
    """Lay out the results."""
    header = ("set", "blocks", "seeds", "P@1", "P@5", "MAP", "MAP 95 %")
    rows = []
    for r in document["results"]:
        low, high = r["MAP 95 %"]
        numbers = (f"{r[k]:.3f}" for k in ("P@1", "P@5", "MAP"))
        rows.append((r["set"], r["blocks"], r["seeds"], *numbers, f"{low:.3f}-{high:.3f}"))
    bars = [
        (
            f"{b['bar']} (genre, default)",
            f"{b['value']:.3f}",
            f"≥ {b['limit']:.2f}",
            "met" if b["is_met"] else "MISSED",
        )
        for b in document["bars"]
    ]
    parts = [*document["conditions"], "", common.table(header, rows)]
    if bars:
        parts += ["", common.table(("bar", "measured", "limit", ""), bars)]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    data = Path(os.environ.get("MURECOM_DATA") or ROOT.parent / "shared" / "data")
    parser.add_argument("--clips", type=Path, default=data / "gtzan", metavar="FOLDER")
    parser.add_argument("--music", type=Path, metavar="FOLDER", help="free music, by package")
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter with peers.txt installed")
    parser.add_argument("--windows", type=int, default=5, help="windows of a track (5)")
    parser.add_argument("--backend", default="auto", choices=("auto", "numpy", "onnx"))
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    sets: dict[str, list[tuple[Path, str]]] = {}
    if arguments.clips.is_dir():
        sets["genre"] = clips(arguments.clips)
    else:
        common.say(f"No clips at {arguments.clips} (MURECOM_DATA or --clips names a folder).")
    if arguments.music:
        sets["artist"] = music(arguments.music)
    if not sets:
        raise SystemExit(3)
    results = []
    for name, tracks in sets.items():
        results += measure(name, tracks, arguments.backend, arguments.windows)
        if arguments.peers:
            results += measure_peers(name, tracks, arguments.peers)
    default = next((r for r in results if r["set"] == "genre" and "(default)" in r["blocks"]), None)
    bars = [
        {"bar": k, "value": default[k], "limit": limit, "is_met": bool(default[k] >= limit)}
        for k, limit in BARS.items()
        if default
    ]
    conditions = common.conditions("murecom", "numpy", "soundfile", "soxr", "onnxruntime")
    document = {"conditions": conditions, "results": results, "bars": bars}
    common.show(document, arguments.json, lambda: text(document))


if __name__ == "__main__":
    common.restart_fairly()
    main()
