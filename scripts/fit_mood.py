"""Fit the mood head that murecom ships, and the vectors of its phrases.

    python scripts/fit_mood.py             writes head.npz and phrases.npz into mood/data
    python scripts/fit_mood.py --check     writes nothing, compares with what is shipped
    python scripts/fit_mood.py --tune      prints what the weights of `mood.model` were chosen by

Reads GoEmotions' train part from MURECOM_DATA/emotion/goemotions (default ../shared/data beside the
checkout) and, to tune, NLPCC 2013. Needs the extra `mood`; three minutes.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import itertools
import os
import sys
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np

from murecom.mood.cues import count_cues
from murecom.mood.encoder import UniversalEncoder
from murecom.mood.grams import grams
from murecom.mood.head import FILE, PHRASES, Head, pack_phrases, softmax
from murecom.mood.labels import FAMILY, FELT, shares
from murecom.mood.model import WEIGHTS, Weights, set_apart
from murecom.mood.reading import read_text, words_of
from murecom.mood.tables import phrases
from murecom.train.mood import Comment, fit_head

ROOT = Path(__file__).resolve().parents[1]
DATA = Path(os.environ.get("MURECOM_DATA") or ROOT.parent / "shared" / "data") / "emotion"
OUT = ROOT / "src" / "murecom" / "mood" / "data"

EKMAN = {"anger": 0, "disgust": 1, "fear": 2, "joy": 3, "love": 3, "calm": 3, "neutral": 4,
         "sadness": 5, "surprise": 6}  # fmt: skip
NLPCC = {"anger": 0, "disgust": 0, "happiness": 1, "like": 1, "none": 2, "sadness": 3, "fear": 4,
         "surprise": 5}  # fmt: skip
PRIOR = np.array([0.300, 0.194, 0.207, 0.180, 0.044, 0.075])
"""How often posts are angry, happy, neutral, sad, fearful, surprised: published shares of the train
part of SMP2020-EWECT, so that NLPCC, two thirds of which is "none", is weighed like posts are."""


def comments() -> list[Comment]:
    """Read GoEmotions."""
    names = (DATA / "goemotions" / "labels.txt").read_text("utf-8").split()
    with gzip.open(DATA / "goemotions" / "train.tsv.gz", "rt", encoding="utf-8") as lines:
        rows = [line.rstrip("\n").split("\t") for line in lines]
    return [Comment(row[0], tuple(names[int(n)] for n in row[1].split(","))) for row in rows]


def nlpcc() -> tuple[list[str], np.ndarray]:
    """Read NLPCC 2013: texts, and groups as whole numbers."""
    with (DATA / "nlpcc2013.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    return [row[1] for row in rows], np.array([NLPCC[row[0]] for row in rows])


class Parts:
    """What the shipped voices say of texts, before they are weighed."""

    def __init__(self, head: Head, encoder: UniversalEncoder, texts: list[str]) -> None:
        words = [words_of(text) for text in texts]
        cues = [[c for p in read_text(text).pieces for c in p.cues] for text in texts]
        self.vector, self.pieces = head.labels(encoder.encode(words), grams(words))
        self.cues = count_cues(cues) @ shares()

    def sum(self, w: Weights) -> np.ndarray:
        """Weigh them."""
        logits = w.vector * self.vector + w.pieces * self.pieces + w.cues * self.cues
        return set_apart(softmax(logits / w.temperature))


def by_prior(truth: np.ndarray, told: np.ndarray) -> tuple[float, float]:
    """Macro-F1 and accuracy of six groups, weighed as if they came as often as `PRIOR` says."""
    counts = np.zeros((6, 6))
    np.add.at(counts, (truth, told), 1)
    counts = counts / counts.sum(axis=1, keepdims=True) * PRIOR[:, None]
    right = np.diag(counts)
    return float((2 * right / (counts.sum(0) + counts.sum(1))).mean()), float(right.sum())


def tune() -> None:
    """Print how well sums of the voices do."""
    encoder, rows = UniversalEncoder(), comments()
    held = [row for number, row in enumerate(rows) if number % 5 == 0]
    head = fit_head(encoder, phrases(), [r for n, r in enumerate(rows) if n % 5])
    texts, truth = nlpcc()
    chinese = Parts(head, encoder, texts)
    group = np.array([FAMILY[label] for label in FELT])
    prior = PRIOR[truth] / np.bincount(truth)[truth]
    print("Chinese: NLPCC 2013, six groups, weighed; vector pieces cues: macro-F1, accuracy")
    found = []
    for pieces, cues in itertools.product((0, 0.25, 0.5, 0.75, 1), (0, 1, 2, 3, 4, 5, 6, 8)):
        told = group[chinese.sum(WEIGHTS["zh"]._replace(pieces=pieces, cues=cues)).argmax(axis=1)]
        found.append((*by_prior(truth, told), pieces, cues))
    _show(found)
    _temperature(
        chinese, WEIGHTS["zh"], lambda p: np.log(_sums(p, group)[range(len(p)), truth]), prior
    )
    english = Parts(head, encoder, [row.text for row in held])
    single = np.array([len(row.labels) == 1 for row in held])
    ekman = np.array([EKMAN[label] for label in FELT])
    right = np.array([EKMAN[row.labels[0]] for row in held])
    print("English: a fifth of GoEmotions' train part, comments of one label: macro-F1, accuracy")
    found = []
    for pieces, cues in itertools.product((0.5, 1, 1.5, 2), (0, 1, 2, 3, 4, 5)):
        told = ekman[english.sum(WEIGHTS["en"]._replace(pieces=pieces, cues=cues)).argmax(axis=1)]
        found.append((*_f1(right[single], told[single], 7), pieces, cues))
    _show(found)
    _temperature(
        english,
        WEIGHTS["en"],
        lambda p: np.log(_sums(p, ekman)[range(len(p)), right]),
        single / single.sum(),
    )


def _sums(p: np.ndarray, group: np.ndarray) -> np.ndarray:
    return np.stack([p[:, group == one].sum(axis=1) for one in range(group.max() + 1)], 1) + 1e-9


def _f1(truth: np.ndarray, told: np.ndarray, n: int) -> tuple[float, float]:
    counts = np.zeros((n, n))
    np.add.at(counts, (truth, told), 1)
    right = np.diag(counts)
    return float((2 * right / (counts.sum(0) + counts.sum(1))).mean()), right.sum() / counts.sum()


def _show(found: list[tuple[float, ...]]) -> None:
    for f1, accuracy, pieces, cues in sorted(found, reverse=True)[:6]:
        print(f"  1 {pieces:4} {cues:3}: {f1:.4f} {accuracy:.4f}")


def _temperature(parts: Parts, w: Weights, loss, weights: np.ndarray) -> None:
    found = [
        (-float((weights * loss(parts.sum(w._replace(temperature=t)))).sum()), t)
        for t in (1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4)
    ]
    print("  temperature: " + ", ".join(f"{t}: {value:.4f}" for value, t in found))


def main() -> int:
    """Run what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--tune", action="store_true")
    options = parser.parse_args()
    if not (DATA / "goemotions" / "train.tsv.gz").is_file():
        print(f"GoEmotions is not in {DATA}. Set MURECOM_DATA.", file=sys.stderr)
        return 1
    if options.tune:
        tune()
        return 0
    encoder = UniversalEncoder()
    head = fit_head(encoder, phrases(), comments())
    digest = hashlib.sha256(head.dense.astype(np.float16).tobytes() + head.pieces.tobytes())
    head.about["fitted"] = digest.hexdigest()
    vectors = encoder.encode([words_of(text) for _, _, text in phrases()])
    if options.check:
        shipped = Head.shipped()
        apart = float(np.abs(shipped.dense - head.dense).max())
        print(
            f"phrases {shipped.about['phrases_sha256'] == head.about['phrases_sha256']}, "
            f"largest difference of a weight {apart:.4f} of {np.abs(head.dense).max():.1f}"
        )
        return int(apart > 0.05 or shipped.about["phrases_sha256"] != head.about["phrases_sha256"])
    for name, content in ((FILE, head.packed()), (PHRASES, pack_phrases(vectors))):
        (OUT / name).write_bytes(content)
        print(f"{name}: {len(content):,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
