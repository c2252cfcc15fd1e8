"""Tell how far apart the vectors of one recording are when it is encoded differently.

    python benchmarks/codecs.py FOLDER        a folder of music, e.g. from ./run demo

Excerpts of some tracks are written as 16-bit WAV, which is the reference, and with the encoders of
libsndfile (LAME, Vorbis, Opus, FLAC), so no other program is needed. Distances are 1 - cosine.
`network` compares the network's vectors as they are; `z network`, `z tags` and `z MFCC` are
z-scored, as the space does in which tracks are compared; that makes every difference larger.
`combined` is the distance in that space. The last line gives the scale: the distances of an excerpt
to the nearest other one.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

import _common as common
import _material as material
from murecom.audio.decode import read_windows
from murecom.embed.base import Embedder, Memo
from murecom.embed.mfcc import MfccStatistics
from murecom.embed.musicnn import MusiCNN, MusiCNNTags
from murecom.errors import BadInput
from murecom.index.space import Space, VectorBlock


def _mp3(mode: str, level: float) -> material.Encoding:
    return material.Encoding(".mp3", options={"bitrate_mode": mode, "compression_level": level})


ENCODINGS = {
    "flac": material.Encoding(".flac"),
    "mp3 320k": _mp3("CONSTANT", 0.0),
    "mp3 V0": _mp3("VARIABLE", 0.0),
    "mp3 192k": _mp3("CONSTANT", 0.43),
    "mp3 128k": _mp3("CONSTANT", 0.66),
    "mp3 96k": _mp3("CONSTANT", 0.77),
    "ogg q9": material.Encoding(".ogg", options={"compression_level": 0.1}),
    "ogg q4": material.Encoding(".ogg", options={"compression_level": 0.6}),
    "ogg q2": material.Encoding(".ogg", options={"compression_level": 0.8}),
    "opus 120k": material.Encoding(".opus", 48_000, {"format": "OGG", "subtype": "OPUS"}),
}
"libsndfile's levels run from 0, the best, to 1; the bit rates in the table are measured."

LIMIT = 0.002
"The bar for the network's vector."

GOOD = ("flac", "mp3 320k", "mp3 V0", "mp3 192k", "ogg q9")
MEDIUM = ("mp3 128k", "ogg q4", "opus 120k")
"Encodings that the bar is about; the others are only reported."


def excerpts(folder: Path, count: int, seconds: float) -> dict[str, material.Wave]:
    """Cut excerpts out of the middles of tracks spread over a folder: stereo, 44.1 kHz."""
    files = sorted(p for p in folder.rglob("*") if p.suffix.lower() in material.MUSIC)
    long = []
    for path in files:
        try:
            if soundfile.info(path).duration >= seconds + 10:
                long.append(path)
        except soundfile.LibsndfileError as error:
            common.say(f"left out: {error}")
    chosen = [long[k * len(long) // count] for k in range(min(count, len(long)))]
    waves = {}
    for path in chosen:
        with soundfile.SoundFile(path) as file:
            wanted = round(seconds * file.samplerate)
            file.seek((file.frames - wanted) // 2)
            wave = file.read(wanted, dtype="float32", always_2d=True)
            wave = wave[:, [0, min(1, file.channels - 1)]]
            wave = soxr.resample(wave, file.samplerate, material.RATE)
        # Room for what lossy encoders add: a clipped copy would be another recording.
        waves[str(path.relative_to(folder))] = wave * np.float32(0.9 / max(0.9, np.abs(wave).max()))
    return waves


def vectors(path: Path, embedders: Sequence[Embedder]) -> dict[str, NDArray[np.float32]]:
    """Give the vectors of a file by key: the means over its windows."""
    windows, memo = read_windows(path), Memo()
    return {e.key: e.embed(windows, memo).mean(axis=0) for e in embedders}


def distances(
    space: Space, one: Mapping[str, NDArray[np.float32]], two: Mapping[str, NDArray[np.float32]]
) -> list[float]:
    """Give the distance of the network's raw vectors, then of each block, then of all."""
    raw = one["musicnn-msd-1"], two["musicnn-msd-1"]
    result = [_distance(*raw)]
    for key in ("musicnn-msd-1", "musicnn-msd-1-tags", "mfcc-1"):
        placed = [space.transform({key: v[key][None]})[0] for v in (one, two)]
        result.append(_distance(*placed))
    placed = [space.transform({k: v[None] for k, v in x.items()})[0] for x in (one, two)]
    return [*result, _distance(*placed)]


def _distance(one: NDArray[np.float32], two: NDArray[np.float32]) -> float:
    a, b = one.astype(np.float64), two.astype(np.float64)
    return float(max(0.0, 1 - a @ b / np.sqrt((a @ a) * (b @ b))))


COLUMNS = ("network", "z network", "z tags", "z MFCC", "combined")


def measure(waves: Mapping[str, material.Wave], backend: str) -> list[dict[str, Any]]:
    """Measure every encoding on every excerpt: one row for each encoding."""
    embedders: list[Embedder] = [
        MusiCNN("msd", backend),
        MusiCNNTags("msd", backend),
        MfccStatistics(),
    ]
    blocks = {
        e.key: VectorBlock(np.zeros((0, e.dim), np.float32), *e.statistics(), e.weight)
        for e in embedders
    }
    space = Space().fit(blocks)
    found: dict[str, list[list[float]]] = {name: [] for name in ENCODINGS}
    rates: dict[str, list[float]] = {name: [] for name in ENCODINGS}
    references = []
    with tempfile.TemporaryDirectory() as folder:
        for title, wave in waves.items():
            common.say(title)
            original = material.encode(wave, Path(folder, "x.wav"), material.Encoding(".wav"))
            try:
                reference = vectors(original, embedders)
            except BadInput as error:
                common.say(f"left out: {error}")
                continue
            references.append(reference)
            for name, encoding in ENCODINGS.items():
                path = material.encode(wave, Path(folder, f"x{encoding.suffix}"), encoding)
                found[name].append(distances(space, reference, vectors(path, embedders)))
                rates[name].append(path.stat().st_size * 8e-3 * material.RATE / len(wave))
    rows = [_row(n, found[n], float(np.mean(rates[n]))) for n in ENCODINGS]
    nearest = [
        np.min([distances(space, a, b) for b in references if b is not a], axis=0).tolist()
        for a in references
    ]
    return [*rows, _row("(nearest other)", nearest, None)]


def _row(name: str, values: Sequence[Sequence[float]], rate: float | None) -> dict[str, Any]:
    table = np.array(values)
    row: dict[str, Any] = {"encoding": name, "kbit/s": rate, "excerpts": len(table)}
    row["below limit"] = float((table[:, 0] < LIMIT).mean())
    for column, label in enumerate(COLUMNS):
        row[label] = {"median": np.median(table[:, column]), "worst": table[:, column].max()}
        if rate is None:  # between different tracks it is the smallest that matters
            row[label]["worst"] = table[:, column].min()
    return row


def text(document: Mapping[str, Any]) -> str:
    """Lay out the results."""
    rows = []
    for r in document["results"]:
        cells = (f"{r[c]['median']:.5f} / {r[c]['worst']:.5f}" for c in COLUMNS)
        rate = "" if r["kbit/s"] is None else round(r["kbit/s"])
        rows.append((r["encoding"], rate, f"{r['below limit']:.0%}", *cells))
    header = ("encoding", "kbit/s", f"< {LIMIT}", *COLUMNS)
    excerpts = f"{document['results'][0]['excerpts']} excerpts; median / worst distance, and the "
    note = f"{excerpts}share of excerpts whose network vectors are nearer than {LIMIT}"
    parts = [*document["conditions"], "", note, "", common.table(header, rows), ""]
    return "\n".join([*parts, common.bars(document["bars"])])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="a folder of music")
    parser.add_argument("--tracks", type=int, default=24, help="how many excerpts (24)")
    parser.add_argument("--seconds", type=float, default=60, help="their length (60)")
    parser.add_argument("--backend", default="auto", choices=("auto", "numpy", "onnx"))
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    waves = excerpts(arguments.folder, arguments.tracks, arguments.seconds)
    if len(waves) < 2:
        raise SystemExit(f"There are fewer than two tracks to measure in {arguments.folder}.")
    results = measure(waves, arguments.backend)
    bars = []
    for which, names in (("above 128k", GOOD), ("about 128k", MEDIUM)):
        for kind in ("median", "worst"):
            value = max(r["network"][kind] for r in results if r["encoding"] in names)
            bars.append(common.bar(f"network's vector, {which}, {kind}", value, LIMIT, ""))
    document = {
        "conditions": common.conditions("murecom", "numpy", "soundfile", "soxr", "onnxruntime"),
        "results": results,
        "bars": bars,
    }
    common.show(document, arguments.json, lambda: text(document))


if __name__ == "__main__":
    common.restart_fairly()
    main()
