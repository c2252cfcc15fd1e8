"""The lexicon of the original: words with classes and intensities, counted in a text.

The recipe is the original's: the keywords of a text by TF-IDF, each times its intensity, summed by
class, divided by the sum. It stays as the row "from the original", as an opponent in the benchmark,
and as a voice that `mood.model.MoodModel` may ask. The words come from a file of the user
(`mood.dutir`); none are shipped. See `docs/design/mood-lexicon.md` for what is mended.
"""

from __future__ import annotations

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from murecom import artefact
from murecom.errors import BadInput
from murecom.mood.dutir import Sense
from murecom.mood.labels import CODES, FELT, ORIGINAL, shares
from murecom.mood.readings import Readings
from murecom.text.fold import fold
from murecom.text.language import has_kana
from murecom.text.words import words as words_of

Floats = NDArray[np.float32]

REMEDY = "murecom mood import-lexicon dutir.csv"
WHAT = "mood lexicon"

KEYWORDS = 20
"Words of a text that count, as jieba's `extract_tags` has it by default."

SHORTEST = 2
"Characters of a keyword at least, as there."

PRIOR = 2.0
"""Words of middling intensity (5) at which the text and not knowing weigh alike, in `speak`.
Chosen, not measured: one word is a hint, five are a statement."""

MIDDLING = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Lexicon:
    """Words and how much of each of the 21 classes they are.

    Attributes
    ----------
    words : tuple of str
        Folded, so that traditional script finds simplified; each once.
    intensities : ndarray of float32, shape (words, 21)
        By `ORIGINAL`; the mean over the senses of a word, second classes included.
    idf : mapping of str to float
        Inverse document frequencies, see `fit_idf`; empty: none is known, all words weigh alike.
    about : mapping
        Where it comes from.
    """

    words: tuple[str, ...]
    intensities: Floats
    idf: Mapping[str, float] = field(default_factory=dict)
    about: Mapping[str, Any] = field(default_factory=dict)
    _rows: Mapping[str, int] = field(init=False, repr=False)
    _common: float = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.intensities.shape != (len(self.words), len(ORIGINAL)):
            raise ValueError(f"intensities have the shape {self.intensities.shape}")
        object.__setattr__(self, "_rows", {word: row for row, word in enumerate(self.words)})
        # an unknown word is as rare as the middle one, as jieba has it
        common = float(np.median(list(self.idf.values()))) if self.idf else 1.0
        object.__setattr__(self, "_common", common)

    @classmethod
    def of(cls, senses: Iterable[Sense], about: Mapping[str, Any] | None = None) -> Self:
        """Make a lexicon of the rows of a file.

        A word with several rows counts once, with the mean of them. Of a row, the second class
        counts with its own intensity; the original lost nearly all of them.
        """
        sums: dict[str, NDArray[np.float64]] = defaultdict(lambda: np.zeros(len(ORIGINAL)))
        counts: Counter[str] = Counter()
        for sense in senses:
            word = fold(sense.word)
            if not word:
                continue
            counts[word] += 1
            sums[word][ORIGINAL.index(sense.code)] += sense.intensity
            if sense.auxiliary is not None:
                sums[word][ORIGINAL.index(sense.auxiliary)] += sense.auxiliary_intensity
        words = tuple(sums)
        rows = [sums[word] / counts[word] for word in words]
        matrix = np.array(rows, np.float32).reshape(len(words), len(ORIGINAL))
        return cls(words, matrix, about=dict(about or {}))

    def fit_idf(self, texts: Iterable[str]) -> Self:
        """Learn which words are common, from texts of the kind that will be read.

        The original took the table that comes with jieba, which is not shipped. ln(n / texts with
        the word); no texts give a lexicon without a table.
        """
        found: Counter[str] = Counter()
        n = 0
        for text in texts:
            n += 1
            found.update(set(_candidates(text)))
        return replace(self, idf={word: math.log(n / count) for word, count in found.items()})

    def keywords(self, text: str) -> list[tuple[str, float]]:
        """Give the keywords of a text and their TF-IDF, the weightiest first.

        The best `KEYWORDS` where an IDF is known. Without one, a rank would be one of function
        words: all words count then, each with how often it is there.
        """
        counts = Counter(_candidates(text))
        if not self.idf:
            return [(word, float(count)) for word, count in counts.most_common()]
        total = sum(counts.values())
        weighed = [
            (word, count / total * self.idf.get(word, self._common))
            for word, count in counts.items()
        ]
        return sorted(weighed, key=lambda pair: -pair[1])[:KEYWORDS]

    def read(self, texts: Sequence[str]) -> Readings:
        """Read texts as the original did.

        Returns
        -------
        Readings
            A row for each text; zeros where no word of the lexicon was found. The confidence grows
            with the number of words and their intensity, see `PRIOR`.
        """
        sums = np.zeros((len(texts), len(CODES)), np.float32)
        mass = np.zeros(len(texts), np.float32)
        for number, text in enumerate(texts):
            found = [
                (self._rows[word], weight)
                for word, weight in self.keywords(text)
                if word in self._rows
            ]
            if not found:
                continue
            rows, weights = zip(*found, strict=True)
            known = self.intensities[list(rows)]
            sums[number, : len(ORIGINAL)] = np.array(weights, np.float32) @ known
            # a table of weights must not make a text weightier than its words
            mass[number] = known.sum()
        total = sums.sum(axis=1, keepdims=True)
        classes: Floats = np.divide(sums, total, out=np.zeros_like(sums), where=total > 0)
        confidence = mass / (mass + PRIOR * MIDDLING) * (total[:, 0] > 0)
        return Readings.of_classes(classes, classes @ shares(), confidence.astype(np.float32))

    # -- files ------------------------------------------------------------------------------------

    def save(self, folder: Path | str) -> None:
        """Write the lexicon as an artefact; errors as in `artefact.save`."""
        known = list(self.idf)
        arrays: dict[str, NDArray[Any]] = {
            "intensities": np.asarray(self.intensities, np.float32),
            "words": _packed(self.words),
            "idf": np.array([self.idf[word] for word in known], np.float32),
            "idf-words": _packed(known),
        }
        manifest = {
            "class": "mood_lexicon",
            "classes": list(ORIGINAL),
            "words": len(self.words),
            "about": dict(self.about),
        }
        artefact.save(folder, arrays, manifest)

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read a lexicon.

        Raises
        ------
        NotReady
            None was imported yet.
        BadInput
            It is damaged, or another kind of model.
        """
        manifest, arrays = artefact.load(folder, what=WHAT, remedy=REMEDY)
        try:
            if manifest["class"] != "mood_lexicon" or manifest["classes"] != list(ORIGINAL):
                raise ValueError("it is something else")
            idf = dict(zip(_unpacked(arrays["idf-words"]), arrays["idf"].tolist(), strict=True))
            return cls(
                words=tuple(_unpacked(arrays["words"])),
                intensities=arrays["intensities"],
                idf=idf,
                about=dict(manifest.get("about") or {}),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise BadInput(
                f"The {WHAT} in {folder} is damaged ({error}). Import it again: {REMEDY}"
            ) from error


@dataclass(frozen=True, slots=True, eq=False)
class LexiconVoice:
    """A lexicon as one voice among those of `mood.model.MoodModel`.

    `weight` is the factor of its log-probabilities where its evidence is whole.
    """

    lexicon: Lexicon
    weight: float = 0.5
    name: str = "lexicon"

    def speak(self, texts: Sequence[str], vectors: Floats) -> tuple[Floats, Floats]:
        """Tell what each text feels like, and how much of it was known.

        Parameters
        ----------
        texts : sequence of str
            Any.
        vectors : ndarray
            Not used.

        Returns
        -------
        probabilities : ndarray of float32, shape (n, 9)
            Over `FELT`, rows sum to 1. The less was found the flatter; flat where nothing was.
        evidence : ndarray of float32, shape (n,)
            0 where nothing was found and in Japanese, which shares words and not their meaning,
            towards 1 with many and strong words.
        """
        hits = self.lexicon.read(["" if has_kana(text) else text for text in texts])
        flat = np.float32(1 / len(FELT))
        some = hits.confidence[:, None]
        return hits.probabilities * some + flat * (1 - some), hits.confidence


def _candidates(text: str) -> list[str]:
    """Give the words of a text that may be keywords."""
    return [word for word in words_of(fold(text)) if len(word) >= SHORTEST]


def _packed(texts: Sequence[str]) -> NDArray[np.uint8]:
    return np.frombuffer(json.dumps(list(texts), ensure_ascii=False).encode(), np.uint8)


def _unpacked(array: NDArray[Any]) -> list[str]:
    return [str(text) for text in json.loads(bytes(array))]
