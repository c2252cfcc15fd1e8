"""From words to a mood: the shipped voices, those that joined, and their calibrated sum.

A text is taken apart (`mood.reading`); each piece is judged by a linear model on its vector, by one
on its words, by the cues that stand in it, and by further voices (a lexicon, what was taught).
Their weighted log-probabilities are added; the pieces of a text are averaged before they become
probabilities. The weights differ by language, because the voices learned from different texts.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from murecom.errors import BadInput
from murecom.mood.cues import count_cues
from murecom.mood.encoder import Encoder, UniversalEncoder
from murecom.mood.explain import Explanation, explain
from murecom.mood.grams import grams
from murecom.mood.head import TINY, Head, phrase_vectors, softmax
from murecom.mood.labels import CODES, FELT, LABELS, ORIGINAL, RELATIVES, shares
from murecom.mood.reading import Piece, Reading, read_text
from murecom.mood.readings import Readings
from murecom.mood.tables import LANGUAGES, phrases, read_table
from murecom.mood.voice import Voice
from murecom.types import Mood

Floats = NDArray[np.float32]

VERSION = 1
"Of how texts are taken apart and cues found; count up when that changes."

AT_ONCE = 2048
"Pieces of texts that are read together: memory stays the same however many and long they are."


class Weights(NamedTuple):
    """Factors of the log-probabilities by vector, by pieces and by cues, and the temperature."""

    vector: float
    pieces: float
    cues: float
    temperature: float


WEIGHTS = {
    "zh": Weights(1.0, 0.5, 6.0, 2.2),
    "en": Weights(1.0, 1.5, 4.0, 2.0),
    "ja": Weights(1.0, 1.0, 4.0, 2.0),
}
"""Chosen by `scripts/fit_mood.py --tune`: Chinese on NLPCC 2013, whose groups are weighed as often
as they come in posts by the published shares of SMP2020-EWECT; English on a fifth of the train part
of GoEmotions that was kept back; for Japanese there is nothing to choose by: in between."""

OTHER = Weights(1.0, 0.5, 3.0, 2.0)
"Languages that have no phrases here: the encoder alone knows them."

SIGNS = Weights(0.0, 0.0, 8.0, 2.0)
"Pieces without words: an emoji alone says what it says."

KIN = 4.0
"""Power that sets relatives (`labels.RELATIVES`) apart. What they have together stays: joy with .25
and love with .24 must not lose to neutral with .26. On NLPCC 2013 macro-F1 rises from .470 to .478;
8 gives no more, and on English nothing changes."""

STRANGE = 0.6
"Factor of the confidence for languages of `OTHER`."

NOISE, CLEAR = 0.35, 0.6
"""Cosine to the nearest phrase below which Latin letters of an unknown language say nothing, and
from which they are understood: sentences of Swahili and Finnish, which the encoder never met, have
0.3-0.45, French, German and Spanish ones 0.65-0.8."""

LETTERS = 3.0
"With so many letters a text is half as sure as a long one."


class _Sums(NamedTuple):
    """Of n texts: sums of the voices (n, 9), mean vectors (n, d), cues (n, 24), which said any."""

    logits: Floats
    vectors: Floats
    cues: Floats
    said_any: NDArray[np.bool_]


@dataclass(eq=False)
class MoodModel:
    """Reads moods from words.

    Parameters
    ----------
    encoder : Encoder
        The one that the head was fitted for.
    head : Head
        See `mood.head`.
    voices : list of Voice
        Further opinions, asked in order.

    Raises
    ------
    BadInput
        The head is for another encoder.

    Examples
    --------
    >>> model = MoodModel.shipped()                                        # doctest: +SKIP
    >>> model.read(["so happy"])[0].label                                  # doctest: +SKIP
    'joy'
    """

    encoder: Encoder
    head: Head
    voices: list[Voice] = field(default_factory=list)

    def __post_init__(self) -> None:
        if self.encoder.key != self.head.encoder:
            raise BadInput(
                f"The mood head was fitted for {self.head.encoder}, not for {self.encoder.key}. "
                "Fit another one: python scripts/fit_mood.py."
            )

    @classmethod
    def shipped(cls, encoder: Encoder | None = None) -> MoodModel:
        """Make the model of the package.

        Raises
        ------
        MissingExtra
            The encoder is not installed.
        """
        return cls(encoder or UniversalEncoder(), Head.shipped())

    @property
    def key(self) -> str:
        """Name of everything that the numbers depend on, the further voices included."""
        voices = [voice.name for voice in self.voices]
        return "+".join([self.encoder.key, _fingerprint(self.head), *voices])

    def readings(self, texts: Sequence[str]) -> Readings:
        """Read many texts.

        Parameters
        ----------
        texts : sequence of str
            Of any length and language, empty ones included.

        Returns
        -------
        Readings
            A row for each text.
        """
        parts = [self._read(some) for some in _batches(texts)]
        if len(parts) == 1:
            return parts[0]
        if not parts:
            return Readings.silent(0)
        return Readings(
            *(
                np.concatenate([getattr(part, name) for part in parts])
                for name in ("probabilities", "classes", "points", "confidence")
            )
        )

    def read(self, texts: Sequence[str]) -> list[Mood]:
        """Read texts as `types.Mood`, without reasons; `explain` gives these."""
        moods: list[Mood] = []
        for some in _batches(texts):
            found = self._read(some)
            moods += [mood_of(found, row, reading.language) for row, reading in enumerate(some)]
        return moods

    def log_probabilities(self, texts: Sequence[str]) -> Floats:
        """Give what further voices are added to: float32[n, 9] over `labels.FELT`.

        Relatives are not set apart yet. A text in which nothing can be read has the same for all.
        """
        parts = [self._sums(some).logits for some in _batches(texts)]
        logits = np.concatenate([np.zeros((0, len(FELT)), np.float32), *parts])
        result: Floats = np.log(np.maximum(softmax(logits), 1e-7))
        return result

    def explain(self, text: str) -> Explanation:
        """Read one text and tell which phrases, words and signs pulled it where."""
        reading = read_text(text)
        found = self._read([reading])
        mood = mood_of(found, 0, reading.language)
        words = [piece.words for piece in reading.pieces]
        voices = [voice.name for voice in self.voices]
        return explain(mood, reading, self.encoder.encode(words), self.phrase_vectors, voices)

    @cached_property
    def phrase_vectors(self) -> Floats:
        """Vectors of `tables.phrases()`, shape (phrases, d): shipped ones for the shipped encoder.

        For another encoder they are made when they are first asked for, in some seconds.
        """
        if self.encoder.key == Head.shipped().encoder:
            return phrase_vectors()
        return self.encoder.encode([text for _, _, text in phrases()])

    def _read(self, taken: Sequence[Reading]) -> Readings:
        sums = self._sums(taken)
        probabilities = set_apart(softmax(sums.logits)) * sums.said_any[:, None]
        classes = self.head.split(sums.vectors, sums.cues, probabilities)
        evidence = _evidence(taken) * self._understood(taken, sums.vectors)
        heard = (evidence > 0)[:, None]
        return Readings.of_classes(
            classes * heard, probabilities * heard, probabilities.max(axis=1) * evidence
        )

    def _sums(self, taken: Sequence[Reading]) -> _Sums:
        """Add up the voices piece by piece, and give the mean of the pieces of each text."""
        pieces = [piece for reading in taken for piece in reading.pieces]
        n = len(taken)
        if not pieces:
            return _Sums(
                np.zeros((n, len(FELT)), np.float32),
                np.zeros((n, self.encoder.dim), np.float32),
                np.zeros((n, len(CODES)), np.float32),
                np.zeros(n, np.bool_),
            )
        counts = np.array([len(reading.pieces) for reading in taken])
        owner = np.repeat(np.arange(n), counts).tolist()
        words = [piece.words for piece in pieces]
        vectors = self.encoder.encode(words)
        has_words = np.array([bool(one) for one in words], np.float32)[:, None]
        weights = np.array(
            [_weights(taken[row], piece) for row, piece in zip(owner, pieces, strict=True)],
            np.float32,
        )
        by_vector, by_pieces = self.head.labels(vectors, grams(words))
        cues = count_cues([piece.cues for piece in pieces])
        logits = has_words * (weights[:, :1] * by_vector + weights[:, 1:2] * by_pieces)
        logits += weights[:, 2:3] * (cues @ shares())
        for voice in self.voices:
            probabilities, evidence = voice.speak(words, vectors)
            said = np.log(np.maximum(probabilities, 1e-5))
            logits += (voice.weight * evidence * weights[:, 3])[:, None] * said
        size = np.sqrt(np.array([max(piece.letters, 1) for piece in pieces], np.float32))
        said_any = counts > 0
        starts = np.concatenate([[0], np.cumsum(counts)])[:-1][said_any]
        total = np.add.reduceat(size, starts)[:, None]

        def mean(rows: Floats) -> Floats:
            result = np.zeros((n, rows.shape[1]), np.float32)
            result[said_any] = np.add.reduceat(rows * size[:, None], starts, axis=0) / total
            return result

        return _Sums(mean(logits / weights[:, 3:4]), mean(vectors), mean(cues), said_any)

    def _understood(self, taken: Sequence[Reading], vectors: Floats) -> Floats:
        """Tell how much of the texts in unknown Latin languages means anything: (n,), 0..1."""
        result = np.ones(len(taken), np.float32)
        rows = [
            row
            for row, reading in enumerate(taken)
            if reading.language == "other" and not any(p.cues for p in reading.pieces)
        ]
        if rows:
            some = vectors[rows]
            some = some / np.maximum(np.linalg.norm(some, axis=1, keepdims=True), 1e-6)
            nearest = (some @ self.phrase_vectors.T).max(axis=1)
            result[rows] = np.clip((nearest - NOISE) / (CLEAR - NOISE), 0, 1)
        return result


def _batches(texts: Sequence[str]) -> Iterator[list[Reading]]:
    """Take texts apart, about `AT_ONCE` pieces at a time."""
    some: list[Reading] = []
    pieces = 0
    for text in texts:
        some.append(read_text(text))
        pieces += 1 + len(some[-1].pieces)
        if pieces >= AT_ONCE:
            yield some
            some, pieces = [], 0
    if some:
        yield some


@cache
def _fingerprint(head: Head) -> str:
    """Name the head, the tables and the constants that readings depend on."""
    constants = (WEIGHTS, OTHER, SIGNS, KIN, STRANGE, NOISE, CLEAR, LETTERS, VERSION)
    kept = hashlib.sha256(repr(constants).encode())
    for one in fields(head):
        if one.name != "about":
            kept.update(np.ascontiguousarray(getattr(head, one.name)).tobytes())
    for name in (*(f"cues/{language}" for language in LANGUAGES), "signs"):
        kept.update(repr(read_table(name)).encode())
    return kept.hexdigest()[:12]


def _weights(reading: Reading, piece: Piece) -> Weights:
    if not piece.words:
        return SIGNS
    if reading.language == "other" and piece.words.isascii():
        return WEIGHTS["en"]  # titles and wishes are too short to be told from other languages
    return WEIGHTS.get(reading.language or "", OTHER)


def _evidence(taken: Sequence[Reading]) -> Floats:
    letters = np.array(
        [sum(p.letters + 3 * len(p.cues) for p in reading.pieces) for reading in taken], np.float32
    )
    known = np.array([1.0 if reading.language in WEIGHTS else STRANGE for reading in taken])
    result: Floats = (letters / (letters + LETTERS) * known).astype(np.float32)
    return result


def view(classes: Floats) -> Floats:
    """Give the 21 classes of the original from ours, shape (..., 24) to (..., 21).

    Calm counts as 安心 and tiredness as 悲伤; what is neutral has no class there, so the sum is the
    share of what is not.
    """
    result = classes[..., : len(ORIGINAL)].copy()
    for own, theirs in (("CALM", "PE"), ("TIRED", "NB")):
        result[..., CODES.index(theirs)] += classes[..., CODES.index(own)]
    return result


def set_apart(probabilities: Floats) -> Floats:
    """Give the likelier of two relatives most of what both have: (n, 9), rows sum to 1."""
    result = probabilities.copy()
    for pair in RELATIVES:
        columns = [FELT.index(label) for label in pair]
        both = result[:, columns]
        powers = np.maximum(both, TINY) ** KIN
        share = powers / powers.sum(axis=1, keepdims=True)
        result[:, columns] = both.sum(axis=1, keepdims=True) * share
    return result


def mood_of(found: Readings, row: int, language: str | None = None) -> Mood:
    """Give one row of readings as a `Mood`."""
    if found.confidence[row] <= 0:
        nothing = dict.fromkeys(LABELS, 0.0) | {"no_signal": 1.0}
        no_class = dict.fromkeys(ORIGINAL, 0.0)
        return Mood(0.0, 0.0, "no_signal", nothing, no_class, 0.0, language)
    probabilities = found.probabilities[row]
    valence, arousal = found.points[row]
    classes = view(found.classes[row])
    return Mood(
        valence=round(float(valence), 4),
        arousal=round(float(arousal), 4),
        label=FELT[int(probabilities.argmax())],
        probabilities={
            name: round(float(p), 4) for name, p in zip(FELT, probabilities, strict=True)
        }
        | {"no_signal": 0.0},
        classes={code: round(float(p), 4) for code, p in zip(ORIGINAL, classes, strict=True)},
        confidence=round(float(found.confidence[row]), 4),
        language=language,
    )
