"""A trained network as files: the folder that `embed.genre_cnn` serves, and one file for ONNX.

Written from the same arrays; the ONNX file is for other programs (phones, players, browsers).
Its input is `power` (n, 128, 128): mel power of 128 frames, so that only the front-end is left to
do. Outputs are `vector` (n, 256) and `probabilities` (n, genres).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from murecom import artefact
from murecom.embed.genre_cnn import (
    AT_ONCE,
    BANDS,
    DIM,
    FRAMES,
    STILL,
    GenreCNN,
    Reading,
    forward,
)
from murecom.embed.musicnn.onnx_file import Graph
from murecom.errors import Unreachable
from murecom.train.loop import Architecture
from murecom.types import to_json

Floats = NDArray[np.float32]

ONNX = "genres.onnx"


def arrays_of(network: nn.Module) -> dict[str, Floats]:
    """Give the weights as `embed.genre_cnn` names them, batch norm as it is after training."""
    state = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    bands = np.zeros(BANDS, np.float32)
    arrays = {"input_mean": state.get("mean", bands), "input_scale": state.get("scale", bands + 1)}
    if "basis" in state:
        arrays["input_basis"] = state["basis"]
    for number, (convolve, norm) in enumerate(
        zip(network.convolutions, network.norms, strict=True)
    ):
        name, own = f"conv{number + 1}", f"norms.{number}"
        kernel, bias = (state[f"convolutions.{number}.{part}"] for part in ("weight", "bias"))
        assert convolve.kernel_size[0] == kernel.shape[2]
        deviation = np.sqrt(state[f"{own}.running_var"] + norm.eps)
        scale = state[f"{own}.weight"] / deviation
        arrays[f"{name}_kernel"] = kernel.transpose(2, 1, 0)  # torch: (out, in, width)
        arrays[f"{name}_bias"] = bias
        arrays[f"{name}_scale"] = scale
        arrays[f"{name}_shift"] = state[f"{own}.bias"] - state[f"{own}.running_mean"] * scale
    dense = [f"dense.{number}" for number in range(len(network.dense))]
    names = [f"hidden{number + 1}" for number in range(len(dense))]
    for layer, name in zip([*dense, "output"], [*names, "output"], strict=True):
        arrays[f"{name}_kernel"] = state[f"{layer}.weight"].T
        arrays[f"{name}_bias"] = state[f"{layer}.bias"]
    if network.pooled_norm is not None:  # nothing stands between it and the first dense layer
        mean, variance = state["pooled_norm.running_mean"], state["pooled_norm.running_var"]
        scale = state["pooled_norm.weight"] / np.sqrt(variance + network.pooled_norm.eps)
        shift = state["pooled_norm.bias"] - mean * scale
        arrays["hidden1_bias"] = arrays["hidden1_bias"] + shift @ arrays["hidden1_kernel"]
        arrays["hidden1_kernel"] = scale[:, None] * arrays["hidden1_kernel"]
    return {name: np.ascontiguousarray(a, dtype=np.float32) for name, a in arrays.items()}


def export(
    folder: Path,
    architecture: Architecture,
    network: nn.Module,
    genres: Sequence[str],
    slices: Floats,
    manifest: Mapping[str, Any],
) -> GenreCNN:
    """Write a network into a folder and give it as it will be served.

    Parameters
    ----------
    folder : Path
        Gets `manifest.json`, the arrays and `genres.onnx`.
    architecture, network, genres
        What was trained, and the names of its outputs.
    slices : ndarray of float32, shape (n, 128, 128)
        Of training clips: mean and scale of the vectors are taken from them.
    manifest : mapping
        What else the manifest should say.

    Raises
    ------
    Unreachable
        The folder cannot be written.
    """
    content = {
        **manifest,
        "class": "GenreCNN",
        "architecture": architecture.name,
        "genres": list(genres),
        "parameters": to_json(architecture.reading),
    }
    arrays = arrays_of(network)
    vectors = _vectors(arrays, slices, architecture.reading)
    deviation = vectors.std(axis=0)
    arrays["statistics_mean"] = vectors.mean(axis=0)
    # a unit that never speaks has no scale of its own
    arrays["statistics_scale"] = np.where(deviation > 1e-6, deviation, 1).astype(np.float32)
    graph = onnx_of(arrays, architecture.reading)
    artefact.save(folder, arrays, content)
    try:
        draft = folder / f"{ONNX}.part"
        draft.write_bytes(graph)
        draft.replace(folder / ONNX)
    except OSError as error:
        raise Unreachable(
            f"{folder / ONNX} cannot be written ({error.strerror or error}). Make room, then run "
            "the same command again."
        ) from error
    return GenreCNN(folder)


def onnx_of(arrays: Mapping[str, Floats], reading: Reading) -> bytes:
    """Write the network as an ONNX file: `power` to `vector` and `probabilities`."""
    graph = Graph()
    x = "power"
    if reading.log == "db":
        x = graph.add("Log", graph.add("Max", x, np.float32(max(reading.floor, 1e-10))))
        x = graph.add("Mul", x, np.float32(10 / np.log(10)))
    elif reading.log != "none":
        raise ValueError(f"no operators for the logarithm {reading.log!r}")
    if "input_basis" in arrays:
        x = graph.add("MatMul", x, arrays["input_basis"])
    x = graph.add("Div", graph.add("Sub", x, arrays["input_mean"]), arrays["input_scale"])
    x = graph.add("Transpose", x, perm=[0, 2, 1])  # (n, bands, frames)
    level, pooled = 0, []
    while True:
        if level in reading.levels:
            pooled += [_pool(graph, x, name) for name in reading.pooling]
        level += 1
        if f"conv{level}_kernel" not in arrays:
            break
        kernel, bias, scale, shift = (
            arrays[f"conv{level}_{part}"] for part in ("kernel", "bias", "scale", "shift")
        )
        edges = [reading.padding, reading.padding]
        x = graph.add("Conv", x, kernel.transpose(2, 1, 0), bias, pads=edges)
        x = graph.add("Mul", graph.add("Relu", x), scale[:, None])
        x = graph.add("Add", x, shift[:, None])
        x = graph.add("MaxPool", x, kernel_shape=[2], strides=[2])
    x = graph.add("Concat", *pooled, axis=1)
    x = graph.add("Gemm", x, arrays["hidden1_kernel"], arrays["hidden1_bias"])
    x = graph.add("Relu", x, output="vector")
    if "hidden2_kernel" in arrays:
        x = graph.add("Gemm", x, arrays["hidden2_kernel"], arrays["hidden2_bias"])
        x = graph.add("Relu", x)
    x = graph.add("Gemm", x, arrays["output_kernel"], arrays["output_bias"])
    graph.add("Softmax", x, axis=1, output="probabilities")
    outputs = {"vector": ("n", DIM), "probabilities": ("n", len(arrays["output_bias"]))}
    return graph.file({"power": ("n", FRAMES, BANDS)}, outputs)


def _pool(graph: Graph, x: str, name: str) -> str:
    if name == "max":
        return graph.add("ReduceMax", x, axes=[2], keepdims=0)
    if name == "mean":
        return graph.add("ReduceMean", x, axes=[2], keepdims=0)
    if name == "std":
        away = graph.add("Sub", x, graph.add("ReduceMean", x, axes=[2], keepdims=1))
    else:
        later = graph.add("Slice", x, np.array([1]), np.array([FRAMES]), np.array([2]))
        earlier = graph.add("Slice", x, np.array([0]), np.array([-1]), np.array([2]))
        away = graph.add("Sub", later, earlier)
    variance = graph.add("ReduceMean", graph.add("Mul", away, away), axes=[2], keepdims=0)
    return graph.add("Sqrt", graph.add("Add", variance, STILL))


def _vectors(arrays: Mapping[str, Floats], slices: Floats, reading: Reading) -> Floats:
    starts = range(0, len(slices), AT_ONCE)
    return np.concatenate([forward(arrays, slices[k : k + AT_ONCE], reading)[0] for k in starts])
