"""MusiCNN with onnxruntime, the extra `fast`: the graph is written here, from the same weights.

So there is one file of weights to check, and no second one that could differ from it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from murecom.embed.musicnn.onnx_file import Graph
from murecom.embed.musicnn.weights import BANDS, FRAMES, Layer, Weights
from murecom.errors import MissingExtra

Floats = NDArray[np.float32]


class OnnxNetwork:
    """The network as a function of mel spectrograms; parameters and result as `NumpyNetwork`."""

    def __init__(self, weights: Weights) -> None:
        try:
            import onnxruntime
        except ImportError as error:
            raise MissingExtra("fast", "The onnx backend of MusiCNN") from error
        options = onnxruntime.SessionOptions()
        # One thread, that of the caller: workers are processes, one for each core. No spinning: a
        # waiting thread must not look busy.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.inter_op.allow_spinning", "0")
        options.log_severity_level = 3  # errors only
        self._session = onnxruntime.InferenceSession(
            build(weights), options, providers=["CPUExecutionProvider"]
        )

    def __call__(self, mel: Floats) -> tuple[Floats, Floats]:
        """Compute embeddings float32[n, 200] and tags float32[n, 50]."""
        embedding, tags = self._session.run(["embedding", "tags"], {"mel": mel})
        return embedding, tags


def build(weights: Weights) -> bytes:
    """Write the network as an ONNX file: `mel` (n, 187, 96) to `embedding` and `tags`."""
    graph = Graph()
    x = graph.add("Mul", "mel", weights.input_scale)
    x = graph.add("Add", x, weights.input_shift)
    x = graph.add("Unsqueeze", x, np.array([1]))  # one input channel
    features = [_front(graph, x, layer) for layer in (*weights.timbral, *weights.temporal)]
    front = graph.add("Concat", *features, axis=1)

    mid1 = _mid(graph, _with_ones(graph, front), weights.mid[0])
    mid2 = _mid(graph, _with_ones(graph, mid1), weights.mid[1])
    place = np.zeros((len(weights.mid[1].bias), len(weights.mid_channels), 1), np.float32)
    place[weights.mid_channels, np.arange(len(weights.mid_channels))] = 1
    mid2 = graph.add("Add", mid2, graph.add("Conv", mid1, place))
    mid3 = graph.add("Add", mid2, _mid(graph, mid2, weights.mid[2]))

    channels = graph.add("Concat", front, mid1, mid2, mid3, axis=1)
    maxima = graph.add("ReduceMax", channels, axes=[2], keepdims=0)
    means = graph.add("ReduceMean", channels, axes=[2], keepdims=0)
    pooled = graph.add("Concat", maxima, means, axis=1)
    dense = weights.dense
    hidden = graph.add("Relu", graph.add("Gemm", pooled, dense.kernel, dense.bias))
    hidden = graph.add("Mul", hidden, dense.scale)
    embedding = graph.add("Add", hidden, dense.shift, output="embedding")
    logits = graph.add("Gemm", embedding, weights.tags_kernel, weights.tags_bias)
    graph.add("Sigmoid", logits, output="tags")
    outputs = {"embedding": ("n", len(dense.bias)), "tags": ("n", len(weights.tags_bias))}
    return graph.file({"mel": ("n", FRAMES, BANDS)}, outputs)


def _front(graph: Graph, x: str, layer: Layer) -> str:
    """Add a layer of the front-end: convolve, take the maximum over frequency, activate."""
    frames = layer.kernel.shape[0]
    before = (frames - 1) // 2
    # As in `on_numpy`: the maximum first, with kernels turned over where the scale is negative.
    sign = np.where(layer.scale < 0, np.float32(-1), np.float32(1))
    kernel = (layer.kernel * sign).transpose(2, 0, 1)[:, None]
    x = graph.add("Conv", x, kernel, pads=[before, 0, frames - 1 - before, 0])
    x = graph.add("ReduceMax", x, axes=[3], keepdims=0)
    x = graph.add("Mul", x, sign[:, None])
    x = graph.add("Relu", graph.add("Add", x, layer.bias[:, None]))
    return _scaled(graph, x, layer)


def _mid(graph: Graph, x: str, layer: Layer) -> str:
    """Add a layer of the middle: convolve over time, activate."""
    edge = layer.kernel.shape[0] // 2
    x = graph.add("Conv", x, layer.kernel.transpose(2, 1, 0), layer.bias, pads=[edge, edge])
    return _scaled(graph, graph.add("Relu", x), layer)


def _scaled(graph: Graph, x: str, layer: Layer) -> str:
    x = graph.add("Mul", x, layer.scale[:, None])
    return graph.add("Add", x, layer.shift[:, None])


def _with_ones(graph: Graph, x: str) -> str:
    """Append the channel of ones."""
    first = graph.add("Slice", x, np.array([0]), np.array([1]), np.array([1]))
    ones = graph.add("Add", graph.add("Mul", first, np.float32(0)), np.float32(1))
    return graph.add("Concat", x, ones, axis=1)
