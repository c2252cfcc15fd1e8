"""Makes mel.npz: what librosa computes of a signal that arithmetic makes anew in the tests.

Run it with a Python that has librosa (500 MB, so it is no dependency of the tests):
    python tests/golden/make_mel.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

GOLDEN = Path(__file__).with_name("mel.npz")
FRONT_ENDS = {
    "musicnn": {"sr": 16000, "n_fft": 512, "hop_length": 256, "n_mels": 96},
    "wide": {"sr": 22050, "n_fft": 2048, "hop_length": 512, "n_mels": 128},
}
EVERY = 11  # frames kept: 1 of 11, to stay small


def signal(samples: int, rate: int) -> np.ndarray:
    """Make a rising tone, a low chord, something like noise, and silence at the end."""
    n = np.arange(samples, dtype=np.float64)
    t = n / rate
    wave = 0.3 * np.sin(2 * np.pi * (200 * t + 900 * t**2))
    wave += 0.2 * np.sin(2 * np.pi * 110 * t) + 0.1 * np.sin(2 * np.pi * 164.81 * t)
    wave += 0.05 * np.sin(0.37 * n**2)
    wave[-samples // 10 :] = 0
    return wave.astype(np.float32)


def expected(front_end: str) -> dict[str, np.ndarray]:
    """Give librosa's power mel and the MFCC of its decibels: float32[frames, bands or 20]."""
    import librosa

    settings = FRONT_ENDS[front_end]
    wave = signal(48128, settings["sr"])
    power = librosa.feature.melspectrogram(y=wave, center=False, power=2.0, **settings)
    decibels = 10 * np.log10(np.maximum(power, 1e-10))
    coefficients = librosa.feature.mfcc(S=decibels, n_mfcc=20)
    return {"power": power.T.astype(np.float32), "mfcc": coefficients.T.astype(np.float32)}


def main() -> None:
    """Write the golden file."""
    import librosa

    arrays = {
        f"{name}_{key}": value[::EVERY]
        for name in FRONT_ENDS
        for key, value in expected(name).items()
    }
    np.savez_compressed(GOLDEN, librosa=np.array(librosa.__version__), **arrays)


if __name__ == "__main__":
    main()
