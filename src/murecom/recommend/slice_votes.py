"""Neighbours by votes of slices, as the original ranked songs.

Each slice of the seed names the slices that are nearest to it; a song has as many votes as its
slices were named. Two things differ from the original (`docs/design/slices.md`). It dropped the
first of a slice's neighbours to leave out the slice itself; where slices are equal (silence, a
loop, the same song twice) that was some other slice, at random. Here slices are left out by what
they are. And the seed's own other slices took most places, and voted for the seed; here they take
none, unless `own_slices` asks for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.errors import BadInput, NotFound
from murecom.index.base import top
from murecom.recommend.base import Data, Recommender, Request, Seeds
from murecom.recommend.calibration import Calibration
from murecom.types import Progress, Step

Floats = NDArray[np.float32]

SAMPLE = 32
"Songs whose votes calibrate the scores."

_AT_ONCE = 16_000_000
"Distances computed at a time: 64 MB."


@dataclass(eq=False)
class SliceVotes(Recommender):
    """Counts which songs the nearest slices come from."""

    name: ClassVar[str] = "slice_votes"
    needs: ClassVar[frozenset[str]] = frozenset({"windows"})
    takes: ClassVar[frozenset[str]] = frozenset({"items", "vectors"})
    subtracts: ClassVar[bool] = True

    nearest: int = 10
    "Slices that each slice of a seed names."

    own_slices: bool = False
    "Let other slices of the seed take places among these, as in the original."

    _key: str = field(default="", init=False, repr=False)
    _owner: NDArray[np.intp] = field(init=False, repr=False)
    _starts: NDArray[np.intp] = field(init=False, repr=False)
    _square: Floats = field(init=False, repr=False)

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        if len(data.windows) > 1:
            raise BadInput(
                f"'{self.name}' compares slices of one embedder, not of "
                f"{', '.join(sorted(data.windows))}. Choose one with sound.model."
            )
        [(key, windows)] = data.windows.items()
        if not len(windows.rows):
            raise BadInput("No track has a slice. Run: murecom scan.")
        progress(Step("Indexing", 0, len(data.items)))
        rows = np.ascontiguousarray(windows.rows, np.float32)
        if not np.isfinite(rows).all():
            raise BadInput("A slice holds values that are not finite. Embed the track again.")
        # around their mean, so that differences of large numbers stay exact
        centre = rows.mean(axis=0, dtype=np.float64).astype(np.float32)
        progress(Step("Indexing", len(data.items), len(data.items)))
        return {
            "key": np.array([key], dtype=np.str_),
            "rows": rows - centre,
            "centre": centre,
            "counts": np.asarray(windows.counts, np.int64),
        }

    def _open(self) -> None:
        rows, counts = self.state["rows"], self.state["counts"]
        if len(counts) != len(self.items) or counts.sum() != len(rows):
            raise ValueError("the slices do not fit the items")
        self._key = str(self.state["key"][0])
        self._owner = np.repeat(np.arange(len(counts)), counts)
        self._starts = (np.cumsum(counts) - counts)[counts > 0]
        self._square = np.einsum("nd,nd->n", rows, rows)

    @property
    def key(self) -> str:
        """Key of the embedder whose slices this model compares."""
        return self._key

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        usable: NDArray[np.bool_] = self.state["counts"][items] > 0
        return usable

    def _calibrate(self, data: Data) -> Calibration:
        """Learn how votes spread among random pairs of songs that have slices."""
        heard = np.flatnonzero(self.state["counts"] > 0)
        sample = np.random.default_rng(0).permutation(heard)[:SAMPLE]
        raw = [self._scores(self._resolve(Request((self.items[i],))))[heard] for i in sample]
        return Calibration.of_sample(np.concatenate(raw))

    def _scores(self, seeds: Seeds) -> Floats:
        """Share of the votes of each song; of equals, the song with the nearer slices is ahead.

        Slices of seeds that are not wanted vote against songs; those they do not name lose nothing.
        """
        own = np.isin(self._owner, seeds.items)
        ends = np.cumsum(self.state["counts"])
        votes = np.zeros(len(self.items))
        near = np.zeros(len(self._starts))
        wanted, voices = 0.0, 0
        for item, slices, weight in self._voters(seeds):
            first = ends[item] - len(slices) if item is not None else 0
            for number, distances in self._distances(slices):
                for row, distance in enumerate(distances, number):
                    near += (
                        max(weight, 0) * np.minimum.reduceat(distance, self._starts) / len(slices)
                    )
                    if not self.own_slices:
                        distance[own] = np.inf
                    elif item is not None:
                        distance[first + row] = np.inf  # the slice itself
                    named, _ = top(-distance, self.nearest)
                    counted = np.bincount(self._owner[named], minlength=len(votes))
                    votes += weight * counted / (len(slices) * self.nearest)
            wanted += max(weight, 0)
            voices += len(slices)
        if not wanted:
            raise NotFound("None of the seeds has a slice. Run: murecom scan.")
        scores = np.full(len(self.items), -np.inf)
        heard = self.state["counts"] > 0
        near = np.sqrt(near / wanted)
        closeness = 1 / (1 + near / max(float(np.median(near)), 1e-12))
        scores[heard] = votes[heard] / wanted + 0.5 * closeness / (voices * self.nearest)
        return scores.astype(np.float32)

    def _voters(self, seeds: Seeds) -> Iterator[tuple[int | None, Floats, float]]:
        """Give the slices of each seed; None stands for a seed outside the catalogue."""
        counts = self.state["counts"]
        ends = np.cumsum(counts)
        for item, weight in zip(seeds.items.tolist(), seeds.weights.tolist(), strict=True):
            rows = self.state["rows"][ends[item] - counts[item] : ends[item]]
            yield item, np.asarray(rows, np.float32), weight
        if not seeds.vectors and not seeds.windows:
            return
        # without single windows, their mean is the one slice of a seed
        known = seeds.windows or {key: list(rows[:, None]) for key, rows in seeds.vectors.items()}
        if self._key not in known:
            raise BadInput(
                f"This model compares slices of {self._key}, not of {', '.join(sorted(known))}. "
                "Embed the track with the same model."
            )
        centre = self.state["centre"]
        for slices, weight in zip(known[self._key], seeds.vector_weights.tolist(), strict=True):
            rows = np.asarray(slices, np.float32)
            if rows.ndim != 2 or rows.shape[1] != len(centre) or not np.isfinite(rows).all():
                raise BadInput(
                    f"Slices of '{self._key}' must have the shape (n, {len(centre)}) and be "
                    f"finite, not {rows.shape}. Embed the track again."
                )
            if weight and len(rows):
                yield None, rows - centre, weight

    def _distances(self, slices: Floats) -> Iterator[tuple[int, Floats]]:
        """Give squared Euclidean distances to all slices, some rows at a time."""
        rows = self.state["rows"]
        step = max(1, _AT_ONCE // len(rows))
        for start in range(0, len(slices), step):
            part = slices[start : start + step]
            own = np.einsum("nd,nd->n", part, part)[:, None]
            distances: Floats = own - 2 * (part @ rows.T) + self._square
            yield start, np.maximum(distances, 0)
