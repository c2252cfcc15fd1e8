"""The shipped head: what reads nine labels and 24 classes from vectors and pieces of words.

Two linear models whose log-probabilities are added: one on the vectors of the encoder, one on
hashed pieces (`mood.grams`). `train.mood` fits them on our phrases and on GoEmotions; what is
shipped, and where it comes from, stands in `mood/data/PROVENANCE.md`.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import dataclass, fields
from functools import cache
from importlib import resources
from typing import Any, Self
from zipfile import BadZipFile
from zlib import error as zlib_error

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput, Unsupported
from murecom.mood.grams import Grams
from murecom.mood.labels import CODES, FELT, shares
from murecom.mood.tables import phrases

Floats = NDArray[np.float32]

FILE, PHRASES = "head.npz", "phrases.npz"
"Files in `mood/data`: the head, and vectors of the phrases for explanations."

SPOKEN = 3.0
"Weight of a cue among the classes of one label; chosen by eye."

TINY = 1e-5
"Added to probabilities before their logarithm."


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """Weights; d is the dimension of the encoder, L the felt labels, C the classes."""

    dense: Floats
    "(d, L)"
    dense_bias: Floats
    classes: Floats
    "(d, C)"
    classes_bias: Floats
    idf: Floats
    "(2^BITS,); 0 for pieces that were never met."
    pieces: Floats
    "(2^BITS, L)"
    pieces_bias: Floats
    about: dict[str, Any]
    "Key of the encoder, hash of the phrases, sources, versions, metrics."

    @property
    def encoder(self) -> str:
        """Key of the encoder that it was fitted for."""
        return str(self.about["encoder"])

    def labels(self, vectors: Floats, grams: Grams) -> tuple[Floats, Floats]:
        """Give log-probabilities over `labels.FELT` by vectors and by pieces, shape (n, 9) each."""
        by_vector = softmax(vectors @ self.dense + self.dense_bias)
        by_pieces = softmax(grams.times(self.idf, self.pieces) + self.pieces_bias)
        return np.log(by_vector + TINY), np.log(by_pieces + TINY)

    def split(self, vectors: Floats, cues: Floats, probabilities: Floats) -> Floats:
        """Split probabilities of labels over the classes that they are made of, shape (n, 24).

        `cues`, shape (n, 24), are `mood.cues.count_cues`; each speaks for its class.
        """
        fine = softmax(vectors @ self.classes + self.classes_bias + SPOKEN * cues)
        share = shares()
        within = fine[:, :, None] * share[None]
        within /= np.maximum(within.sum(axis=1, keepdims=True), TINY**2)
        result: Floats = np.einsum("ncl,nl->nc", within, probabilities, dtype=np.float32)
        return result

    def packed(self) -> bytes:
        """Give the content of the file that `load` reads."""
        arrays = {
            one.name: np.asarray(getattr(self, one.name), np.float16)
            for one in fields(self)
            if one.name != "about"
        }
        buffer = io.BytesIO()
        about = np.frombuffer(json.dumps(self.about, sort_keys=True).encode(), np.uint8)
        np.savez_compressed(buffer, about=about, **arrays)  # type: ignore[arg-type]
        return buffer.getvalue()

    @classmethod
    def load(cls, content: bytes) -> Self:
        """Read a head.

        Raises
        ------
        BadInput
            It is damaged.
        """
        try:
            with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
                about = json.loads(arrays["about"].tobytes())
                found = {
                    name: arrays[name].astype(np.float32) for name in arrays if name != "about"
                }
            head = cls(**found, about=about)
            if head.dense.shape[1] != len(FELT) or head.classes.shape[1] != len(CODES):
                raise ValueError("other labels")
        except (
            KeyError,
            TypeError,
            ValueError,
            OSError,
            EOFError,
            BadZipFile,
            zlib_error,
        ) as error:
            raise BadInput(f"The mood head is damaged ({error}). Install murecom again.") from error
        return head

    @classmethod
    def shipped(cls) -> Head:
        """Give the head of the package, read once."""
        return _shipped()


@cache
def _shipped() -> Head:
    return Head.load((resources.files("murecom.mood") / "data" / FILE).read_bytes())


def phrases_hash() -> str:
    """Give a hash of all phrases in their order."""
    rows = "\n".join("\t".join(row) for row in phrases())
    return hashlib.sha256(rows.encode()).hexdigest()


def pack_phrases(vectors: Floats) -> bytes:
    """Give the content of the file with the vectors of the phrases, as whole numbers by row."""
    scale = np.abs(vectors).max(axis=1, keepdims=True) / 127
    rows = np.round(vectors / np.maximum(scale, 1e-12)).astype(np.int8)
    buffer = io.BytesIO()
    kept = np.frombuffer(phrases_hash().encode(), np.uint8)
    np.savez_compressed(buffer, rows=rows, scale=scale.astype(np.float16), hash=kept)
    return buffer.getvalue()


@cache
def phrase_vectors() -> Floats:
    """Give the vectors of `tables.phrases()` as they are shipped, shape (phrases, d).

    Raises
    ------
    Unsupported
        The phrases were changed since: run scripts/fit_mood.py.
    """
    content = (resources.files("murecom.mood") / "data" / PHRASES).read_bytes()
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        if arrays["hash"].tobytes().decode() != phrases_hash():
            raise Unsupported("The phrases have changed. Run: python scripts/fit_mood.py")
        result: Floats = arrays["rows"].astype(np.float32) * arrays["scale"].astype(np.float32)
    return result


def softmax(logits: Floats) -> Floats:
    """Turn sums of log-probabilities into probabilities, row by row."""
    logits = logits - logits.max(axis=1, keepdims=True)
    odds = np.exp(logits)
    result: Floats = odds / odds.sum(axis=1, keepdims=True)
    return result
