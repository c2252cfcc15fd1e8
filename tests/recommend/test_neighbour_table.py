"""Tables of neighbours: in memory, on disk, and how they are made."""

import numpy as np
import pytest
from scipy.sparse import random_array

import playlists_of
from murecom import artefact
from murecom.recommend import neighbour_rows
from murecom.recommend.item_knn import ItemKNN
from murecom.recommend.neighbour_rows import blocks, neighbours_of_rows
from murecom.recommend.neighbour_table import NeighbourTable, table_of

ROWS = list(playlists_of.random_rows(playlists=400, n_items=120, seed=4))


def matrix(n=50, kind=np.float32):
    return random_array((n, n), density=0.2, rng=0, dtype=kind).tocsr()


@pytest.mark.parametrize("kind", [np.float32, np.float16])
def test_rows_of_seeds_are_added_by_weight(kind) -> None:
    own = matrix()
    table = NeighbourTable.of_matrix(own, kind)
    dense = own.toarray()
    seeds, weights = np.array([3, 3, 17, 40]), np.array([0.5, 1, 2, 0.25])
    items, scores = table.accumulate(seeds, weights)
    wanted = weights @ dense[seeds]
    assert items.tolist() == np.flatnonzero(wanted).tolist()
    assert scores == pytest.approx(wanted[items], rel=2e-3)
    assert table.values.dtype == kind
    assert [len(a) for a in table.accumulate(seeds[:0], weights[:0])] == [0, 0]


def test_a_table_stays_on_disk_until_it_is_asked(tmp_path) -> None:
    n, k = 20_000, 50
    items = np.random.default_rng(0).integers(n, size=n * k, dtype=np.int32)
    starts = np.arange(n, dtype=np.int64) * k
    counts = np.full(n, k, np.int32)
    artefact.save(
        tmp_path, NeighbourTable(starts, counts, items, np.ones(n * k, np.float32)).arrays(), {}
    )
    arrays = artefact.load(tmp_path)[1]
    table = NeighbourTable.from_arrays(arrays, n)
    for array in (table.items, table.values):
        assert isinstance(array.base, np.memmap)
        assert not array.flags.writeable
    found, scores = table.accumulate(np.array([7, 9]), np.array([1, 1]))
    assert set(found) == set(items[7 * k : 8 * k]) | set(items[9 * k : 10 * k])
    assert scores.sum() == pytest.approx(2 * k)


def test_what_does_not_fit_is_refused() -> None:
    arrays = NeighbourTable.of_matrix(matrix()).arrays()
    with pytest.raises(ValueError, match="does not fit"):
        NeighbourTable.from_arrays(arrays, 51)
    with pytest.raises(ValueError, match="does not fit"):
        NeighbourTable.from_arrays({**arrays, "values": arrays["values"][:-1]}, 50)
    with pytest.raises(KeyError):
        NeighbourTable.from_arrays({"starts": arrays["starts"]}, 50)


def test_owners() -> None:
    table = NeighbourTable(
        np.array([2, 0, 0, 3]), np.array([1, 2, 0, 1], np.int32),
        np.zeros(4, np.int32), np.ones(4, np.float32),
    )  # fmt: skip
    assert table.owners().tolist() == [1, 1, 0, 3]


def factors(**parameters):
    data = playlists_of.data([*ROWS, []], 130)  # ten items are in no playlist
    return ItemKNN(k=4, **parameters).factors(data.interactions.matrix())


@pytest.mark.parametrize("shrink", [0.0, 5.0])
def test_blocks_share_out_every_item_once(shrink, monkeypatch) -> None:
    own = factors(shrink=shrink)
    whole = table_of(own, n_threads=1)
    monkeypatch.setattr(neighbour_rows, "BLOCK_WORK", 1_000)
    parts = blocks(own)
    assert len(parts) > 10
    rows = np.concatenate([rows for rows, _, _ in parts])
    assert sorted(rows.tolist()) == list(range(120))
    assert sum(share for _, _, share in parts) == pytest.approx(1)
    small = table_of(own, n_threads=2)
    for item in range(130):
        one, other = (dict(zip(*table.row(item), strict=True)) for table in (whole, small))
        assert one == other
        assert item not in one


@pytest.mark.parametrize("shrink", [0.0, 5.0])
def test_a_row_is_the_same_whichever_rows_are_with_it(shrink) -> None:
    own = factors(shrink=shrink)
    rows = np.array([119, 3, 125, 60, 0, 118, 1])
    together = neighbours_of_rows(own, rows).toarray()
    alone = [neighbours_of_rows(own, rows[[place]]).toarray()[0] for place in range(len(rows))]
    assert np.array_equal(together, alone)
    assert not together[2].any()
    assert neighbours_of_rows(own, rows[:0]).shape == (0, 130)


def test_read_only_factors_do() -> None:
    own = factors(shrink=0.0)
    wanted = neighbours_of_rows(own, np.arange(130)).toarray()
    for each in (own.lists, own.by_item):
        for array in (each.data, each.indices, each.indptr):
            array.flags.writeable = False
    for array in (own.order, own.number, own.seed):
        array.flags.writeable = False
    assert np.array_equal(neighbours_of_rows(own, np.arange(130)).toarray(), wanted)
