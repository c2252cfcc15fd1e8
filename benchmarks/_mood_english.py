"""How well moods of English comments are read, for `mood.py`: one label or several."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from _mood_figures import Part, Row, hot, macro_f1, mean
from _mood_readers import SHIPPED, majority, opponents, ours
from murecom.mood.labels import FELT
from murecom.mood.model import MoodModel
from murecom.mood.tables import phrases
from murecom.train.mood import Comment, fit_head

EKMAN = {"anger": 0, "disgust": 1, "fear": 2, "joy": 3, "love": 3, "calm": 3, "neutral": 4,
         "sadness": 5, "surprise": 6}  # fmt: skip
"Numbers as in GoEmotions' `labels.txt`."


def english(model: MoodModel, data: Path) -> list[Part]:
    """Seven groups of GoEmotions' dev part, several a comment."""
    folder = data / "emotion" / "goemotions"
    names = (folder / "labels.txt").read_text("utf-8").split()
    with gzip.open(folder / "train.tsv.gz", "rt", encoding="utf-8") as lines:
        train = [line.rstrip("\n").split("\t") for line in lines]
    dev = [line.split("\t") for line in (folder / "dev.tsv").read_text("utf-8").splitlines()]
    held = [row for number, row in enumerate(train) if number % 5 == 0]
    learned = [
        Comment(row[0], tuple(names[int(n)] for n in row[1].split(",")))
        for number, row in enumerate(train)
        if number % 5
    ]
    head = fit_head(model.encoder, phrases(), learned)
    four_fifths = MoodModel(model.encoder, head)
    part = Part("english", "GoEmotions dev, Ekman's six and neutral, one or several a comment")
    said_held = _seven(four_fifths.readings([row[0] for row in held]).probabilities)
    limits = thresholds(said_held, _several(held))
    texts, wanted = [row[0] for row in dev], _several(dev)
    bulk = majority(wanted)
    part.rows.append(_row_of_seven("majority", wanted, bulk, bulk, 0.0))
    family = [EKMAN[label] for label in FELT]
    for said in [*opponents(data, texts), *ours(model, data, texts)]:
        single = hot(said.groups(True, family, EKMAN["neutral"]), 7)
        if said.name == SHIPPED:
            p = _seven(said.probabilities)
            answer = p >= limits
            part.rows.append(
                _row_of_seven(said.name, wanted, single, answer, said.is_silent.mean())
            )
            f1 = part.rows[-1]["F1, thresholds"]
            part.bar("macro-F1, seven labels, thresholds", f1, 0.49)
            continue
        part.rows.append(_row_of_seven(said.name, wanted, single, None, said.is_silent.mean()))
    shown = ", ".join(f"{n} {t:.2f}" for n, t in zip(names, limits, strict=True))
    part.notes.append(
        f"Thresholds: {shown}; chosen on a fifth of the train part that a head fitted on the other "
        "four fifths had not seen. One answer: the label with the largest sum. joy is joy, love "
        "and calm. The lexicon is Chinese."
    )
    return [part]


def _several(rows: Sequence[Sequence[str]]) -> NDArray[np.bool_]:
    wanted = np.zeros((len(rows), 7), bool)
    for number, row in enumerate(rows):
        wanted[number, [int(label) for label in row[1].split(",")]] = True
    return wanted


def _seven(p: NDArray[np.floating]) -> NDArray[np.floating]:
    columns = np.array([EKMAN[label] for label in FELT])
    return np.stack([p[:, columns == one].sum(axis=1) for one in range(7)], axis=1)


def thresholds(
    p: NDArray[np.floating], wanted: NDArray[np.bool_], least: float = 0.02
) -> NDArray[np.floating]:
    """Choose for each column from which probability on it is answered, by F1."""
    found = []
    grid = np.arange(least, 0.9, 0.01)
    for column in range(p.shape[1]):
        told, right = p[:, column], wanted[:, column]
        f1 = [2 * (right & (told >= t)).sum() / (right.sum() + (told >= t).sum()) for t in grid]
        found.append(grid[int(np.argmax(f1))])
    return np.array(found)


def _row_of_seven(
    name: str,
    wanted: NDArray[np.bool_],
    single: NDArray[np.bool_],
    several: NDArray[np.bool_] | None,
    silent: float,
) -> Row:
    return {
        "who": name,
        "n": len(wanted),
        "no signal": float(silent),
        "F1, one answer": macro_f1(wanted, single),
        "one answer is right": mean((wanted & single).any(axis=1)),
        "F1, thresholds": None if several is None else macro_f1(wanted, several),
    }
