"""Artists that go with those of the seeds, each by the tracks that most playlists hold.

A track that few playlists hold, or none, says little by itself; its artist says more. Playlists are
factorised by artists instead of tracks, and a track gets what its artist gets, less the less
popular it is among the artist's tracks. So tracks that no playlist holds are found, and tracks that
the model does not know can be seeds, if their artists are named.
Source: as `ials`; artists beside tracks as in Volkovs et al., "Two-stage model for automatic
playlist continuation at scale", RecSys Challenge 2018.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array, part
from murecom.errors import MissingExtra, NotFound
from murecom.recommend.base import Data, Recommender, Seeds
from murecom.recommend.factorise import factorise, length
from murecom.recommend.factors import Factors
from murecom.recommend.sparse import HALVING, shares
from murecom.text.fold import name_key
from murecom.types import Progress

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(eq=False)
class Artist(Recommender):
    """Artist vectors by alternating least squares, times popularity among the artist's tracks."""

    name: ClassVar[str] = "artist"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions", "artists"})
    takes: ClassVar[frozenset[str]] = frozenset({"items", "artists"})
    made_by: ClassVar[str] = "murecom train playlists"

    dim: int | None = None
    "Length of a vector; by default 256, or 128 where these take minutes; see `factorise.length`."

    alpha: float = 0.02
    "Weight of an artist that is not in a playlist; one with a single track there has 1."

    reg: float = 0.006
    "Regularisation, times `alpha` artists plus artists of the playlist."

    epochs: int = 8
    "Passes of training."

    most: int = 200_000
    "Artists that get a vector, the most popular ones."

    flatness: float = 0.3
    """A track that is p times as popular as the artist's most popular one gets p to this power of
    the artist's score; 0 would give all tracks of an artist the same."""

    halving: float = HALVING
    "Tracks after which a seed counts half when the next track is wanted."

    def lacks(self, data: Data) -> list[str]:
        """Name the parts of the data that are not there; artists that are all blank are none."""
        lacking = super().lacks(data)
        return lacking or ([] if any(data.artists) else ["artists"])

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        try:
            from scipy.sparse import csr_array
        except ImportError as error:
            raise MissingExtra("playlists", "Learning from playlists") from error
        lists = data.interactions
        assert lists is not None
        popularity = lists.popularity
        keys, artist = _artists(data.artists)
        known = np.flatnonzero(artist >= 0)
        plays = np.bincount(artist[known], popularity[known], len(keys))
        chosen = np.sort(np.argsort(-plays, kind="stable")[: self.most])
        chosen = chosen[plays[chosen] > 0]
        place = np.full(len(keys) + 1, -1, np.int64)
        place[chosen] = np.arange(len(chosen))
        row = place[artist]

        of = np.flatnonzero(row >= 0)
        parts = (np.ones(len(of), np.float32), (of, row[of]))
        counts = lists.matrix() @ csr_array(parts, shape=(len(row), len(chosen)))
        counts.data = _weight(counts.data)
        vectors, _ = factorise(
            counts,
            dim=length(self.dim, len(chosen), len(lists), counts.nnz),
            alpha=self.alpha,
            reg=self.reg,
            epochs=self.epochs,
            progress=progress,
            stage="Factorising artists",
        )
        first = np.zeros(len(chosen))
        np.maximum.at(first, row[of], popularity[of])
        share = np.zeros(len(row), np.float32)
        # a track in no playlist counts as a tenth of one, so that it is last, but not lost
        share[of] = ((popularity[of] + 0.1) / (first[row[of]] + 0.1)) ** self.flatness
        factors = Factors.build(vectors, row, share)
        sums = _sums([keys[i] for i in chosen])
        order = np.argsort(sums)
        some = np.full(len(chosen), -1, np.int64)
        some[row[of]] = of  # any track of the artist tells where the vector lies
        state = {f"factors.{name}": array for name, array in factors.arrays().items()}
        return {"sums": sums[order], "rows": factors.row[some[order]], **state}

    def _open(self) -> None:
        self._factors = Factors.of(part(self.state, "factors"))

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._factors.has(items)

    def known(self, names: Sequence[str]) -> NDArray[np.int64]:
        """Give the rows of those artists that are known by name, in any spelling."""
        sums, rows = self.state["sums"], self.state["rows"]
        wanted = _sums([key for name in names if (key := name_key(name))])
        if not len(sums):
            return np.empty(0, np.int64)
        places = np.minimum(np.searchsorted(sums, wanted), len(sums) - 1)
        found: NDArray[np.int64] = rows[places[sums[places] == wanted]].astype(np.int64)
        return found

    def own(self, seeds: Seeds) -> Seeds | None:
        """Give what this member can start from; None if neither a track nor an artist is known."""
        start = super().own(seeds)
        if start is None or len(start.items) or len(self.known(start.artists)):
            return start
        return None

    def place(self, seeds: Seeds) -> Floats:
        """Give the vector of a playlist of the seeds' artists, shape (dim,)."""
        named = self.known(seeds.artists)
        if not len(seeds.items) and not len(named):
            raise NotFound(
                f"'{self.name}' knows none of the artists: {', '.join(seeds.artists[:5])}. "
                f"If they are new, run: {self.made_by}."
            )
        weights = shares(seeds, self.halving) * len(seeds.items)
        rows = np.append(self._factors.row[seeds.items].astype(np.int64), named)
        rows, which = np.unique(rows, return_inverse=True)
        sums = np.bincount(which, np.append(weights, np.ones(len(named))), len(rows))
        vectors = self._factors.vectors[rows]
        return self._factors.place(vectors, _weight(sums), alpha=self.alpha, reg=self.reg)

    def _scores(self, seeds: Seeds) -> Floats:
        return self._factors.scores(self.place(seeds))

    def _some(self, seeds: Seeds, items: NDArray[np.int64]) -> Floats:
        return self._factors.some(self.place(seeds), items)

    def _top(self, seeds: Seeds, k: int, exclude: NDArray[np.int64]) -> tuple[Ints, Floats]:
        return self._factors.top(self.place(seeds), k, exclude)


def _weight(tracks: NDArray[Any]) -> Floats:
    """Give what an artist of so many tracks in a list weighs: the second adds less."""
    weights: Floats = np.log2(1 + tracks).astype(np.float32)
    return weights


def _artists(names: Sequence[str | None]) -> tuple[list[str], Ints]:
    """Give the different artists, as keys of their names, and each item's, -1 for none."""
    keys: dict[str, int] = {}
    numbers: dict[str | None, int] = {None: -1}
    for name in names:
        if name not in numbers:
            key = name_key(name or "")
            numbers[name] = keys.setdefault(key, len(keys)) if key else -1
    return list(keys), np.fromiter((numbers[name] for name in names), np.int64, len(names))


def _sums(keys: Sequence[str]) -> NDArray[np.uint64]:
    """Give a checksum of 64 bits for each key: they are compared instead of the names."""
    digests = (blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8) for key in keys)
    return np.frombuffer(b"".join(digest.digest() for digest in digests), np.uint64)
