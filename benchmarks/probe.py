"""Tell how often the genre probe is right, how sure it may be, and what it says of other music.

    python benchmarks/probe.py --music FOLDER    free music, as scripts/fit_statistics.py unpacks it
    python benchmarks/probe.py                   only the genre clips of MURECOM_DATA

Five folds of clips (genres) and of free music (which package?, those with six tracks or more), for
several divisions; everything is chosen and calibrated inside the training part. Plain is
scikit-learn's logistic regression on the mean of the network's 200 numbers. The interval is a
paired bootstrap over tracks. Then the probes of the first division are asked about noise and tones,
about the free music, and about a genre that was left out of the training.
"""

from __future__ import annotations

import argparse
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold

import _common as common
import _retrieval as retrieval
from murecom.embed.base import Memo
from murecom.jobs.analyse import Sound, embedders, vectors_of
from murecom.label.probe import KEYS, Probe
from murecom.train.calibrate import calibration_error, log_loss
from murecom.train.cases import Clips
from murecom.train.linear import fit

NETWORK = KEYS[0]
LEAST = 6
"Tracks that a package needs to be told."

SURE = 0.5
"Least probability of a label."

SOUND = Sound(backend="numpy")
Vectors = Mapping[str, NDArray[np.float32]]


def hear(paths: Sequence[Path]) -> list[Vectors]:
    """Give the windows of tracks by key."""
    return [vectors_of(str(path), SOUND) for path in paths]


def clips_of(heard: Sequence[Vectors], labels: Sequence[str]) -> tuple[Clips, tuple[str, ...]]:
    """Make the cases that the training takes."""
    genres = tuple(sorted(set(labels)))
    windows = {key: np.concatenate([one[key] for one in heard]) for key in KEYS}
    owner = np.repeat(np.arange(len(heard)), [len(one[NETWORK]) for one in heard])
    found = np.array([genres.index(label) for label in labels], np.intp)
    alone = np.arange(len(heard), dtype=np.intp)
    return Clips(windows, owner.astype(np.intp), found, alone, len(genres)), genres


def noises() -> dict[str, NDArray[np.float32]]:
    """Sixteen windows of what is no music, as means by key."""
    random = np.random.default_rng(0)
    members = embedders(SOUND)
    samples, rate = members[0].samples, members[0].rate
    time = np.arange(samples) / rate
    sounds = []
    for loud in (0.02, 0.1, 0.3, 0.9):
        white = random.standard_normal(samples)
        red = np.cumsum(white)
        sounds += [
            loud * white / np.abs(white).max(),
            loud * (red - red.mean()) / np.abs(red - red.mean()).max(),
            loud * np.sin(2 * np.pi * 440 * (1 + loud) * time),
            loud * (np.arange(samples) % (rate // 4) < 40),
        ]
    windows, memo = np.array(sounds, np.float32), Memo()
    return {e.key: e.embed(windows, memo) for e in members}


def divide(clips: Clips, genres: tuple[str, ...], seed: int) -> dict[str, Any]:
    """Ask the probes of one division about the clips that they were not trained on."""
    means, n = clips.means(), len(clips)
    said, raw, plain = (np.zeros((n, len(genres))) for _ in range(3))
    probes, alone = [], np.zeros((n, len(genres)))
    parts = StratifiedKFold(5, shuffle=True, random_state=seed).split(clips.labels, clips.labels)
    for train, test in parts:
        fitted = fit(clips.part(train), genres)
        asked = {key: block[test] for key, block in means.items()}
        said[test] = fitted.probe.probabilities(asked)
        raw[test] = fitted.uncalibrated.probabilities(asked)
        alone[test] = trusting(fitted.probe).probabilities(asked)
        regression = LogisticRegression(max_iter=2000)
        regression.fit(means[NETWORK][train], clips.labels[train])
        plain[test] = regression.predict_proba(means[NETWORK][test])
        probes.append(fitted.probe)
    return {"said": said, "raw": raw, "plain": plain, "probes": probes, "alone": alone}


def trusting(probe: Probe) -> Probe:
    """The same probe without its doubt of what is unlike the training."""
    return replace(probe, near=1e9, far=2e9)


def accuracy(name: str, clips: Clips, genres: tuple[str, ...], seeds: int) -> tuple[Any, Any]:
    """Compare probe and plain regression over divisions; also give the first division."""
    divisions = []
    for seed in range(seeds):
        common.say(f"{name}: division {seed + 1} of {seeds}")
        divisions.append(divide(clips, genres, seed))
    labels = clips.labels
    rows: dict[str, Any] = {"set": name, "tracks": len(clips), "classes": len(genres)}
    right = {}
    for way in ("said", "raw", "plain"):
        hits = [d[way].argmax(axis=1) == labels for d in divisions]
        right[way] = np.mean(hits, axis=0)
        rows[way] = {
            "accuracy": float(right[way].mean()),
            "log loss": float(np.mean([log_loss(d[way], labels) for d in divisions])),
            "calibration": float(np.mean([calibration_error(d[way], labels) for d in divisions])),
            "recall": {g: float(right[way][labels == c].mean()) for c, g in enumerate(genres)},
        }
    difference = right["said"] - right["plain"]
    rows["difference"] = float(difference.mean())
    rows["difference 95 %"] = retrieval.interval(difference)
    sure = [d["said"].max(axis=1) >= SURE for d in divisions]
    hits = [d["said"].argmax(axis=1) == labels for d in divisions]
    rows["labelled"] = float(np.mean(sure))
    rows["right of these"] = float(np.concatenate(hits)[np.concatenate(sure)].mean())
    return rows, divisions[0]


def strangers(
    clips: Clips, genres: tuple[str, ...], division: Any, music: Vectors | None
) -> list[tuple[str, float, float]]:
    """Give the share that gets a genre, without and with doubt, of what nobody was trained on."""

    def share(means: Vectors) -> tuple[float, float]:
        pairs = [
            [p.probabilities(means).max(axis=1) >= SURE for p in (trusting(own), own)]
            for own in division["probes"]
        ]
        return tuple(np.mean(pairs, axis=(0, 2)))  # type: ignore[return-value]

    known = [float((division[way].max(axis=1) >= SURE).mean()) for way in ("alone", "said")]
    found = [("clips of the trained genres", *known), ("noise and tones (16)", *share(noises()))]
    if music is not None:
        found.append(("free music", *share(music)))
    counts = []
    for genre in range(len(genres)):
        rest = np.flatnonzero(clips.labels != genre)
        others = tuple(g for g in genres if g != genres[genre])
        part = clips.part(rest)
        fewer = replace(part, labels=part.labels - (part.labels > genre), genres=len(others))
        probe = fit(fewer, others).probe
        out = {key: block[clips.labels == genre] for key, block in clips.means().items()}
        counts.append([p.probabilities(out).max(axis=1) >= SURE for p in (trusting(probe), probe)])
    without, doubting = np.mean(np.concatenate(counts, axis=1), axis=1)
    return [*found, ("a genre left out of the training", float(without), float(doubting))]


def text(document: Mapping[str, Any]) -> str:
    """Lay out the results."""
    rows = []
    for r in document["accuracy"]:
        low, high = r["difference 95 %"]
        gain = f"{r['difference']:+.3f} ({low:+.3f} to {high:+.3f})"
        for way, name in (("plain", "plain"), ("raw", "probe, uncalibrated"), ("said", "probe")):
            numbers = (f"{r[way][k]:.3f}" for k in ("accuracy", "log loss", "calibration"))
            rows.append((r["set"], name, r["tracks"], *numbers, gain if way == "said" else ""))
    header = ("set", "what", "tracks", "accuracy", "log loss", "calibration", "to plain (95 %)")
    first = document["accuracy"][0]
    recall = [
        (g, f"{first['plain']['recall'][g]:.2f}", f"{first['said']['recall'][g]:.2f}")
        for g in first["said"]["recall"]
    ]
    labelled = (
        f"labelled: {first['labelled']:.2f} of the clips, right {first['right of these']:.2f}"
    )
    asked = [(name, f"{a:.2f}", f"{b:.2f}") for name, a, b in document["strangers"]]
    return "\n".join(
        [
            *document["conditions"],
            "",
            common.table(header, rows),
            "",
            common.table(("recall of", "plain", "probe"), recall),
            "",
            labelled,
            "",
            common.table(("share that gets a genre", "without doubt", "with"), asked),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--clips", type=Path, default=retrieval.clips_folder(), metavar="FOLDER")
    parser.add_argument("--music", type=Path, metavar="FOLDER", help="free music, by package")
    parser.add_argument("--seeds", type=int, default=5, help="divisions of the clips (5)")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    if not arguments.clips.is_dir():
        common.say(f"No clips at {arguments.clips} (MURECOM_DATA or --clips names a folder).")
        raise SystemExit(3)
    warnings.simplefilter("ignore")
    chosen = retrieval.clips(arguments.clips)
    clips, genres = clips_of(hear(chosen.paths), chosen.labels)
    row, division = accuracy("genres", clips, genres, arguments.seeds)
    rows, music = [row], None
    if arguments.music:
        packages = retrieval.music(arguments.music)[1]
        heard = hear(packages.paths)
        music = {key: np.array([one[key].mean(axis=0) for one in heard]) for key in KEYS}
        labels = packages.labels
        kept = [i for i, label in enumerate(labels) if labels.count(label) >= LEAST]
        told = clips_of([heard[i] for i in kept], [labels[i] for i in kept])
        rows.append(accuracy("packages", *told, 2)[0])
    document = {
        "conditions": common.conditions("murecom", "numpy", "scikit-learn"),
        "accuracy": rows,
        "strangers": strangers(clips, genres, division, music),
    }
    common.show(document, arguments.json, lambda: text(document))


if __name__ == "__main__":
    common.restart_fairly()
    main()
