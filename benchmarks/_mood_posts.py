"""How well moods of posts and sentences are read, in six groups, for `mood.py`: Chinese, Japanese.

Also what teaching adds: `_mood_taught.py` has the folds.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from _mood_figures import Part, Row, auc, hot, macro_f1, mean
from _mood_readers import GROUPS, NEUTRAL, SHIPPED, majority, opponents, ours, said_by
from _mood_taught import cuts, posts
from murecom.mood.labels import FAMILY, FELT
from murecom.mood.model import MoodModel
from murecom.mood.reading import words_of
from murecom.mood.taught import TaughtVoice
from murecom.train import teach

NLPCC = {"anger": 0, "disgust": 0, "happiness": 1, "like": 1, "none": 2, "sadness": 3, "fear": 4,
         "surprise": 5}  # fmt: skip


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
    logs = model.log_probabilities(texts)
    found = {name: np.zeros((len(texts), len(FELT)), np.float32) for name in
             ("untaught", "taught head alone", "taught, with the other voices")}  # fmt: skip
    silent = np.zeros(len(texts), bool)
    seconds = []
    found["untaught"] = before.probabilities
    for train, test in cuts(labels, "smp", 5):
        began = time.perf_counter()
        kept = [row for row in train.tolist() if words_of(texts[row])]
        words = [words_of(texts[row]) for row in kept]
        said = logs[kept]
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
    bulk = majority(wanted).argmax(axis=1)
    part.rows.append(_row_of_taught("majority", wanted, (bulk, bulk, bulk), 0.0))
    for name, p in found.items():
        quiet = silent if name.startswith("taught,") else p.sum(axis=1) == 0
        among = np.array([FAMILY[FELT[c]] for c in columns[p[:, columns].argmax(axis=1)]])
        said = replace(
            said_by(name, before), label=p.argmax(axis=1), probabilities=p, is_silent=quiet
        )
        answers = np.where(quiet, NEUTRAL, among), said.groups(False), said.groups(True)
        part.rows.append(_row_of_taught(name, wanted, answers, float(quiet.mean())))
    part.bar("macro-F1, taught", part.rows[-1]["F1, taught labels"], 0.62)
    part.notes.append(
        f"Teaching 1,600 posts: {np.mean(seconds):.1f} s a fold, without encoding. "
        "Taught labels: the likeliest of those six; label and sums: as in the table of posts."
    )
    return [part]


def _row_of_taught(
    name: str,
    wanted: NDArray[np.bool_],
    answers: tuple[NDArray[np.integer], NDArray[np.integer], NDArray[np.integer]],
    silent: float,
) -> Row:
    among, label, sums = answers
    truth = wanted.argmax(axis=1)
    return {
        "who": name,
        "n": len(wanted),
        "no signal": silent,
        "F1, taught labels": macro_f1(wanted, hot(among, 6)),
        "accuracy, taught labels": mean(truth == among),
        "F1, label": macro_f1(wanted, hot(label, 6)),
        "F1, sums": macro_f1(wanted, hot(sums, 6)),
        "accuracy, sums": mean(truth == sums),
    }
