"""How inputs beside sound are judged: rankings, precision, what is gained on the same seeds.

Part of `inputs.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _retrieval import interval
from murecom.index.space import Space, VectorBlock

SMALLEST = 3
"Tracks that a label needs: at least two to find."

Floats = NDArray[np.float32]
Blocks = Mapping[str, VectorBlock]


def placed(blocks: Blocks) -> Floats:
    """Place tracks in the space of these blocks."""
    space = Space().fit(blocks)
    return space.transform({key: block.matrix for key, block in blocks.items()})


def weighed(blocks: Blocks, weight: float) -> dict[str, VectorBlock]:
    """Give the same blocks with another weight."""
    return {
        key: VectorBlock(b.matrix, b.mean, b.scale, weight, b.whitening)
        for key, b in blocks.items()
    }


def precisions(
    unit: Floats, labels: Sequence[str], groups: Sequence[str] | None = None
) -> NDArray[np.float64]:
    """Give P@5 and average precision of every seed: float64[seeds, 2].

    With `groups`, tracks of the seed's own group (its artist) are no candidates.
    """
    names, counts = np.array(labels), Counter(labels)
    own = np.array(groups) if groups is not None else np.arange(len(labels)).astype(str)
    pairs = unit @ unit.T
    result = []
    for seed, label in enumerate(labels):
        if not label or counts[label] < SMALLEST:
            continue
        order = np.argsort(-pairs[seed], kind="stable")
        hits = names[order[own[order] != own[seed]]] == label
        ranks = np.flatnonzero(hits) + 1
        if len(ranks):
            precision = (np.arange(len(ranks)) + 1) / ranks
            result.append((hits[:5].mean(), precision.mean()))
    return np.array(result, np.float64)


def compared(
    name: str, what: str, base: NDArray[np.float64], found: NDArray[np.float64]
) -> dict[str, Any]:
    """Compare the last column with that of other inputs on the same seeds."""
    gain = found[:, -1] - base[:, -1]
    low, high = interval(gain) if gain.any() else (0.0, 0.0)
    row: dict[str, Any] = {"set": name, "inputs": what, "seeds": len(found)}
    if found.shape[1] > 1:
        row["P@5"] = float(found[:, 0].mean())
    row |= {"value": float(found[:, -1].mean()), "gain": float(gain.mean())}
    return row | {"gain 95 %": (low, high), "helps": low > 0}


def unit_rows(rows: Floats) -> Floats:
    """Scale rows to length 1; rows of NaN become nothing."""
    rows = np.nan_to_num(rows)
    unit: Floats = rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)
    return unit


def noise(count: int) -> Floats:
    """Give unit vectors that mean nothing: how well chance ranks."""
    rows = np.random.default_rng(0).standard_normal((count, 32)).astype(np.float32)
    unit: Floats = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit
