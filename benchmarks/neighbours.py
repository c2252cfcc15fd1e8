"""Tell what each part of the comparison of sounds is worth: the ablation behind the default.

    python benchmarks/neighbours.py --music FOLDER        both collections (use this to choose)
    python benchmarks/neighbours.py                       only the genre clips of MURECOM_DATA
    python benchmarks/neighbours.py --clips FOLDER        other clips called genre.number.ext

FOLDER holds free music, a package in each folder, as scripts/fit_statistics.py unpacks it. Every
row changes one thing in the default model, or is one thing alone; the difference is in MAP, with
the 95 % interval of a paired bootstrap over seeds. `_retrieval.py` says what is measured.

The shipped whitening was learned from the free music; the rows "learned elsewhere" show what it
is worth on packages that it did not learn from. What is shown here was also what was chosen by:
figures for other collections may be lower. Whoever changes the default must gain, or not lose, on
both.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import _common as common
import _retrieval as retrieval
from murecom.audio.decode import probe, read_mono, read_windows
from murecom.embed.base import Embedder, Memo
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN, MusiCNNTags
from murecom.errors import BadInput
from murecom.index.neighbourhood import crowding, lean, nearest_rows
from murecom.index.space import Space, VectorBlock
from murecom.jobs.analyse import SECOND_WEIGHT
from murecom.recommend.audio_knn import AudioKNN
from murecom.recommend.base import Data, Request
from murecom.recommend.base import Windows as WindowRows
from murecom.recommend.slice_votes import SliceVotes
from murecom.types import TrackId

sys.path.append(str(retrieval.ROOT / "scripts"))
import fit_statistics

BLOCK = 30.0
"Seconds of the one piece that earlier tools listen to."

NETWORK, TAGS, TIMBRE, SECOND = (
    MusiCNN("msd", "numpy"),
    MusiCNNTags("msd", "numpy"),
    MfccStatistics(),
    MusiCNN("mtt", "numpy", weight=SECOND_WEIGHT),
)
DEFAULT: tuple[Embedder, ...] = (NETWORK, TAGS, TIMBRE)
RICH: tuple[Embedder, ...] = (*DEFAULT, SECOND)

Floats = NDArray[np.float32]
Windows = Mapping[str, Sequence[Floats]]
"By key: for each track its windows, float32[windows, dim]."


class Heard:
    """What the embedders say of a set: windows spread over each track, and one block of 30 s."""

    def __init__(self, chosen: retrieval.Set) -> None:
        self.spread: dict[str, list[Floats]] = {e.key: [] for e in RICH}
        self.few: dict[str, list[Floats]] = {e.key: [] for e in RICH}
        self.block: list[Floats] = []
        kept = []
        for i, path in enumerate(chosen.paths):
            try:
                five, three = read_windows(path), read_windows(path, count=3)
                block = self._block(path)
            except BadInput as error:
                common.say(f"left out: {error}")
                continue
            kept.append(i)
            for windows, rows in ((five, self.spread), (three, self.few)):
                memo = Memo()
                for embedder in RICH:
                    rows[embedder.key].append(embedder.embed(windows, memo))
            self.block.append(NETWORK.embed(block))
        self.set = chosen.only(kept)

    @staticmethod
    def _block(path: Path) -> Floats:
        """Cut 30 s from second 30, or from the middle of a short track, into windows."""
        length = probe(path).duration
        start = 30.0 if length >= 60 else max(0.0, (length - BLOCK) / 2)
        sound = read_mono(path, NETWORK.rate, start, BLOCK)
        count = max(1, len(sound) // NETWORK.samples)
        starts = np.linspace(0, max(0, len(sound) - NETWORK.samples), count).astype(int)
        return np.stack([sound[s : s + NETWORK.samples] for s in starts])


def mean(rows: Sequence[Floats]) -> Floats:
    """Average over windows: float32[tracks, dim]."""
    return np.array([track.mean(axis=0) for track in rows], np.float32)


def blocks(
    windows: Windows, embedders: Sequence[Embedder], **changes: Any
) -> dict[str, VectorBlock]:
    """Make the blocks of a model; `changes` replaces weight or whitening of all."""
    made = {}
    for e in embedders:
        weight = changes.get("weight", e.weight)
        whitening = changes.get("whitening", e.whitening())
        made[e.key] = VectorBlock(mean(windows[e.key]), *e.statistics(), weight, whitening)
    return made


def place(made: Mapping[str, VectorBlock]) -> Floats:
    """Give the unit vectors of the model."""
    space = Space().fit(made)
    return space.transform({key: block.matrix for key, block in made.items()})


def scores(unit: Floats, leaning: float | None = None, hub_penalty: float | None = None) -> Floats:
    """Score all pairs as `AudioKNN` does, whose parameters are taken unless others are given."""
    model = AudioKNN()
    leaning = model.leaning if leaning is None else leaning
    hub_penalty = model.hub_penalty if hub_penalty is None else hub_penalty
    rows, cosines = nearest_rows(unit)
    moved = lean(unit, unit, rows, cosines, leaning)
    result: Floats = moved @ moved.T - hub_penalty * crowding(cosines)
    return result


class Lesson:
    """Whitening learned from the free music as scripts/fit_statistics.py does, or otherwise."""

    def __init__(self, heard: Heard) -> None:
        self.windows = heard.spread
        self.groups = heard.set.labels
        self.packages = np.array([label.split("/")[0] for label in heard.set.labels])

    def matrices(
        self,
        without: str = "",
        tracks: bool = True,
        groups: bool = True,
        exponent: float = fit_statistics.EXPONENT,
    ) -> dict[str, Floats]:
        """Learn from all packages but one; from windows of tracks, from groups, or from both."""
        rows = np.flatnonzero(self.packages != without)
        made = {}
        for embedder in DEFAULT:
            vectors = [self.windows[embedder.key][i] for i in rows]
            names = [self.groups[i] if groups else str(i) for i in rows]
            if not tracks:  # a window that is the mean of its track differs from nothing
                vectors = [np.repeat(v.mean(axis=0, keepdims=True), 2, axis=0) for v in vectors]
            scale = embedder.statistics()[1]
            learned = fit_statistics.whitening(vectors, names, scale, exponent)
            made[embedder.key] = learned.astype(np.float32)
        return made

    def elsewhere(self, **parts: Any) -> Floats:
        """Score the free music itself, each package by what the others taught."""
        result = np.zeros((len(self.groups),) * 2, np.float32)
        for package in sorted(set(self.packages)):
            own = self.packages == package
            result[own] = scores(place(whitened(self.windows, self.matrices(package, **parts))))[
                own
            ]
        return result


def whitened(windows: Windows, matrices: Mapping[str, Floats]) -> dict[str, VectorBlock]:
    """Make the default blocks with other whitenings."""
    return {
        key: VectorBlock(b.matrix, b.mean, b.scale, b.weight, matrices[key])
        for key, b in blocks(windows, DEFAULT).items()
    }


def of_the_set(windows: Windows, exponent: float) -> dict[str, Floats]:
    """Learn whitening from the covariance of the tracks of the set themselves."""
    matrices = {}
    for key, block in blocks(windows, DEFAULT).items():
        covariance = np.cov(((block.matrix - block.mean) / block.scale).T)
        mixed = 0.7 * covariance / np.trace(covariance) * len(covariance) + 0.3 * np.eye(
            len(covariance)
        )
        variances, directions = np.linalg.eigh(mixed)
        matrices[key] = ((directions * variances**exponent) @ directions.T).astype(np.float32)
    return matrices


def by_the_set(windows: Windows) -> dict[str, VectorBlock]:
    """Take mean and deviation from the tracks of the set themselves."""
    return {
        key: VectorBlock(b.matrix, b.matrix.mean(0), b.matrix.std(0), b.weight, b.whitening)
        for key, b in blocks(windows, DEFAULT).items()
    }


def by_package(windows: Windows, packages: Sequence[str], *, own: bool) -> Floats:
    """Make a library of each package; tracks of the others come last."""
    named = np.array(packages)
    result = np.full((len(named), len(named)), -9, np.float32)
    for package in sorted(set(packages)):
        rows = np.flatnonzero(named == package)
        inside = {key: [tracks[i] for i in rows] for key, tracks in windows.items()}
        made = by_the_set(inside) if own and len(rows) > 1 else blocks(inside, DEFAULT)
        result[np.ix_(rows, rows)] = scores(place(made))
    return result


def match_windows(windows: Windows) -> Floats:
    """Compare windows instead of means: each with the best of the other track, both ways."""
    mean_, scale = NETWORK.statistics()
    tracks = [_unit((w - mean_) / scale) for w in windows[NETWORK.key]]
    result = np.zeros((len(tracks), len(tracks)), np.float32)
    for i, one in enumerate(tracks):
        for j, other in enumerate(tracks):
            products = one @ other.T
            result[i, j] = (products.max(axis=0).mean() + products.max(axis=1).mean()) / 2
    return result


def _unit(rows: Floats) -> Floats:
    return rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9)


def votes(windows: Windows, own: bool) -> Floats:
    """Let the windows of the network vote, as the original let slices; `own` as in `SliceVotes`."""
    tracks = windows[NETWORK.key]
    ids = [TrackId(f"set:{i:06}") for i in range(len(tracks))]
    counts = np.array([len(track) for track in tracks], np.int64)
    data = Data(ids, windows={NETWORK.key: WindowRows(np.concatenate(tracks), counts)})
    model = SliceVotes(own_slices=own).fit(data)
    return np.array([model.scores(Request((track,))) for track in ids])


def with_spread(windows: Windows, weight: float) -> dict[str, VectorBlock]:
    """Add how much the windows of a track differ, as a block of its own."""
    made = blocks(windows, DEFAULT)
    spread = np.array([track.std(axis=0) for track in windows[NETWORK.key]], np.float32)
    own = VectorBlock(spread, spread.mean(axis=0), spread.std(axis=0) + 1e-6, weight)
    return {**made, "spread": own}


def mutual_proximity(unit: Floats) -> Floats:
    """Score pairs by how rare both find each other (Schnitzer 2012, with normal distributions)."""
    cosines = unit @ unit.T
    np.fill_diagonal(cosines, np.nan)
    z = (cosines - np.nanmean(cosines, axis=1)[:, None]) / np.nanstd(cosines, axis=1)[:, None]
    z = np.nan_to_num(z, nan=9.0).astype(np.float64)
    tail = 1 / (1 + np.exp(-1.702 * z))  # near enough to the normal distribution
    result: Floats = np.log(tail * tail.T).astype(np.float32)
    return result


def variants(heard: Heard, lesson: Lesson | None) -> dict[str, Callable[[], Floats]]:
    """Name what is compared; the first is the reference."""
    five, three = heard.spread, heard.few
    plain = place(blocks(five, DEFAULT, whitening=None))
    default = place(blocks(five, DEFAULT))

    def alone(*members: Embedder) -> Floats:
        unit = place(blocks(five, members, whitening=None))
        return unit @ unit.T

    one_block = mean(heard.block)
    found: dict[str, Callable[[], Floats]] = {
        "default": lambda: scores(default),
        "rich (second network)": lambda: scores(place(blocks(five, RICH))),
        "fast (three windows)": lambda: scores(place(blocks(three, DEFAULT))),
        "rich and fast": lambda: scores(place(blocks(three, RICH))),
        "no leaning": lambda: scores(default, leaning=0),
        "no hub penalty": lambda: scores(default, hub_penalty=0),
        "no whitening": lambda: scores(plain),
        "none of the three": lambda: plain @ plain.T,
        "mutual proximity for the hub penalty": lambda: mutual_proximity(_leaned(default)),
        "twice the leaning": lambda: scores(default, leaning=1),
        "half the leaning": lambda: scores(default, leaning=0.25),
        "twice the hub penalty": lambda: scores(default, hub_penalty=0.4),
        "half the hub penalty": lambda: scores(default, hub_penalty=0.1),
        "whitened by the set itself, by half": lambda: scores(
            place(whitened(five, of_the_set(five, -0.25)))
        ),
        "whitened by the set itself, in full": lambda: scores(
            place(whitened(five, of_the_set(five, -0.5)))
        ),
        "z-scored by the set itself": lambda: scores(place(by_the_set(five))),
        "and how windows differ (0.3)": lambda: scores(place(with_spread(five, 0.3))),
        "no tags": lambda: scores(place(blocks(five, (NETWORK, TIMBRE)))),
        "no timbre": lambda: scores(place(blocks(five, (NETWORK, TAGS)))),
        "network alone, cosine": lambda: alone(NETWORK),
        "network alone, best windows": lambda: match_windows(five),
        "network alone, votes of windows": lambda: votes(five, own=False),
        "network alone, votes, own ones too": lambda: votes(five, own=True),
        "tags alone, cosine": lambda: alone(TAGS),
        "timbre alone, cosine": lambda: alone(TIMBRE),
        "second network alone, cosine": lambda: alone(SECOND),
        "network, one block of 30 s, cosine": lambda: _unit(one_block) @ _unit(one_block).T,
    }
    if lesson is None:
        return found
    if heard.set.name == "artist":
        packages = [label.split("/")[0] for label in heard.set.labels]
        found["within packages: default"] = lambda: by_package(five, packages, own=False)
        found["within packages: z-scored by each"] = lambda: by_package(five, packages, own=True)
    ways: dict[str, dict[str, Any]] = {
        "learned elsewhere: as the default": {},
        "learned elsewhere: within tracks only": {"groups": False},
        "learned elsewhere: within artists only": {"tracks": False},
        "learned elsewhere: to the power -0.25": {"exponent": -0.25},
        "learned elsewhere: to the power -0.5": {"exponent": -0.5},
    }
    for name, parts in ways.items():
        if heard.set.name == "artist":
            found[name] = partial(lesson.elsewhere, **parts)
        else:
            found[name] = lambda parts=parts: scores(
                place(whitened(five, lesson.matrices(**parts)))
            )
    return found


def _leaned(unit: Floats) -> Floats:
    return lean(unit, unit, *nearest_rows(unit), AudioKNN().leaning)


def text(document: Mapping[str, Any]) -> str:
    """Lay out the results."""
    header = ("set", "what", "P@1", "P@5", "MAP", "skew", "anti", "to the default", "95 %")
    rows = []
    for r in document["results"]:
        numbers = [f"{r[k]:.3f}" for k in ("P@1", "P@5", "MAP")]
        numbers += [f"{r['skew']:.2f}", f"{r['anti']:.3f}", f"{r['difference']:+.3f}"]
        low, high = r["difference 95 %"]
        rows.append((r["set"], r["what"], *numbers, f"{low:+.3f} to {high:+.3f}"))
    ratios = [
        f"{name} / one block of 30 s: MAP × {ratio:.2f} ({set_})"
        for set_, found in document["ratios"].items()
        for name, ratio in found.items()
    ]
    parts = [*document["conditions"], "", *document["groups"], "", common.table(header, rows)]
    return "\n".join([*parts, "", *ratios])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--clips", type=Path, default=retrieval.clips_folder(), metavar="FOLDER")
    parser.add_argument("--music", type=Path, metavar="FOLDER", help="free music, by package")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    sets = []
    if arguments.clips.is_dir():
        sets.append(retrieval.clips(arguments.clips))
    else:
        common.say(f"No clips at {arguments.clips} (MURECOM_DATA or --clips names a folder).")
    if arguments.music:
        sets.append(retrieval.music(arguments.music)[0])
    if not sets:
        raise SystemExit(3)
    results, ratios = [], {}
    heard_sets = [Heard(chosen) for chosen in sets]
    lesson = next((Lesson(heard) for heard in heard_sets if heard.set.name == "artist"), None)
    for heard in heard_sets:
        chosen = heard.set
        rows = {
            name: retrieval.row(name, make(), heard.set)
            for name, make in variants(heard, lesson).items()
        }
        results += [retrieval.against(row, rows["default"]) for row in rows.values()]
        one = rows["network, one block of 30 s, cosine"]["MAP"]
        names = ("default", "rich (second network)", "fast (three windows)")
        ratios[chosen.name] = {name: rows[name]["MAP"] / one for name in names}
    document = {
        "conditions": common.conditions("murecom", "numpy", "soundfile", "soxr"),
        "groups": [retrieval.groups(chosen) for chosen in sets],
        "results": results,
        "ratios": ratios,
    }
    common.show(document, arguments.json, lambda: text(document))


if __name__ == "__main__":
    common.restart_fairly()
    main()
