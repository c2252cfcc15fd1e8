"""Texts as bags of hashed pieces: characters of Chinese and Japanese, words of other scripts.

What a text is written with, beside the vector of what it means (`mood.encoder`): a linear head on
these pieces is a matrix product, and no list of strings is kept.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from murecom.text.fold import fold

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

BITS = 17
"2^17 buckets: of the 200,000 pieces that were learned from few share one."

LONGEST = 1000
"Characters of a text that are looked at."

_UNSPACED = (
    r"\u3041-\u3096\u30a1-\u30ff\u3005-\u3007\u3400-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
_PIECES = re.compile(rf"([{_UNSPACED}]+)|([^\W\d_{_UNSPACED}]+(?:'[^\W\d_]+)*)|([!?…~]+|\.\.+)")


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """Rows of a sparse matrix: `buckets[starts[i]:starts[i + 1]]` are the pieces of text i."""

    buckets: Ints
    starts: Ints

    def __len__(self) -> int:
        return len(self.starts) - 1

    def rows(self) -> Ints:
        """Give the row of every bucket."""
        return np.repeat(np.arange(len(self), dtype=np.int32), np.diff(self.starts))

    def weighed(self, idf: Floats) -> Floats:
        """Give the value of every bucket: inverse document frequency, each row of length 1."""
        values = idf[self.buckets].astype(np.float32, copy=False)
        square = np.bincount(self.rows(), values * values, minlength=len(self))
        length = np.sqrt(np.maximum(square, 1e-12)).astype(np.float32)
        result: Floats = values / length[self.rows()]
        return result

    def times(self, idf: Floats, weights: Floats) -> Floats:
        """Multiply the weighed rows by weights, shape (2^BITS, k): (n, k)."""
        products = weights[self.buckets].astype(np.float32) * self.weighed(idf)[:, None]
        result = np.zeros((len(self), weights.shape[1]), np.float32)
        np.add.at(result, self.rows(), products)
        return result


def grams(texts: Sequence[str]) -> Grams:
    """Take texts apart: one to three neighbouring characters, one or two neighbouring words."""
    rows = [_buckets(text[:LONGEST]) for text in texts]
    starts = np.zeros(len(rows) + 1, np.int32)
    np.cumsum([len(row) for row in rows], out=starts[1:])
    flat = [bucket for row in rows for bucket in row]
    return Grams(np.array(flat, np.int32), starts)


def _buckets(text: str) -> list[int]:
    found: set[str] = set()
    last = "^"
    for unspaced, word, signs in _PIECES.findall(fold(text)):
        if unspaced:
            for size in (1, 2, 3):
                found.update(unspaced[k : k + size] for k in range(len(unspaced) - size + 1))
            last = "^"
        elif word:
            found.add(word)
            found.add(f"{last} {word}")
            last = word
        else:
            found.add(signs[:3])
    mask = (1 << BITS) - 1
    # sorted: the order of a set differs from run to run, and so would the last digits of sums
    return sorted({crc32(piece.encode()) & mask for piece in found})
