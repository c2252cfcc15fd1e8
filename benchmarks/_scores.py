"""Music whose tempo and key are known: composed by rules, written as MIDI, played by a soundfont.

Chord progressions, a bass, accompaniment, a melody and drums (the grooves of tests/grooves.py),
with the timing of hands. `mma_piece` asks the program `mma` (Musical MIDI Accompaniment) instead,
whose styles were written by musicians. `fluidsynth` plays both.
"""

from __future__ import annotations

import importlib
import re
import struct
import subprocess
import sys
from pathlib import Path
from typing import Literal

import numpy as np

sys.path.append(str(Path(__file__).parents[1] / "tests"))
grooves = importlib.import_module("grooves")

TICKS = 480
NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")

MAJOR_SCALE, MINOR_SCALE = (0, 2, 4, 5, 7, 9, 11), (0, 2, 3, 5, 7, 8, 10)
TRIADS = {
    "": (0, 4, 7),
    "m": (0, 3, 7),
    "7": (0, 4, 7, 10),
    "maj7": (0, 4, 7, 11),
    "m7": (0, 3, 7, 10),
}

# Semitones above the tonic and kind of each chord; the first list of each mode to learn from, the
# second held back.
PROGRESSIONS = {
    "tuned": {
        "major": (
            "0 5 7 0", "0 9m 5 7", "0 5 0 7", "2m7 7 0 0", "0 10 5 0", "0 4m 5 7", "0 7 0 5",
            "0 0 5 5 0 7 0 0", "0maj7 5maj7 0maj7 7", "0 9m 2m 7:7", "0 5m 0 7", "0 2 5 0",
        ),
        "minor": (
            "0m 8 3 10", "0m 5m 7 0m", "0m 10 8 7", "0m 3 10 5m", "0m 10 0m 10", "0m 7m 8 5m",
            "0m 0m 5m 0m 7:7 0m", "0m 5m 10 0m", "0m7 5 0m7 5", "0m 8 5m 10",
        ),
    },
    "held back": {
        "major": (
            "0 7 9m 5", "0 2m 7 0", "0maj7 9m7 2m7 7:7", "0 5 9m 7", "5 0 7 0", "0 4m 9m 5",
            "0:7 0:7 5:7 0:7 7:7 5:7 0:7 7:7", "0 10 0 5", "0 9 2m 7",
        ),
        "minor": (
            "0m 5m 0m 7", "0m 8 5m 7", "0m7 5m7 10 3 8 5m 7 0m", "0m 5m 10 3", "0m 8 10 0m",
            "0m 7 0m 10 3 10 0m 7", "0m 3 5m 7m", "0m7 5m7 7m7 0m7",
        ),
    },
}  # fmt: skip

Half = Literal["tuned", "held back"]


# -- MIDI -------------------------------------------------------------------------------------


def midi(bpm: float, events: list[tuple[float, bytes]]) -> bytes:
    """Write events (time in beats, message) as a MIDI file of one track."""
    body, now = bytearray(), 0
    start = b"\xff\x51\x03" + round(60e6 / bpm).to_bytes(3, "big")
    for beat, message in [(0.0, start), *sorted(events)]:
        at = max(now, round(beat * TICKS))
        body += _length(at - now) + message
        now = at
    body += _length(0) + b"\xff\x2f\x00"
    return (
        b"MThd"
        + struct.pack(">IHHH", 6, 0, 1, TICKS)
        + b"MTrk"
        + struct.pack(">I", len(body))
        + body
    )


def _length(value: int) -> bytes:
    groups = [value & 127]
    while value := value >> 7:
        groups.append(value & 127 | 128)
    return bytes(reversed(groups))


def tempo_of_midi(data: bytes) -> float | None:
    """Give the tempo of a MIDI file if it holds for nine tenths of it, else None."""
    ticks = struct.unpack(">H", data[12:14])[0]
    changes, end, at = [], 0, 14
    while at < len(data) - 8:
        size = struct.unpack(">I", data[at + 4 : at + 8])[0]
        track, at, now, k, status = data[at + 8 : at + 8 + size], at + 8 + size, 0, 0, 0
        while k < len(track):
            delta = 0
            while True:
                delta = delta << 7 | track[k] & 127
                k += 1
                if track[k - 1] < 128:
                    break
            now += delta
            if track[k] >= 128:
                status, k = track[k], k + 1
            if status in (0xFF, 0xF0, 0xF7):
                kind, k = (track[k], k + 1) if status == 0xFF else (0, k)
                length = 0
                while True:
                    length = length << 7 | track[k] & 127
                    k += 1
                    if track[k - 1] < 128:
                        break
                if kind == 0x51:
                    changes.append((now, int.from_bytes(track[k : k + 3], "big")))
                k += length
            else:
                k += 1 if status >> 4 in (12, 13) else 2
        end = max(end, now)
    if not changes:
        return 120.0
    spans: dict[float, float] = {}
    changes.sort()
    for (begin, each), (until, _) in zip(changes, [*changes[1:], (end, 0)], strict=True):
        spans[60e6 / each] = spans.get(60e6 / each, 0) + (until - begin) / ticks * each / 1e6
    middle = max(spans, key=lambda b: spans[b])
    near = sum(seconds for b, seconds in spans.items() if abs(b / middle - 1) < 0.02)
    return middle if near >= 0.9 * sum(spans.values()) else None


# -- composing --------------------------------------------------------------------------------


def compose(
    groove: grooves.Groove,
    bpm: float,
    tonic: int,
    mode: str,
    *,
    seconds: float,
    seed: int,
    half: Half,
) -> bytes:
    """Compose a piece as MIDI: the same arguments give the same bytes."""
    rng = np.random.default_rng(seed)
    progression = str(rng.choice(PROGRESSIONS[half][mode])).split()
    scale = MAJOR_SCALE if mode == "major" else MINOR_SCALE
    human = float(rng.uniform(0, 0.012)) * bpm / 60  # beats
    events: list[tuple[float, bytes]] = []
    programs = {
        0: rng.choice([32, 33, 34, 35, 38, 43]),
        1: rng.choice([0, 4, 16, 24, 25, 26, 27, 29, 30, 48, 50, 52, 61, 88]),
        2: rng.choice([0, 11, 22, 27, 29, 40, 52, 56, 65, 68, 73, 80, 81]),
        3: rng.choice([48, 49, 50, 88, 89, 91]),
    }
    events += [(0.0, bytes([0xC0 | c, int(p)])) for c, p in programs.items()]

    def note(channel: int, at: float, pitch: int, beats: float, loud: float) -> None:
        at = max(0.0, at + human * float(rng.standard_normal()))
        velocity = int(np.clip(loud * (1 + 0.1 * rng.standard_normal()), 1, 127))
        events.append((at, bytes([0x90 | channel, pitch, velocity])))
        events.append((at + beats * 0.95, bytes([0x80 | channel, pitch, 0])))

    has = {
        name: rng.random() < p
        for name, p in (("hats", 0.75), ("melody", 0.75), ("pad", 0.4), ("drums", 0.85))
    }
    style = int(rng.integers(4))
    bars = int(seconds * bpm / 60 / groove.beats)
    degree, per_chord = 7, int(rng.choice([1, 1, 2]))
    for bar in range(bars):
        begin = float(bar * groove.beats)
        name = "0" if mode == "major" else "0m"
        if bar < bars - 1:
            name = progression[bar // per_chord % len(progression)]
        step, kind = re.fullmatch(r"(\d+):?(.*)", name).groups()  # type: ignore[union-attr]
        root = (int(step) + tonic) % 12
        chord = [root + n for n in TRIADS[kind]]
        for line, key in ((groove.kick, 36), (groove.snare, 38), (groove.hat, 42)):
            if has["drums"] and (key != 42 or has["hats"]):
                for k, sign in enumerate(line):
                    if sign != ".":
                        note(9, begin + k / groove.steps, key, 0.2, 110 * grooves.LEVEL[sign])
        for k, sign in enumerate(groove.kick if style % 2 else "X"):
            if sign in "Xx":
                note(0, begin + k / groove.steps, 36 + root, 0.5 if style % 2 else groove.beats, 95)
        for beat in range(groove.beats):
            if style == 0 and beat == 0:
                hits = [(0.0, groove.beats)]
            elif style == 1:
                hits = [(0.0, 0.5), (round(groove.steps / 2) / groove.steps, 0.4)]
            elif style == 2 and beat % 2:
                hits = [(0.0, 0.4)]
            elif style == 3:
                hits = [(0.0, 0.9)] if beat in (0, groove.beats // 2) else []
            else:
                hits = []
            for at, beats in hits:
                for pitch in chord:
                    note(1, begin + beat + at, 60 + pitch % 12, beats, 70)
        if has["pad"]:
            for pitch in chord:
                note(3, begin, 60 + pitch % 12, groove.beats, 50)
        k = 0
        while has["melody"] and k < groove.beats * groove.steps:
            length = int(rng.choice([1, 2, groove.steps, groove.steps, 2 * groove.steps]))
            degree = int(np.clip(degree + rng.integers(-2, 3), 0, 13))
            pitch = 67 + (tonic + 5) % 12 - 5 + scale[degree % 7] + 12 * (degree // 7) - 7
            if k % (2 * groove.steps) == 0 and rng.random() < 0.7:  # a tone of the chord
                pitch = min(
                    (p for p in range(55, 90) if (p - root) % 12 in TRIADS[kind]),
                    key=lambda p: abs(p - pitch),
                )
            if rng.random() < 0.85:
                note(2, begin + k / groove.steps, int(pitch), length / groove.steps, 95)
            k += length
    return midi(bpm, events)


def mma_piece(
    groove: str,
    bpm: float,
    tonic: int,
    mode: str,
    *,
    bars: int,
    seed: int,
    half: Half,
    folder: Path,
) -> bytes:
    """Let `mma` accompany a progression in one of its styles."""
    rng = np.random.default_rng(seed)
    progression = str(rng.choice(PROGRESSIONS[half][mode])).split()
    lines = [f"Tempo {bpm}", f"RndSeed {seed}", f"Groove {groove}"]
    for bar in range(bars):
        step, kind = re.fullmatch(r"(\d+):?(.*)", progression[bar % len(progression)]).groups()  # type: ignore[union-attr]
        lines.append(NAMES[(int(step) + tonic) % 12] + kind)
    lines.append(NAMES[tonic] + ("m" if mode == "minor" else ""))
    source, target = folder / "piece.mma", folder / "piece.mid"
    source.write_text("\n".join(lines) + "\n")
    target.unlink(missing_ok=True)
    subprocess.run(["mma", str(source), "-f", str(target)], check=True, capture_output=True)
    return target.read_bytes()


def play(data: bytes, soundfont: str, path: Path, seconds: float | None = None) -> None:
    """Play MIDI into a wav file of 22 050 Hz by `fluidsynth`."""
    score = path.with_suffix(".mid")
    score.write_bytes(data)
    command = [
        "fluidsynth",
        "-ni",
        "-q",
        "-g",
        "0.5",
        "-r",
        "22050",
        "-F",
        str(path),
        soundfont,
        str(score),
    ]
    subprocess.run(command, check=True, capture_output=True)
