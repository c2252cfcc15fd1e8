"""Measures how loud a track is to a listener: EBU R128, in LUFS.

Sources: ITU-R BS.1770-4 (filters, channel weights, gates), EBU Tech 3342 (loudness range). The
standard gives its filters at 48 kHz only; other rates use the analogue prototypes behind them, as
derived in libebur128 and by B. De Man, "Evaluation of implementations of the EBU R128 loudness
measurement", AES 145, 2018.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from murecom.audio.biquad import Biquad, Cascade

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_ABSOLUTE_GATE = -70.0
_SURROUND = 1.41  # BS.1770-4, table 3: +1.5 dB between 60 and 120 degrees

_WEIGHTS: dict[int, tuple[float, ...]] = {
    4: (1, 1, _SURROUND, _SURROUND),
    5: (1, 1, 1, _SURROUND, _SURROUND),
    6: (1, 1, 1, 0, _SURROUND, _SURROUND),
    8: (1, 1, 1, 0, 1, 1, _SURROUND, _SURROUND),
}
"Per count of channels, in the order of WAV and FLAC; the low-frequency channel does not count."


def loudness(blocks: Iterable[Floats], rate: int) -> float | None:
    """Measure integrated loudness.

    Parameters
    ----------
    blocks : iterable of ndarray of float32, shape (frames, channels)
        The whole track, piece by piece (`decode.blocks`). One channel counts once; six are 5.1.
    rate : int
        Hz.

    Returns
    -------
    float or None
        LUFS; None if nothing is above -70 LUFS, or the track is shorter than 0.4 s.
    """
    meter: Meter | None = None
    for block in blocks:
        meter = meter or Meter(rate, block.shape[1])
        meter.add(block)
    return meter.integrated() if meter else None


class Meter:
    """Collects loudness while a track goes by: `add` blocks, then ask."""

    def __init__(self, rate: int, channels: int) -> None:
        self._hop = max(1, round(rate / 10))  # gating blocks of 400 ms begin every 100 ms
        block = _divisor(self._hop)
        if block is None:  # an odd rate: hops within 1 % of 100 ms
            block = 64
            self._hop = max(1, round(self._hop / block)) * block
        self._filter = Cascade(k_weighting(rate), channels, block)
        weights = _WEIGHTS.get(channels, (1,) * channels)
        self._weights = np.array(weights, np.float64)
        self._rest = np.zeros((0, channels), np.float32)
        self._hops: list[Doubles] = []

    def add(self, block: Floats) -> None:
        """Take in the next float32[frames, channels]."""
        sound = np.concatenate((self._rest, block)) if len(self._rest) else block
        whole = len(sound) // self._hop * self._hop
        self._rest = sound[whole:].copy()
        if not whole:
            return
        weighted = self._filter(sound[:whole])
        power = np.einsum("cbs,cbs->cb", weighted, weighted).astype(np.float64)
        power = power.reshape(len(power), whole // self._hop, -1).sum(axis=2) / self._hop
        self._hops.append(self._weights @ power)

    def integrated(self) -> float | None:
        """Give the loudness of everything so far in LUFS, None for silence."""
        power = self._blocks(4)
        power = power[power > _power(_ABSOLUTE_GATE)]
        if not len(power):
            return None
        power = power[power > power.mean() * 10 ** (-10 / 10)]  # 10 LU below: the relative gate
        return _lufs(float(power.mean()))

    def range(self) -> float | None:
        """Give the loudness range in LU (EBU Tech 3342), None for silence or less than 3 s.

        The spread of loudness over three-second stretches, from the 10th to the 95th percentile.
        """
        power = self._blocks(30)
        power = power[power > _power(_ABSOLUTE_GATE)]
        if not len(power):
            return None
        power = power[power > power.mean() * 10 ** (-20 / 10)]
        low, high = np.percentile(power, [10, 95])
        return _lufs(float(high)) - _lufs(float(low))

    def _blocks(self, hops: int) -> Doubles:
        """Give the mean power of stretches of `hops` × 100 ms that begin every 100 ms."""
        power = np.concatenate(self._hops) if self._hops else np.zeros(0)
        if len(power) < hops:
            return np.zeros(0)
        sums = np.concatenate(([0.0], np.cumsum(power)))
        return np.maximum((sums[hops:] - sums[:-hops]) / hops, 0.0)


def k_weighting(rate: int) -> tuple[Biquad, Biquad]:
    """Give the two filters of BS.1770-4 for any rate: the head's shelf and the low cut."""
    k = math.tan(math.pi * 1681.974450955533 / rate)
    q = 0.7071752369554196
    high = 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    norm = 1 + k / q + k * k
    shelf = Biquad(
        (
            (high + band * k / q + k * k) / norm,
            2 * (k * k - high) / norm,
            (high - band * k / q + k * k) / norm,
        ),
        (2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm),
    )
    k = math.tan(math.pi * 38.13547087602444 / rate)
    q = 0.5003270373238773
    norm = 1 + k / q + k * k
    low_cut = Biquad((1.0, -2.0, 1.0), (2 * (k * k - 1) / norm, (1 - k / q + k * k) / norm))
    return shelf, low_cut


def _divisor(hop: int) -> int | None:
    """Give the divisor of `hop` between 32 and 128 that is nearest to 64."""
    fitting = [n for n in range(32, 129) if hop % n == 0]
    return min(fitting, key=lambda n: abs(n - 64), default=None)


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power)


def _power(lufs: float) -> float:
    return 10 ** ((lufs + 0.691) / 10)
