"""Small libraries with a folder for each genre, made by arithmetic."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import sounds

KINDS = {"bells": 880.0, "drones": 55.0, "hiss": 0.0}
"Genres that a child tells apart: high plucked chords, low ones, and noise."


def wave(kind: str, seconds: float, rate: int, seed: int) -> np.ndarray:
    """Make a clip of a genre; another seed gives a slightly other pitch and level."""
    rng = np.random.default_rng(seed)
    if kind == "hiss":
        made = 0.1 * rng.standard_normal(int(seconds * rate))
    else:
        t = np.arange(int(seconds * rate)) / rate
        root = KINDS[kind] * 2 ** rng.uniform(-0.05, 0.05)
        made = sum(0.15 * np.sin(2 * np.pi * root * ratio * t) for ratio in (1, 1.2, 1.5, 2))
        made = made * np.exp(-8 * (t % 0.5)) + 0.003 * rng.standard_normal(t.size)
    return (made * rng.uniform(0.5, 1)).astype(np.float32)


def library(
    folder: Path, clips: int = 4, kinds: tuple[str, ...] = ("bells", "drones", "hiss")
) -> Path:
    """Make `folder/<genre>/<number>.wav` of 3.2 to 6.5 s in different rates and formats."""
    for k, kind in enumerate(kinds):
        for n in range(clips):
            rate = (22050, 16000, 44100)[n % 3]
            suffix = (".wav", ".au", ".flac")[n % 3]
            sound = wave(kind, 3.2 + 3.3 * (n % 2), rate, 10 * k + n)
            sounds.write(folder / kind / f"{kind}.{n:05d}{suffix}", sound, rate)
    return folder
