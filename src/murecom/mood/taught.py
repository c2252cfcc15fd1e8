"""What a user has taught: a light head on the encoder's vectors and on grams, served by numpy.

`train.teach` fits it in seconds; it joins the combination of `mood.model.MoodModel` as a voice. The
whole head is one linear map: the temperature and the correction for unequal counts of labels are in
its weights.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from murecom import artefact
from murecom.errors import BadInput, NotReady
from murecom.mood.labels import FAMILY, FELT, RELATIVES
from murecom.mood.taught_grams import VERSION, Vocabulary, product

Floats = NDArray[np.float32]

REMEDY = "murecom mood teach FILE.csv"
WHAT = "taught mood head"

ENOUGH = 50
"""Texts of a label at which what was taught of it counts half: evidence is n / (n + 50). Chosen:
below some dozens of texts a label's share of the errors is mostly luck."""

SCHEME = 4
"With labels of so many families taught, the taught ones are a scheme and no mere corrections."

GIVES_WAY = 0.01
"Factor of a label whose relative alone was taught."

BATCH = 1_024
"Texts whose grams are looked up at once: some 50 MB."


@dataclass(frozen=True, slots=True, eq=False)
class TaughtHead:
    """A linear classifier of the labels that were taught.

    Attributes
    ----------
    labels : tuple of str
        At least two of `FELT`, the columns.
    counts : tuple of int
        Texts of each that it was taught.
    encoder : str
        Key of the encoder whose vectors it reads.
    encoder_weights : ndarray of float32, shape (dim, labels)
        For vectors of length 1.
    gram_weights : ndarray of float32, shape (grams, labels)
        For the cells of the vocabulary.
    bias : ndarray of float32, shape (labels,)
    vocabulary : Vocabulary
        The grams it knows.
    weight : float
        Factor of its log-probabilities among other voices.
    data : str
        Hash of what it was taught.
    metrics : mapping
        What teaching measured on texts kept back.
    """

    labels: tuple[str, ...]
    counts: tuple[int, ...]
    encoder: str
    encoder_weights: Floats
    gram_weights: Floats
    bias: Floats
    vocabulary: Vocabulary
    weight: float
    data: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        k = len(self.labels)
        fits = (
            2 <= k == len(set(self.labels)) == len(self.counts)
            and set(self.labels) <= set(FELT)
            and self.encoder_weights.ndim == 2
            and self.encoder_weights.shape[1] == k
            and self.gram_weights.shape == (len(self.vocabulary), k)
            and self.bias.shape == (k,)
        )
        if not fits:
            raise ValueError("labels and weights do not fit together")

    def probabilities(self, texts: Sequence[str], vectors: Floats) -> Floats:
        """Tell how probable each taught label is.

        Parameters
        ----------
        texts : sequence of str
            Any.
        vectors : ndarray of float32, shape (n, dim)
            Of these texts, by the encoder of `encoder`.

        Returns
        -------
        ndarray of float32, shape (n, labels)
            Rows sum to 1. A text of nothing known gets what the bias says.

        Raises
        ------
        BadInput
            The vectors are of another encoder.
        """
        return self._read(texts, vectors)[0]

    def _read(self, texts: Sequence[str], vectors: Floats) -> tuple[Floats, NDArray[np.bool_]]:
        """Give the probabilities, and whether anything of a text is known."""
        if vectors.shape != (len(texts), len(self.encoder_weights)):
            raise BadInput(
                f"The {WHAT} reads vectors of {self.encoder}, shape (n, "
                f"{len(self.encoder_weights)}), not {vectors.shape}. Teach it again: {REMEDY}"
            )
        logits = vectors.astype(np.float32, copy=False) @ self.encoder_weights + self.bias
        known = np.any(vectors != 0, axis=1)
        for start in range(0, len(texts), BATCH):
            some = slice(start, start + BATCH)
            cells = self.vocabulary.cells(texts[some])
            logits[some] += product(cells, self.gram_weights, len(logits[some]))
            known[start + cells.rows] = True
        logits -= logits.max(axis=1, keepdims=True, initial=-np.inf)
        odds = np.exp(logits)
        result: Floats = odds / odds.sum(axis=1, keepdims=True)
        return result, known

    # -- files ------------------------------------------------------------------------------------

    def save(self, folder: Path | str) -> None:
        """Write the head as an artefact; errors as in `artefact.save`."""
        arrays: dict[str, NDArray[Any]] = {
            "encoder-weights": np.asarray(self.encoder_weights, np.float32),
            "gram-weights": np.asarray(self.gram_weights, np.float32),
            "bias": np.asarray(self.bias, np.float32),
            **self.vocabulary.arrays(),
        }
        manifest = {
            "class": "mood_taught",
            "labels": dict(zip(self.labels, self.counts, strict=True)),
            "encoder": self.encoder,
            "grams": VERSION,
            "weight": self.weight,
            "data": self.data,
            "metrics": dict(self.metrics),
        }
        artefact.save(folder, arrays, manifest)

    @classmethod
    def load(cls, folder: Path | str) -> Self:
        """Read a head.

        Raises
        ------
        NotReady
            Nothing was taught yet, or by another version.
        BadInput
            It is damaged, or another kind of model.
        """
        manifest, arrays = artefact.load(folder, what=WHAT, remedy=REMEDY)
        try:
            if manifest["class"] != "mood_taught":
                raise ValueError("it is of another kind")
            if manifest["grams"] != VERSION:
                raise NotReady(
                    f"The {WHAT} in {folder} is of another version of murecom. "
                    "Teach it again: murecom mood teach"
                )
            return cls(
                labels=tuple(str(label) for label in manifest["labels"]),
                counts=tuple(int(count) for count in manifest["labels"].values()),
                encoder=str(manifest["encoder"]),
                encoder_weights=arrays["encoder-weights"],
                gram_weights=arrays["gram-weights"],
                bias=arrays["bias"],
                vocabulary=Vocabulary.from_arrays(arrays),
                weight=float(manifest["weight"]),
                data=str(manifest["data"]),
                metrics=dict(manifest.get("metrics") or {}),
            )
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise BadInput(
                f"The {WHAT} in {folder} is damaged ({error}). Teach it again: murecom mood teach"
            ) from error


@dataclass(frozen=True, slots=True, eq=False)
class TaughtVoice:
    """A taught head as one voice among those of `mood.model.MoodModel`."""

    head: TaughtHead

    @property
    def name(self) -> str:
        """Changes with what was taught, as the key of a model must."""
        return f"taught-{self.head.data[:8]}" if self.head.data else "taught"

    @property
    def weight(self) -> float:
        """Factor of its log-probabilities where its evidence is whole."""
        return self.head.weight

    def speak(self, texts: Sequence[str], vectors: Floats) -> tuple[Floats, Floats]:
        """Tell what each text feels like, and how much was taught of that.

        Parameters
        ----------
        texts : sequence of str
            Any.
        vectors : ndarray of float32, shape (n, dim)
            Of these texts.

        Returns
        -------
        probabilities : ndarray of float32, shape (n, 9)
            Over `FELT`, rows sum to 1; see `among_all` for labels that were never taught.
        evidence : ndarray of float32, shape (n,)
            How much was taught of the labels that are probable here, see `evidence`; 0 where
            nothing of the text is known.
        """
        said, known = self.head._read(texts, vectors)
        found = evidence(said, self.head.counts) * known
        return among_all(said, self.head.labels), found.astype(np.float32)


def evidence(said: NDArray[np.floating], counts: Sequence[int]) -> Floats:
    """Weigh probabilities (n, labels) by how often each label was taught: (n,), 0..1."""
    n = np.asarray(counts, np.float32)
    result: Floats = (said @ (n / (n + ENOUGH))).astype(np.float32)
    return result


def among_all(said: Floats, labels: Sequence[str]) -> Floats:
    """Place probabilities of some labels among all of `FELT`, so that the others stay as they were.

    In a product of voices a label's odds change by its probability against that of the others. A
    label that was never taught gets the mean log-probability that the head expects of its own
    answer (its negative entropy), exponentiated: a head that cannot decide changes nothing between
    taught and untaught labels, and a sure one lifts its label a little and lowers the other taught
    ones much. Who teaches a whole scheme (`SCHEME` families of labels) and calls all that is like
    disgust anger, or all that is like love joy, means it: such labels give way to their relatives.

    Parameters
    ----------
    said : ndarray of float32, shape (n, labels)
        Rows sum to 1.
    labels : sequence of str
        Its columns, each of `FELT`.

    Returns
    -------
    ndarray of float32, shape (n, 9)
        Rows sum to 1.
    """
    clipped = np.maximum(said, 1e-7)
    expected = np.exp((clipped * np.log(clipped)).sum(axis=1, keepdims=True))
    whole = np.repeat(expected, len(FELT), axis=1)
    if len({FAMILY[label] for label in labels}) >= SCHEME:
        called = {
            label for pair in RELATIVES if len(set(pair) & set(labels)) == 1 for label in pair
        }
        for label in called - set(labels):
            whole[:, FELT.index(label)] *= GIVES_WAY
    whole[:, [FELT.index(label) for label in labels]] = clipped
    result: Floats = (whole / whole.sum(axis=1, keepdims=True)).astype(np.float32)
    return result
