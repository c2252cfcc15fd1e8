"""Tables of neighbours come out the same wherever their blocks are made."""

import numpy as np
import pytest

from doubles import Here
from murecom.engine.base import Outcome
from murecom.engine.local import Local
from murecom.interactions import Interactions
from murecom.recommend import neighbour_rows
from murecom.recommend.base import Data
from murecom.recommend.item_knn import ItemKNN
from murecom.recommend.rp3beta import RP3Beta


class Unlucky(Here):
    """Loses every other block, and gives the rest back to front."""

    def map(self, fn, batches, *, timeout=None, shared=()):
        outcomes = list(super().map(fn, batches, shared=shared))
        for place, outcome in enumerate(reversed(outcomes)):
            lost = Outcome(outcome.batch, error="The worker process died.")
            yield lost if place % 2 else outcome


def lists(seed: int = 0, items: int = 60, playlists: int = 200) -> Data:
    random = np.random.default_rng(seed)
    rows = [random.zipf(1.3, random.integers(2, 20)) % items for _ in range(playlists)]
    starts = np.cumsum([0, *map(len, rows)])
    entries = np.concatenate(rows).astype(np.int32)
    return Data(
        [f"test:{i}" for i in range(items)], interactions=Interactions(starts, entries, items)
    )


def assert_same(one, other):
    assert one.state.keys() == other.state.keys()
    for name in one.state:
        assert np.array_equal(one.state[name], other.state[name]), name


@pytest.fixture
def small_blocks(monkeypatch):
    monkeypatch.setattr(neighbour_rows, "BLOCK_WORK", 2_000)


@pytest.mark.parametrize("make", [ItemKNN, lambda: ItemKNN(shrink=0), RP3Beta])
def test_lost_and_late_blocks_change_nothing(small_blocks, make):
    engine = Unlucky()
    there = make()
    there.engine = engine
    there.fit(lists())
    assert len(engine.ran) > 3
    assert_same(there, make().fit(lists()))


def test_worker_processes_make_the_same_table(small_blocks):
    there = ItemKNN(shrink=0)
    there.engine = Local(workers=2, niceness=0)
    assert_same(there.fit(lists()), ItemKNN(shrink=0).fit(lists()))
