"""Tell how to answer "like this, not like that".

    python benchmarks/unlike.py --music FOLDER    genre clips of MURECOM_DATA and free music

FOLDER holds free music, a package in each folder, as scripts/fit_statistics.py unpacks it.

The ten best (six of the 70 clips) for a seed and an unwanted track: their mean cosine with either,
the share that is nearer to the seed, the share with the label (genre, package) of the seed and of
the unwanted track, the share that stays of the answer without the wish, and the share that is
farther from the seed than half the library. Cases: the nearest track of another label is unwanted
("near"); two seeds of different labels, and a third track of the second label ("two kinds"); any
other track ("any").
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import _common as common
import _library as library

REQUESTS = 400
LEAST = 6
"Tracks of a label whose tracks are asked for."

Floats = NDArray[np.float32]
Way = Callable[[Floats, Floats, Floats], Floats]


def ways() -> dict[str, Way]:
    """Name the ways to score: (cosines with all, wanted mean, unwanted row) -> scores."""

    def minus(share: float) -> Way:
        return lambda x, p, n: x @ p - share * (x @ n)

    def floored(share: float) -> Way:
        return lambda x, p, n: x @ p - share * np.maximum(x @ n, 0)

    def orthogonal(share: float) -> Way:
        def score(x: Floats, p: Floats, n: Floats) -> Floats:
            along = p / np.linalg.norm(p)
            return x @ p - share * (x @ (n - (n @ along) * along))

        return score

    def nearer(share: float) -> Way:
        return lambda x, p, n: x @ p - share * np.maximum(x @ n - x @ p, 0)

    found: dict[str, Way] = {"without the wish": lambda x, p, n: x @ p}
    for share in (0.5, 1.0):
        found[f"seed - {share:g} unwanted"] = minus(share)
    for share in (0.5, 1.0):
        found[f"- {share:g} its part orthogonal to the seed"] = orthogonal(share)
    for share in (1.0, 2.0):
        found[f"- {share:g} max(0, unwanted - seed)"] = nearer(share)
    for share in (0.25, 0.5, 1.0):
        mine = " (ours)" if share == 0.5 else ""
        found[f"- {share:g} max(0, unwanted){mine}"] = floored(share)
    return found


def requests(
    case: str, vectors: Floats, labels: NDArray[Any]
) -> Iterator[tuple[Sequence[int], int, str, str]]:
    """Give seeds, the unwanted track, and the label of each."""
    counts = Counter(labels.tolist())
    large = [label for label, count in sorted(counts.items()) if count >= LEAST]
    for number in range(REQUESTS):
        random = np.random.default_rng(number)
        if case == "two kinds":
            one, other = random.choice(large, 2, replace=False)
            a = int(random.choice(np.flatnonzero(labels == one)))
            b, unwanted = random.choice(np.flatnonzero(labels == other), 2, replace=False).tolist()
            yield (a, b), unwanted, one, other
            continue
        seed = int(random.choice(np.flatnonzero(np.isin(labels, large))))
        others = np.flatnonzero(labels != labels[seed])
        if case == "near":
            unwanted = int(others[(vectors[others] @ vectors[seed]).argmax()])
        else:
            unwanted = int(random.choice(np.delete(np.arange(len(labels)), seed)))
        yield (seed,), unwanted, labels[seed], labels[unwanted]


def measure(name: str, music: library.Library) -> list[dict[str, Any]]:
    """Measure every way in every case."""
    x, labels = music.vectors, np.array(music.labels)
    k = 6 if len(labels) < 100 else 10
    rows = []
    for case in ("near", "two kinds", "any"):
        figures: dict[str, list[list[float]]] = {way: [] for way in ways()}
        for seeds, unwanted, wanted_label, other_label in requests(case, x, labels):
            p, n = x[list(seeds)].mean(axis=0), x[unwanted]
            to_seed, to_unwanted = x @ p, x @ n
            plain = None
            for way, score in ways().items():
                scores = np.array(score(x, p, n), np.float32)
                scores[[*seeds, unwanted]] = -np.inf
                best = np.argsort(-scores, kind="stable")[:k]
                plain = set(best.tolist()) if plain is None else plain
                figures[way].append(
                    [
                        to_seed[best].mean(),
                        to_unwanted[best].mean(),
                        (to_seed[best] > to_unwanted[best]).mean(),
                        (labels[best] == wanted_label).mean(),
                        (labels[best] == other_label).mean(),
                        len(plain & set(best.tolist())) / k,
                        (to_seed[best] < np.median(to_seed)).mean(),
                    ]
                )
        for way, values in figures.items():
            rows.append(
                {"set": name, "case": case, "way": way, "figures": np.mean(values, 0).tolist()}
            )
    return rows


def measure_several(name: str, music: library.Library, unwanted: int = 4) -> list[dict[str, Any]]:
    """Compare what several unwanted tracks do together: the nearest of another label."""
    x, labels = music.vectors, np.array(music.labels)
    k = 6 if len(labels) < 100 else 10
    together = {
        "without the wish": lambda lost: 0 * lost[:, 0],
        "the nearest counts (ours)": lambda lost: lost.max(axis=1),
        "their mean counts": lambda lost: lost.mean(axis=1),
        "their sum counts": lambda lost: lost.sum(axis=1),
    }
    figures: dict[str, list[list[float]]] = {way: [] for way in together}
    for number in range(REQUESTS):
        seed = int(np.random.default_rng(number).integers(len(x)))
        order = np.argsort(-x @ x[seed], kind="stable")
        against = order[labels[order] != labels[seed]][:unwanted]
        lost = 0.5 * np.maximum(x @ x[against].T, 0)
        for way, join in together.items():
            scores = x @ x[seed] - join(lost)
            scores[[seed, *against]] = -np.inf
            best = np.argsort(-scores, kind="stable")[:k]
            to_seed, to_unwanted = x[best] @ x[seed], (x[best] @ x[against].T).max(axis=1)
            figures[way].append(
                [
                    to_seed.mean(),
                    to_unwanted.mean(),
                    (to_seed > to_unwanted).mean(),
                    (labels[best] == labels[seed]).mean(),
                ]
            )
    return [
        {"set": name, "way": way, "figures": np.mean(values, axis=0).tolist()}
        for way, values in figures.items()
    ]


def text(document: Mapping[str, Any]) -> str:
    """Lay out the results."""
    rows = [
        (r["set"], r["case"], r["way"], *(f"{value:.3f}" for value in r["figures"]))
        for r in document["results"]
    ]
    header = (
        "set", "case", "score", "to seed", "to unwanted", "nearer seed", "label of seed",
        "of unwanted", "kept", "far",
    )  # fmt: skip
    several = [
        (r["set"], r["way"], *(f"{value:.3f}" for value in r["figures"]))
        for r in document["several"]
    ]
    names = (
        "set",
        "four unwanted",
        "to seed",
        "to nearest unwanted",
        "nearer seed",
        "label of seed",
    )
    tables = [common.table(header, rows), "", common.table(names, several)]
    return "\n".join([*document["conditions"], "", *tables])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    library.options(parser)
    arguments = parser.parse_args()
    found = library.libraries(arguments)
    results = [row for name, music in found.items() for row in measure(name, music)]
    document = {
        "conditions": common.conditions("murecom", "numpy"),
        "results": results,
        "several": [row for name, music in found.items() for row in measure_several(name, music)],
    }
    common.show(document, arguments.json, lambda: text(document))


if __name__ == "__main__":
    common.restart_fairly()
    main()
