"""Recommenders that find a few items among millions instead of scoring all of them.

Part of their base. What such a member writes is `_found`: the items it has evidence for and what
each gets. An item that it has no evidence for scores 0 and is never recommended.
"""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.index.base import top
from murecom.recommend.base import Recommender, Seeds

HALVING = 2.0
"""Tracks after which a seed counts half when the next track is wanted: `docs/design/
playlist-neighbours.md` says what it was chosen by."""

Found = tuple[NDArray[np.int64], NDArray[np.float32]]
"Items, rising and each once, and their scores."


@dataclass(eq=False)
class SparseRecommender(Recommender):
    """A recommender whose answers are made of the few items it finds."""

    _last: tuple[Seeds, Found] | None = field(default=None, init=False, repr=False)

    @abstractmethod
    def _found(self, seeds: Seeds) -> Found:
        """Give the items that there is evidence for, and their scores; seeds may be among them."""

    def _known(self, seeds: Seeds) -> Found:
        """Give what `_found` does; who asks for the best and then for some looks only once."""
        last = self._last
        if last is None or last[0] is not seeds:
            last = (seeds, self._found(seeds))
            self._last = last
        return last[1]

    def _scores(self, seeds: Seeds) -> NDArray[np.float32]:
        items, scores = self._known(seeds)
        all_: NDArray[np.float32] = np.zeros(len(self.items), np.float32)
        all_[items] = scores
        return all_

    def _some(self, seeds: Seeds, items: NDArray[np.int64]) -> NDArray[np.float32]:
        return pick(self._known(seeds), items)

    def _top(self, seeds: Seeds, k: int, exclude: NDArray[np.int64]) -> Found:
        return best(self._known(seeds), k, exclude)


def add_up(
    items: NDArray[np.integer[Any]], values: NDArray[np.floating[Any]], n_items: int
) -> Found:
    """Add the values of equal items.

    Parameters
    ----------
    items, values : ndarray, shape (m,)
        In any order; items below `n_items`.

    Returns
    -------
    items : ndarray of int64
        Rising, each once.
    sums : ndarray of float32
    """
    if not len(items):
        return np.empty(0, np.int64), np.empty(0, np.float32)
    if n_items <= 4 * len(items):  # then one array of all items is the faster way
        sums = np.bincount(items, values, n_items)
        found = np.flatnonzero(np.bincount(items, minlength=n_items))
        return found, sums[found].astype(np.float32)
    # item and place in one number: such are sorted much faster than places by their items
    keys = items.astype(np.int64) << 32
    keys |= np.arange(len(items))
    keys.sort()
    items = keys >> 32
    keys &= 0xFFFFFFFF
    first = np.flatnonzero(np.concatenate([[True], items[1:] != items[:-1]]))
    sums = np.add.reduceat(np.asarray(values, np.float64)[keys], first)
    return items[first].astype(np.int64), sums.astype(np.float32)


def pick(found: Found, wanted: NDArray[np.int64]) -> NDArray[np.float32]:
    """Give the scores of `wanted`, shape (len(wanted),): 0 for those that were not found."""
    items, scores = found
    if not len(items):
        return np.zeros(len(wanted), np.float32)
    places = np.minimum(np.searchsorted(items, wanted), len(items) - 1)
    return np.where(items[places] == wanted, scores[places], np.float32(0)).astype(np.float32)


def best(found: Found, k: int, exclude: NDArray[np.int64]) -> Found:
    """Give the best `k` with a score above 0, best first, without `exclude`."""
    items, scores = found
    good = scores > 0
    if len(exclude):
        good &= ~np.isin(items, exclude)
    places, scores = top(np.where(good, scores, np.float32(-np.inf)), k)
    return items[places], scores


def shares(seeds: Seeds, halving: float = HALVING) -> NDArray[np.float64]:
    """Give what share each seed has in an answer, shape (s,), sum 1.

    All by their weights when a list is continued; when its next track is wanted, a seed counts half
    as much as one that comes `halving` tracks later; with 0, the last one speaks alone.
    """
    weights = seeds.weights.astype(np.float64)
    if seeds.mode == "next":
        age = np.arange(len(weights))[::-1]
        weights *= 0.5 ** (age / halving) if halving > 0 else age == 0
    total = weights.sum()
    return weights / total if total > 0 else weights


MANY = 25
"Seeds from which on the correction for popularity stays the same."


def held_back(
    found: Found, popularity: NDArray[np.integer[Any]], seeds: Seeds, one: float, many: float
) -> Found:
    """Divide scores by a power of the popularity that follows the number of seeds.

    One seed says little, so what is popular is a good guess; many say a lot, and what is popular
    would then drown it.

    Parameters
    ----------
    found : pair of arrays
        Items and their scores.
    popularity : ndarray, shape (len(items),)
        Of the items found; above 0.
    seeds : Seeds
    one, many : float
        Power for one seed, and for `MANY` or more; between them it follows the logarithm of the
        number.
    """
    items, scores = found
    known = min(np.log(max(len(seeds.items), 1)) / np.log(MANY), 1.0)
    power = one + known * (many - one)
    if power == 0:
        return found
    return items, (scores / popularity.astype(np.float64) ** power).astype(np.float32)
