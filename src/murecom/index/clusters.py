"""Clusters: a library cut into parts that sound alike.

Spherical k-means: each track belongs to the centre with the highest cosine, each centre is the mean
of its tracks. `docs/design/map.md` compares it with the methods of scikit-learn.

Sources: Dhillon & Modha, "Concept decompositions for large sparse text data using clustering",
Machine Learning 2001; the first centres as in Arthur & Vassilvitskii, "k-means++", SODA 2007;
Rousseeuw, "Silhouettes", J. Comput. Appl. Math. 1987.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.index.base import check_matrix

Vectors = NDArray[np.float32]

RESTARTS = 8
"Starts of which the best is kept; the number of scikit-learn's `n_init` in most examples."

ROUNDS = 60
"Rounds at most; they end when no track changes sides."

NUMBERS = range(3, 17)
"Numbers of clusters to choose from: a list that one looks over at a glance."

LEAST = 4
"Tracks a cluster has on average, at least, when the number is chosen."

SLACK = 0.02
"""The largest number whose silhouette is so near the best is taken. Real libraries hang together:
between 3 and 20 clusters their silhouettes differ by less, while the agreement with genres and
packages rises with the number (`benchmarks/groups.py`)."""

_SAMPLE = 2_000
"Tracks by which the number is chosen in a large library."

_TRIED = 20_000
"Tracks of a larger library with which starts are tried; all of them settle from the best."


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """A division of n tracks.

    `labels` (n,) says where each belongs, `centres` (k, dim) are of length 1, the largest cluster
    first; `typical` (n,) is the cosine of each track with its own centre.
    """

    labels: NDArray[np.int64]
    centres: Vectors
    typical: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.centres)

    def members(self, number: int) -> NDArray[np.int64]:
        """Give the rows of one cluster, the most typical first."""
        rows = np.flatnonzero(self.labels == number)
        return rows[np.lexsort((rows, -self.typical[rows]))]


def cluster(vectors: Vectors, k: int | None = None, random_seed: int = 0) -> Clusters:
    """Divide tracks into clusters.

    Parameters
    ----------
    vectors : ndarray of float32, shape (n, dim)
        Rows of length 1.
    k : int, optional
        How many clusters; chosen from `NUMBERS` by `choose_number` otherwise. There are fewer when
        there are fewer different tracks.
    random_seed : int
        The same seed gives the same clusters.

    Raises
    ------
    BadInput
        Not a finite matrix, no rows, or `k` below 1.
    """
    vectors = check_matrix(vectors)
    if not len(vectors):
        raise BadInput("There is nothing to divide. Run: murecom scan.")
    if k is not None and k < 1:
        raise BadInput(f"There must be at least 1 cluster, not {k}. Give a larger number.")
    return _kmeans(vectors, k or choose_number(vectors, random_seed), random_seed)


def choose_number(vectors: Vectors, random_seed: int = 0) -> int:
    """Choose how many clusters suit some vectors; 1 when they are too few to divide."""
    random = np.random.default_rng(random_seed)
    if len(vectors) > _SAMPLE:
        vectors = vectors[np.sort(random.choice(len(vectors), _SAMPLE, replace=False))]
    found = {
        k: silhouette(vectors, _kmeans(vectors, k, random_seed, restarts=3).labels)
        for k in NUMBERS
        if k * LEAST <= len(vectors)
    }
    if not found:
        return 1
    best = max(found.values())
    return max(k for k, value in found.items() if value >= best - SLACK)


def silhouette(vectors: Vectors, labels: NDArray[np.int64]) -> float:
    """Tell how clearly clusters stand apart: -1 to 1, 0 for a single one.

    The mean over tracks of (b - a) / max(a, b), where a is the mean cosine distance to the others
    of its cluster and b to those of the next nearest one; 0 for a track alone.
    """
    k = int(labels.max()) + 1
    if k < 2:
        return 0.0
    of = np.eye(k, dtype=np.float32)[labels]
    counts = of.sum(axis=0)
    sums = (1 - vectors @ vectors.T) @ of
    own = np.arange(len(labels)), labels
    inside = sums[own] / np.maximum(counts[labels] - 1, 1)
    means = sums / np.maximum(counts, 1)
    means[:, counts == 0] = np.inf
    means[own] = np.inf
    outside = means.min(axis=1)
    worth = (outside - inside) / np.maximum(np.maximum(inside, outside), 1e-9)
    return float(np.where(counts[labels] > 1, worth, 0).mean())


def _kmeans(vectors: Vectors, k: int, random_seed: int, restarts: int = RESTARTS) -> Clusters:
    different = len(np.unique(vectors, axis=0)) if k * 10 > len(vectors) else len(vectors)
    k = min(k, different)
    some = vectors[:: -(-len(vectors) // _TRIED)]
    best: tuple[float, NDArray[np.int64], Vectors] | None = None
    for restart in range(restarts if k > 1 else 1):
        centres = _first(some, k, np.random.default_rng([random_seed, restart]))
        labels, centres, worth = _settle(some, centres)
        if best is None or worth > best[0] + 1e-6:
            best = worth, labels, centres
    assert best is not None
    _, labels, centres = best
    if len(some) < len(vectors):
        labels, centres, _ = _settle(vectors, centres)
    order = np.lexsort((np.arange(k), -np.bincount(labels, minlength=k)))
    places = np.empty(k, np.int64)
    places[order] = np.arange(k)
    labels, centres = places[labels], centres[order]
    typical = np.einsum("ij,ij->i", vectors, centres[labels])
    return Clusters(labels, centres, typical)


def _first(vectors: Vectors, k: int, random: np.random.Generator) -> Vectors:
    """Draw centres among the tracks, the farther from those drawn already the likelier."""
    chosen = [int(random.integers(len(vectors)))]
    apart = _apart(vectors, chosen[0])
    for _ in range(k - 1):
        total = float(apart.sum())
        share = apart / total if total > 0 else None
        chosen.append(int(random.choice(len(vectors), p=share)))
        apart = np.minimum(apart, _apart(vectors, chosen[-1]))
    return vectors[chosen].copy()


def _apart(vectors: Vectors, row: int) -> NDArray[np.float64]:
    # Half the squared distance, which is what k-means++ asks for; a copy has none.
    apart: NDArray[np.float64] = 1 - (vectors @ vectors[row]).astype(np.float64)
    apart[apart < 1e-6] = 0
    return apart


def _settle(vectors: Vectors, centres: Vectors) -> tuple[NDArray[np.int64], Vectors, float]:
    """Move tracks to their centres and centres amid their tracks until nothing changes."""
    labels = np.full(len(vectors), -1)
    for _ in range(ROUNDS):
        cosines = vectors @ centres.T
        now = cosines.argmax(axis=1)
        if (now == labels).all():
            break
        labels = now
        centres = _centres(vectors, labels, centres)
    return labels, centres, float((vectors * centres[labels]).sum())


def _centres(vectors: Vectors, labels: NDArray[np.int64], former: Vectors) -> Vectors:
    moved = former.copy()
    order = np.argsort(labels, kind="stable")
    own = labels[order]
    begins = np.flatnonzero(np.diff(own, prepend=-1))
    sums = np.add.reduceat(vectors[order], begins, axis=0)
    length = np.linalg.norm(sums, axis=1, keepdims=True)
    there = length[:, 0] > 1e-6
    moved[own[begins][there]] = (sums / np.maximum(length, 1e-6))[there]
    return moved
