"""Filters by matrix products equal the plain loop."""

from __future__ import annotations

import numpy as np
import pytest

import synthesis
from murecom.audio.biquad import Biquad, Cascade
from murecom.audio.loudness import k_weighting


def loop(sections: tuple[Biquad, ...], wave: np.ndarray) -> np.ndarray:
    """Filter float64[samples] sample by sample (direct form I)."""
    for section in sections:
        (b0, b1, b2), (a1, a2) = section.b, section.a
        x1 = x2 = y1 = y2 = 0.0
        out = np.empty_like(wave)
        for n, x in enumerate(wave):
            y = b0 * x + b1 * x1 + b2 * x2 - a1 * y1 - a2 * y2
            x1, x2, y1, y2 = x, x1, y, y1
            out[n] = y
        wave = out
    return wave


@pytest.mark.parametrize("rate", [8000, 44100, 192000])
@pytest.mark.parametrize("block", [32, 49, 128])
def test_equals_the_loop(rate: int, block: int) -> None:
    samples = 120 * block
    wave = np.stack([synthesis.noise(samples, 1, 0.2, seed) + 0.3 for seed in (1, 2)], axis=1)
    cascade = Cascade(k_weighting(rate), 2, block)
    pieces = [cascade(part) for part in np.split(wave, [block, 51 * block])]
    filtered = np.concatenate(pieces, axis=1).reshape(2, -1)
    for channel, result in enumerate(filtered):
        expected = loop(k_weighting(rate), wave[:, channel].astype(np.float64))
        np.testing.assert_allclose(result, expected, atol=1e-4)  # of 1.5, in float32


def test_nothing_in_nothing_out() -> None:
    cascade = Cascade(k_weighting(48000), 3, 64)
    assert cascade(np.zeros((0, 3), np.float32)).shape == (3, 0, 64)
