"""Checkpoints: what goes in comes out, and a damaged one is as good as none."""

from __future__ import annotations

import numpy as np
import pytest

from murecom.errors import Unreachable
from murecom.train.checkpoint import Checkpoint


def test_round_trip(tmp_path):
    state = Checkpoint(
        epoch=3,
        step=12,
        best_epoch=2,
        best_loss=0.5,
        network={"a.weight": np.arange(6, dtype=np.float32).reshape(2, 3)},
        optimiser={"0/step": np.array(4.0, np.float32)},
    )
    state.save(tmp_path / "fold.npz")
    again = Checkpoint.load(tmp_path / "fold.npz")
    assert (again.epoch, again.step, again.best_epoch, again.best_loss) == (3, 12, 2, 0.5)
    assert not again.is_done
    np.testing.assert_array_equal(again.network["a.weight"], state.network["a.weight"])
    assert again.optimiser["0/step"].shape == ()
    assert not again.best
    assert [path.name for path in tmp_path.iterdir()] == ["fold.npz"]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 cut", b"no archive"])
def test_damaged(tmp_path, content):
    path = tmp_path / "fold.npz"
    path.write_bytes(content)
    assert Checkpoint.load(path).epoch == 0


def test_cut(tmp_path):
    path = tmp_path / "fold.npz"
    Checkpoint(epoch=2, network={"a": np.ones(100)}).save(path)
    path.write_bytes(path.read_bytes()[:-50])
    assert Checkpoint.load(path).epoch == 0


def test_nowhere(tmp_path):
    with pytest.raises(Unreachable, match="Make room"):
        Checkpoint().save(tmp_path / "none" / "fold.npz")
