"""Names and lyrics as short vectors, by the words and letters they share.

A text becomes a bag of words and pieces of words, each weighted by how rare it is in this library
(TF-IDF), and the bag a vector of a few dozen numbers: by random signs for names, where being the
same word is all that counts, by the strongest directions of the library (latent semantic analysis)
for lyrics, where words that occur together mean something together. Numpy alone, every script.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Literal, NamedTuple, Self

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array
from murecom.text.fold import name_key
from murecom.text.tokens import is_unspaced, search_terms

Floats = NDArray[np.float32]
Method = Literal["signs", "topics"]

BUCKETS = 1 << 18
"Numbers that terms are hashed to. 100,000 titles have 150,000 terms: most stand alone."

VOCABULARY = 20_000
"Terms kept for topics, the commonest: what fewer tracks have says nothing about their meaning."

SAMPLE = 20_000
"Texts from which topics are learned; more change the directions little and cost seconds."

LONGEST = 20_000
"Characters of a text that are read."

_ROWS_AT_ONCE = 2_048


class Bags(NamedTuple):
    """Texts as bags of terms: row i has terms[starts[i]:starts[i + 1]] with their weights."""

    starts: NDArray[np.int64]
    terms: NDArray[np.int64]
    weights: Floats


def terms_of(text: str, pieces: bool = True) -> list[str]:
    """List the terms of a text: words; with `pieces` also their beginnings, ends and trigrams.

    Of scripts without gaps, single characters and pairs. Terms may repeat. A blank text has none.

    Examples
    --------
    >>> terms_of("Love 遗憾")
    ['love', '遗', '遗憾', '憾', '<lo', 'lov', 'ove', 've>']
    """
    if pieces:
        words = search_terms(text)
        return words + [
            piece
            for word in words
            if len(word) > 2 and not is_unspaced(word)
            for piece in _pieces(word)
        ]
    # every line by itself, so that words count as often as they are sung
    return [term for line in text[:LONGEST].splitlines() for term in search_terms(line)]


def _pieces(word: str) -> list[str]:
    marked = f"<{word}>"
    return [marked[at : at + 3] for at in range(len(marked) - 2)]


@dataclass(eq=False)
class Words:
    """Turns texts into vectors, by what is rare and common in one library.

    Parameters
    ----------
    dim : int
        Numbers in a vector.
    method : {"signs", "topics"}
        Random signs for names, or latent semantic analysis for long texts.
    whole : bool
        Let the whole name count as one more term, as much as all others together: for artists and
        albums, where "the" same is more than similar letters.
    """

    dim: int = 32
    method: Method = "signs"
    whole: bool = False

    _rarity: Floats = field(default_factory=lambda: np.empty(0, np.float32), init=False, repr=False)
    _known: NDArray[np.int64] = field(
        default_factory=lambda: np.empty(0, np.int64), init=False, repr=False
    )
    _topics: Floats = field(
        default_factory=lambda: np.empty((0, 0), np.float32), init=False, repr=False
    )

    def fit(self, texts: Sequence[Sequence[str]]) -> Self:
        """Learn how common terms are, and, for topics, which occur together.

        Parameters
        ----------
        texts : sequence of sequence of str
            The texts of each track; an empty one stands for a track without.
        """
        counted = self._counted(texts)
        rows = len(texts) - int((np.diff(counted.starts) == 0).sum())
        frequency = np.bincount(counted.terms, minlength=BUCKETS)
        # as scikit-learn smooths it: a term that nobody has counts as one that one more text has
        self._rarity = (np.log((1 + rows) / (1 + frequency)) + 1).astype(np.float32)
        if self.method == "topics":
            common = np.flatnonzero(frequency > 1)
            order = np.argsort(-frequency[common], kind="stable")
            self._known = np.sort(common[order[:VOCABULARY]]).astype(np.int64)
            self._topics = _directions(self._weighed(_sampled(counted)), self._known, self.dim)
        return self

    def transform(self, texts: Sequence[Sequence[str]]) -> Floats:
        """Give the vectors of texts.

        Returns
        -------
        ndarray of float32, shape (len(texts), dim)
            Rows of NaN for texts without a term (for topics: without a known one).
        """
        result = np.full((len(texts), self.dim), np.nan, np.float32)
        for start in range(0, len(texts), _ROWS_AT_ONCE):
            bags = self._weighed(self._counted(texts[start : start + _ROWS_AT_ONCE]))
            if self.method == "signs":
                made = _sums(bags, _signs(bags.terms, self.dim))
            else:
                bags = _kept(bags, self._known)
                made = _sums(bags, self._topics[bags.terms])
            has = np.diff(bags.starts) > 0
            result[start : start + len(has)][has] = made[has]
        return result

    def arrays(self) -> dict[str, Array]:
        """Give the arrays from which `restore` makes the same again."""
        return {
            "rarity": self._rarity.astype(np.float16),
            "known": self._known,
            "topics": self._topics,
        }

    def restore(self, arrays: Mapping[str, Array]) -> Self:
        """Take over what `arrays` gave for the same parameters.

        Raises
        ------
        KeyError, ValueError
            An array is missing or does not fit.
        """
        self._rarity = np.asarray(arrays["rarity"], np.float32)
        self._known = np.asarray(arrays["known"], np.int64)
        self._topics = np.asarray(arrays["topics"], np.float32)
        if self._rarity.shape != (BUCKETS,) or len(self._known) != len(self._topics):
            raise ValueError("the arrays of the words do not fit")
        return self

    def _counted(self, texts: Sequence[Sequence[str]]) -> Bags:
        """Count terms; weights grow with the logarithm of the count."""
        starts = np.zeros(len(texts) + 1, np.int64)
        terms, counts = [], []
        for row, parts in enumerate(texts):
            bag = self._terms(parts)
            numbers = np.fromiter((zlib.crc32(t.encode()) for t in bag), np.int64, len(bag))
            found, times = np.unique(numbers % BUCKETS, return_counts=True)
            terms.append(found)
            counts.append(times)
            starts[row + 1] = starts[row] + len(found)
        weights = 1 + np.log(np.concatenate([*counts, np.empty(0, np.int64)]))
        return Bags(
            starts,
            np.concatenate([*terms, np.empty(0, np.int64)]).astype(np.int64),
            weights.astype(np.float32),
        )

    def _terms(self, parts: Sequence[str]) -> list[str]:
        names = self.method == "signs"
        terms = list(chain.from_iterable(terms_of(part, pieces=names) for part in parts))
        if self.whole:
            terms += [f"={key}" for part in parts if (key := name_key(part))]
        return terms

    def _weighed(self, bags: Bags) -> Bags:
        """Weigh terms by rarity; bags get length 1."""
        weights = bags.weights * self._rarity[bags.terms]
        return Bags(bags.starts, bags.terms, _scaled(bags.starts, weights))


def _scaled(starts: NDArray[np.int64], weights: Floats) -> Floats:
    sizes = np.diff(starts)
    rows = np.repeat(np.arange(len(sizes)), sizes)
    squares = np.bincount(rows, weights.astype(np.float64) ** 2, minlength=len(sizes))
    return (weights / np.sqrt(np.maximum(squares, 1e-12))[rows]).astype(np.float32)


def _sums(bags: Bags, vectors: Floats) -> Floats:
    """Sum up the vectors of each bag's terms by their weights: shape (rows, dim)."""
    made = np.zeros((len(bags.starts) - 1, vectors.shape[1]), np.float32)
    has = np.flatnonzero(np.diff(bags.starts))
    if len(has):
        made[has] = np.add.reduceat(vectors * bags.weights[:, None], bags.starts[:-1][has])
    return made


def _signs(terms: NDArray[np.int64], dim: int) -> Floats:
    """Give each term its own dim random signs, the same on every machine (SplitMix64)."""
    signs = np.empty((len(terms), dim), np.float32)
    for block in range(0, dim, 64):
        state = (terms.astype(np.uint64) + np.uint64(1 + (block << 32))) * np.uint64(
            0x9E3779B97F4A7C15
        )
        state = (state ^ (state >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        state = (state ^ (state >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        state ^= state >> np.uint64(31)
        bits = np.unpackbits(state[:, None].view(np.uint8), axis=1)
        part = signs[:, block : block + 64]
        part[:] = bits[:, : part.shape[1]]
    return signs * np.float32(2) - np.float32(1)


def _sampled(bags: Bags) -> Bags:
    """Take evenly spread rows, at most `SAMPLE`."""
    rows = len(bags.starts) - 1
    if rows <= SAMPLE:
        return bags
    chosen = np.linspace(0, rows - 1, SAMPLE).astype(np.int64)
    sizes = np.diff(bags.starts)[chosen]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    at = np.repeat(bags.starts[chosen] - starts[:-1], sizes) + np.arange(starts[-1])
    return Bags(starts, bags.terms[at], bags.weights[at])


def _kept(bags: Bags, known: NDArray[np.int64]) -> Bags:
    """Keep the known terms, as their places among the known ones; bags get length 1."""
    places = np.searchsorted(known, bags.terms)
    is_known = np.zeros(len(bags.terms), np.bool_)
    inside = places < len(known)
    is_known[inside] = known[places[inside]] == bags.terms[inside]
    sums = np.concatenate([[0], np.cumsum(is_known)])
    starts = sums[bags.starts].astype(np.int64)
    return Bags(starts, places[is_known], _scaled(starts, bags.weights[is_known]))


def _directions(bags: Bags, known: NDArray[np.int64], dim: int) -> Floats:
    """Find the strongest directions of bags: float32[known, dim]; zeros where there are fewer.

    Subspace iteration (Halko, Martinsson & Tropp, "Finding structure with randomness", 2011, 4.4)
    with eight more directions than needed and four rounds.
    """
    bags = _kept(bags, known)
    turned = _turned(bags, len(known))
    width = dim + 8
    random = np.random.default_rng(0)
    basis = random.standard_normal((len(known), width)).astype(np.float32)
    for _ in range(4):
        basis = _product(turned, _product(bags, basis))
        basis = np.linalg.qr(basis)[0].astype(np.float32)
    small = _product(bags, basis)
    values, turn = np.linalg.eigh((small.T @ small).astype(np.float64))
    best = turn[:, ::-1][:, :dim].astype(np.float32)
    found = basis @ best
    strength = np.sqrt(np.maximum(values[::-1][:dim], 0))
    found[:, strength[: found.shape[1]] < 1e-4] = 0
    return np.pad(found, ((0, 0), (0, dim - found.shape[1])))


def _turned(bags: Bags, columns: int) -> Bags:
    """Give the transposed bags: for each term the rows that have it."""
    rows = np.repeat(np.arange(len(bags.starts) - 1), np.diff(bags.starts))
    order = np.argsort(bags.terms, kind="stable")
    starts = np.zeros(columns + 1, np.int64)
    np.cumsum(np.bincount(bags.terms, minlength=columns), out=starts[1:])
    return Bags(starts, rows[order].astype(np.int64), bags.weights[order])


def _product(bags: Bags, matrix: Floats) -> Floats:
    """Multiply bags by a matrix, some rows at a time: float32[rows, width]."""
    rows = len(bags.starts) - 1
    made = np.zeros((rows, matrix.shape[1]), np.float32)
    for start in range(0, rows, _ROWS_AT_ONCE):
        end = min(start + _ROWS_AT_ONCE, rows)
        part = slice(bags.starts[start], bags.starts[end])
        some = Bags(
            bags.starts[start : end + 1] - bags.starts[start], bags.terms[part], bags.weights[part]
        )
        made[start:end] = _sums(some, matrix[some.terms])
    return made
