"""Timbre in 60 numbers: statistics of mel-frequency cepstral coefficients.

Where the network hears style, these hear sound: how bright, how varied, how fast it changes. Alone
they are a weak embedder; beside the network they correct it, which is why their weight is small.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from murecom.audio import mel
from murecom.audio.mfcc import STATISTICS, mfcc, statistics
from murecom.embed.base import Embedder, Memo

Floats = NDArray[np.float32]

COEFFICIENTS = 20
"10 to 40 do equally well beside the network (within 0.01 MAP); 20 is what others use, too."

ROWS = ("mean", "std", "std_change")
"Higher moments, slower changes and correlations were tried: none helped on both test sets."

FLOOR = np.float32(1e-8)
"""-80 dB, some 15 dB above what the rounding to 16 bits leaves in a band. Below it the encoder
speaks, not the music."""


@dataclass
class MfccStatistics(Embedder):
    """Mean, deviation and deviation of the change of 20 coefficients, 60 numbers."""

    name: ClassVar[str] = "mfcc"

    weight: float = 0.6
    "Between 0.5 and 0.7 there is little difference on both sets of benchmarks/neighbours.py."

    @property
    def key(self) -> str:
        """`mfcc-1`."""
        return "mfcc-1"

    @property
    def dim(self) -> int:
        """60."""
        return COEFFICIENTS * len(ROWS)

    def _embed(self, windows: Floats, memo: Memo) -> Floats:
        power = memo.get("musicnn power", lambda: mel.musicnn_power(windows))
        decibels = mel.compress(np.maximum(power, FLOOR), "db")
        summary = statistics(mfcc(decibels, COEFFICIENTS))
        chosen = summary[:, [STATISTICS.index(row) for row in ROWS]]
        return np.ascontiguousarray(chosen.reshape(len(windows), -1))
