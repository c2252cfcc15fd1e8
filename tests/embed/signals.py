"""Inputs with which the original network was run once: made by arithmetic, the same everywhere.

`scripts/make_golden_musicnn.py` imports this file, too. Whoever changes it must run that script.
"""

from __future__ import annotations

import numpy as np

SAMPLES = 48128


def noise(size: int, seed: int) -> np.ndarray:
    """Make white noise between -1 and 1; float64[size]. No generator whose stream may change."""
    x = np.arange(size, dtype=np.uint64) + np.uint64(seed * 0x9E3779B97F4A7C15 % 2**64)
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):  # splitmix64
        x = (x ^ (x >> np.uint64(shift))) * np.uint64(factor)
    x ^= x >> np.uint64(31)
    return (x >> np.uint64(11)).astype(np.float64) / 2.0**52 - 1.0


def mels() -> np.ndarray:
    """Make patches as the front-end gives them; float32[4, 187, 96], values 0 to 6."""
    t, band = np.arange(187.0)[:, None], np.arange(96.0)[None, :]
    grain = noise(4 * 187 * 96, 1).reshape(4, 187, 96)
    patches = np.stack(
        [
            np.zeros((187, 96)),  # silence
            3 - band / 40 + grain[1],  # steady noise
            2.2 + 1.3 * np.sin(t / 12 + band / 4) + grain[2],  # a pattern that glides
            5 * ((band % 12 < 2) & (t % 31 < 9)) + 0.3 * grain[3],  # a loud beat of few tones
        ]
    )
    return np.clip(patches, 0, 6).astype(np.float32)


def wave() -> np.ndarray:
    """Make 3 s of a chord, a sweep and a beat at 16 kHz; float32[1, 48128], within ±1."""
    t = np.arange(SAMPLES) / 16000
    chord = sum(np.sin(2 * np.pi * f * t + f) for f in (220.0, 277.2, 329.6, 440.0))
    sweep = np.sin(2 * np.pi * (300 * t + 900 * t * t))
    beat = noise(SAMPLES, 2) * np.exp(-12 * (t % 0.5))
    return (0.12 * chord + 0.1 * sweep + 0.3 * beat).astype(np.float32)[None]
