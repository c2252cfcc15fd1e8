"""Measure how right tempo, key and loudness are, and what windows and descriptors cost.

Accuracy on music whose truth is known, none of which the weights were learned from: clicks, drums
and chords made by arithmetic; with `fluidsynth` and a soundfont also pieces composed by rules and,
with `mma`, accompaniments in its styles. `--midi FOLDER` adds MIDI files that people made,
`--songs FOLDER` the recordings of Frets on Fire with their tempo maps. `--truth FILE.csv` adds
music that people annotated: columns path, tempo (BPM) and key_relative_major (0 is C … 11 is B: the
tonic, of a minor key that of its relative major); empty cells are left out. `--peers PYTHON` asks
other tools, too.

    python benchmarks/descriptors.py [--work DIR] [--soundfont FILE] [--midi FOLDER]
        [--songs FOLDER] [--truth FILE.csv] [--peers PYTHON] [--seconds 240] [--json]
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import _accuracy
import _pieces
from _common import bar, bars, conditions, restart_fairly, say, show, table
from murecom.audio import decode
from murecom.audio.descriptors import describe
from murecom.audio.key import key
from murecom.audio.loudness import Meter, loudness
from murecom.audio.mel import compress, musicnn_mel, musicnn_power
from murecom.audio.mfcc import mfcc, statistics
from murecom.audio.onset import RATE, rises
from murecom.audio.tempo import tempo_of

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the tests use the same sounds
synthesis = importlib.import_module("synthesis")

SOUNDFONT = "/usr/share/sounds/sf2/FluidR3_GM.sf2"
"Of Debian's fluid-soundfont-gm: another than the one that the weights were learned with."


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--work", type=Path, help="where to keep the music that is made (0.5 GB)")
    parser.add_argument("--soundfont", default=SOUNDFONT)
    parser.add_argument("--midi", type=Path, help="a folder of MIDI files")
    parser.add_argument("--songs", type=Path, help="a folder with songs of Frets on Fire")
    parser.add_argument("--truth", type=Path, help="a CSV of annotated music")
    parser.add_argument("--peers", help="the Python that holds the other tools")
    parser.add_argument("--seconds", type=int, default=240, help="length of the track to time")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        known = material(args, args.work or Path(folder))
        accuracy = _accuracy.compare(known, args.peers)
        say("Loudness …")
        against = _accuracy.ebur128(piece.path for piece in known[:: max(1, len(known) // 25)])
    say("Cost …")
    times, stages = cost(args.seconds), stage_cost(args.seconds)
    first = next(iter(times.values()))
    wrong = {
        what: 1 - sum(x["right"] for x in lines) / max(1, sum(x["sure"] for x in lines))
        for what in ("tempo", "key")
        if (lines := [x for x in accuracy["sure"] if x["what"] == what])
    }
    document: dict[str, Any] = {
        "conditions": conditions("murecom", "numpy", "soundfile", "soxr"),
        "accuracy": accuracy,
        "chords": sum(key_cases()),
        "ms": times,
        "stages_ms": stages,
        "bars": [
            bar("sure tempos that are wrong", 100 * wrong["tempo"], 10, "%"),
            bar(
                "sure keys that are wrong", 100 * wrong["key"] if "key" in wrong else None, 10, "%"
            ),
            bar("loudness, worst error", max(loudness_errors()), 0.1, "LU"),
            bar("loudness, from ffmpeg's ebur128", against, 0.2, "LU"),
            bar("describe, mp3 320k", first["describe"] / 1000, 0.5, "CPU-s"),
        ],
    }
    show(document, args.json, lambda: text(document))


def material(args: argparse.Namespace, folder: Path) -> list[_pieces.Piece]:
    """Collect the music whose truth is known."""
    soundfont = args.soundfont if Path(args.soundfont).is_file() else None
    if soundfont is None:
        say(f"There is no soundfont {args.soundfont}: only clicks and drums. Give --soundfont.")
    known = list(_pieces.pieces(folder, "held back", soundfont))
    if args.midi and soundfont:
        known += _pieces.scores(folder, args.midi, soundfont)
    if args.songs:
        known += _pieces.recordings(folder, args.songs)
    if args.truth:
        known += _accuracy.annotated(args.truth)
    return known


def text(document: dict[str, Any]) -> str:
    """Lay out the result."""
    times = [(name, *(f"{v:.1f}" for v in row.values())) for name, row in document["ms"].items()]
    stages = [(name, f"{value:.1f}") for name, value in document["stages_ms"].items()]
    parts = [
        "\n".join(document["conditions"]),
        _accuracy.text(document["accuracy"]),
        f"key and tuning of four chords, 24 keys in 3 tunings: {document['chords']} of 72",
        table(("CPU ms", "5 windows", "whole file", "describe"), times),
        table(("stage, without decoding", "CPU ms"), stages),
        bars(document["bars"]),
    ]
    return "\n\n".join(parts)


def key_cases() -> Iterator[bool]:
    """Tell for 24 keys in three tunings whether key and tuning are found."""
    for tonic in range(12):
        for mode in ("major", "minor"):
            for cents in (0, 25, -40):
                found = key(synthesis.progression(tonic, mode, cents=cents), RATE)
                yield (
                    found is not None
                    and (found.tonic, found.mode) == (tonic, mode)
                    and abs(found.tuning - cents / 100) < 0.03
                )


def loudness_errors() -> Iterator[float]:
    """Give the errors in LU against what the standards say."""
    cases = [
        [(-23, 20)],
        [(-33, 20)],
        [(-36, 10), (-23, 60), (-36, 10)],
        [(-72, 10), (-36, 10), (-23, 60), (-36, 10), (-72, 10)],
        [(-26, 20), (-20, 20.1), (-26, 20)],
    ]
    for number, case in enumerate(cases):
        tone = np.concatenate([synthesis.sine(1000, s, 48000, level) for level, s in case])
        yield abs(loudness([np.stack([tone] * 2, 1)], 48000) - (-33 if number == 1 else -23))
    for rate in (8000, 16000, 22050, 44100, 96000):
        tone = synthesis.sine(997, 10, rate, -23)
        yield abs(loudness([np.stack([tone] * 2, 1)], rate) + 23)


def cost(seconds: int) -> dict[str, dict[str, float]]:
    """Give CPU milliseconds for one stereo track at 44.1 kHz in several formats."""
    wave = synthesis.song(seconds, 44100)
    formats: dict[str, dict[str, Any]] = {
        "320k.mp3": {"bitrate_mode": "CONSTANT", "compression_level": 0.0},
        "128k.mp3": {"bitrate_mode": "CONSTANT", "compression_level": 0.7},
        "song.flac": {},
        "song.ogg": {},
        "song.wav": {},
    }
    times = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, options in formats.items():
            path = synthesis.write(Path(folder) / name, wave, 44100, **options)
            times[name] = {
                "windows": best(lambda p=path: decode.read_windows(p)),
                "whole": best(lambda p=path: sum(len(b) for b in decode.blocks(p))),
                "describe": best(lambda p=path: describe(p)),
            }
    return times


def stage_cost(seconds: int) -> dict[str, float]:
    """Give CPU milliseconds of the stages behind decoding."""
    wave = synthesis.song(seconds, 44100)
    mono = synthesis.song(seconds, RATE, channels=1)[:, 0].copy()
    pieces = [wave[start : start + 441000] for start in range(0, len(wave), 441000)]
    rise = rises(mono, RATE)
    windows = np.tile(mono[:48128], (5, 1))
    power = musicnn_power(windows)

    def measure_loudness() -> None:
        meter = Meter(44100, 2)
        for piece in pieces:
            meter.add(piece)

    stages: dict[str, Callable[[], object]] = {
        "mel of MusiCNN, 5 windows": lambda: musicnn_mel(windows),
        "MFCC statistics of that mel": lambda: statistics(mfcc(compress(power, "db"))),
        "loudness": measure_loudness,
        "onset envelope": lambda: rises(mono, RATE),
        "tempo from it": lambda: tempo_of(rise),
        "key": lambda: key(mono, RATE),
    }
    return {name: best(stage) for name, stage in stages.items()}


def best(call: Callable[[], object], times: int = 5) -> float:
    """Give the least CPU time of several calls in milliseconds."""
    spent = []
    for _ in range(times):
        start = time.process_time()
        call()
        spent.append(time.process_time() - start)
    return 1000 * min(spent)


if __name__ == "__main__":
    restart_fairly()
    main()
