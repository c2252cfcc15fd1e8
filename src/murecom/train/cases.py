"""Cases to learn from: windows of clips with their genres, cut into parts and put together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.label.probe import DIMS, KEYS, Floats
from murecom.train.splits import _deal

Ints = NDArray[np.intp]

FOLDS = 5
"Parts of a cross-validation, where the smallest genre has so many clips or artists."


@dataclass(frozen=True, slots=True, eq=False)
class Clips:
    """What is learned from.

    `windows` maps each of `KEYS` to float32 (rows, dim), `owner` (rows,) is the clip of each row,
    rising; `labels` (clips,) are columns of genres; `groups` (clips,) are numbers of artists, or
    one's own number where nobody knows.
    """

    windows: Mapping[str, Floats]
    owner: Ints
    labels: Ints
    groups: Ints
    genres: int

    def __len__(self) -> int:
        return len(self.labels)

    def part(self, rows: Ints) -> Clips:
        """Keep some clips."""
        place = np.full(len(self), -1, np.intp)
        place[rows] = np.arange(len(rows))
        order = np.argsort(place[self.owner], kind="stable")
        order = order[place[self.owner][order] >= 0]
        return Clips(
            {key: block[order] for key, block in self.windows.items()},
            place[self.owner[order]],
            self.labels[rows],
            self.groups[rows],
            self.genres,
        )

    def means(self) -> dict[str, Floats]:
        """Give the mean over the windows of each clip, as the library keeps them."""
        counts = np.bincount(self.owner, minlength=len(self))[:, None].astype(np.float32)
        found = {}
        for key, block in self.windows.items():
            sums = np.zeros((len(self), block.shape[1]), np.float64)
            np.add.at(sums, self.owner, block)
            found[key] = (sums / counts).astype(np.float32)
        return found


def columns_of(inputs: tuple[str, ...]) -> Ints:
    """Give the columns of `label.probe.features` that hold these blocks."""
    ends = np.cumsum([DIMS[key] for key in KEYS])
    parts = {key: np.arange(end - DIMS[key], end) for key, end in zip(KEYS, ends, strict=True)}
    return np.concatenate([parts[key] for key in inputs]).astype(np.intp)


def folds(labels: Ints, groups: Ints, seed: int = 0) -> Iterator[tuple[Ints, Ints]]:
    """Cut clips into parts that hold each genre alike and share no group; yield (train, test).

    As many parts as the smallest genre has groups, two at least and `FOLDS` at most.
    """
    sizes = [len(np.unique(groups[labels == label])) for label in np.unique(labels)]
    count = int(np.clip(min(sizes), 2, FOLDS))
    part = _deal(labels, groups, count, np.random.default_rng([seed, 3]))
    for number in range(count):
        train, test = np.flatnonzero(part != number), np.flatnonzero(part == number)
        if len(test) and len(np.unique(labels[train])) > 1:
            yield train, test


def repeats(clips: Clips) -> int:
    """Tell how often small collections are cut anew: one cut of few clips says little."""
    return 3 if len(clips) < 200 else 1


def sample(labels: Ints, most: int, seed: int = 0) -> Ints:
    """Give rows of at most about `most` clips, as many of each genre as possible; at least four."""
    if len(labels) <= most:
        return np.arange(len(labels))
    random = np.random.default_rng(seed)
    each = max(4, most // len(np.unique(labels)))
    kept = [
        random.permutation(np.flatnonzero(labels == label))[:each] for label in np.unique(labels)
    ]
    return np.sort(np.concatenate(kept))
