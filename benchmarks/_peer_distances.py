"""How far apart other tools find tracks; runs under the interpreter that holds them.

    python _peer_distances.py TOOL FILE...

prints one JSON object: `version` of the tool, `distances`, a list for each file (null: refused),
and `seconds`, the CPU time for one file, comparing included (it is short). Each tool compares its
vectors as its makers do.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from _common import version

Matrix = NDArray[np.float64]


def bliss(paths: Sequence[str]) -> Matrix:
    """Euclidean distance of the 23 numbers of bliss."""
    import bliss_audio

    return _euclidean(_each(lambda path: bliss_audio.Song(path).analysis, paths))


def sonara(paths: Sequence[str]) -> Matrix:
    """1 - cosine of the 48 numbers of sonara."""
    import sonara as library

    def embedding(path: str) -> Sequence[float]:
        return library.analyze_file(path, features=["embedding"])["embedding"]

    rows = _each(embedding, paths)
    return 1 - (unit := rows / np.linalg.norm(rows, axis=1, keepdims=True)) @ unit.T


def musly(paths: Sequence[str]) -> Matrix:
    """Musly's `timbre`: Gaussians of MFCC, Jensen-Shannon divergence, mutual proximity."""
    import pymusly
    import soundfile
    import soxr

    jukebox = pymusly.MuslyJukebox(method="timbre", decoder="none")
    tracks = []
    for path in paths:  # its own decoder is the program ffmpeg
        data, rate = soundfile.read(path, dtype="float32", always_2d=True)
        start = max(0, (len(data) - 30 * rate) // 2)
        mono = data[start : start + 30 * rate].mean(axis=1)
        tracks.append(jukebox.track_from_audiodata(soxr.resample(mono, rate, 22050).tolist()))
    jukebox.set_style(tracks)
    pairs = list(zip(jukebox.add_tracks(tracks), tracks, strict=True))
    return np.array([jukebox.compute_similarity(pair, pairs) for pair in pairs])


def _each(vector: Callable[[str], Sequence[float]], paths: Sequence[str]) -> Matrix:
    """Give a row for each file, of NaN where the tool refuses it."""
    rows: list[Sequence[float] | None] = []
    for path in paths:
        try:
            rows.append(list(vector(path)))
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic of Rust is no Exception
            print(f"{path}: {error}", file=sys.stderr)
            rows.append(None)
    dim = next(len(row) for row in rows if row is not None)
    return np.array([[np.nan] * dim if row is None else row for row in rows], np.float64)


def _euclidean(rows: Matrix) -> Matrix:
    return np.linalg.norm(rows[:, None] - rows[None], axis=2)


TOOLS = {"bliss": ("bliss-audio", bliss), "sonara": ("sonara", sonara), "musly": ("pymusly", musly)}


def main() -> None:
    package, measure = TOOLS[sys.argv[1]]
    began = time.process_time()
    matrix = measure(sys.argv[2:])
    seconds = (time.process_time() - began) / max(1, len(sys.argv) - 2)
    distances = [[None if np.isnan(d) else round(float(d), 6) for d in row] for row in matrix]
    answer = {"version": version(package), "distances": distances, "seconds": round(seconds, 4)}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
