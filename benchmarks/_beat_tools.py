"""Tempo and key as other tools find them, each run in a process of its own.

    python _beat_tools.py NAME LIST

LIST is a file of paths, one a line. Prints one JSON object a line: the version, then for each file
its tempo (BPM), tonic (0 is C), mode and CPU-seconds. Like murecom, every tool hears at most the
first 90 s (sonara all). NAME is a key of `TOOLS`.
"""

from __future__ import annotations

import argparse
import itertools
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from _common import cpu_seconds, version

Found = tuple[float, tuple[int, str] | None]
Find = Callable[[str], Found]

SECONDS = 90
TONICS = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}


class Missing(Exception):
    """The tool cannot run here; the message says what it lacks."""


def tonic(name: str) -> int:
    """Read `C#` or `Bb`."""
    return (TONICS[name[0]] + name.count("#") - name[1:].count("b")) % 12


def librosa() -> Find:
    """`beat_track`; for the key, as it has none, Krumhansl's profiles on its CQT chroma."""
    try:
        import librosa as library
        import numpy as np
    except ImportError as error:
        raise Missing(f"pip install librosa ({error})") from error
    major = [6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
    minor = [6.33, 2.68, 3.52, 5.38, 2.6, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]

    def find(path: str) -> Found:
        wave, rate = library.load(path, sr=22050, duration=SECONDS)
        bpm, _ = library.beat.beat_track(y=wave, sr=rate)
        chroma = library.feature.chroma_cqt(y=wave, sr=rate).mean(axis=1)
        rows = [np.roll(mode, k) for mode in (major, minor) for k in range(12)]
        best = int(np.argmax([np.corrcoef(row, chroma)[0, 1] for row in rows]))
        return float(np.atleast_1d(bpm)[0]), (best % 12, ("major", "minor")[best // 12])

    return find


def sonara() -> Find:
    """Its `bpm` and `key`."""
    try:
        import sonara as library
    except ImportError as error:
        raise Missing(f"pip install sonara ({error})") from error

    def find(path: str) -> Found:
        found = library.analyze_file(path, mode="playlist")
        name = re.match(r"([A-G][b#]?) (major|minor)", str(found.get("key")))
        return float(found["bpm"]), name and (tonic(name[1]), name[2])

    return find


def essentia(method: str) -> Find:
    """RhythmExtractor2013 or PercivalBpmEstimator, and KeyExtractor with its default profile."""
    try:
        import essentia as library
        import essentia.standard as algorithms
    except ImportError as error:
        raise Missing(f"pip install essentia ({error})") from error
    library.log.infoActive = library.log.warningActive = False

    def find(path: str) -> Found:
        wave = algorithms.MonoLoader(filename=path, sampleRate=44100)()[: SECONDS * 44100]
        if method == "percival":
            bpm = algorithms.PercivalBpmEstimator()(wave)
        else:
            bpm = algorithms.RhythmExtractor2013(method=method)(wave)[0]
        name, mode, _ = algorithms.KeyExtractor()(wave)
        return float(bpm), (tonic(name), mode)

    return find


def program(name: str, options: list[str], read: Callable[[str], float]) -> Find:
    """A program that says something about a wav file, from which `read` takes the tempo."""
    if shutil.which(name) is None or shutil.which("ffmpeg") is None:
        raise Missing(f"the programs {name} and ffmpeg")
    folder = tempfile.mkdtemp()

    def find(path: str) -> Found:
        wav = str(Path(folder) / "a.wav")
        cut = ["ffmpeg", "-v", "error", "-y", "-t", str(SECONDS), "-i", path, wav]
        subprocess.run(cut, check=True, capture_output=True)
        words = [wav if option == "FILE" else option for option in options]
        done = subprocess.run([name, *words], capture_output=True, text=True, check=False)
        return read(done.stdout + done.stderr), None

    return find


def from_beats(said: str) -> float:
    """Take the tempo from times of beats: aubio's own `tempo` is wrong even for clicks."""
    times = [float(line) for line in said.split() if re.fullmatch(r"[\d.]+", line)]
    gaps = sorted(b - a for a, b in itertools.pairwise(times))
    return 60 / gaps[len(gaps) // 2] if gaps and gaps[len(gaps) // 2] > 0 else 0.0


def from_rate(said: str) -> float:
    """Take the tempo that soundstretch prints."""
    found = re.search(r"rate ([\d.]+)", said)
    return float(found[1]) if found else 0.0


TOOLS: dict[str, tuple[str, Callable[[], Find]]] = {
    "librosa": ("librosa", librosa),
    "sonara": ("sonara", sonara),
    "essentia": ("essentia", lambda: essentia("multifeature")),
    "essentia percival": ("essentia", lambda: essentia("percival")),
    "aubio": ("aubio", lambda: program("aubio", ["beat", "-i", "FILE"], from_beats)),
    "soundstretch": (
        "soundtouch",
        lambda: program("soundstretch", ["FILE", "-bpm"], from_rate),
    ),
}
"By name: the package whose version is reported, and what makes the function."


def main() -> None:
    parser = argparse.ArgumentParser(description="Ask one tool; prints JSON lines.")
    parser.add_argument("tool", choices=TOOLS)
    parser.add_argument("list", type=Path)
    options = parser.parse_args()
    package, make = TOOLS[options.tool]
    paths = options.list.read_text(encoding="utf-8").splitlines()
    try:
        find = make()
    except Missing as error:
        _report(missing=str(error))
        return
    find(paths[0])
    _report(version=version(package))
    for path in paths:
        began = cpu_seconds()
        try:
            bpm, key = find(path)
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a panic in Rust is a BaseException, not an Exception
            _report(file=path, error=f"{type(error).__name__}: {error}"[:200])
            continue
        _report(file=path, bpm=bpm, key=key, cpu=cpu_seconds() - began)


def _report(**line: Any) -> None:
    print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
