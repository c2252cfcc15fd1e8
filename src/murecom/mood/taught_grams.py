"""What a text is written with, as numbers: characters, pairs, triples and words, by TF-IDF.

Part of the head that a user teaches (`mood.taught`); `train.teach` learns with the same numbers. A
gram is known by 64 bits of hash: no list of strings is kept, two grams of a million share a hash
with a probability of one in thirty million, and numpy does all of it for many texts at once. The
fixed buckets of `mood.grams` are smaller, but a head that is taught 50,000 texts needs more grams
than they hold apart.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from murecom.text.fold import fold
from murecom.text.words import words

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
Hashes = NDArray[np.uint64]

VERSION = 1
"Of everything that hashes depend on; heads of another version are taught anew."

LENGTHS = (1, 2, 3)
"Characters of a gram. Four gained nothing on posts of NLPCC 2013 and took longer."

WORDS = 0.7
"Length of the part of a text's row that its words are; that of the characters is 1."

LONGEST = 2_000
"Characters of a text that count."

MOST = 400_000
"Grams that are kept at most, those in most texts."

_SOME = np.uint64(0x9E3779B97F4A7C15)
_MORE = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """Entries of a sparse matrix, sorted by row, then column."""

    rows: Ints
    columns: Ints
    values: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Vocabulary:
    """The grams that are known.

    Attributes
    ----------
    keys : ndarray of uint64, shape (grams,)
        Their hashes, sorted.
    idf : ndarray of float32, shape (grams,)
        Inverse document frequencies, ln((1 + n) / (1 + texts with it)) + 1.
    is_word : ndarray of bool, shape (grams,)
        Words; the others are runs of characters.
    """

    keys: Hashes
    idf: Floats
    is_word: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.keys)

    @classmethod
    def of(cls, texts: Sequence[str], least: int = 1) -> Self:
        """Gather the grams of texts that stand in at least `least` of them; see `MOST`."""
        rows, hashes, is_word = _hashes(texts)
        keys, first, inverse = np.unique(hashes, return_index=True, return_inverse=True)
        cells = np.unique(rows * max(len(keys), 1) + inverse)
        counts = np.bincount(cells % max(len(keys), 1), minlength=len(keys))
        kept = np.flatnonzero(counts >= least)
        if len(kept) > MOST:
            kept = np.sort(kept[np.argsort(-counts[kept], kind="stable")[:MOST]])
        idf = np.log((1 + len(texts)) / (1 + counts[kept])) + 1
        return cls(keys[kept], idf.astype(np.float32), is_word[first[kept]])

    def cells(self, texts: Sequence[str]) -> Cells:
        """Weigh the known grams of texts.

        Returns
        -------
        Cells
            Columns are those of `keys`. Values are (1 + ln count) · IDF; in each row the characters
            have the Euclidean length 1 and the words `WORDS`, where there are any.
        """
        rows, hashes, _ = _hashes(texts)
        if not len(self.keys) or not len(hashes):
            return Cells(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))
        places = np.minimum(np.searchsorted(self.keys, hashes), len(self.keys) - 1)
        known = self.keys[places] == hashes
        flat, counts = np.unique(rows[known] * len(self.keys) + places[known], return_counts=True)
        row, column = np.divmod(flat, len(self.keys))
        values = (1 + np.log(counts)) * self.idf[column]
        # characters and words of a row are two vectors, each with a length of its own
        part = 2 * row + self.is_word[column]
        length = np.sqrt(np.bincount(part, weights=values**2, minlength=2 * len(texts)))
        scaled = values / length[part] * np.where(self.is_word[column], WORDS, 1.0)
        return Cells(row, column, scaled.astype(np.float32))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Give what an artefact keeps."""
        return {"gram-keys": self.keys, "gram-idf": self.idf, "gram-is-word": self.is_word}

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, NDArray[Any]]) -> Self:
        """Take what an artefact kept; ValueError or KeyError if it does not fit together."""
        keys, idf = arrays["gram-keys"], arrays["gram-idf"]
        is_word = arrays["gram-is-word"]
        if keys.dtype != np.uint64 or not keys.shape == idf.shape == is_word.shape:
            raise ValueError("the grams do not fit together")
        return cls(keys, idf, is_word.astype(bool))


def product(cells: Cells, weights: Floats, n: int) -> Floats:
    """Multiply cells of n rows by a dense matrix (columns, k): float32[n, k]."""
    result = np.zeros((n, weights.shape[1]), np.float32)
    if len(cells.rows):
        parts = weights[cells.columns] * cells.values[:, None]
        there, starts = np.unique(cells.rows, return_index=True)
        result[there] = np.add.reduceat(parts, starts, axis=0)
    return result


def _hashes(texts: Sequence[str]) -> tuple[Ints, Hashes, NDArray[np.bool_]]:
    """Give row and hash of every gram of every text, and whether it is a word."""
    folded = [fold(text[:LONGEST]) for text in texts]
    # a folded text has no control characters, so 0 ends each
    joined = "".join(text + "\0" for text in folded)
    codes = np.frombuffer(joined.encode("utf-32-le"), "<u4").astype(np.uint64)
    ends = codes == 0
    owner = np.cumsum(ends) - ends
    rows: list[Ints] = []
    hashes: list[Hashes] = []
    run, inside = np.zeros_like(codes), ~ends
    for length in LENGTHS:
        if length > 1:
            run, inside = run[:-1], inside[:-1] & ~ends[length - 1 :]
        run = _mixed(run * _SOME + codes[length - 1 :] + np.uint64(length))
        rows.append(owner[: len(run)][inside])
        hashes.append(run[inside])
    characters = sum(map(len, rows))
    of_word = [(row, _word(word)) for row, text in enumerate(folded) for word in words(text)]
    rows.append(np.array([row for row, _ in of_word], np.int64))
    hashes.append(np.array([key for _, key in of_word], np.uint64))
    all_rows, all_hashes = np.concatenate(rows), np.concatenate(hashes)
    return all_rows, all_hashes, np.arange(len(all_rows)) >= characters


def _mixed(values: Hashes) -> Hashes:
    """Spread bits over all 64; the last steps of SplitMix64 (Steele, Lea & Flood, OOPSLA 2014)."""
    values = (values ^ (values >> np.uint64(30))) * _MORE[0]
    values = (values ^ (values >> np.uint64(27))) * _MORE[1]
    return values ^ (values >> np.uint64(31))


@lru_cache(maxsize=65_536)
def _word(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest(), "little")
