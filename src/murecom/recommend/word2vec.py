"""Word2Vec over playlists: tracks as words, playlists as sentences.

Skip-gram with negative sampling learns two vectors of every track: its *input* vector says what it
stands beside, its *output* vector what stands beside it. Their product is what was trained, so it
is what scores here: the mean of the seeds' input vectors with every output vector, plus a part of
the logarithm of popularity, which negative sampling takes out. `most_similar` is what gensim offers
under that name, and most programs use: the cosine of input vectors alone.
Source: Mikolov et al., "Distributed representations of words and phrases and their
compositionality", NIPS 2013; settings after Caselles-Dupré et al., "Word2vec applied to
recommendation: hyperparameters matter", RecSys 2018.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.artefact import Array, part
from murecom.errors import BadInput, MissingExtra
from murecom.interactions import Interactions
from murecom.recommend.base import Data, Recommender, Seeds
from murecom.recommend.factorise import turned
from murecom.recommend.factors import Factors
from murecom.recommend.sparse import HALVING, shares
from murecom.types import Progress, Step

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]


@dataclass(eq=False)
class Word2Vec(Recommender):
    """Skip-gram vectors of tracks by gensim, one thread and one seed: the same every time."""

    name: ClassVar[str] = "word2vec"
    needs: ClassVar[frozenset[str]] = frozenset({"interactions"})
    made_by: ClassVar[str] = "murecom train playlists"

    scoring: str = "in_out"
    "`in_out`: input with output vectors; `most_similar`: with input vectors, as the original."

    vector_size: int = 128
    "Length of a vector."

    window: int = 20
    "Tracks on each side that a track is trained with, at most: a random number up to this."

    epochs: int = 10
    "Passes over all playlists."

    negative: int = 5
    "Random tracks for each pair."

    ns_exponent: float = 0.75
    "Power of popularity by which random tracks are drawn; 0 draws all alike."

    sample: float = 0.0
    "Share of all entries above which a track is passed over now and then; 0 never."

    rate: float = 0.025
    "Learning rate at the beginning; it falls to nothing."

    min_count: int = 2
    "Playlists that a track must be in."

    popular_weigh: float = 0.5
    "What the logarithm of popularity is multiplied by before it is added (`in_out` only)."

    halving: float = HALVING
    "Tracks after which a seed counts half when the next track is wanted."

    def __post_init__(self) -> None:
        """Check the scoring; BadInput for a word that is not one of the two."""
        if self.scoring not in ("in_out", "most_similar"):
            raise BadInput(
                f"There is no scoring '{self.scoring}'. Choose 'in_out' or 'most_similar'."
            )

    def _fit(self, data: Data, progress: Progress) -> dict[str, Array]:
        lists = data.interactions
        assert lists is not None
        popularity = lists.popularity
        least = min(self.min_count, int(popularity.max(initial=0)))
        own = np.flatnonzero(popularity >= max(least, 1))
        inputs, outputs = self._train(lists.keep(own), progress)
        row = np.full(len(popularity), -1, np.int32)
        row[own] = np.arange(len(own), dtype=np.int32)
        if self.scoring == "most_similar":
            lengths = np.linalg.norm(inputs, axis=1, keepdims=True)
            unit = turned(inputs / np.maximum(lengths, 1e-12))[0]
            return _named(Factors.build(unit, row))
        outputs, inputs = turned(outputs, inputs)
        # one more number of every vector, so that one product adds popularity
        wide = np.column_stack([self.popular_weigh * np.log(popularity[own]), outputs])
        factors = Factors.build(wide.astype(np.float32), row)
        ordered = np.empty_like(inputs)
        ordered[factors.row[own]] = inputs
        return {"inputs": ordered, **_named(factors)}

    def _train(self, lists: Interactions, progress: Progress) -> tuple[Floats, Floats]:
        """Give the input and output vectors of all items of the lists."""
        try:
            from gensim.models import Word2Vec as Gensim
        except ImportError as error:
            raise MissingExtra("playlists", "Learning Word2Vec from playlists") from error
        empty = np.zeros((lists.n_items, self.vector_size), np.float32)
        if not lists.n_items:
            return empty, empty
        with _quiet():
            model = Gensim(
                _Sentences(lists),
                vector_size=self.vector_size,
                window=self.window,
                epochs=self.epochs,
                negative=self.negative,
                ns_exponent=self.ns_exponent,
                sample=self.sample,
                alpha=self.rate,
                sg=1,
                hs=0,
                min_count=1,
                workers=1,
                seed=1,
                callbacks=[_Epochs(self.epochs, progress)],
            )
        order = np.array([int(word) for word in model.wv.index_to_key])
        inputs, outputs = empty, empty.copy()
        inputs[order], outputs[order] = model.wv.vectors, model.syn1neg
        return inputs, outputs

    def _open(self) -> None:
        self._factors = Factors.of(part(self.state, "factors"))
        self._inputs = self.state.get("inputs")

    def _usable(self, items: NDArray[np.int64]) -> NDArray[np.bool_]:
        return self._factors.has(items)

    def _place(self, seeds: Seeds) -> Floats:
        weights = shares(seeds, self.halving).astype(np.float32)
        rows = self._factors.row[seeds.items]
        if self._inputs is not None:
            return np.append(np.float32(1), weights @ self._inputs[rows]).astype(np.float32)
        mean = weights @ self._factors.vectors[rows]
        unit: Floats = (mean / max(float(np.linalg.norm(mean)), 1e-12)).astype(np.float32)
        return unit

    def _scores(self, seeds: Seeds) -> Floats:
        return self._factors.scores(self._place(seeds))

    def _some(self, seeds: Seeds, items: NDArray[np.int64]) -> Floats:
        return self._factors.some(self._place(seeds), items)

    def _top(self, seeds: Seeds, k: int, exclude: NDArray[np.int64]) -> tuple[Ints, Floats]:
        return self._factors.top(self._place(seeds), k, exclude)


def _named(factors: Factors) -> dict[str, Array]:
    return {f"factors.{name}": array for name, array in factors.arrays().items()}


class _Sentences:
    """The playlists as lists of words, as often as they are asked for."""

    def __init__(self, lists: Interactions) -> None:
        self.lists = lists
        self.words = [str(item) for item in range(lists.n_items)]

    def __iter__(self) -> Iterator[list[str]]:
        for items in self.lists:
            if len(items):
                yield [self.words[item] for item in items]


class _Epochs:
    """Reports progress to us; gensim calls these methods by name."""

    def __init__(self, epochs: int, progress: Progress) -> None:
        self.done, self.epochs, self.progress = 0, epochs, progress

    def on_train_begin(self, model: Any) -> None:
        self.progress(Step("Training vectors", 0, self.epochs))

    def on_epoch_begin(self, model: Any) -> None:
        """Nothing to do."""

    def on_epoch_end(self, model: Any) -> None:
        self.done += 1
        self.progress(Step("Training vectors", self.done, self.epochs))

    def on_train_end(self, model: Any) -> None:
        """Nothing to do."""


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep gensim from warning, on stderr, that small data leave its queue empty."""
    logger = logging.getLogger("gensim")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)
