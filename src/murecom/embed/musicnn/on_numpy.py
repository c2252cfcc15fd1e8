"""MusiCNN with numpy alone: every convolution is one large matrix product.

The filters are few (23 and 14 timbral ones in the MSD network), and a product with so few outputs
runs far below the speed of the machine. So a filter is laid down at a dozen neighbouring positions
at once: a banded (Toeplitz) matrix, a quarter of it zeros, whose product with a slice of the
spectrogram is larger and yet faster by a third than unfolding every position. Five windows take 12
to 14 ms of one core (docs/design/embedders.md).

Arrays run (channel, window, time), so that rows are long and the maximum over frequency is taken
of whole rows.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from murecom.embed.musicnn.weights import BANDS, FRAMES, Layer, Weights

Floats = NDArray[np.float32]

_STEP = 11
"Positions of a timbral filter in one product, about. 8 to 20 cost the same within 10 %."


class NumpyNetwork:
    """The network as a function of mel spectrograms."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._timbral = [_Timbral(layer) for layer in weights.timbral]
        self._temporal = [_Temporal(layer) for layer in weights.temporal]
        self._mid = [_Mid(layer) for layer in weights.mid]

    def __call__(self, mel: Floats) -> tuple[Floats, Floats]:
        """Compute embeddings and tags.

        Parameters
        ----------
        mel : ndarray of float32, shape (n, 187, 96)
            From `audio.mel.musicnn_mel`; n > 0.

        Returns
        -------
        embedding : ndarray of float32, shape (n, 200)
        tags : ndarray of float32, shape (n, 50)
            Between 0 and 1, each for itself.
        """
        w = self._weights
        embedding = self._pooled(mel) @ w.dense.kernel
        _activate(embedding, w.dense.bias, w.dense.scale, w.dense.shift)
        logits = embedding @ w.tags_kernel + w.tags_bias
        tags: Floats = np.float32(1) / (np.float32(1) + np.exp(-logits))
        return embedding, tags

    def _pooled(self, mel: Floats) -> Floats:
        """Compute maxima and means over time of all channels: float32[n, 2 * channels]."""
        n = len(mel)
        x = mel * self._weights.input_scale + self._weights.input_shift
        by_band = np.zeros((BANDS, n, FRAMES + 6), np.float32)
        by_band[:, :, 3:-3] = x.transpose(2, 0, 1)
        by_window = x.transpose(0, 2, 1)  # (n, bands, frames)

        features = [block(by_band) for block in self._timbral]
        features += [block(by_window) for block in self._temporal]
        front = np.concatenate(features)
        mid1 = self._mid[0](front, constant=True)
        mid2 = self._mid[1](mid1, constant=True)
        mid2[self._weights.mid_channels] += mid1
        mid3 = self._mid[2](mid2)
        mid3 += mid2

        channels = (front, mid1, mid2, mid3)
        rows = [c.max(axis=2) for c in channels] + [c.mean(axis=2) for c in channels]
        return np.concatenate(rows).T


def _activate(x: Floats, bias: Floats, scale: Floats, shift: Floats) -> None:
    """Do what follows a product, in place."""
    x += bias
    np.maximum(x, np.float32(0), out=x)
    x *= scale
    x += shift


class _MaxOverBands:
    """What both kinds of front-end layers share: the maximum over frequency, then the activation.

    The maximum comes first because it leaves so much less to do. It may, as the activation is
    monotone; where its scale is negative it falls, and the kernel is turned over instead.
    """

    def __init__(self, layer: Layer) -> None:
        self.outputs = len(layer.bias)
        self._sign = np.where(layer.scale < 0, np.float32(-1), np.float32(1))
        self._parts = tuple(part[:, None] for part in (layer.bias, layer.scale, layer.shift))

    def turned(self, kernel: Floats) -> Floats:
        turned: Floats = kernel * self._sign
        return turned

    def finish(self, maxima: Floats) -> Floats:
        """Take float32[outputs, windows * frames] to float32[outputs, windows, frames]."""
        maxima *= self._sign[:, None]
        _activate(maxima, *self._parts)
        return maxima.reshape(self.outputs, -1, FRAMES)


class _Timbral(_MaxOverBands):
    """Filters over 7 frames and 38 or 67 bands, at every position in frequency."""

    def __init__(self, layer: Layer) -> None:
        super().__init__(layer)
        self.frames, height, outputs = layer.kernel.shape
        positions = BANDS - height + 1
        pieces = round(positions / _STEP)
        step = -(-positions // pieces)
        self.height = height + step - 1
        # The last piece overlaps the one before it; a maximum does not mind.
        self.starts = [min(k * step, positions - step) for k in range(pieces)]
        matrix = np.zeros((step, outputs, self.frames, self.height), np.float32)
        kernel = self.turned(layer.kernel).transpose(2, 0, 1)
        for position in range(step):
            matrix[position, :, :, position : position + height] = kernel
        self._matrix = matrix.reshape(step * outputs, -1)

    def __call__(self, padded: Floats) -> Floats:
        """Take float32[bands, windows, 187 + 6] to float32[outputs, windows, 187]."""
        windows = padded.shape[1]
        unfolded = np.empty((self.frames, self.height, windows, FRAMES), np.float32)
        best: Floats | None = None
        for start in self.starts:
            for t in range(self.frames):
                unfolded[t] = padded[start : start + self.height, :, t : t + FRAMES]
            product = self._matrix @ unfolded.reshape(-1, windows * FRAMES)
            maxima = product.reshape(-1, self.outputs, windows * FRAMES).max(axis=0)
            best = maxima if best is None else np.maximum(best, maxima, out=best)
        assert best is not None
        return self.finish(best)


class _Temporal(_MaxOverBands):
    """Filters over 128, 64 or 32 frames of one band, in every band."""

    def __init__(self, layer: Layer) -> None:
        super().__init__(layer)
        self.frames, _, outputs = layer.kernel.shape
        self.step = min(self.frames, 64)  # 187 frames: 3, 3 and 6 pieces
        matrix = np.zeros((self.frames + self.step - 1, outputs, self.step), np.float32)
        kernel = self.turned(layer.kernel[:, 0])
        for position in range(self.step):
            matrix[position : position + self.frames, :, position] = kernel
        self._matrix = matrix.reshape(len(matrix), -1)

    def __call__(self, x: Floats) -> Floats:
        """Take float32[windows, bands, 187] to float32[outputs, windows, 187]."""
        windows, pieces = len(x), -(-FRAMES // self.step)
        before = (self.frames - 1) // 2  # TensorFlow's "same"
        padded = np.zeros((windows, BANDS, (pieces + 1) * self.step + self.frames), np.float32)
        padded[:, :, before : before + FRAMES] = x
        maxima = np.empty((self.outputs, windows, pieces, self.step), np.float32)
        for k in range(pieces):
            start = k * self.step
            seen = padded[:, :, start : start + len(self._matrix)]
            product = seen.reshape(windows * BANDS, -1) @ self._matrix
            best = product.reshape(windows, BANDS, -1).max(axis=1)
            maxima[:, :, k] = best.reshape(windows, self.outputs, -1).transpose(1, 0, 2)
        whole = maxima.reshape(self.outputs, windows, -1)[:, :, :FRAMES]
        return self.finish(whole.reshape(self.outputs, -1))


class _Mid:
    """Filters over 7 frames and all channels."""

    def __init__(self, layer: Layer) -> None:
        self.frames, self.channels, outputs = layer.kernel.shape
        self._matrix = np.ascontiguousarray(layer.kernel.transpose(2, 0, 1).reshape(outputs, -1))
        self._parts = tuple(part[:, None] for part in (layer.bias, layer.scale, layer.shift))

    def __call__(self, x: Floats, *, constant: bool = False) -> Floats:
        """Take float32[channels, windows, 187] to float32[outputs, windows, 187].

        `constant` adds the channel of ones. It is 0 outside the window like all others, so it
        cannot be a bias.
        """
        windows, edge = x.shape[1], self.frames // 2
        padded = np.zeros((self.channels, windows, FRAMES + 2 * edge), np.float32)
        padded[: len(x), :, edge:-edge] = x
        if constant:
            padded[-1, :, edge:-edge] = 1
        unfolded = np.empty((self.frames, self.channels, windows, FRAMES), np.float32)
        for t in range(self.frames):
            unfolded[t] = padded[:, :, t : t + FRAMES]
        result: Floats = self._matrix @ unfolded.reshape(-1, windows * FRAMES)
        _activate(result, *self._parts)
        return result.reshape(-1, windows, FRAMES)
