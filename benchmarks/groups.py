"""Tell how to compare artists and albums, how to find clusters, and what a query costs.

    python benchmarks/groups.py --music FOLDER    genre clips of MURECOM_DATA and free music
    python benchmarks/groups.py --speed           also a query among 8,000 artists, 100,000 tracks

FOLDER holds free music, a package in each folder, as scripts/fit_statistics.py unpacks it.

*Halves.* The tracks of each artist (album, package; of the clips: genre) are split at random into
two halves, again and again. A half is asked for: at what rank does its other half come among all
halves? MRR is the mean of one over this rank, P@1 the share of first places. "pairs" joins the
halves of two artists (genres) picked at random: groups with two sides.

*Clusters.* Agreement with genres and packages: adjusted mutual information (AMI) and adjusted Rand
index (ARI), with as many clusters as labels; then what `choose_number` chooses.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

import _common as common
import _library as library
from murecom.index.clusters import choose_number, cluster, silhouette
from murecom.index.sets import SCALED, SHORTLIST, Sets
from murecom.library.groups import by_album, by_artist

SPLITS = 20
MOST = 16
"Tracks of a group that take part, so that large packages do not decide alone."

Pairs = NDArray[np.float32]
Members = list[NDArray[np.int64]]


def groups_of(music: library.Library, clips: bool) -> dict[str, tuple[list[Sequence[int]], int]]:
    """Name the kinds of groups, with the least size of each kind."""
    by_label = defaultdict(list)
    for row, label in enumerate(music.labels):
        by_label[label].append(row)
    labels = [rows for _, rows in sorted(by_label.items())]
    if clips:
        return {"genre": (labels, 4)}
    owners = [details.album_artist for details in music.details]
    artists = [group.rows for group in by_artist(music.tracks)]
    albums = [group.rows for group in by_album(music.tracks, owners)]
    return {
        "artist, 2+": (artists, 2),
        "artist, 4+": (artists, 4),
        "album, 4+": (albums, 4),
        "package": (labels, 4),
    }


def halves(groups: list[Sequence[int]], least: int, random: np.random.Generator) -> Members:
    """Split groups; half i belongs to half i + n."""
    first, second = [], []
    for rows in groups:
        if len(rows) >= least:
            own = random.permutation(np.array(rows))[:MOST]
            first.append(own[: len(own) // 2])
            second.append(own[len(own) // 2 :])
    return first + second


def joined(parts: Members, random: np.random.Generator) -> Members:
    """Join the halves of groups two by two."""
    n = len(parts) // 2
    order = random.permutation(n)[: n - n % 2].reshape(-1, 2)
    return [np.concatenate([parts[a + s], parts[b + s]]) for s in (0, n) for a, b in order]


def unit(vector: NDArray[np.float32]) -> NDArray[np.float32]:
    return vector / max(float(np.linalg.norm(vector)), 1e-9)


def mixture(rows: NDArray[np.float32], parts: int) -> tuple[NDArray[np.float32], NDArray[Any]]:
    """Give centres and shares of a small mixture."""
    found = cluster(rows, min(parts, len(rows)))
    return found.centres, np.bincount(found.labels, minlength=len(found)) / len(rows)


def methods(vectors: NDArray[np.float32], crowded: NDArray[np.float32]) -> dict[str, Callable]:  # type: ignore[type-arg]
    """Name the ways to compare two sets of rows: (parts) -> matrix of similarities."""
    cosines = vectors @ vectors.T
    scaled = cosines - SCALED * (crowded[:, None] + crowded)

    def each(pairs: Pairs, how: Callable[[Pairs], float]) -> Callable[[Members], Pairs]:
        def matrix(parts: Members) -> Pairs:
            return np.array([[how(pairs[np.ix_(a, b)]) for b in parts] for a in parts])

        return matrix

    def means(parts: Members) -> Pairs:
        rows = np.stack([unit(vectors[own].mean(axis=0)) for own in parts])
        return rows @ rows.T

    def mixtures(parts: Members) -> Pairs:
        fitted = [mixture(vectors[own], 3) for own in parts]

        def alike(a: int, b: int) -> float:
            (one, here), (other, there) = fitted[a], fitted[b]
            pairs = one @ other.T
            return float(pairs.max(axis=1) @ here + pairs.max(axis=0) @ there) / 2

        return np.array([[alike(a, b) for b in range(len(parts))] for a in range(len(parts))])

    def kernel(parts: Members) -> Pairs:
        grown = each(np.exp(2 * (cosines - 1)), np.mean)(parts)
        own = np.sqrt(np.diag(grown))
        return grown / np.outer(own, own)

    def both(p: Pairs) -> float:
        return float(p.max(axis=0).mean() + p.max(axis=1).mean()) / 2

    def weaker(p: Pairs) -> float:
        return float(min(p.max(axis=0).mean(), p.max(axis=1).mean()))

    def best_quarter(p: Pairs) -> float:
        return float(np.sort(p, axis=None)[::-1][: max(1, p.size // 4)].mean())

    def ours(parts: Members) -> Pairs:
        sets = Sets.build(vectors, parts, crowded)
        n = len(parts)
        found = np.zeros((n, n))
        for a in range(n):
            for near in sets.nearest(parts[a], n, shortlist=n):
                found[a, near.number] = near.similarity
        return found

    return {
        "cosine of the means": means,
        "mean of all pairs": each(cosines, lambda p: float(p.mean())),
        "best pair": each(cosines, lambda p: float(p.max())),
        "best quarter of all pairs": each(cosines, best_quarter),
        "mixtures of 3, best pairs": mixtures,
        "kernel means (exp 2 cos)": kernel,
        "best pairs, both ways": each(cosines, both),
        "best pairs, weaker way": each(cosines, weaker),
        "mean of all pairs, scaled": each(scaled, lambda p: float(p.mean())),
        "best pairs, both ways, scaled": each(scaled, both),
        "best pairs, weaker way, scaled": each(scaled, weaker),
        "cosine of the means, groups scaled": lambda parts: scaled_groups(means(parts)),
        "best pairs, weaker way, both scaled (ours)": ours,
    }


def scaled_groups(matrix: Pairs) -> Pairs:
    """Take from each similarity half of what both groups have with their nearest."""
    others = matrix.copy()
    np.fill_diagonal(others, -np.inf)
    k = max(1, min(3, len(matrix) // 8))
    near = np.sort(others, axis=1)[:, -k:].mean(axis=1)
    return matrix - (near[:, None] + near) / 2


def retrieve(matrix: Pairs) -> list[tuple[float, float]]:
    """Rank the other half of each half: one over the rank, and whether it is the first."""
    n = len(matrix) // 2
    found = []
    for i, row in enumerate(matrix):
        others = np.delete(row, i)
        rank = int((others > row[(i + n) % (2 * n)]).sum()) + 1
        found.append((1 / rank, float(rank == 1)))
    return found


def measure_halves(name: str, music: library.Library) -> list[dict[str, Any]]:
    """Measure every method on every kind of groups of one library."""
    ways = methods(music.vectors, music.crowding)
    rows = []
    for kind, (groups, least) in groups_of(music, name == "clips").items():
        for sides in (kind, f"{kind}, pairs"):
            found: dict[str, list[tuple[float, float]]] = defaultdict(list)
            size = 0
            for split in range(SPLITS):
                random = np.random.default_rng(split)
                parts = halves(groups, least, random)
                if sides != kind:
                    parts = joined(parts, random)
                size = len(parts) // 2
                for way, compare in ways.items():
                    found[way] += retrieve(compare(parts))
            for way, values in found.items():
                mrr, p1 = np.mean(values, axis=0).tolist()
                rows.append({"set": sides, "groups": size, "way": way, "MRR": mrr, "P@1": p1})
    return rows


def measure_clusters(name: str, music: library.Library) -> list[dict[str, Any]]:
    """Compare ways to find clusters; those of scikit-learn where it is installed."""
    try:
        from sklearn.cluster import AgglomerativeClustering, KMeans
        from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
    except ImportError:
        common.say("Clusters are not compared: scikit-learn is missing.")
        return []
    rows, labels = music.vectors, np.array(music.labels)
    k = len(set(labels))
    ways: dict[str, Callable[[int], NDArray[Any]]] = {
        "spherical k-means (ours)": lambda n: cluster(rows, n).labels,
        "k-means": lambda n: KMeans(n, n_init=8, random_state=0).fit_predict(rows),
        "Ward": lambda n: AgglomerativeClustering(n, linkage="ward").fit_predict(rows),
        "average linkage": lambda n: AgglomerativeClustering(
            n, metric="cosine", linkage="average"
        ).fit_predict(rows),
    }
    found = []
    for way, fit in ways.items():
        began = time.process_time()
        given = fit(k)
        seconds = time.process_time() - began
        found.append(_clusters_row(name, way, given, rows, labels, seconds))
    for n in sorted({4, 8, 12, 16, choose_number(rows)}):
        chosen = " (chosen)" if n == choose_number(rows) else ""
        given = cluster(rows, n).labels
        found.append(_clusters_row(name, f"ours, {n} clusters{chosen}", given, rows, labels, None))
    for row, given in zip(found, [r.pop("labels") for r in found], strict=True):
        row["AMI"] = float(adjusted_mutual_info_score(labels, given))
        row["ARI"] = float(adjusted_rand_score(labels, given))
    return found


def _clusters_row(
    name: str,
    way: str,
    given: NDArray[Any],
    rows: NDArray[np.float32],
    labels: NDArray[Any],
    seconds: float | None,
) -> dict[str, Any]:
    worth = silhouette(rows, np.unique(given, return_inverse=True)[1])
    return {"set": name, "way": way, "labels": given, "silhouette": worth, "seconds": seconds}


def measure_speed(artists: int = 8_000, tracks: int = 100_000) -> list[dict[str, Any]]:
    """Time queries among artists of realistic sizes, and compare with no shortlist."""
    random = np.random.default_rng(0)
    centres = random.standard_normal((artists, 310)).astype(np.float32)
    popular = 1 / np.arange(1, artists + 1) ** 0.7
    who = np.concatenate(
        [
            np.arange(artists),
            random.choice(artists, tracks - artists, p=popular / popular.sum()),
        ]
    )
    vectors = centres[who] + 0.8 * random.standard_normal((tracks, 310), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    order = np.argsort(who, kind="stable")
    members = np.split(order, np.flatnonzero(np.diff(who[order])) + 1)
    crowded = np.full(tracks, 0.3, np.float32)  # the model keeps them, see AudioKNN.crowding
    began = time.perf_counter()
    sets = Sets.build(vectors, members, crowded)
    build = time.perf_counter() - began
    rows = []
    for number in (0, 10, 100, 1000, artists - 1):
        own, times = sets.members(number), []
        for _ in range(7):
            began = time.perf_counter()
            short = sets.nearest(own, 10, [number])
            times.append(time.perf_counter() - began)
        whole = sets.nearest(own, 10, [number], shortlist=artists)
        same = len({n.number for n in short} & {n.number for n in whole})
        rows.append({"tracks": len(own), "ms": 1000 * float(np.median(times)), "same": same})
    common.say(f"index built in {build:.2f} s")
    return rows


def text(document: Mapping[str, Any]) -> str:
    """Lay out the results."""
    parts = [*document["conditions"], ""]
    sets = list(dict.fromkeys(row["set"] for row in document["halves"]))
    ways = list(dict.fromkeys(row["way"] for row in document["halves"]))
    cells = {(r["set"], r["way"]): r for r in document["halves"]}
    for block in (sets[: len(sets) // 2 + 1], sets[len(sets) // 2 + 1 :]):
        if block:
            names = [f"{name} ({cells[name, ways[0]]['groups']})" for name in block]
            rows = [
                (way, *(f"{cells[s, way]['MRR']:.3f}/{cells[s, way]['P@1']:.3f}" for s in block))
                for way in ways
            ]
            parts += [common.table(("MRR/P@1 of the other half", *names), rows), ""]
    rows = [(way, f"{np.mean([cells[s, way]['MRR'] for s in sets]):.3f}") for way in ways]
    parts += [common.table(("mean over all sets", "MRR"), rows), ""]
    if document["clusters"]:
        rows = [
            (
                r["set"],
                r["way"],
                f"{r['AMI']:.3f}",
                f"{r['ARI']:.3f}",
                f"{r['silhouette']:.3f}",
                "" if r["seconds"] is None else f"{r['seconds']:.2f}",
            )
            for r in document["clusters"]
        ]
        header = ("set", "clusters by", "AMI", "ARI", "silhouette", "CPU-s")
        parts += [common.table(header, rows), ""]
    if document["speed"]:
        rows = [(r["tracks"], f"{r['ms']:.1f}", f"{r['same']} of 10") for r in document["speed"]]
        header = ("tracks of the artist", "ms a query", f"same without shortlist of {SHORTLIST}")
        parts += [common.table(header, rows)]
    return "\n".join(parts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    library.options(parser)
    parser.add_argument("--speed", action="store_true", help="time 8,000 artists, 100,000 tracks")
    arguments = parser.parse_args()
    found = library.libraries(arguments)
    document = {
        "conditions": common.conditions("murecom", "numpy", "scikit-learn"),
        "halves": [row for name, music in found.items() for row in measure_halves(name, music)],
        "clusters": [row for name, music in found.items() for row in measure_clusters(name, music)],
        "speed": measure_speed() if arguments.speed else [],
    }
    common.show(document, arguments.json, lambda: text(document))


if __name__ == "__main__":
    common.restart_fairly()
    main()
