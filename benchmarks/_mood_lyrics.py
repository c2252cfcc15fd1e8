"""How well moods of lyrics are read, for `mood.py`: as whole texts, and line by line."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from _mood_figures import Part, Row, auc, hot, macro_f1, mean, pearson
from _mood_readers import LEXICON, ORIGINAL_RECIPE, SHIPPED, majority, opponents, ours
from murecom.jobs.mood_texts import THIN
from murecom.mood.labels import CLASSES
from murecom.mood.lines import distinct_lines
from murecom.mood.model import MoodModel
from murecom.mood.parts import Column, gathered

LYRICS = ("Happy", "Excited", "Serene", "Relaxed", "Sad", "Anxious", "Angry")
LYRICS_4 = (0, 0, 1, 1, 2, 3, 3)
LYRICS_2 = (0, 0, 0, 0, 1, 1, 1)
"Excited/Happy, Serene/Relaxed, Sad, Angry/Anxious; positive and negative."

LYRICS_OF = {
    "Happy": ("PA", "PB", "PD", "PG", "PH", "PK"),
    "Excited": ("PC",),
    "Serene": ("CALM",),
    "Relaxed": ("PE", "NEUTRAL"),
    "Sad": ("NB", "NJ", "NH", "PF", "TIRED"),
    "Anxious": ("NI", "NC", "NG", "NE", "NL"),
    "Angry": ("NA", "ND", "NN", "NK"),
}
"""Which of our classes are which of the seven moods of the Mandopop songs, by what the words mean;
written before any figure was seen. A text without signal is answered "Relaxed"."""

BY_LINES = "murecom, line by line"

NOTICE = re.compile(r"\s*(?:\.\.\.)?\s*\*{3,}.*", re.DOTALL)
"What the seller of the lyrics wrote beneath them."


def lyrics(model: MoodModel, data: Path) -> list[Part]:
    """Seven, four and two moods of Mandopop lyrics, each read as one text."""
    with (data / "emotion" / "mandopop_lyrics.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    texts = [NOTICE.sub("", row["Lyrics"]) for row in rows]
    seven = np.array([LYRICS.index(row["human_all"]) for row in rows])
    valence, energy = (np.array([float(row[c]) for row in rows]) for c in ("Valence", "Energy"))
    part = Part("lyrics", "Mandopop, whole lyrics, nothing learned from them")
    of = np.array(
        [next(k for k, n in enumerate(LYRICS) if c.code in LYRICS_OF[n]) for c in CLASSES]
    )
    is_positive = np.array(LYRICS_2)[seven] == 0

    def by_point(points: NDArray[np.floating]) -> Row:
        return {
            "valence AUC": auc(points[:, 0], is_positive),
            "r valence": pearson(points[:, 0], valence),
            "r energy": pearson(points[:, 1], energy),
        }

    folds = {7: np.arange(7), 4: np.array(LYRICS_4), 2: np.array(LYRICS_2)}
    bulk: Row = {"who": "majority", "n": len(texts), "no signal": 0.0}
    for width, fold in folds.items():
        bulk |= _moods(width, fold[seven], majority(hot(fold[seven], width)))
    part.rows.append(bulk)
    for said in [*opponents(data, texts), *ours(model, data, texts)]:
        row: Row = {"who": said.name, "n": len(texts), "no signal": float(said.is_silent.mean())}
        for width, fold in folds.items():
            sums = np.stack(
                [said.classes[:, fold[of] == k].sum(axis=1) for k in range(width)], axis=1
            )
            told = np.where(said.is_silent, fold[LYRICS.index("Relaxed")], sums.argmax(axis=1))
            row |= _moods(width, fold[seven], hot(told, width))
        part.rows.append(row | by_point(said.points))
    column = _by_lines(model, texts)
    part.rows.append(
        {"who": BY_LINES, "n": len(texts), "no signal": float((column.confidence <= 0).mean())}
        | by_point(column.points)
    )
    aucs = {row["who"]: row["valence AUC"].value for row in part.rows[1:]}
    best = max(aucs[ORIGINAL_RECIPE], aucs[LEXICON])
    part.bar("valence AUC above the best lexicon", aucs[SHIPPED] - best, 0.05)
    part.bar("valence AUC, aim", aucs[SHIPPED], 0.78)
    part.bar("valence AUC line by line, aim", aucs[BY_LINES], 0.78)
    part.notes.append(
        "Classes are summed to the moods as `LYRICS_OF` of benchmarks/_mood_lyrics.py has them. "
        "r: correlation with Spotify's valence and energy of the recording."
    )
    return [part]


def _by_lines(model: MoodModel, texts: Sequence[str]) -> Column:
    """Read lyrics as `murecom mood tracks` does."""
    sung = [distinct_lines(text.splitlines()) for text in texts]
    weights = np.array([w for _, some in sung for w in some], np.float32)
    groups = np.repeat(np.arange(len(sung)), [len(lines) for lines, _ in sung])
    found = model.readings([line for lines, _ in sung for line in lines])
    return gathered(found, weights, groups, len(texts), THIN["lyrics"])


def _moods(width: int, truth: NDArray[np.integer], answer: NDArray[np.bool_]) -> Row:
    wanted = hot(truth, width)
    return {
        f"F1 of {width}": macro_f1(wanted, answer),
        f"accuracy of {width}": mean((wanted & answer).any(axis=1)),
    }
