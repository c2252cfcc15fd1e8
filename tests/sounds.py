"""Small music for tests: made by arithmetic, so that nobody's music is copied."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import soundfile

RATE = 22_050


def chord(root: float, seconds: float = 6.0, rate: int = RATE, seed: int = 0) -> np.ndarray:
    """Make a plucked minor chord over a noise beat; float32, shape (frames,)."""
    rng = np.random.default_rng(seed)
    t = np.arange(int(seconds * rate)) / rate
    beat = np.exp(-8 * (t % 0.5))
    tones = sum(np.sin(2 * np.pi * root * ratio * t) for ratio in (1, 1.2, 1.5, 2))
    wave = 0.15 * tones * beat + 0.05 * rng.standard_normal(t.size) * np.exp(-30 * (t % 0.25))
    return wave.astype(np.float32)


def write(path: Path, wave: np.ndarray, rate: int = RATE, **kw: object) -> Path:
    """Write a wave in the format of its suffix; folders are made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix == ".opus":
        kw = {"format": "OGG", "subtype": "OPUS"} | kw
    soundfile.write(path, wave, rate, **kw)
    return path


def library(folder: Path, artists: int = 3, albums: int = 1, tracks: int = 2) -> list[Path]:
    """Make `Artist n/Album m/0k - Song n m k.wav`, with a different sound and length each."""
    made = []
    for a in range(artists):
        for b in range(albums):
            for c in range(tracks):
                name = f"Artist {a}/Album {b}/{c + 1:02d} - Song {a}{b}{c}.wav"
                root, seconds = 110 * 2 ** (a / 3 + c / 12), 5 + 2.5 * c + 1.2 * a
                wave = chord(root, seconds, seed=100 * a + 10 * b + c)
                made.append(write(folder / name, wave))
    return made
