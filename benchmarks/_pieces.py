"""Sets of music whose tempo and key are known: one to learn from, another to measure with.

Nothing is common to the two: drum patterns, chord progressions, the styles of `mma`, the seeds and
(where two are given) the soundfont differ. Files that are there already are not made again.
"""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from _scores import Half, compose, grooves, mma_piece, play, tempo_of_midi

synthesis = importlib.import_module("synthesis")  # of the tests, whose folder `_scores` added

RATE = 22050
HALVES: tuple[Half, Half] = ("tuned", "held back")
STYLES = Path("/usr/share/mma/lib/stdlib")

# Tempos at which musicians play the styles of `mma`, by words in their names; else 90 to 150 BPM.
_SPEEDS = (
    ("slow|ballad|lullaby|hymn|spiritual|guitarb|desert|nite|mellow", 60, 95),
    (
        "fast|quick|bebop|dixie|polka|vienese|bluegrass|ragtime|jive|merengue|mambo|salsa|"
        "charleston|zydeco",
        160,
        220,
    ),
    ("waltz", 90, 180),
    ("trance", 125, 145),
)


@dataclass(frozen=True, slots=True)
class Piece:
    """A sound file and what is true of it; None where nothing is claimed.

    `mode` is "major", "minor", or "relative" if only the tonic of the relative major is known.
    """

    path: str
    group: str
    bpm: float | None
    tonic: int | None = None
    mode: str | None = None


def pieces(folder: Path, half: Half, soundfont: str | None) -> Iterator[Piece]:
    """Make one half of the music in `folder`; without a soundfont only clicks and drums."""
    folder.mkdir(parents=True, exist_ok=True)
    yield from clicks(folder, half)
    yield from loops(folder, half)
    if soundfont and shutil.which("fluidsynth"):
        yield from composed(folder, half, soundfont)
        if shutil.which("mma") and STYLES.is_dir():
            yield from accompanied(folder, half, soundfont)


def clicks(folder: Path, half: Half) -> Iterator[Piece]:
    """Make click tracks."""
    rng = np.random.default_rng(HALVES.index(half))
    for k in range(48 if half == "tuned" else 16):
        bpm = _speed(rng, 50, 180)
        path = folder / f"clicks {k}.wav"
        if not path.exists():
            soundfile.write(path, synthesis.clicks(bpm, 30, RATE), RATE)
        yield Piece(str(path), "clicks", bpm)


def loops(folder: Path, half: Half) -> Iterator[Piece]:
    """Make drum loops by arithmetic: steady and human, with and without hi-hats."""
    for name, groove in _patterns(half).items():
        rng = np.random.default_rng(zlib.crc32(name.encode()))
        for k in range(24 if half == "tuned" else 8):
            bpm = _speed(rng, groove.slow, groove.fast)
            path = folder / f"loop {name} {k}.wav"
            if not path.exists():
                human = (0.0, 0.005, 0.01, 0.015)[k % 4]
                wave = grooves.loop(groove, bpm, 30, RATE, human=human, hats=k % 3 != 2, seed=k)
                soundfile.write(path, wave * 0.5, RATE)
            yield Piece(str(path), "drum loops", bpm)


def composed(folder: Path, half: Half, soundfont: str) -> Iterator[Piece]:
    """Compose pieces in all keys."""
    patterns = list(_patterns(half).values())
    first = 1000 * HALVES.index(half)
    for k in range(480 if half == "tuned" else 120):
        groove = patterns[k % len(patterns)]
        bpm = _speed(np.random.default_rng(first + k), groove.slow, groove.fast)
        tonic, mode = k * 7 % 12, ("major", "minor")[k // 12 % 2]
        path = folder / f"composed {half} {k}.wav"
        if not path.exists():
            score = compose(groove, bpm, tonic, mode, seconds=45, seed=first + k, half=half)
            play(score, soundfont, path)
        yield Piece(str(path), "composed by rules", bpm, tonic, mode)


def accompanied(folder: Path, half: Half, soundfont: str) -> Iterator[Piece]:
    """Let `mma` play: every second of its styles in three-four or four-four is held back."""
    styles = []
    for file in sorted(STYLES.glob("*.mma")):
        text = file.read_text(errors="replace")
        odd = re.search(r"^\s*Time\s+[56]", text, re.M)
        names = re.findall(r"^\s*DefGroove\s+(\S+)", text, re.M)
        names = [n for n in names if not re.search("Intro|End|Fill|Walk|Hit|Vamp|Null", n, re.I)]
        if names and not odd and not re.match("metronome|none|arpeggio", file.stem):
            styles.append((file.stem, names))
    with tempfile.TemporaryDirectory() as work:
        for i, (stem, names) in enumerate(styles):
            for r in range(6 if half == "tuned" else 2) if HALVES[i % 2] == half else ():
                rng = np.random.default_rng(i * 10 + r)
                slow, fast = _speeds_of(stem)
                bpm = int(rng.integers(slow, fast + 1))
                tonic = (i * 2 + r) * 7 % 12
                mode = ("major", "minor")[int(rng.random() < 0.4)]
                style = str(rng.choice(names))
                path = folder / f"mma {stem} {r}.wav"
                if not path.exists():
                    bars, seed = int(45 * bpm / 60 / 4), i * 10 + r
                    score = mma_piece(
                        style, bpm, tonic, mode, bars=bars, seed=seed, half=half, folder=Path(work)
                    )
                    play(score, soundfont, path)
                yield Piece(str(path), "accompanied by mma", bpm, tonic, mode)


def scores(folder: Path, midi: Path, soundfont: str) -> Iterator[Piece]:
    """Play MIDI files that people made; those that keep one tempo count."""
    folder.mkdir(parents=True, exist_ok=True)
    for file in sorted(midi.rglob("*.mid")):
        bpm = tempo_of_midi(file.read_bytes())
        if bpm is not None:
            path = folder / f"midi {file.stem}.wav"
            if not path.exists():
                play(file.read_bytes(), soundfont, path)
            yield Piece(str(path), "MIDI by people", bpm)


def recordings(folder: Path, songs: Path) -> Iterator[Piece]:
    """Mix the songs of the game Frets on Fire: recordings with a tempo map beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    for notes in sorted(songs.rglob("notes.mid")):
        bpm, tracks = tempo_of_midi(notes.read_bytes()), sorted(notes.parent.glob("*.ogg"))
        if bpm is None or not tracks:
            continue
        path = folder / f"recording {notes.parent.name}.wav"
        if not path.exists():
            command = ["ffmpeg", "-v", "error", "-y"]
            for track in tracks:
                command += ["-i", str(track)]
            mix = f"amix=inputs={len(tracks)}:normalize=0"
            command += ["-filter_complex", mix, "-ar", str(RATE), "-ac", "1", str(path)]
            subprocess.run(command, check=True, capture_output=True)
        yield Piece(str(path), "recordings", bpm)


def _patterns(half: Half) -> dict[str, grooves.Groove]:
    patterns: dict[str, grooves.Groove] = grooves.TUNED if half == "tuned" else grooves.HELD_BACK
    return patterns


def _speed(rng: np.random.Generator, slow: float, fast: float) -> float:
    return round(float(np.exp(rng.uniform(np.log(slow), np.log(fast)))), 1)


def _speeds_of(style: str) -> tuple[int, int]:
    for words, slow, fast in _SPEEDS:
        if re.search(words, style):
            return slow, fast
    return 90, 150
