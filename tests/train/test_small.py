"""The small network: what it is fed, what it is made of, how its rate runs."""

from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="networks need the extra train")

from murecom.train.small import Small, cosines, crop, statistics  # noqa: E402


def test_crops_come_from_everywhere():
    power = np.arange(130 * 128, dtype=np.float32).reshape(130, 128)
    random = np.random.default_rng(3)
    starts = {int(crop(power, random)[0, 0]) // 128 for _ in range(40)}
    assert starts == {0, 1, 2}
    assert crop(power[:128], random).shape == (128, 128)


def test_cosines_are_orthogonal():
    basis = cosines(40)[:, 1:]
    np.testing.assert_allclose(basis.T @ basis, np.eye(39), atol=1e-5)


def test_statistics_of_known_movement():
    t = np.arange(400) * 2 * np.pi / 40
    wave = torch.from_numpy(np.stack([5 + np.sin(t), np.full(400, 2.0)])[None].astype(np.float32))
    mean, deviation, change = statistics(wave).numpy()[0].reshape(3, 2)
    np.testing.assert_allclose(mean, [5, 2], atol=1e-4)
    np.testing.assert_allclose(deviation, [np.sqrt(0.5), 0], atol=4e-3)
    np.testing.assert_allclose(change, [2 * np.sin(np.pi / 40) * np.sqrt(0.5), 0], atol=4e-3)


def test_batches(task):
    settings = Small(crops=2, batch=8, batches_at_least=1)
    random = np.random.default_rng(0)
    batches = list(settings.batches(task.spectra, np.arange(12), task.targets, random))
    assert len(batches) == 3
    for power, targets in batches:
        assert power.shape == (8, 128, 128)
        assert power.dtype == targets.dtype == np.float32
    assert sum(targets for _, targets in batches).sum(axis=0).tolist() == [8, 8, 8]


def test_small_libraries_come_round_more_often(task):
    random = np.random.default_rng(0)
    rows = np.array([0, 5, 9])
    settings = Small(crops=1, batches_at_least=16)
    batches = list(settings.batches(task.spectra, rows, task.targets, random))
    assert [len(power) for power, _ in batches] == [32] * 16  # of 171 times three clips


def test_level_is_learned_from_the_training_part_only(task):
    network = Small().network(3, task.spectra, np.array([0, 1]))
    other = Small().network(3, task.spectra, np.array([8, 9]))
    assert (network.mean - other.mean).abs().max() > 1


def test_below_the_floor_nothing_matters(task):
    network = Small().network(3, task.spectra, np.arange(12)).eval()
    power = torch.full((1, 128, 128), 1e-6)
    with torch.no_grad():
        assert torch.equal(network(power), network(power / 100))
        assert not torch.equal(network(power), network(power * 1e6))


def test_rate_rises_and_falls():
    rates = [Small().rate(step, step // 14) for step in range(14 * Small().epochs)]
    assert rates[0] < 0.1 * max(rates)
    assert max(rates) <= Small().learning_rate
    assert rates[-1] < 0.01 * max(rates)
