"""How well moods of texts are read, for `mood.py`: posts, comments, lyrics, Japanese."""

from __future__ import annotations

import csv
import gzip
import json
import re
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from _mood_figures import Part, Row, auc, hot, macro_f1, mean, pearson
from _mood_readers import (
    GROUPS,
    LEXICON,
    NEUTRAL,
    ORIGINAL_RECIPE,
    SHIPPED,
    majority,
    opponents,
    ours,
    said_by,
)
from _mood_taught import cuts, posts
from murecom.jobs.mood_teach import words_of
from murecom.jobs.mood_texts import THIN
from murecom.mood.labels import CLASSES, FAMILY, FELT
from murecom.mood.lines import distinct_lines
from murecom.mood.model import MoodModel
from murecom.mood.parts import Column, gathered
from murecom.mood.tables import phrases
from murecom.mood.taught import TaughtVoice
from murecom.train import teach
from murecom.train.mood import Comment, fit_head

NLPCC = {"anger": 0, "disgust": 0, "happiness": 1, "like": 1, "none": 2, "sadness": 3, "fear": 4,
         "surprise": 5}  # fmt: skip
EKMAN = {"anger": 0, "disgust": 1, "fear": 2, "joy": 3, "love": 3, "calm": 3, "neutral": 4,
         "sadness": 5, "surprise": 6}  # fmt: skip
"Numbers as in GoEmotions' `labels.txt`."

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


def chinese(model: MoodModel, data: Path) -> list[Part]:
    """Six groups of Chinese posts: the report, and what the weights were chosen on."""
    smp = json.loads((data / "emotion" / "smp2020_usual_eval.json").read_text("utf-8"))
    truth = np.array([GROUPS.index(row["label"]) for row in smp])
    report = _six("chinese", "SMP 2020 usual, posts", model, data, _column(smp, "content"), truth)
    ours_ = next(row for row in report.rows if row["who"] == SHIPPED)
    report.bar("macro-F1, six groups", ours_["F1, sums"], 0.50)
    report.bar("accuracy, six groups", ours_["accuracy, sums"], 0.51)
    report.bar("valence AUC", ours_["valence AUC"], 0.83)
    with (data / "emotion" / "nlpcc2013.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list({row[1]: row[0] for row in list(csv.reader(file))[1:]}.items())
    truth = np.array([NLPCC[label] for _, label in rows])
    title = "NLPCC 2013, sentences; THE TUNING SET of murecom's weights, not a test"
    tuning = _six("chinese (tuning)", title, model, data, [text for text, _ in rows], truth)
    return [report, tuning]


def _column(rows: Sequence[Row], name: str) -> list[str]:
    return [str(row[name]) for row in rows]


def _six(
    name: str,
    title: str,
    model: MoodModel,
    data: Path,
    texts: Sequence[str],
    truth: NDArray[np.integer],
) -> Part:
    part = Part(name, title)
    wanted = hot(truth, 6)
    bulk = majority(wanted)
    part.rows.append(_row_of_six("majority", wanted, bulk, bulk, None, 1.0))
    for said in [*opponents(data, texts), *ours(model, data, texts)]:
        answers = [hot(said.groups(by_sum), 6) for by_sum in (False, True)]
        part.rows.append(
            _row_of_six(said.name, wanted, *answers, said.points[:, 0], said.is_silent.mean())
        )
    part.rows[0]["no signal"] = 0.0
    part.notes.append(
        "label: the group of the answered label; sums: the group with the largest sum of "
        "probabilities. Valence: happy against angry, sad, fear. No signal counts as neutral."
    )
    return part


def _row_of_six(
    name: str,
    wanted: NDArray[np.bool_],
    by_label: NDArray[np.bool_],
    by_sum: NDArray[np.bool_],
    valence: NDArray[np.floating] | None,
    silent: float,
) -> Row:
    kinds = wanted.argmax(axis=1)
    told = np.isin(kinds, [0, 1, 3, 4])
    figure = None if valence is None else auc(valence[told], kinds[told] == 1)
    return {
        "who": name,
        "n": len(wanted),
        "no signal": float(silent),
        "F1, label": macro_f1(wanted, by_label),
        "accuracy, label": mean((wanted & by_label).any(axis=1)),
        "F1, sums": macro_f1(wanted, by_sum),
        "accuracy, sums": mean((wanted & by_sum).any(axis=1)),
        "valence AUC": figure,
    }


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
        "Classes are summed to the moods as `LYRICS_OF` of benchmarks/_mood_texts.py has them. "
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


def japanese(model: MoodModel, data: Path) -> list[Part]:
    """Our own sentences, written before any Japanese phrase was."""
    file = Path(__file__).with_name("mood_ja.tsv")
    rows = [line.split("\t") for line in file.read_text("utf-8").splitlines() if line]
    texts, labels = [row[1] for row in rows], [row[0] for row in rows]
    nine = hot(np.array([FELT.index(label) for label in labels]), len(FELT))
    group = np.array([FAMILY[label] for label in labels])
    part = Part(
        "japanese", "murecom's own sentences (benchmarks/mood_ja.tsv), nine labels, six groups"
    )
    told = np.isin(group, [0, 1, 3, 4])
    bulk = majority(nine)
    six = majority(hot(group, 6))
    part.rows.append(
        {"who": "majority", "n": len(texts), "no signal": 0.0, "F1 of 9": macro_f1(nine, bulk),
         "accuracy of 9": mean((nine & bulk).any(axis=1)), "F1 of 6": macro_f1(hot(group, 6), six),
         "accuracy of 6": mean((hot(group, 6) & six).any(axis=1))}
    )  # fmt: skip
    for said in [*opponents(data, texts), *ours(model, data, texts)]:
        answer = hot(np.where(said.is_silent, FELT.index("neutral"), said.label), len(FELT))
        in_six = said.groups(True)
        part.rows.append({
            "who": said.name,
            "n": len(texts),
            "no signal": float(said.is_silent.mean()),
            "F1 of 9": macro_f1(nine, answer),
            "accuracy of 9": mean((nine & answer).any(axis=1)),
            "F1 of 6": macro_f1(hot(group, 6), hot(in_six, 6)),
            "accuracy of 6": mean(in_six == group),
            "valence AUC": auc(said.points[told, 0], group[told] == 1),
        })  # fmt: skip
    part.notes.append("Written by the makers of murecom: no independent set. Six groups by sums.")
    return [part]


def taught(model: MoodModel, data: Path) -> list[Part]:
    """Five folds of posts: 1,600 taught, 400 asked, the answers of all folds together."""
    texts, labels = posts(data, "smp")
    truth = np.array([FAMILY[label] for label in labels])
    columns = np.array([FELT.index(label) for label in dict.fromkeys(labels)])
    vectors = model.encoder.encode([words_of(text) for text in texts])
    before = model.readings(texts)
    found = {name: np.zeros((len(texts), len(FELT)), np.float32) for name in
             ("untaught", "taught head alone", "taught, with the other voices")}  # fmt: skip
    silent = np.zeros(len(texts), bool)
    seconds = []
    found["untaught"] = before.probabilities
    for train, test in cuts(labels, "smp", 5):
        began = time.perf_counter()
        kept = [row for row in train.tolist() if words_of(texts[row])]
        words = [words_of(texts[row]) for row in kept]
        said = before.probabilities[kept]
        head = teach.fit(
            words, [labels[row] for row in kept], vectors[kept], model.encoder.key, said
        )
        seconds.append(time.perf_counter() - began)
        asked = [texts[row] for row in test.tolist()]
        voice = TaughtVoice(head)
        own, _ = voice.speak([words_of(text) for text in asked], vectors[test])
        found["taught head alone"][test] = own
        both = replace(model, voices=[*model.voices, voice]).readings(asked)
        found["taught, with the other voices"][test] = both.probabilities
        silent[test] = both.confidence <= 0
    part = Part("taught", "SMP 2020 usual, five folds, 1,600 taught, 400 asked")
    wanted = hot(truth, 6)
    bulk = majority(wanted)
    part.rows.append(
        _row_of_taught("majority", wanted, bulk.argmax(axis=1), bulk.argmax(axis=1), 0)
    )
    for name, p in found.items():
        quiet = silent if name.startswith("taught,") else p.sum(axis=1) == 0
        among = np.array([FAMILY[FELT[c]] for c in columns[p[:, columns].argmax(axis=1)]])
        sums = replace(said_by(name, before), probabilities=p, is_silent=quiet).groups(True)
        among = np.where(quiet, NEUTRAL, among)
        part.rows.append(_row_of_taught(name, wanted, among, sums, float(quiet.mean())))
    part.bar("macro-F1, taught", part.rows[-1]["F1, taught labels"], 0.62)
    part.notes.append(
        f"Teaching 1,600 posts: {np.mean(seconds):.1f} s a fold, without encoding. "
        "Taught labels: the answer is the likeliest of those; sums: as in the table of posts."
    )
    return [part]


def _row_of_taught(
    name: str,
    wanted: NDArray[np.bool_],
    among: NDArray[np.integer],
    sums: NDArray[np.integer],
    silent: float,
) -> Row:
    return {
        "who": name,
        "n": len(wanted),
        "no signal": float(silent),
        "F1, taught labels": macro_f1(wanted, hot(among, 6)),
        "accuracy": mean(wanted.argmax(axis=1) == among),
        "F1, sums": macro_f1(wanted, hot(sums, 6)),
    }
