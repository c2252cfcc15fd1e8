"""Implicit matrix factorisation: tracks and playlists as vectors, near when they go together.

A playlist is the vector whose products with its tracks come nearest to 1 while those with all other
tracks stay near 0. It is found when it is asked for, by one small linear system, so nothing is
stored for playlists and one that nobody has seen before is answered like any other.
Source: Hu, Koren & Volinsky, "Collaborative filtering for implicit feedback datasets", ICDM 2008;
settings after Rendle et al., "Revisiting the performance of iALS on item recommendation
benchmarks", RecSys 2022.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.recommend.base import Data, Recommender, Seeds
from murecom.recommend.factorise import factorise, length, most_popular, numbers, shared
from murecom.recommend.factors import Factors
from murecom.recommend.sparse import HALVING, shares
from murecom.types import Progress


@dataclass(eq=False)
class Ials(Recommender):
    """Item vectors by alternating least squares; seeds are folded in as a new playlist."""

    name: ClassVar[str] = "ials"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    made_by: ClassVar[str] = "murecom train playlists"

    dim: int | None = None
    "Length of a vector; by default 256, or 128 where these take minutes; see `factorise.length`."

    alpha: float = 0.02
    "Weight of a track that is not in a playlist; one that is has 1."

    reg: float = 0.006
    "Regularisation, times `alpha` tracks plus tracks of the playlist, and likewise for tracks."

    epochs: int = 8
    "Passes of training; half of them when it begins with an earlier model."

    most: int = 400_000
    """Tracks that get a vector of their own, the most popular ones: the least number of plays is
    the lowest with which no more remain. The others get the mean of their album, else artist."""

    trust: float = 2.0
    """A track in n playlists that has no vector of its own gets n / (n + trust) of the score of its
    album's or artist's."""

    halving: float = HALVING
    "Tracks after which a seed counts half when the next track is wanted."

    _earlier: Ials | None = field(default=None, init=False, repr=False)

    def begin_with(self, earlier: Recommender) -> Self:
        """Let the next fit begin with the vectors of an earlier model, for half the epochs.

        A model of vectors of another length is passed over, as are tracks that it did not know.
        """
        self._earlier = earlier if isinstance(earlier, Ials) and earlier.state else None
        return self

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        lists = data.interactions
        assert lists is not None
        popularity = lists.popularity
        own = most_popular(popularity, self.most)
        dim = length(self.dim, len(own), len(lists), len(lists.entries))
        begin = self._start(data, own, dim)
        vectors, _ = factorise(
            lists.keep(own).matrix(),
            dim=dim,
            alpha=self.alpha,
            reg=self.reg,
            epochs=self.epochs if begin is None else (self.epochs + 1) // 2,
            start=begin,
            progress=progress,
        )
        groups = [numbers(data.artists, data.albums), numbers(data.artists)]
        vectors, row = shared(own, vectors, popularity, [g for g in groups if len(g)])
        share = (popularity + 0.1) / (popularity + self.trust)
        share[own] = 1
        return Factors.build(vectors, row, share.astype(np.float32), len(own)).arrays()

    def _start(self, data: Data, own: NDArray[np.int64], dim: int) -> NDArray[np.float32] | None:
        earlier, self._earlier = self._earlier, None
        if earlier is None or earlier._factors.dim != dim:
            return None
        begin = np.full((len(own), dim), np.nan, np.float32)
        items, places, _ = earlier.items.split([data.items[i] for i in own])
        begin[places] = earlier._factors.take(items)
        return begin

    def _open(self) -> None:
        self._factors = Factors.of(self.state)

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._factors.has(items)

    def place(self, seeds: Seeds) -> NDArray[np.float32]:
        """Give the vector of the playlist that the seeds are, shape (dim,)."""
        weights = shares(seeds, self.halving) * len(seeds.items)
        rows = self._factors.take(seeds.items)
        return self._factors.place(rows, weights, alpha=self.alpha, reg=self.reg)

    def vectors(self, items: NDArray[np.int64]) -> NDArray[np.float32]:
        """Give the vectors of items, shape (len(items), dim); NaN where there is none."""
        return self._factors.take(items)

    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        return self._factors.scores(self.place(seeds))

    def _some(self, seeds: Seeds, items: NDArray[np.int64]) -> NDArray[np.float32]:
        return self._factors.some(self.place(seeds), items)

    def _top(
        self, seeds: Seeds, k: int, exclude: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        return self._factors.top(self.place(seeds), k, exclude)
