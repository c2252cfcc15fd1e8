"""What a playlist holds, told by its name alone.

Two ways, added up. *Votes*: playlists whose names have the most n-grams of characters in common
with the given one vote for their tracks. *Vectors*: every n-gram has a vector, learned by ridge
regression so that those of a name sum up to the vector of its playlist; so "summer 19" is near
"summer 2018" and "beach", and n-grams that say nothing weigh nothing. Names of artists are learned
as if they were playlists of their tracks, because people call playlists after them.
Source: votes of similar names as in Zamani et al., "An analysis of approaches taken in the ACM
RecSys Challenge 2018 for automatic music playlist continuation", TIST 2019; vectors from n-grams
as in Bojanowski et al., "Enriching word vectors with subword information", TACL 2017, but learned
in one linear system.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array, part
from murecom.index.base import top
from murecom.index.grams import Grams, key_of
from murecom.recommend.base import Data, Recommender, Seeds
from murecom.recommend.factorise import factorise, length, most_popular, numbers
from murecom.recommend.factors import Factors
from murecom.recommend.sparse import Found, add_up, pick
from murecom.types import Progress, Step

ALPHA, REG, EPOCHS = 0.02, 0.006, 8
"Of the factorisation, as in `ials`."

PLAYS, TRACKS = 20, 30
"An artist whose tracks are in so many playlists is learned, by so many of them."

LIKE = 0.3
"Cosine of two names from which on they are alike; n-grams that nobody uses count against it."

ROUNDS, CLOSE = 25, 1e-3
"Conjugate gradients of the regression, at most, and the part of the error that may remain."

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(eq=False)
class Title(Recommender):
    """Tracks of playlists with such names, and tracks that fit the n-grams of the name."""

    name: ClassVar[str] = "title"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions", "titles"})
    takes: ClassVar[frozenset[str]] = frozenset({"title"})
    made_by: ClassVar[str] = "murecom train playlists"

    dim: int | None = None
    "Length of a vector; by default half of that of `ials`, see `factorise.length`."

    most: int = 200_000
    "Tracks that get a vector, the most popular ones; others are found by votes."

    grams: int = 200_000
    "N-grams that are learned, the most frequent ones."

    artists: int = 50_000
    "Artists whose names are learned, the most popular ones; 0 for none."

    ridge: float = 0.5
    "Added to the diagonal of the regression; larger values trust rare n-grams less."

    power: float = 2.0
    "To which the similarity of names is raised before it votes."

    voters: int = 1_000
    "Playlists that may vote."

    votes_weigh: float = 1.0
    "What votes, which sum to 1 a place, are multiplied by before they are added to the vectors'."

    popular_weigh: float = 3.0
    "What the share of all playlists that hold a track is multiplied by before it is added."

    def lacks(self, data: Data) -> list[str]:
        """Name the parts of the data that are not there; names that are all blank are none."""
        lacking = super().lacks(data)
        return lacking or ([] if any(map(str.strip, data.titles)) else ["titles"])

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        lists = data.interactions
        assert lists is not None
        popularity = lists.popularity
        own = most_popular(popularity, self.most)
        dim = length(self.dim, len(own), len(lists), len(lists.entries), part=2)
        vectors, playlists = factorise(
            lists.keep(own).matrix(),
            dim=dim,
            alpha=ALPHA,
            reg=REG,
            epochs=EPOCHS,
            progress=progress,
        )
        row = np.full(len(popularity), -1, np.int32)
        row[own] = np.arange(len(own), dtype=np.int32)
        factors = Factors.build(vectors, row)

        keys = [key_of(title) for title in data.titles]
        names, of_list = _distinct(keys)
        counts = np.bincount(of_list[of_list >= 0], minlength=len(names)).astype(np.float32)
        targets = np.zeros((len(names), dim), np.float32)
        np.add.at(targets, of_list[of_list >= 0], _unit(playlists)[of_list >= 0])
        average = targets.sum(0) / max(float(counts.sum()), 1)
        named = _by_name(of_list, len(names))
        more, of_artists = self._of_artists(data, popularity, own, factors)
        names += more
        grams = Grams.build(names, np.append(counts, np.ones(len(more), np.float32)), self.grams)
        progress(Step("Learning names", 0, 1))
        goals = np.concatenate([targets / counts[:, None], of_artists]) - average
        weights = _regress(grams, goals, np.append(counts, np.ones(len(more))), self.ridge)
        progress(Step("Learning names", 1, 1))

        # the share of playlists is one more number of every vector, so that one product adds it
        shares = (popularity / max(len(lists), 1)).astype(np.float32)
        wide = np.column_stack([self.popular_weigh * shares[own], vectors])
        state = Factors.build(wide.astype(np.float32), row).arrays()
        return {
            "starts": lists.starts,
            "entries": lists.entries,
            "named.starts": named[0],
            "named.playlists": named[1],
            "average": average,
            "weights": weights,
            **{f"grams.{name}": array for name, array in grams.arrays().items()},
            **{f"factors.{name}": array for name, array in state.items()},
        }

    def _of_artists(
        self, data: Data, popularity: Ints, own: Ints, factors: Factors
    ) -> tuple[list[str], Floats]:
        """Give names of artists, and the vectors of playlists of their most popular tracks."""
        empty: tuple[list[str], Floats] = [], np.empty((0, factors.dim), np.float32)
        code = numbers(data.artists)
        if not len(code):
            return empty
        items = own[code[own] >= 0]
        items = items[np.lexsort((-popularity[items], code[items]))]
        plays = np.bincount(code[items], popularity[items])
        wanted = np.flatnonzero(plays >= PLAYS)
        wanted = wanted[np.argsort(-plays[wanted], kind="stable")[: self.artists]]
        starts = np.searchsorted(code[items], wanted)
        ends = np.searchsorted(code[items], wanted, side="right")
        names, vectors = [], []
        for start, end in zip(starts, ends, strict=True):
            tracks = items[start : min(end, start + TRACKS)]
            if key := key_of(data.artists[tracks[0]] or ""):
                names.append(key)
                rows, ones = factors.take(tracks), np.ones(len(tracks))
                vectors.append(factors.place(rows, ones, alpha=ALPHA, reg=REG))
        return (names, _unit(np.array(vectors))) if names else empty

    def _open(self) -> None:
        self._factors = Factors.of(part(self.state, "factors"))
        self._grams = Grams.of(part(self.state, "grams"))
        self._names = int(self._grams.names.max(initial=-1)) + 1

    def knows(self, title: str) -> bool:
        """Tell whether a playlist or an artist is called anything like this."""
        key = key_of(title)
        cosines = self._grams.near(key, self._names)[1]
        return bool(cosines.max(initial=0) * self._grams.share(key) >= LIKE)

    def _parts(self, seeds: Seeds) -> tuple[Floats, Found]:
        """Give the vector of a name, shape (dim + 1,), and the votes for it."""
        assert seeds.title is not None
        key = key_of(seeds.title)
        grams, weights = self._grams.row(key)
        x = self.state["average"] + weights @ self.state["weights"][grams]
        return np.append(np.float32(1), x).astype(np.float32), self._votes(key)

    def _votes(self, key: str) -> Found:
        """Let the playlists whose names are most like this one vote for their tracks."""
        firsts = self.state["named.starts"]
        names, cosines = self._grams.near(key, self._names)
        theirs = names < len(firsts) - 1  # the rest are artists
        names, cosines = names[theirs], cosines[theirs]
        order, _ = top(cosines, self.voters)
        counts = firsts[names[order] + 1] - firsts[names[order]]
        order = order[: int(np.searchsorted(np.cumsum(counts), self.voters)) + 1]
        counts = np.minimum(counts[: len(order)], self.voters)
        playlists = self.state["named.playlists"][_spans(firsts[names[order]], counts)]
        votes = np.repeat(cosines[order].astype(np.float64) ** self.power, counts)
        starts = self.state["starts"]
        lengths = starts[playlists + 1] - starts[playlists]
        entries = self.state["entries"][_spans(starts[playlists], lengths)]
        total = max(float(votes.sum()), 1e-12)
        return add_up(entries, np.repeat(votes / total, lengths), len(self.items))

    def _some(self, seeds: Seeds, items: NDArray[np.int64]) -> NDArray[np.float32]:
        x, votes = self._parts(seeds)
        return self._added(x, votes, items)

    def _added(self, x: Floats, votes: Found, items: Ints) -> Floats:
        fits, voted = self._factors.some(x, items), pick(votes, items)
        fits = np.where((fits == -np.inf) & (voted > 0), np.float32(0), fits)
        return fits + np.float32(self.votes_weigh) * voted

    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        x, votes = self._parts(seeds)
        scores = self._factors.scores(x)
        scores[votes[0]] = self._added(x, votes, votes[0])
        return scores

    def _top(self, seeds: Seeds, k: int, exclude: NDArray[np.int64]) -> Found:
        x, (voted, votes) = self._parts(seeds)
        best, fits = self._factors.top(x, k, exclude)
        if len(exclude):
            good = ~np.isin(voted, exclude)
            voted, votes = voted[good], votes[good]
        items = _union(best, voted[top(votes, k)[0]])
        places, scores = top(self._added(x, (voted, votes), items), k)
        if len(best) == k:
            # all others fit no better than the last of `best`: so many votes they would need
            voted_in = self.votes_weigh * votes >= scores[-1] - fits[-1]
        else:
            voted_in = np.ones(len(voted), np.bool_)
        if np.count_nonzero(voted_in) > k or len(best) < k:
            items = _union(items, voted[voted_in])
            places, scores = top(self._added(x, (voted, votes), items), k)
        return items[places], scores


def _distinct(keys: Sequence[str]) -> tuple[list[str], Ints]:
    """Give the different keys, and the number of each one's; -1 for an empty one."""
    known: dict[str, int] = {}
    found = (known.setdefault(key, len(known)) if key else -1 for key in keys)
    of = np.fromiter(found, np.int64, len(keys))
    return list(known), of


def _by_name(of_list: Ints, n: int) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """Sort playlists by their names: where those of each begin, and the playlists."""
    named = np.flatnonzero(of_list >= 0)
    named = named[np.argsort(of_list[named], kind="stable")]
    starts = np.zeros(n + 1, np.int64)
    np.cumsum(np.bincount(of_list[named], minlength=n), out=starts[1:])
    return starts, named.astype(np.int32)


def _spans(starts: Ints, lengths: Ints) -> Ints:
    """Give the places of several runs, one after the other."""
    ends = np.cumsum(lengths)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(starts - ends + lengths, lengths)


def _union(one: Ints, other: Ints) -> Ints:
    """Give what is in either, rising; many times as fast as numpy's, which hashes."""
    both = np.sort(np.concatenate([one, other]))
    return both[np.concatenate([[True], both[1:] != both[:-1]])] if len(both) else both


def _unit(rows: Floats) -> Floats:
    """Scale rows to length 1; those of zeros stay."""
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    unit: Floats = (rows / np.maximum(lengths, 1e-12)).astype(np.float32)
    return unit


def _regress(grams: Grams, goals: Floats, counts: NDArray[Any], ridge: float) -> Floats:
    """Find vectors of n-grams whose weighted sums come near the goals: (grams, dim).

    Least squares, each name counted as often as it is used, with `ridge` times the squares added;
    by conjugate gradients with the diagonal as preconditioner, each column of the goals by itself.
    """
    from scipy.sparse import csr_array

    pointers = grams.starts.astype(np.int32)
    shape = (len(grams.idf), len(goals))
    by_gram = csr_array((grams.weights, grams.names, pointers), shape=shape)
    by_name = by_gram.T.tocsr()
    counts = counts.astype(np.float32)[:, None]
    diagonal = (by_gram.power(2) @ counts + np.float32(ridge)).astype(np.float32)
    left = by_gram @ (counts * goals)
    found = np.zeros_like(left)
    enough = CLOSE**2 * np.einsum("ij,ij->j", left, left)
    step = scaled = left / diagonal
    product = np.einsum("ij,ij->j", left, scaled)
    for _ in range(ROUNDS):
        moved = by_gram @ (counts * (by_name @ step)) + np.float32(ridge) * step
        length = product / np.maximum(np.einsum("ij,ij->j", step, moved), 1e-30)
        found += length * step
        left = left - length * moved
        if (np.einsum("ij,ij->j", left, left) <= enough).all():
            break
        scaled = left / diagonal
        new = np.einsum("ij,ij->j", left, scaled)
        step = scaled + new / np.maximum(product, 1e-30) * step
        product = new
    return np.asarray(found, np.float32)
