"""Made-up clips for the probe: clouds of vectors, one for each genre."""

from __future__ import annotations

import numpy as np

from murecom.label.probe import DIMS, KEYS
from murecom.train.cases import Clips


def clouds(sizes, windows=3, distance=1.5, seed=0, groups=None) -> Clips:
    """Make so many clips of each genre; genres lie `distance` deviations apart."""
    random = np.random.default_rng(seed)
    genres, clips = len(sizes), sum(sizes)
    labels = np.repeat(np.arange(genres), sizes)
    owner = np.repeat(np.arange(clips), windows)
    blocks = {}
    for key in KEYS:
        dim = DIMS[key]
        centres = np.random.default_rng(99).standard_normal((genres, dim)) * distance
        clip = centres[labels] + random.standard_normal((clips, dim))
        rows = clip[owner] + random.standard_normal((len(owner), dim))
        if key.endswith("-tags"):
            rows = 1 / (1 + np.exp(3 - rows))
        blocks[key] = rows.astype(np.float32)
    if groups is None:
        groups = np.arange(clips)
    return Clips(blocks, owner, labels, np.asarray(groups), genres)


def names(count: int) -> tuple[str, ...]:
    return tuple(f"genre {number}" for number in range(count))
