"""Who reads moods from texts in `mood.py`: murecom with and without its parts, and opponents.

*majority* says the commonest label of the texts at hand. *the original's recipe* is the DUTIR
lexicon with keywords by TF-IDF times intensity, summed by class: the first sense of a word only,
because the original lost second classes; its table of word frequencies was jieba's, here it is
learned from the texts at hand. *lexicon, second classes* has them all, see `mood.lexicon`.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

from murecom.mood import model as model_file
from murecom.mood.dutir import Sense, read_dutir
from murecom.mood.labels import CLASSES, FAMILY, FELT, ORIGINAL
from murecom.mood.lexicon import Lexicon, LexiconVoice
from murecom.mood.model import MoodModel
from murecom.mood.readings import Readings

Floats = NDArray[np.float32]
Numbers = NDArray[np.int64]

GROUPS = ("angry", "happy", "neutral", "sad", "fear", "surprise")
"Names of the numbers of `labels.FAMILY`."

NEUTRAL = GROUPS.index("neutral")
PARTS = {"vector only": 0, "pieces only": 1, "cues only": 2}
"Places of the factors in `mood.model.Weights`."

SHIPPED, ORIGINAL_RECIPE = "murecom, as shipped", "the original's recipe"
LEXICON = "lexicon, second classes"
WITH_LEXICON = "murecom + lexicon voice"


@dataclass(frozen=True, eq=False)
class Said:
    """What somebody says of n texts: probabilities of labels (n, 9) and classes (n, 24).

    `label` (n,) is the answer as a column of `FELT`, -1 for no signal; `points` are (n, 2).
    """

    name: str
    label: Numbers
    probabilities: Floats
    classes: Floats
    points: Floats
    is_silent: NDArray[np.bool_]

    def groups(
        self, by_sum: bool, family: Sequence[int] | None = None, silent: int = NEUTRAL
    ) -> Numbers:
        """Give the group of each text: that of its label, or the one of the largest sum.

        `family` maps columns of `FELT` to groups, `FAMILY` by default.
        """
        of = np.array([FAMILY[label] for label in FELT] if family is None else family, np.int64)
        if by_sum:
            sums = np.stack(
                [self.probabilities[:, of == g].sum(axis=1) for g in range(of.max() + 1)], axis=1
            )
            told = sums.argmax(axis=1)
        else:
            told = of[self.label]
        return np.where(self.is_silent, silent, told)


def said_by(name: str, found: Readings) -> Said:
    """Take over readings; flat ones (a part that had nothing to say) are no signal."""
    p = found.probabilities
    is_silent = (found.confidence <= 0) | (p.max(axis=1) - p.min(axis=1) < 1e-6)
    return Said(
        name, np.where(is_silent, -1, p.argmax(axis=1)), p, found.classes,
        found.points * ~is_silent[:, None], is_silent,
    )  # fmt: skip


def of_classes(name: str, found: Readings) -> Said:
    """Take over readings of the lexicon, answered by its strongest class as the original did."""
    column = [
        FELT.index(max(one.labels, key=lambda share: share[1])[0])
        for one in CLASSES[: len(ORIGINAL)]
    ]
    said = said_by(name, found)
    strongest = np.array(column)[found.classes[:, : len(ORIGINAL)].argmax(axis=1)]
    return replace(said, label=np.where(said.is_silent, -1, strongest))


def lexicons(data: Path) -> tuple[Lexicon, Lexicon] | None:
    """Give the lexicon as the original had it, and with everything; None without the file."""
    file = data / "lexicon" / "dutir.csv"
    if not file.is_file():
        return None
    senses = read_dutir(file).senses
    first: dict[str, Sense] = {}
    # the original asked class by class and took the first that knows a word
    for sense in sorted(senses, key=lambda one: ORIGINAL.index(one.code)):
        first.setdefault(sense.word, replace(sense, auxiliary=None, auxiliary_intensity=0.0))
    return Lexicon.of(first.values()), Lexicon.of(senses)


def opponents(data: Path, texts: Sequence[str]) -> list[Said]:
    """Ask the lexicons, their TF-IDF learned from the texts."""
    both = lexicons(data)
    if both is None:
        return []
    old, whole = (one.fit_idf(texts) for one in both)
    return [
        of_classes(ORIGINAL_RECIPE, old.read(texts)),
        of_classes(LEXICON, whole.read(texts)),
    ]


def ours(model: MoodModel, data: Path, texts: Sequence[str], ablation: bool = True) -> list[Said]:
    """Ask murecom as it is shipped, with each part alone, and with the lexicon as a voice."""
    found = [said_by(SHIPPED, model.readings(texts))]
    for name, place in PARTS.items() if ablation else ():
        with only(place):
            found.append(said_by(name, model.readings(texts)))
    if (both := lexicons(data)) is not None:
        more = replace(model, voices=[*model.voices, LexiconVoice(both[1])])
        found.append(said_by(WITH_LEXICON, more.readings(texts)))
    return found


@contextmanager
def only(place: int) -> Iterator[None]:
    """Silence the other parts of the model."""

    def alone(weights: model_file.Weights) -> model_file.Weights:
        kept = [w if n == place or n == 3 else 0.0 for n, w in enumerate(weights)]
        return model_file.Weights(*kept)

    each = {language: alone(weights) for language, weights in model_file.WEIGHTS.items()}
    with (
        patch.dict(model_file.WEIGHTS, each),
        patch.object(model_file, "OTHER", alone(model_file.OTHER)),
        patch.object(model_file, "SIGNS", alone(model_file.SIGNS)),
    ):
        yield


def majority(truth: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Answer every row with the commonest column of the truth."""
    answer = np.zeros_like(truth)
    answer[:, truth.sum(axis=0).argmax()] = True
    return answer
