"""The numbers of a network, as `scripts/convert_musicnn.py` wrote them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from murecom.embed.base import load_arrays
from murecom.errors import NotReady

Floats = NDArray[np.float32]

FRAMES, BANDS = 187, 96
"What the network looks at: 3 s of 62.5 frames a second, 96 mel bands up to 8 kHz."


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer with what follows it: scale * relu(kernel(x) + bias) + shift, for each output.

    `scale` and `shift` are the batch normalisation of the original, as it is after training.
    """

    kernel: Floats
    bias: Floats
    scale: Floats
    shift: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """A whole network; shapes are (time, band or channel, output).

    Units that always give the same number are not stored. What they add to the next layer is the
    last channel of `mid[0]` and `mid[1]` (a channel of ones) or part of a bias.
    """

    input_scale: np.float32
    input_shift: np.float32
    timbral: tuple[Layer, ...]
    "(7, 38 or 67, n): patterns in time and frequency, wherever they are in frequency."
    temporal: tuple[Layer, ...]
    "(128, 64 or 32, 1, n): patterns in time, in any band."
    mid: tuple[Layer, ...]
    "(7, channels, n), each with the sum of what came before added, but for the first."
    mid_channels: NDArray[np.int32]
    "Which outputs of `mid[1]` the outputs of `mid[0]` are added to."
    dense: Layer
    "(pooled, 200): the maxima over time of all channels, then their means."
    tags_kernel: Floats
    tags_bias: Floats


def load_weights(model: str) -> Weights:
    """Read the weights of "msd" or "mtt".

    Raises
    ------
    NotReady
        The file is missing from this installation.
    """
    arrays = load_arrays(f"musicnn_{model}.npz")
    if not arrays:
        raise NotReady(f"The weights of musicnn-{model} are not installed. Install murecom again.")

    def layer(name: str) -> Layer:
        parts = ("kernel", "bias", "scale", "shift")
        return Layer(*(arrays[f"{name}_{part}"] for part in parts))

    return Weights(
        input_scale=np.float32(arrays["input_scale"]),
        input_shift=np.float32(arrays["input_shift"]),
        timbral=tuple(layer(f"timbral{k}") for k in (1, 2)),
        temporal=tuple(layer(f"temporal{k}") for k in (1, 2, 3)),
        mid=tuple(layer(f"mid{k}") for k in (1, 2, 3)),
        mid_channels=arrays["mid_channels"].astype(np.int32),
        dense=layer("dense"),
        tags_kernel=arrays["tags_kernel"],
        tags_bias=arrays["tags_bias"],
    )
