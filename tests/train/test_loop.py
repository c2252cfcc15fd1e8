"""Training: interrupted or not, the same bits; and it learns what is easy."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="networks need the extra train")

from murecom.train.checkpoint import Checkpoint  # noqa: E402
from murecom.train.loop import mean_of, predict, train  # noqa: E402
from murecom.train.original import Original  # noqa: E402
from murecom.train.small import Small  # noqa: E402
from murecom.train.splits import Fold  # noqa: E402

FOLD = Fold(np.array([0, 1, 4, 5, 8, 9]), np.array([2, 6, 10]), np.array([3, 7, 11]))
NETWORKS = [Small(epochs=4, crops=2, batches_at_least=1), Original(epochs=4)]


class Interrupted(Exception):
    pass


def weights(network) -> dict[str, np.ndarray]:
    return {name: tensor.numpy().copy() for name, tensor in network.state_dict().items()}


@pytest.mark.parametrize("settings", NETWORKS, ids=lambda settings: settings.name)
def test_interrupted_and_resumed_gives_the_same_bits(settings, task, tmp_path):
    whole = train(settings, task, FOLD, seed=3, file=tmp_path / "whole.npz")

    def stop(state: Checkpoint) -> None:
        raise Interrupted

    part = tmp_path / "part.npz"
    for epochs in (1, 2, 3):
        with pytest.raises(Interrupted):
            train(settings, task, FOLD, seed=3, file=part, told=stop, save_every=0)
        assert Checkpoint.load(part).epoch == epochs
        torch.rand(7)  # what happens in between changes nothing
    resumed = train(settings, task, FOLD, seed=3, file=part)
    one, other = weights(whole), weights(resumed)
    assert one.keys() == other.keys()
    for name in one:
        assert np.array_equal(one[name], other[name]), name
    first, second = (Checkpoint.load(tmp_path / f"{name}.npz") for name in ("whole", "part"))
    assert (first.best_epoch, first.best_loss) == (second.best_epoch, second.best_loss)
    for name, array in first.optimiser.items():
        assert np.array_equal(array, second.optimiser[name]), name


def test_an_epoch_that_was_not_saved_is_repeated(task, tmp_path):
    settings = NETWORKS[0]
    whole = train(settings, task, FOLD, seed=3, file=tmp_path / "whole.npz")

    def stop(state: Checkpoint) -> None:
        if state.epoch == 3:
            raise Interrupted

    with pytest.raises(Interrupted):  # saved after no epoch at all
        train(settings, task, FOLD, seed=3, file=tmp_path / "part.npz", told=stop)
    assert Checkpoint.load(tmp_path / "part.npz").epoch == 0
    resumed = weights(train(settings, task, FOLD, seed=3, file=tmp_path / "part.npz"))
    assert all(np.array_equal(array, resumed[name]) for name, array in weights(whole).items())


def test_another_seed_gives_another_network(task, tmp_path):
    networks = [
        weights(train(NETWORKS[1], task, FOLD, seed=seed, file=tmp_path / f"{seed}.npz"))
        for seed in (1, 2)
    ]
    assert not np.array_equal(networks[0]["output.weight"], networks[1]["output.weight"])


def test_stops_by_the_validation_part(task, tmp_path):
    settings = replace(NETWORKS[0], epochs=50, patience=2, learning_rate=0.0)
    train(settings, task, FOLD, seed=0, file=tmp_path / "fold.npz")
    state = Checkpoint.load(tmp_path / "fold.npz")
    assert state.is_done
    assert state.epoch < 50
    assert state.epoch - state.best_epoch == 2


def test_without_validation_part_it_trains_to_the_end(task, tmp_path):
    fold = Fold(FOLD.train, np.zeros(0, np.intp), FOLD.test)
    train(NETWORKS[0], task, fold, seed=0, file=tmp_path / "fold.npz")
    state = Checkpoint.load(tmp_path / "fold.npz")
    assert state.epoch == state.best_epoch == 4
    assert state.best_loss is None


def test_learns_what_is_easy(task, tmp_path):
    settings = Small(epochs=6)
    network = train(settings, task, FOLD, seed=0, file=tmp_path / "fold.npz")
    slices, owner = task.spectra.slices(FOLD.test)
    said = mean_of(predict(network, slices), owner, 3)
    assert said.argmax(axis=1).tolist() == [0, 1, 2]
    np.testing.assert_allclose(said.sum(axis=1), 1, rtol=1e-5)


def test_the_callers_torch_is_left_alone(task, tmp_path):
    torch.manual_seed(5)
    expected = torch.rand(3)
    torch.manual_seed(5)
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    train(NETWORKS[1], task, FOLD, seed=0, file=tmp_path / "fold.npz")
    assert torch.equal(torch.rand(3), expected)
    assert (torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()) == before
