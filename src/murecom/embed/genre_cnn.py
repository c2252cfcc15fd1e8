"""A network that was trained to tell genres apart, run by numpy; its vectors have no genre left.

`murecom.train` writes the folder that this reads. Two uses: `probabilities` says the genre, and
`embed`, with the head cut off, gives the 256 numbers that the network judges by. Music that it
finds alike is alike to somebody who knows only these genres.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import ArrayLike, NDArray

from murecom import artefact
from murecom.audio import mel
from murecom.embed.base import Embedder, Memo
from murecom.errors import BadInput

Floats = NDArray[np.float32]

RATE, N_FFT, HOP, BANDS = 22050, 2048, 512, 128
"The front-end of the original: what `librosa.feature.melspectrogram` computes by default."

FRAMES = 128
"Frames of a slice: 3 s."

SAMPLES = (FRAMES - 1) * HOP + N_FFT
"Of a window that holds exactly these frames."

SECONDS = 30.0
"Heard of a track: the length of GTZAN's clips, and ten slices."

LONG = 60.0
"Songs of a minute and more are heard from second 30 on, as the original indexed songs."

DIM = 256
"Units of the first dense layer: the vector."

AT_ONCE = 16
"Slices computed together: memory stays the same however many there are."

STILL = np.float32(1e-5)
"Added to a variance before its root is taken, so that stillness has a gradient in training."

VERSION = 1
"Part of the keys. Count up when anything but the weights changes the numbers."

WHAT, REMEDY = "genre network", "murecom train genres DIR --model small"


@dataclass(frozen=True, slots=True)
class Reading:
    """What a network does between its weights.

    Attributes
    ----------
    log : str
        Logarithm of the power: a name of `audio.mel.compress`.
    floor : float
        Power below this counts as this.
    padding : int
        Frames of zeros before and behind what a convolution sees.
    pooling : tuple of str
        What is taken over time, in this order: "mean", "max", "std", "change" (root of the mean
        square of the difference from frame to frame).
    levels : tuple of int
        Of which outputs: 0 is the spectrogram or its coefficients, the others the convolutions.
    """

    log: mel.Log
    floor: float
    padding: int
    pooling: tuple[str, ...]
    levels: tuple[int, ...]


class GenreCNN(Embedder):
    """A trained genre network.

    Parameters
    ----------
    folder : Path or str
        What `murecom train genres` has written.

    Attributes
    ----------
    genres : tuple of str
        In the order of the columns of `probabilities`.
    architecture : str
        `original` or `small`.
    manifest : dict
        How it was trained and how well it did.

    Raises
    ------
    NotReady
        There is no network in the folder yet.
    BadInput
        The folder holds something else, or is damaged.
    """

    name: ClassVar[str] = "genre_cnn"
    rate = RATE
    samples = SAMPLES
    windows = 10
    "As many slices as the original took of a song; spread over the whole of it here."

    def __init__(self, folder: Path | str) -> None:
        self.folder = Path(folder)
        self.manifest, self.arrays = artefact.load(self.folder, what=WHAT, remedy=REMEDY)
        try:
            parameters = self.manifest["parameters"]
            self.genres = tuple(str(genre) for genre in self.manifest["genres"])
            self.architecture = str(self.manifest["architecture"])
            self.reading = Reading(
                log=parameters["log"],
                floor=float(parameters["floor"]),
                padding=int(parameters["padding"]),
                pooling=tuple(parameters["pooling"]),
                levels=tuple(int(level) for level in parameters["levels"]),
            )
            fits = self.arrays["output_kernel"].shape[1] == len(self.genres)
            fits &= self.arrays["hidden1_kernel"].shape[1] == DIM
        except (KeyError, TypeError, ValueError) as error:
            raise self._foreign(f"{error} is missing or wrong") from error
        if not fits or self.manifest.get("class") != "GenreCNN":
            raise self._foreign("it is of another kind")
        self._key = f"genre_cnn-{self.architecture}-{VERSION}-{_digest(self.manifest)}"

    @property
    def key(self) -> str:
        """`genre_cnn-small-1-` and a hash of the weights: no two networks ever meet."""
        return self._key

    @property
    def dim(self) -> int:
        """256."""
        return DIM

    def probabilities(self, windows: ArrayLike, memo: Memo | None = None) -> Floats:
        """Tell how probable each genre is, window by window.

        Parameters
        ----------
        windows : ndarray of float32, shape (n, 67072)
            As `embed`.
        memo : Memo, optional
            As `embed`.

        Returns
        -------
        ndarray of float32, shape (n, genres)
            Rows sum to 1; columns as `genres`. The mean over the windows of a track is the
            probability of the track. No windows give shape (0, genres).

        Raises
        ------
        BadInput
            As `embed`.
        """
        checked, memo = self._checked(windows, memo)
        if not len(checked):
            return np.zeros((0, len(self.genres)), np.float32)
        return self._outputs(checked, memo)[1]

    def statistics(self) -> tuple[Floats, Floats]:
        """Give mean and scale of the vectors of what it was trained on."""
        mean, scale = self.arrays["statistics_mean"], self.arrays["statistics_scale"]
        return mean.copy(), scale.copy()

    def forward(self, power: Floats) -> tuple[Floats, Floats]:
        """Run the network on mel spectrograms.

        Parameters
        ----------
        power : ndarray of float32, shape (n, 128, 128)
            Frames, then bands; power, not decibels.

        Returns
        -------
        vectors : ndarray of float32, shape (n, 256)
        probabilities : ndarray of float32, shape (n, genres)
        """
        return forward(self.arrays, power, self.reading)

    def _embed(self, windows: Floats, memo: Memo) -> Floats:
        return self._outputs(windows, memo)[0]

    def _outputs(self, windows: Floats, memo: Memo) -> tuple[Floats, Floats]:
        def spectrograms() -> Floats:
            return mel.mel_power(windows, rate=RATE, n_fft=N_FFT, hop=HOP, n_mels=BANDS)

        def run() -> tuple[Floats, Floats]:
            power = memo.get("genre_cnn power", spectrograms)
            pieces = [self.forward(power[k : k + AT_ONCE]) for k in range(0, len(power), AT_ONCE)]
            vectors, probabilities = zip(*pieces, strict=True)
            return np.concatenate(vectors), np.concatenate(probabilities)

        return memo.get(self.key, run)

    def _foreign(self, why: str) -> BadInput:
        return BadInput(f"{self.folder} holds no {WHAT}: {why}. Make one: {REMEDY}.")


def forward(
    weights: Mapping[str, Floats], power: Floats, reading: Reading
) -> tuple[Floats, Floats]:
    """Run a network; `power` and what comes out as in `GenreCNN.forward`.

    Parameters
    ----------
    weights : mapping of str to ndarray
        `input_mean`, `input_scale` (in,), and `input_basis` (128, in) where coefficients of the
        bands are looked at; for each level n `conv<n>_kernel` (width, in, out) and `_bias`,
        `_scale`, `_shift` (out,); `hidden1`, `hidden2` if there is one, and `output`, each
        `_kernel` (in, out) and `_bias` (out,).
    power : ndarray of float32, shape (n, 128, 128)
    reading : Reading
        What is done between the weights.
    """
    x = decibels(power, reading)
    if "input_basis" in weights:
        x = x @ weights["input_basis"]
    x = (x - weights["input_mean"]) / weights["input_scale"]
    level = 0
    pooled = []
    while True:  # x -> (n, frames, channels)
        if level in reading.levels:
            pooled += [_POOLS[name](x) for name in reading.pooling]
        level += 1
        if f"conv{level}_kernel" not in weights:
            break
        x = _convolve(x, weights[f"conv{level}_kernel"], reading.padding)
        x = np.maximum(x + weights[f"conv{level}_bias"], 0)
        x = x * weights[f"conv{level}_scale"] + weights[f"conv{level}_shift"]
        half = x.shape[1] // 2 * 2  # an odd frame at the end is left out
        x = np.maximum(x[:, 0:half:2], x[:, 1:half:2])
    hidden = np.concatenate(pooled, axis=1) @ weights["hidden1_kernel"]
    vectors = hidden = np.maximum(hidden + weights["hidden1_bias"], 0)
    if "hidden2_kernel" in weights:
        hidden = np.maximum(hidden @ weights["hidden2_kernel"] + weights["hidden2_bias"], 0)
    logits = hidden @ weights["output_kernel"] + weights["output_bias"]
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return vectors, odds / odds.sum(axis=1, keepdims=True)


def decibels(power: Floats, reading: Reading) -> Floats:
    """Take the logarithm that a network wants, of any shape."""
    return mel.compress(np.maximum(power, np.float32(reading.floor)), reading.log)


_POOLS: dict[str, Callable[[Floats], Floats]] = {
    "mean": lambda x: x.mean(axis=1),
    "max": lambda x: x.max(axis=1),
    "std": lambda x: np.sqrt(x.var(axis=1) + STILL),
    "change": lambda x: np.sqrt(np.square(np.diff(x, axis=1)).mean(axis=1) + STILL),
}


def _convolve(x: Floats, kernel: Floats, padding: int) -> Floats:
    """Convolve over time: float32[n, frames, in] with [width, in, out] to [n, frames', out]."""
    if padding:
        x = np.pad(x, ((0, 0), (padding, padding), (0, 0)))
    width, before, after = kernel.shape
    seen = sliding_window_view(x, width, axis=1)  # (n, frames', in, width), a view
    n, frames = seen.shape[:2]
    flat = seen.transpose(0, 1, 3, 2).reshape(n * frames, width * before)
    product: Floats = flat @ kernel.reshape(width * before, after)
    return product.reshape(n, frames, after)


def _digest(manifest: dict[str, Any]) -> str:
    """Hash everything that the numbers depend on: the weights and what is done with them."""
    arrays = manifest["arrays"]
    parts = [f"{name} {arrays[name]['sha256']}" for name in sorted(arrays)]
    parts += [f"{k} {v}" for k, v in sorted(manifest["parameters"].items())]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
