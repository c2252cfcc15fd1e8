"""Years and durations as vectors in which near numbers are near.

Smooth bumps on a scale: a number is 1 at its own bump and less at the next ones, so that the cosine
of two numbers falls evenly with their distance and numbers far apart have nothing in common.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

YEARS = np.arange(1950, 2031, 10, dtype=np.float64)
"Centres of the bumps for years; earlier and later years count as the first and last."

LENGTHS = np.log2(30) + np.arange(0, 6.01, 0.75)
"Centres for durations in octaves: 30 s, 50 s, 85 s … 32 minutes."


def bumps(values: Sequence[float | None], centres: NDArray[np.float64]) -> NDArray[np.float32]:
    """Place numbers on evenly spaced bumps (Gaussians whose width is the space between two).

    Returns
    -------
    ndarray of float32, shape (len(values), len(centres))
        Rows of NaN for None.
    """
    numbers = np.array([np.nan if v is None else v for v in values], np.float64)
    numbers = np.clip(numbers, centres[0], centres[-1])
    step = centres[1] - centres[0]
    made: NDArray[np.float32] = np.exp(-0.5 * ((numbers[:, None] - centres) / step) ** 2).astype(
        np.float32
    )
    return made


def years(values: Sequence[int | None]) -> NDArray[np.float32]:
    """Give vectors of years; what is no year of recorded music (before 1860, 2200) is unknown."""
    return bumps([v if v is not None and 1860 <= v < 2200 else None for v in values], YEARS)


def durations(values: Sequence[float | None]) -> NDArray[np.float32]:
    """Give vectors of durations in seconds, by their ratio; 0 and less are unknown."""
    return bumps([float(np.log2(v)) if v is not None and v > 0 else None for v in values], LENGTHS)
