"""Names compared by the n-grams of their characters.

"summer jamz" and "Summer Jams 2017" share most runs of up to four characters, in any script and
without knowing its words. Names are rows of TF-IDF weights, kept as an inverted index: for every
n-gram the names that hold it.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.text.fold import fold

LONGEST = 4
"Characters of the longest n-gram; with 5 or 6 there are twice as many and nothing is found better."

COMMON = 0.2
"""An n-gram in more than this share of a thousand names or more finds nothing: single letters would
take most of the time, and say next to nothing."""

MANY = 1_000


def key_of(name: str) -> str:
    """Give the form of a name that is compared: folded, without punctuation, emoji kept.

    Examples
    --------
    >>> key_of("  Summer '17 — ☀️!! ")
    'summer 17 ☀'
    """
    kept = []
    for character in fold(name).replace("'", ""):
        category = unicodedata.category(character)
        is_kept = category[0] in "LNM" or category == "So"
        kept.append(character if is_kept else " and " if character == "&" else " ")
    return " ".join("".join(kept).split()) or "".join(fold(name).split())


def grams_of(key: str) -> Counter[str]:
    """Count the n-grams of a key, of one to four characters, with a space at both ends."""
    if not key:
        return Counter()
    padded = f" {key} "
    runs = range(1, LONGEST + 1)
    found = Counter(padded[i : i + n] for n in runs for i in range(len(padded) - n + 1))
    del found[" "]
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """An inverted index of names.

    `grams` (g,) are n-grams in order, `idf` (g,) their weights; `starts` (g + 1,), `names` and
    `weights` say which names hold each, and its share in a name's vector, whose length is 1.
    """

    grams: NDArray[np.str_]
    idf: NDArray[np.float32]
    starts: NDArray[np.int64]
    names: NDArray[np.int32]
    weights: NDArray[np.float32]

    @classmethod
    def build(cls, keys: Sequence[str], counts: NDArray[np.float32], most: int) -> Self:
        """Index names.

        Parameters
        ----------
        keys : sequence of str
            See `key_of`; different ones.
        counts : ndarray, shape (len(keys),)
            How often each is used; what many names hold weighs less.
        most : int
            N-grams kept at most, the most frequent ones.
        """
        numbers: dict[str, int] = {}
        grams: list[int] = []
        times: list[int] = []
        lengths = np.empty(len(keys), np.int64)
        for i, key in enumerate(keys):
            found = grams_of(key)
            lengths[i] = len(found)
            grams += [numbers.setdefault(gram, len(numbers)) for gram in found]
            times += found.values()
        all_ = np.array(list(numbers), dtype=np.str_)
        gram, name = np.array(grams, np.int64), np.repeat(np.arange(len(keys)), lengths)
        share = np.bincount(gram, counts[name], len(all_))
        kept = np.zeros(len(all_), np.bool_)
        kept[np.argsort(-share, kind="stable")[:most]] = True
        order = np.argsort(all_)
        order = order[kept[order]]
        place = np.full(len(all_), -1, np.int64)
        place[order] = np.arange(len(order))
        idf = (np.log((1 + counts.sum()) / (1 + share[order])) + 1).astype(np.float32)
        stays = kept[gram]
        gram, name = place[gram[stays]], name[stays]
        weights = _tf(np.array(times, np.float32)[stays]) * idf[gram]
        squares = np.bincount(name, weights**2, len(keys))
        weights /= np.sqrt(squares)[name]
        order_of = np.argsort(gram, kind="stable")
        starts = np.zeros(len(idf) + 1, np.int64)
        np.cumsum(np.bincount(gram, minlength=len(idf)), out=starts[1:])
        return cls(
            all_[order],
            idf,
            starts,
            name[order_of].astype(np.int32),
            weights[order_of].astype(np.float32),
        )

    def arrays(self) -> dict[str, Array]:
        """Give the arrays that `of` makes the same index of."""
        return {name: getattr(self, name) for name in self.__slots__}

    @classmethod
    def of(cls, arrays: Mapping[str, Array]) -> Self:
        """Take over arrays, which may be memory-mapped; KeyError if one is missing."""
        return cls(**{name: arrays[name] for name in cls.__slots__})

    def row(self, key: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Give the known n-grams of a name and their weights, length 1; empty if none is known."""
        counted = grams_of(key)
        if not counted or not len(self.grams):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        wanted = np.array(list(counted), dtype=np.str_)
        places = np.minimum(np.searchsorted(self.grams, wanted), len(self.grams) - 1)
        known = self.grams[places] == wanted
        places = places[known]
        weights = _tf(np.array(list(counted.values()), np.float32)[known]) * self.idf[places]
        return places, weights / np.float32(max(float(np.linalg.norm(weights)), 1e-12))

    def share(self, key: str) -> float:
        """Tell how much of a name its known n-grams are: the part of its length, 0..1."""
        grams, _ = self.row(key)
        if not len(grams):
            return 0.0
        counted = grams_of(key)
        times = _tf(np.array(list(counted.values()), np.float32))
        wanted = np.array(list(counted), dtype=np.str_)
        is_known = np.isin(wanted, self.grams[grams])
        # an n-gram that no name holds weighs as much as the rarest one
        weights = np.where(is_known, np.float32(0), np.float32(self.idf.max(initial=0)))
        weights[is_known] = self.idf[grams]
        squares = (times * weights) ** 2
        return float(np.sqrt(squares[is_known].sum() / max(float(squares.sum()), 1e-12)))

    def near(self, key: str, n: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Give the names, of `n` that there are, with a cosine above 0: rising, and the cosines."""
        grams, weights = self.row(key)
        spans = [slice(self.starts[gram], self.starts[gram + 1]) for gram in grams]
        if n >= MANY:
            some = [i for i, s in enumerate(spans) if s.stop - s.start <= COMMON * n]
            spans, weights = [spans[i] for i in some], weights[some]
        if not spans:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        names = np.concatenate([self.names[span] for span in spans])
        parts = [self.weights[span] * weight for span, weight in zip(spans, weights, strict=True)]
        cosines = np.bincount(names, np.concatenate(parts), n)
        found = np.flatnonzero(cosines)
        return found, cosines[found].astype(np.float32)


def _tf(times: NDArray[np.float32]) -> NDArray[np.float32]:
    return (1 + np.log(times)).astype(np.float32)
