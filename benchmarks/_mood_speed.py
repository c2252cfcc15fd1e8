"""What moods cost, and how well journeys keep to their way, for `mood.py`.

CPU time of one core with one thread; `_journeys.py` measures journeys and answers.
"""

from __future__ import annotations

import csv
import gzip
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import _journeys
from _common import cpu_seconds
from _mood_figures import Part, mean
from _mood_lists import ASKED
from _mood_readers import lexicons
from murecom.mood.encoder import UniversalEncoder
from murecom.mood.model import MoodModel
from murecom.service import Murecom

MANY = 20_000
"Texts that are read; a million is extrapolated from them."

MILLION = 1_000_000
TRIPS = 40
SHARES = {"Spearman": 0.95, "largest step, percentile": 75.0}


def journeys(model: MoodModel, data: Path) -> list[Part]:
    """Journeys through synthetic libraries of three sizes."""
    part = Part("journeys", f"{TRIPS} journeys of {_journeys.LENGTH} tracks, synthetic libraries")
    for tracks in (_journeys.FULL, 10_000, 1_000):
        trips = _journeys.journeys(_journeys.synthetic(tracks), TRIPS)
        along = np.array([trip.spearman for trip in trips])
        steps = np.array([trip.percentile for trip in trips])
        repeats = sum(trip.repeats for trip in trips)
        part.rows.append({
            "tracks": tracks,
            "Spearman": mean(along),
            "least": float(along.min()),
            "≥ .95": float((along >= SHARES["Spearman"]).mean()),
            "artist twice in ten": repeats,
            "largest step, percentile": mean(steps),
            "≤ 75th": float((steps <= SHARES["largest step, percentile"]).mean()),
            "distance to way points": mean(np.array([trip.distance for trip in trips])),
            "ms, median": float(np.median([trip.ms for trip in trips])),
        })  # fmt: skip
        if tracks == _journeys.FULL:
            part.bar("Spearman, mean", float(along.mean()), SHARES["Spearman"])
            part.bar("Spearman, share that reaches .95", float((along >= 0.95).mean()), 1.0)
            part.bar("artists twice in ten", repeats, 0, at_least=False)
            part.bar("largest step, worst percentile", float(steps.max()), 75, at_least=False)
    return [part]


def speed(model: MoodModel, data: Path) -> list[Part]:
    """Texts a second in batches, and words to a playlist among 100,000 tracks."""
    texts = _texts(data)
    fresh = MoodModel.shipped(UniversalEncoder())  # nothing remembered
    fresh.readings(texts[:64])
    runs: dict[str, Callable[[Sequence[str]], Any]] = {
        "murecom": fresh.readings,
        "its encoder alone": fresh.encoder.encode,
    }
    if (both := lexicons(data)) is not None:
        runs["the original's recipe"] = both[0].fit_idf(texts).read
    part = Part("speed", f"{len(texts):,} texts in batches, one thread")
    letters = sum(map(len, texts)) / len(texts)
    spent = {}
    for name, read in runs.items():
        began = cpu_seconds()
        for start in range(0, len(texts), 1024):
            read(texts[start : start + 1024])
        spent[name] = cpu_seconds() - began
    for name, seconds in spent.items():
        each = 1e3 * seconds / len(texts)
        part.rows.append({
            "who": name,
            "ms a text": each,
            "a million, minutes": each * MILLION / 60_000,
            "times the original": seconds / spent.get("the original's recipe", float("nan")),
        })  # fmt: skip
    part.bar("ms a text", part.rows[0]["ms a text"], 2.0, at_least=False)
    part.bar("a million texts, minutes", part.rows[0]["a million, minutes"], 40, at_least=False)
    part.notes.append(
        f"CPU-seconds; texts of NLPCC 2013 and of GoEmotions' train part, {letters:.0f} characters "
        "in the mean. Words of the original's recipe are cut by rjieba instead of jieba."
    )
    return [part, answers()]


def answers() -> Part:
    """Clock words to a playlist, the reading of the words included."""
    part = Part(
        "answers", f"words to {_journeys.LENGTH} tracks among {_journeys.FULL:,}, mood alone"
    )
    texts = [text for _, words in ASKED for text in words]
    with tempfile.TemporaryDirectory(prefix="murecom-mood-") as folder:
        home = Path(folder)
        _journeys.store_of(home)
        with Murecom(home=home) as app:
            figures = _journeys.latency(app, texts)
    part.rows.append({"texts": len(texts) - 1, **figures})
    part.bar("ms from text to playlist, median", figures["ms median"], 50, at_least=False)
    part.notes.append(
        "Wall time after the first answer; synthetic library, no model of sound or lists."
    )
    return part


def _texts(data: Path) -> list[str]:
    with (data / "emotion" / "nlpcc2013.csv").open(encoding="utf-8-sig", newline="") as file:
        texts = list(dict.fromkeys(row[1] for row in list(csv.reader(file))[1:]))
    path = data / "emotion" / "goemotions" / "train.tsv.gz"
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        texts += [line.split("\t")[0] for line in lines]
    return texts[:MANY]
