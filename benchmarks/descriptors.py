"""Measure how right tempo, key and loudness are, and what windows and descriptors cost.

Accuracy on sound made by arithmetic, whose truth is known, and on the test signals of the
standards. `--truth FILE.csv` adds music that people annotated: columns path, tempo (BPM) and
key_relative_major (0 is C … 11 is B: the tonic, of a minor key that of its relative major); empty
cells are left out.

    python benchmarks/descriptors.py [--truth FILE.csv] [--seconds 240] [--json]
"""

from __future__ import annotations

import argparse
import csv
import importlib
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

from _common import bar, bars, conditions, restart_fairly, say, show, table
from murecom.audio import decode
from murecom.audio.descriptors import describe
from murecom.audio.key import Key, key
from murecom.audio.loudness import Meter, loudness
from murecom.audio.mel import compress, musicnn_mel, musicnn_power
from murecom.audio.mfcc import mfcc, statistics
from murecom.audio.onset import RATE, envelope
from murecom.audio.tempo import Tempo, tempo, tempo_of

sys.path.append(str(Path(__file__).parents[1] / "tests"))  # the tests use the same sounds
synthesis = importlib.import_module("synthesis")

MULTIPLES = (1, 2, 3, 1 / 2, 1 / 3)  # what "octave-tolerant" forgives


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--truth", type=Path, help="a CSV of annotated music")
    parser.add_argument("--seconds", type=int, default=240, help="length of the track to time")
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    say("Tempo …")
    right = [rightness(name, cases) for name, cases in tempo_cases().items()]
    say("Key, loudness …")
    right.append({"what": "key: four chords", "exact": sum(key_cases()), "of": 72})
    if args.truth:
        say("Annotated music …")
        right += annotated(args.truth)
    say("Cost …")
    times, stages = cost(args.seconds), stage_cost(args.seconds)
    first = next(iter(times.values()))
    document: dict[str, Any] = {
        "conditions": conditions("murecom", "numpy", "soundfile", "soxr"),
        "right": right,
        "ms": times,
        "stages_ms": stages,
        "bars": [
            bar("loudness, worst error", max(loudness_errors()), 0.1, "LU"),
            bar("describe, mp3 320k", first["describe"] / 1000, 0.5, "CPU-s"),
        ],
    }
    show(document, args.json, lambda: text(document))


def text(document: dict[str, Any]) -> str:
    """Lay out the result."""
    right = [(r["what"], r["exact"], r.get("tolerant", ""), r["of"]) for r in document["right"]]
    times = [(name, *(f"{v:.1f}" for v in row.values())) for name, row in document["ms"].items()]
    stages = [(name, f"{value:.1f}") for name, value in document["stages_ms"].items()]
    parts = [
        "\n".join(document["conditions"]),
        table(("right", "within 4 %", "or 2, 3 times off", "of"), right),
        table(("CPU ms", "5 windows", "whole file", "describe"), times),
        table(("stage, without decoding", "CPU ms"), stages),
        bars(document["bars"]),
    ]
    return "\n\n".join(parts)


def rightness(what: str, cases: Iterable[tuple[float, np.ndarray]]) -> dict[str, Any]:
    """Count the tempos that are right, and those that are up to a factor of 2 or 3."""
    exact = tolerant = of = 0
    for bpm, wave in cases:
        found = tempo(wave, RATE)
        exact += found is not None and near(found, bpm)
        tolerant += found is not None and any(near(found, bpm * m) for m in MULTIPLES)
        of += 1
    return {"what": what, "exact": exact, "tolerant": tolerant, "of": of}


def near(found: Tempo, truth: float) -> bool:
    """Tell whether a tempo is within 4 % (MIREX's tolerance)."""
    return abs(found.bpm / truth - 1) <= 0.04


def tempo_cases() -> dict[str, list[tuple[float, np.ndarray]]]:
    """Make clicks, drums, swing, half-time and waltzes at many tempos."""
    speeds = range(60, 181, 8)
    drums = synthesis.drums
    return {
        "tempo: clicks": [(b, synthesis.clicks(b)) for b in speeds],
        "tempo: drums": [(b, drums(b, seed=b)) for b in speeds],
        "tempo: drums with swing": [(b, drums(b, swing=2 / 3, seed=b)) for b in speeds],
        "tempo: drums in half-time": [(b, drums(b, halftime=True, seed=b)) for b in speeds],
        "tempo: waltz without drums": [(b, synthesis.waltz(b)) for b in speeds],
    }


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


def annotated(path: Path) -> list[dict[str, Any]]:
    """Count how often tempo and key agree with a CSV of annotations."""
    with path.open(newline="", encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    waves = [decode.read_mono(path.parent / line["path"], RATE) for line in lines]
    both = list(zip(lines, waves, strict=True))
    keys = [(key(w, RATE), int(k)) for line, w in both if (k := line["key_relative_major"])]
    return [
        rightness(
            "tempo: annotated music", ((float(x["tempo"]), w) for x, w in both if x["tempo"])
        ),
        {
            "what": "key or its relative: annotated music",
            "exact": sum(relative_major(found) == truth for found, truth in keys),
            "of": len(keys),
        },
    ]


def relative_major(found: Key | None) -> int | None:
    """Give the tonic of the major key with the same notes."""
    return found and (found.tonic + (3 if found.mode == "minor" else 0)) % 12


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
    flux = envelope(mono, RATE)
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
        "onset envelope": lambda: envelope(mono, RATE),
        "tempo from it": lambda: tempo_of(flux),
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
