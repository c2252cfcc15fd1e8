"""Exported networks: numpy and ONNX say what torch says."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="networks need the extra train")

from murecom.embed.genre_cnn import GenreCNN  # noqa: E402
from murecom.train.export import ONNX, export  # noqa: E402
from murecom.train.loop import predict  # noqa: E402
from murecom.train.original import Original  # noqa: E402
from murecom.train.small import Small  # noqa: E402

GENRES = ("bells", "drones", "hiss")


@pytest.fixture(params=[Small(), Original()], ids=lambda settings: settings.name)
def exported(request, task, tmp_path):
    """Give settings, a network with lively batch norms, slices, and its export."""
    torch.manual_seed(1)
    network = request.param.network(3, task.spectra, np.arange(12))
    slices, _ = task.spectra.slices(range(12))
    with torch.no_grad():
        network.train()
        for _ in range(20):
            network(torch.from_numpy(slices))
        norms = [*network.norms, network.pooled_norm]
        for norm in filter(None, norms):
            norm.weight.uniform_(-1, 1)
            norm.bias.uniform_(-1, 1)
    network.eval()
    served = export(tmp_path / "model", request.param, network, GENRES, slices, {"seed": 1})
    return network, slices, served


def vectors_of(network, slices) -> np.ndarray:
    """Give what comes out of the first dense layer: `layers[-4].output` of the original."""
    seen = []
    network.dense[0].register_forward_hook(lambda _, __, out: seen.append(torch.relu(out)))
    predict(network, slices)
    return torch.cat(seen).numpy()


def test_numpy_equals_torch(exported):
    network, slices, served = exported
    vectors, probabilities = served.forward(slices)
    np.testing.assert_allclose(probabilities, predict(network, slices), atol=1e-4)
    expected = vectors_of(network, slices)
    np.testing.assert_allclose(vectors, expected, rtol=1e-4, atol=1e-4 * expected.max())


def test_onnx_equals_torch(exported):
    runtime = pytest.importorskip("onnxruntime", reason="the check of ONNX needs the extra fast")
    network, slices, served = exported
    session = runtime.InferenceSession(served.folder / ONNX, providers=["CPUExecutionProvider"])
    vectors, probabilities = session.run(["vector", "probabilities"], {"power": slices})
    np.testing.assert_allclose(probabilities, predict(network, slices), atol=1e-4)
    expected = vectors_of(network, slices)
    np.testing.assert_allclose(vectors, expected, rtol=1e-4, atol=1e-4 * expected.max())


def test_what_the_folder_says(exported):
    _, slices, served = exported
    assert served.genres == GENRES
    assert served.manifest["seed"] == 1
    mean, scale = served.statistics()
    vectors = served.forward(slices)[0]
    np.testing.assert_allclose(mean, vectors.mean(axis=0), rtol=1e-3, atol=1e-3 * vectors.max())
    assert (scale > 0).all()
    assert not list(served.folder.glob("*.part"))


def test_other_weights_other_key(exported, task, tmp_path):
    network, slices, served = exported
    settings = Small() if served.architecture == "small" else Original()
    again = export(tmp_path / "again", settings, network, GENRES, slices, {"seed": 2})
    assert again.key == served.key  # the same network, whatever else the manifest says
    with torch.no_grad():
        network.output.bias[0] += 1e-3
    other = export(tmp_path / "other", settings, network, GENRES, slices, {})
    assert other.key != served.key
    assert GenreCNN(tmp_path / "again").key == served.key
