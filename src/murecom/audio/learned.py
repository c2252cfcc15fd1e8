"""Reads the few numbers that tempo and key were learned with (`audio/data/learned.npz`).

`scripts/fit_tempo_and_key.py` makes the file from music that it composes itself.
"""

from __future__ import annotations

import io
from functools import lru_cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray


@lru_cache(maxsize=1)
def learned() -> dict[str, NDArray[np.float32]]:
    """Give the arrays by name: `tempo.…` and `key.…`."""
    file = resources.files("murecom.audio") / "data" / "learned.npz"
    with np.load(io.BytesIO(file.read_bytes()), allow_pickle=False) as arrays:
        return {name: arrays[name] for name in arrays.files}
