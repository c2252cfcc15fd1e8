"""From sound to the vectors that playlists gave: one space for files and for what people listed.

Tracks that have both a sound and playlists teach a linear map from vectors of sound to vectors of
`ials`. With it a file that nobody ever put into a playlist stands among millions of tracks that
were only listed, and is found by them. A track with both gets a blend by evidence: what playlists
say, the more of them the more, and what its sound says.
Source: van den Oord, Dieleman & Schrauwen, "Deep content-based music recommendation", NIPS 2013,
with ridge regression in place of the network: the vectors of sound come from one already.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from murecom import registry
from murecom.artefact import Array, part
from murecom.errors import NotFound, NotReady
from murecom.index.space import Space
from murecom.recommend.base import Data, Recommender, Seeds
from murecom.recommend.factors import Factors
from murecom.types import Progress, Step, no_progress

LEAST_PAIRS = 10
"Tracks with both, below which there is nothing to learn a map from."

SAMPLE = 20_000
"Pairs, at most, by which the ridge is chosen; with more it is the same."

RIDGES = 10.0 ** np.arange(-4, 3)
"Tried, as parts of the mean square of a direction of sound."

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(eq=False)
class AudioToItems(Recommender):
    """Vectors of `ials` for everything that has a sound, and blends where both are known."""

    name: ClassVar[str] = "audio_to_items"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions", "vectors"})
    takes: ClassVar[frozenset[str]] = frozenset({"items", "vectors"})
    made_by: ClassVar[str] = "murecom train playlists"

    dim: int | None = 128
    "Length of the vectors of `ials`."

    evidence: float = 3.0
    """A track in n playlists gets n / (n + evidence) of its own vector, the rest from its sound. No
    public data has both sound and playlists to tune it on."""

    halving: float = 2.0
    "Tracks after which a seed counts half when the next track is wanted."

    def fit(self, data: Data, progress: Progress = no_progress) -> Self:
        """Learn, and tell in `metrics` how many tracks had what, and what sound explains.

        Raises
        ------
        NotReady
            As in `Recommender.fit`, or too few tracks have both a sound and playlists.
        """
        super().fit(data, progress)
        heard, pairs, explained = self.state["report"].tolist()
        covered = int(np.count_nonzero(self._factors.row >= 0))
        self.metrics |= {
            "items_with_sound": int(heard),
            "pairs": int(pairs),
            "items_placed": covered,
            "variance_explained": explained,
        }
        return self

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        assert data.interactions is not None
        popularity = data.interactions.popularity
        space = Space().fit(data.vectors)
        heard, sound = _heard(space, data)
        has_sound = np.zeros(len(popularity), np.bool_)
        has_sound[heard] = True
        base = registry.get("recommend", "ials")(dim=self.dim)
        listed = Factors.of(base._fit(data, progress))
        has_own = np.zeros(len(popularity), np.bool_)
        placed = listed.row >= 0
        has_own[placed] = listed.is_own[listed.row[placed]]
        pairs = np.flatnonzero(has_own & has_sound)
        if len(pairs) < LEAST_PAIRS:
            raise NotReady(
                f"Only {len(pairs)} tracks have both a sound and playlists, and {LEAST_PAIRS} are "
                "needed. Scan music that stands in playlists, or import playlists of your music."
            )
        progress(Step("Joining sound and playlists", 0, 1))
        trust = (popularity[pairs] / (popularity[pairs] + self.evidence)).astype(np.float64)
        line = _regress(sound[np.searchsorted(heard, pairs)], listed.take(pairs), trust)
        plays = np.where(has_own, popularity, 0)
        own = np.flatnonzero(has_own | has_sound)
        vectors, row, share = self._join(listed, own, plays[own], heard, line(sound))
        progress(Step("Joining sound and playlists", 1, 1))
        factors = Factors.build(vectors, row, share, len(own))
        # seeds are folded in with the sums that the vectors of playlists were learned with
        state = replace(factors, spectrum=listed.spectrum).arrays()
        return {
            "map": line.slope,
            "offset": line.offset,
            "settings": np.array([base.alpha, base.reg]),
            "report": np.array([len(heard), len(pairs), line.explained]),
            **{f"factors.{name}": array for name, array in state.items()},
            **{f"space.{name}": array for name, array in space.arrays().items()},
        }

    def _join(
        self, listed: Factors, own: Ints, plays: Ints, heard: Ints, mapped: Floats
    ) -> tuple[Floats, NDArray[np.int32], Floats]:
        """Give vectors, the row of each item, and shares, as `Factors.build` takes them.

        Of the items `own`, which are in `plays` playlists, those that were `heard` have vectors
        `mapped` from their sound. All other items keep the rows that they share.
        """
        n_items = len(listed.row)
        row = np.full(n_items, -1, np.int32)
        row[own] = np.arange(len(own), dtype=np.int32)
        trust = np.ones(len(own), np.float32)
        places = row[heard]
        trust[places] = plays[places] / (plays[places] + self.evidence)
        vectors = np.where(plays[:, None] > 0, trust[:, None] * listed.take(own), np.float32(0))
        vectors[places] += (1 - trust[places])[:, None] * mapped
        rest = np.flatnonzero((row < 0) & (listed.row >= 0))
        used, which = np.unique(listed.row[rest], return_inverse=True)
        row[rest] = len(own) + which.astype(np.int32)
        share = listed.share.copy()
        share[own] = 1
        return np.concatenate([vectors, listed.vectors[used]]), row, share

    def _open(self) -> None:
        self._space = Space.from_arrays(part(self.state, "space"))
        self._factors = Factors.of(part(self.state, "factors"))
        self._line = _Line(self.state["map"], self.state["offset"], 0.0)

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._factors.has(items)

    def place(self, seeds: Seeds) -> Floats:
        """Give the vector of a playlist of known tracks and of sounds, shape (dim,).

        Raises
        ------
        NotFound
            There are no known tracks, and no seed outside has a sound.
        """
        rows, weights = self._factors.take(seeds.items), seeds.weights.astype(np.float64)
        if seeds.mode == "next" and self.halving > 0:
            weights = weights * 0.5 ** (np.arange(len(weights))[::-1] / self.halving)
        if seeds.vectors:
            sound = self._space.transform(seeds.vectors)
            good = sound.any(axis=1) & (seeds.vector_weights > 0)
            rows = np.concatenate([rows, self._line(sound[good])])
            weights = np.append(weights, seeds.vector_weights[good])
        if not len(rows):
            raise NotFound("None of the seeds has a vector of sound. Run: murecom scan.")
        weights *= len(weights) / weights.sum()
        alpha, reg = self.state["settings"].tolist()
        return self._factors.place(rows, weights, alpha=alpha, reg=reg)

    def _scores(self, seeds: Seeds) -> Floats:
        return self._factors.scores(self.place(seeds))

    def _some(self, seeds: Seeds, items: NDArray[np.int64]) -> Floats:
        return self._factors.some(self.place(seeds), items)

    def _top(self, seeds: Seeds, k: int, exclude: NDArray[np.int64]) -> tuple[Ints, Floats]:
        return self._factors.top(self.place(seeds), k, exclude)


def _heard(space: Space, data: Data) -> tuple[Ints, Floats]:
    """Give the items that have a sound, and their vectors in the space."""
    there = np.zeros(len(data.items), np.bool_)
    for block in data.vectors.values():
        there |= ~np.isnan(block.matrix[:, 0])
    items = np.flatnonzero(there)
    sound = space.transform({key: block.matrix[items] for key, block in data.vectors.items()})
    good = sound.any(axis=1)
    return items[good], sound[good]


@dataclass(frozen=True, slots=True, eq=False)
class _Line:
    """A linear map: `slope` (sound, dim), `offset` (dim,); and what it explains, 0..1."""

    slope: Floats
    offset: Floats
    explained: float

    def __call__(self, sound: Floats) -> Floats:
        """Map rows."""
        mapped: Floats = sound @ self.slope + self.offset
        return mapped


def _regress(sound: Floats, goals: Floats, trust: NDArray[np.float64]) -> _Line:
    """Find the map by ridge regression, weighted by trust.

    The ridge is the one of `RIDGES` with the least error on pairs left out one by one, which has a
    closed form: the residual over one minus the pair's own part in its prediction.
    """
    weights = trust / trust.sum()
    centre, goal = weights @ sound, weights @ goals
    x, y = (sound - centre).astype(np.float64), (goals - goal).astype(np.float64)
    values, axes = np.linalg.eigh(x.T @ (x * weights[:, None]))
    values = np.maximum(values, 0)
    along = axes.T @ (x.T @ (y * weights[:, None]))
    some = np.random.default_rng(0).permutation(len(x))[:SAMPLE]
    turned = x[some] @ axes
    errors: list[float] = []
    ridges = RIDGES * max(float(values.mean()), 1e-12)
    for ridge in ridges:
        part_of = np.einsum("ij,j,ij->i", turned, 1 / (values + ridge), turned) * weights[some]
        left = (y[some] - turned @ (along / (values + ridge)[:, None])) / (1 - part_of)[:, None]
        errors.append(float(weights[some] @ np.einsum("ij,ij->i", left, left)))
    best = int(np.argmin(errors))
    slope = axes @ (along / (values + ridges[best])[:, None])
    spread = float(weights[some] @ np.einsum("ij,ij->i", y[some], y[some]))
    explained = max(0.0, 1 - errors[best] / spread) if spread > 0 else 0.0
    offset: NDArray[Any] = goal - centre @ slope
    return _Line(slope.astype(np.float32), offset.astype(np.float32), explained)
