"""Tell how well and how fast murecom finds similar music, beside other tools, in one table.

    python benchmarks/sound.py                              genre clips of MURECOM_DATA
    python benchmarks/sound.py --music FOLDER --peers PYTHON --train

    --clips FOLDER    other clips called genre.number.ext
    --music FOLDER    free music, a package in each folder, as scripts/fit_statistics.py unpacks it
    --peers PYTHON    also the tools of peers.txt, which that interpreter has installed
    --train           also the original's network, trained here on the clips (needs the extra train)

`_retrieval.py` says what P@1, P@5, MAP, skew and anti are. murecom's rows come from the model that
`murecom similar` asks (`AudioKNN`, all defaults), with windows read as a scan reads them. A clip of
the genre set is ranked by the original's network only after training on other folds. CPU-seconds
are those of reading and analysing one file, the mean over the set.

murecom's whitening was learned from the free music of `scripts/fit_statistics.py`; where that is
also the set, the row "whitening from other packages" is the fair one.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import _common as common
import _retrieval as retrieval
import neighbours
from murecom.audio.decode import read_mono
from murecom.audio.mel import compress, musicnn_power
from murecom.audio.mfcc import mfcc
from murecom.errors import BadInput
from murecom.index.space import VectorBlock
from murecom.jobs.analyse import Sound, embedders, vectors_of
from murecom.recommend.audio_knn import AudioKNN
from murecom.recommend.base import Data, Request
from murecom.types import TrackId

BARS = (
    ("P@5, genre, default", "genre", "P@5", 0.83),
    ("MAP, genre, default", "genre", "MAP", 0.85),
)
MODELS = {
    "default": Sound(backend="numpy"),
    "fast (three windows)": Sound(backend="numpy", windows=3),
    "rich (second network)": Sound(model="rich", backend="numpy"),
}

Floats = NDArray[np.float32]


class Analysed:
    """What a scan with some settings would keep of a set, and what it cost."""

    def __init__(self, chosen: retrieval.Set, sound: Sound) -> None:
        self.sound = sound
        rows: dict[str, list[Floats]] = {e.key: [] for e in embedders(sound)}
        kept = []
        vectors_of(str(chosen.paths[0]), sound)  # what is loaded once is not a track's cost
        began = time.process_time()
        for i, path in enumerate(chosen.paths):
            try:
                found = vectors_of(str(path), sound)
            except BadInput as error:
                common.say(f"left out: {error}")
                continue
            kept.append(i)
            for key, windows in found.items():
                rows[key].append(windows)
        self.seconds = (time.process_time() - began) / len(chosen.paths)
        self.set, self.windows = chosen.only(kept), rows

    def scores(self) -> Floats:
        """Ask the model for all pairs."""
        members = embedders(self.sound)
        blocks = {
            e.key: VectorBlock(
                neighbours.mean(self.windows[e.key]), *e.statistics(), e.weight, e.whitening()
            )
            for e in members
        }
        ids = [TrackId(f"set:{i:06}") for i in range(len(self.set.paths))]
        model = AudioKNN().fit(Data(ids, blocks))
        return np.array([model.scores(Request((track,))) for track in ids])


def gaussians(chosen: retrieval.Set) -> tuple[Floats, float]:
    """Compare Gaussians of MFCC (Mandel and Ellis 2005): minus the symmetric divergence."""
    began = time.process_time()
    means, covariances = [], []
    for path in chosen.paths:
        sound = read_mono(path, 16000, 0.0, 120.0)
        usable = sound[: len(sound) // 48128 * 48128].reshape(-1, 48128)
        power = np.maximum(musicnn_power(usable.astype(np.float32)), 1e-8)
        frames = mfcc(compress(power, "db"), 20)
        frames = frames.reshape(-1, frames.shape[-1]).astype(np.float64)
        means.append(frames.mean(axis=0))
        covariances.append(np.cov(frames.T) + 1e-6 * np.eye(frames.shape[1]))
    inverses = [np.linalg.inv(c) for c in covariances]
    n = len(means)
    result = np.zeros((n, n), np.float32)
    for i in range(n):
        for j in range(i):
            apart = means[i] - means[j]
            traces = np.sum(covariances[i] * inverses[j]) + np.sum(covariances[j] * inverses[i])
            result[i, j] = result[j, i] = -(traces + apart @ (inverses[i] + inverses[j]) @ apart)
    return result, (time.process_time() - began) / n


def peers(chosen: retrieval.Set, python: str) -> dict[str, tuple[Floats, float]]:
    """Ask other tools; a track that a tool refuses is nobody's neighbour."""
    program = str(Path(__file__).with_name("_peer_distances.py"))
    found = {}
    for tool in ("musly", "bliss", "sonara"):
        arguments = [program, tool, *map(str, chosen.paths)]
        run = common.run_json(arguments, python=python, timeout=7200)
        if not run.lines:
            common.say(f"{tool}: {run.error}")
            continue
        answer = run.lines[-1]
        distances = np.array(answer["distances"], np.float32)
        scores = -np.nan_to_num(distances, nan=np.inf)
        found[f"{tool} {answer['version']}"] = (scores, float(answer["seconds"]))
    return found


def table(results: Sequence[dict[str, Any]]) -> str:
    """Lay out the rows."""
    header = ("set", "what", "seeds", "P@1", "P@5", "MAP", "MAP 95 %", "skew", "anti", "CPU-s")
    rows = []
    for r in results:
        low, high = r["MAP 95 %"]
        numbers = [f"{r[k]:.3f}" for k in ("P@1", "P@5", "MAP")]
        numbers += [f"{low:.3f}-{high:.3f}", f"{r['skew']:.2f}", f"{r['anti']:.3f}"]
        cost = "" if r["seconds"] is None else f"{r['seconds']:.3f}"
        rows.append((r["set"], r["what"], r["seeds"], *numbers, cost))
    return common.table(header, rows)


def measure(
    chosen: retrieval.Set, labelled: Sequence[retrieval.Set], arguments: argparse.Namespace
) -> list[dict[str, Any]]:
    """Measure everything on the tracks of one set, for one or several kinds of label."""
    ranked: dict[str, tuple[Floats, float | None]] = {}
    for name, sound in MODELS.items():
        common.say(f"{chosen.name}: {name}")
        analysed = Analysed(chosen, sound)
        if len(analysed.set.paths) < len(chosen.paths):
            raise SystemExit("Some files cannot be read; see above. Take them out of the folder.")
        ranked[name] = (analysed.scores(), analysed.seconds)
    if chosen.name == "artist":
        heard = neighbours.Heard(chosen)
        fair = neighbours.Lesson(heard).elsewhere()
        ranked["default, whitening from other packages"] = (fair, None)
    if arguments.train:
        import _original

        for name, scores, seconds in _original.rankings(chosen, arguments.clips):
            ranked[name] = (scores, seconds)
    common.say(f"{chosen.name}: Gaussians of MFCC")
    ranked["MFCC Gaussians"] = gaussians(chosen)
    if arguments.peers:
        common.say(f"{chosen.name}: other tools")
        ranked |= peers(chosen, arguments.peers)
    results = []
    for labels in labelled:
        for filtered in (False, True) if labels.artists else (False,):
            for name, (scores, seconds) in ranked.items():
                row = retrieval.row(name, scores, labels, filtered=filtered)
                results.append({**row, "seconds": seconds})
    return results


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--clips", type=Path, default=retrieval.clips_folder(), metavar="FOLDER")
    parser.add_argument("--music", type=Path, metavar="FOLDER", help="free music, by package")
    parser.add_argument("--peers", metavar="PYTHON", help="an interpreter with peers.txt installed")
    parser.add_argument("--train", action="store_true", help="also the original's network")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    sets: list[tuple[retrieval.Set, list[retrieval.Set]]] = []
    if arguments.clips.is_dir():
        found = retrieval.clips(arguments.clips)
        sets.append((found, [found]))
    else:
        common.say(f"No clips at {arguments.clips} (MURECOM_DATA or --clips names a folder).")
    if arguments.music:
        both = list(retrieval.music(arguments.music))
        sets.append((both[0], both))
    if not sets:
        raise SystemExit(3)
    results = []
    for chosen, labelled in sets:
        results += measure(chosen, labelled, arguments)
    bars = []
    for name, set_, figure, limit in BARS:
        for row in results:
            if (row["set"], row["what"]) == (set_, "default"):
                value = row[figure]
                bars.append(
                    (name, f"{value:.3f}", f"≥ {limit}", "met" if value >= limit else "MISSED")
                )
    document = {
        "conditions": common.conditions("murecom", "numpy", "soundfile", "soxr"),
        "groups": [retrieval.groups(labels) for _, labelled in sets for labels in labelled],
        "results": results,
        "bars": bars,
    }

    def text() -> str:
        parts = [*document["conditions"], "", *document["groups"], "", table(results)]
        if bars:
            parts += ["", common.table(("bar", "measured", "limit", ""), bars)]
        return "\n".join(parts)

    common.show(document, arguments.json, text)


if __name__ == "__main__":
    common.restart_fairly()
    main()
