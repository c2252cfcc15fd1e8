"""The original's network: its layers, its size, its optimiser, as Keras would make them."""

from __future__ import annotations

import math

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="networks need the extra train")

from murecom.train.original import Original  # noqa: E402


@pytest.fixture
def network(task):
    return Original().network(10, task.spectra, np.arange(3))


def test_as_many_weights_as_in_keras(network):
    # Conv1D 128x3x64+64, 64x3x128+128, 128x3x256+256; 2 of 448 channels' norms; Dense 256x256+256
    # twice, 256x10+10: the trainable line of Keras' summary()
    assert sum(p.numel() for p in network.parameters()) == 282_954


def test_frames_through_the_levels(network):
    seen = []
    for layer in network.convolutions:
        layer.register_forward_hook(lambda _, __, out: seen.append(tuple(out.shape)))
    network.eval()
    assert network(torch.rand(2, 128, 128)).shape == (2, 10)
    assert seen == [(2, 64, 126), (2, 128, 61), (2, 256, 28)]


def test_defaults_of_keras(network):
    assert {(norm.eps, norm.momentum) for norm in network.norms} == {(1e-3, 0.01)}
    assert not any(layer.bias.any() for layer in (*network.convolutions, network.output))
    limit = math.sqrt(6 / (256 + 256))  # Glorot's, for a dense layer
    weights = network.dense[0].weight.abs().max().item()
    assert 0.95 * limit < weights <= limit
    assert network.dropout.p == 0.5


def test_optimiser(network):
    settings = Original()
    group = settings.optimiser(network).param_groups[0]
    assert (group["lr"], group["momentum"], group["nesterov"]) == (0.0003, 0.9, True)
    assert settings.rate(0, 0) == 0.0003
    assert settings.rate(100_000, 9) == pytest.approx(0.00015)


def test_batches_are_slices_as_they_are(task):
    rows = np.array([0, 5, 9])
    batches = list(
        Original(batch=2).batches(task.spectra, rows, task.targets, np.random.default_rng(1))
    )
    slices, owner = task.spectra.slices(rows)
    assert [len(power) for power, _ in batches] == [2] * (len(slices) // 2) + [1] * (
        len(slices) % 2
    )
    given = np.concatenate([power for power, _ in batches])
    assert sorted(given.sum(axis=(1, 2))) == pytest.approx(sorted(slices.sum(axis=(1, 2))))
    aims = np.concatenate([targets for _, targets in batches])
    assert aims.sum(axis=0).tolist() == np.bincount(task.labels[rows[owner]], minlength=3).tolist()
