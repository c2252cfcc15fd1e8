"""Sets of tracks with labels, and how well a ranking finds the label of its seed.

A *set* is tracks, a label for each, and the artist where known. Each track in turn is the seed and
all others are ranked. P@1 and P@5 are the share of neighbours with the label of the seed; MAP is
the mean over seeds of average precision over the whole ranking. With the artist filter, tracks by
the seed's artist count neither as found nor as missed: they are taken out of the ranking.

Hubs: how often each track stands among the ten nearest of the others. `skew` is the skewness of
these counts, `anti` the share of tracks that never come up.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tinytag import TinyTag

from murecom.audio.decode import probe

ROOT = Path(__file__).resolve().parents[1]
SUFFIXES = {".mp3", ".ogg", ".opus", ".flac", ".wav", ".au"}
SHORTEST = 40.0
"Seconds of free music; what is shorter in these packages is a jingle."

SMALLEST = 3
"Tracks that a label needs: at least two to find."

Scores = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Set:
    """Tracks to rank. An artist of None is unknown: such a track is no seed under the filter."""

    name: str
    paths: tuple[Path, ...]
    labels: tuple[str, ...]
    artists: tuple[str | None, ...] = ()

    def only(self, rows: Sequence[int]) -> Set:
        """Give the same set with some of its tracks."""
        artists = tuple(self.artists[i] for i in rows) if self.artists else ()
        paths = tuple(self.paths[i] for i in rows)
        return Set(self.name, paths, tuple(self.labels[i] for i in rows), artists)


def clips_folder() -> Path:
    """Where the genre clips of the evaluation data are."""
    data = os.environ.get("MURECOM_DATA") or ROOT.parent / "shared" / "data"
    return Path(data) / "gtzan"


def clips(folder: Path) -> Set:
    """Clips called genre.number.ext; they carry no artists."""
    paths = tuple(p for p in sorted(folder.iterdir()) if p.suffix in SUFFIXES)
    return Set("genre", paths, tuple(p.name.split(".")[0] for p in paths))


def music(folder: Path) -> tuple[Set, Set]:
    """Free music, a folder a package: labelled by package and artist, and by package alone."""
    paths, packages, artists = [], [], []
    for path in sorted(p for p in folder.rglob("*") if p.suffix in SUFFIXES and p.is_file()):
        if probe(path).duration >= SHORTEST:
            paths.append(path)
            packages.append(path.relative_to(folder).parts[0])
            artists.append(TinyTag.get(path).artist or None)
    both = tuple(f"{p}/{a or ''}" for p, a in zip(packages, artists, strict=True))
    return (
        Set("artist", tuple(paths), both),
        Set("package", tuple(paths), tuple(packages), tuple(artists)),
    )


def groups(chosen: Set) -> str:
    """Name the labels that can be seeds with their sizes."""
    counts = {k: n for k, n in Counter(chosen.labels).items() if n >= SMALLEST}
    return f"{chosen.name}: " + ", ".join(f"{k} {n}" for k, n in sorted(counts.items()))


def each(scores: Scores, chosen: Set, *, filtered: bool = False) -> NDArray[np.float64]:
    """Give P@1, P@5 and average precision of every seed: float64[seeds, 3].

    `scores` (n, n) holds a row for each seed, higher is nearer. Seeds are the same whatever the
    scores, so that two of these can be compared seed by seed.
    """
    labels = np.array(chosen.labels)
    artists = np.array(chosen.artists) if filtered else None
    result = []
    for seed, label in enumerate(labels):
        allowed = np.arange(len(labels)) != seed
        if artists is not None:
            if artists[seed] is None:
                continue
            allowed &= artists != artists[seed]
        if (labels[allowed] == label).sum() < SMALLEST - 1:
            continue
        order = np.argsort(-scores[seed], kind="stable")
        hits = labels[order[allowed[order]]] == label
        ranks = np.flatnonzero(hits) + 1
        precision = (np.arange(len(ranks)) + 1) / ranks
        result.append((hits[0], hits[:5].mean(), precision.mean()))
    return np.array(result, dtype=np.float64).reshape(-1, 3)


def hubs(scores: Scores, k: int = 10) -> tuple[float, float]:
    """Give the skewness of how often tracks come up, and the share that never does."""
    counts = np.zeros(len(scores))
    for seed, row in enumerate(scores):
        order = np.argsort(-row, kind="stable")
        counts[order[order != seed][:k]] += 1
    centred = counts - counts.mean()
    spread = counts.std()
    skew = float((centred**3).mean() / spread**3) if spread else 0.0
    return skew, float((counts == 0).mean())


def interval(values: NDArray[np.float64], samples: int = 2000) -> tuple[float, float]:
    """Give the middle 95 % of the means of bootstrap samples of seeds.

    Of differences between two rankings, seed by seed, this is the paired interval.
    """
    random = np.random.default_rng(0)
    means = values[random.integers(0, len(values), (samples, len(values)))].mean(axis=1)
    low, high = np.quantile(means, (0.025, 0.975))
    return float(low), float(high)


def row(name: str, scores: Scores, chosen: Set, *, filtered: bool = False) -> dict[str, Any]:
    """Measure one ranking of one set."""
    values = each(scores, chosen, filtered=filtered)
    p1, p5, mean = (float(value) for value in values.mean(axis=0))
    skew, anti = hubs(scores)
    return {
        "set": chosen.name + (", other artists" if filtered else ""),
        "what": name,
        "seeds": len(values),
        "tracks": len(chosen.labels),
        "P@1": p1,
        "P@5": p5,
        "MAP": mean,
        "MAP 95 %": interval(values[:, 2]),
        "skew": skew,
        "anti": anti,
        "each": values[:, 2].round(5).tolist(),
    }


def against(result: Mapping[str, Any], reference: Mapping[str, Any]) -> dict[str, Any]:
    """Add the difference of MAP to another row of the same set, with its paired interval."""
    differences = np.array(result["each"]) - np.array(reference["each"])
    more = {"difference": float(differences.mean()), "difference 95 %": interval(differences)}
    return {**result, **more}
