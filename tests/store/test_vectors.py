"""Vectors: exact in what they promise, and fast to read all at once."""

import numpy as np
import pytest

from murecom.errors import BadInput, NotFound
from murecom.store import FileRow, Store
from murecom.types import Track, TrackId


def tracks(store: Store, *ids: str) -> list[TrackId]:
    for track_id in ids:
        store.tracks.put(Track(TrackId(track_id)))
    return [TrackId(track_id) for track_id in ids]


def test_windows_come_back_in_half_precision(store: Store) -> None:
    (one,) = tracks(store, "t:1")
    given = np.random.default_rng(0).standard_normal((5, 7))
    store.vectors.put(one, "k", given)
    found = store.vectors.get(one, "k")
    assert found is not None
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found, given.astype(np.float16).astype(np.float32))
    ids, matrix = store.vectors.matrix("k")
    assert ids == [one]
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(matrix[0], found.mean(axis=0), rtol=1e-6)


def test_a_single_vector_is_one_window(store: Store) -> None:
    (one,) = tracks(store, "t:1")
    store.vectors.put(one, "k", [1.0, 2.0, 3.0])
    assert store.vectors.get(one, "k").shape == (1, 3)  # type: ignore[union-attr]


def test_large_values_are_kept_in_single_precision(store: Store) -> None:
    one, two = tracks(store, "t:1", "t:2")
    store.vectors.put(one, "k", [[1e6, 1e-3], [0, 1]])
    store.vectors.put(two, "k", [[65504, 0]])
    np.testing.assert_allclose(store.vectors.get(one, "k"), [[1e6, 1e-3], [0, 1]])
    np.testing.assert_allclose(store.vectors.get(two, "k"), [[65504, 0]])
    np.testing.assert_allclose(store.vectors.matrix("k")[1], [[5e5, 0.5005], [65504, 0]])


def test_put_again_replaces(store: Store) -> None:
    (one,) = tracks(store, "t:1")
    store.vectors.put(one, "k", np.ones((5, 3)))
    store.vectors.put(one, "k", np.zeros((2, 3)))
    np.testing.assert_array_equal(store.vectors.get(one, "k"), np.zeros((2, 3)))
    np.testing.assert_array_equal(store.vectors.matrix("k")[1], np.zeros((1, 3)))


@pytest.mark.parametrize(
    "bad", [[], [[]], np.empty((0, 3)), [[1, np.nan, 2]], [[np.inf, 0, 0]], np.ones((2, 2, 3))]
)
def test_useless_vectors_are_refused(store: Store, bad: object) -> None:
    (one,) = tracks(store, "t:1")
    with pytest.raises(BadInput, match="t:1"):
        store.vectors.put(one, "k", bad)  # type: ignore[arg-type]
    assert store.vectors.keys() == []


def test_a_key_has_one_dim(store: Store) -> None:
    one, two = tracks(store, "t:1", "t:2")
    store.vectors.put(one, "k", np.ones((1, 3)))
    with pytest.raises(BadInput, match="3 numbers, not 4"):
        store.vectors.put(two, "k", np.ones((1, 4)))
    with pytest.raises(NotFound, match="t:9"):
        store.vectors.put(TrackId("t:9"), "k", np.ones((1, 3)))
    assert store.vectors.matrix("k")[0] == [one]


def test_keys_never_meet(store: Store) -> None:
    one, two = tracks(store, "t:1", "t:2")
    store.vectors.put(one, "a", np.ones((1, 3)))
    store.vectors.put(two, "b", np.zeros((1, 4)))
    assert store.vectors.keys() == ["a", "b"]
    assert store.vectors.matrix("a")[0] == [one]
    assert store.vectors.get(one, "b") is None
    assert store.vectors.get(one, "unknown") is None
    assert list(store.vectors.windows([one, two, TrackId("t:9")], "b")) == [two]
    store.tracks.delete([two])
    assert store.vectors.keys() == ["a"]


def test_the_matrix_is_of_present_tracks_by_id(store: Store) -> None:
    ids = tracks(store, "t:3", "t:1", "t:2", "s:9")
    for number, track_id in enumerate(ids):
        store.vectors.put(track_id, "k", [[number, 1.0]])
        store.files.put(FileRow(f"/m/{number}", 1, 1, track=track_id))
    store.files.mark_gone(["/m/2"])
    found, matrix = store.vectors.matrix("k")
    assert found == ["s:9", "t:1", "t:3"]
    np.testing.assert_array_equal(matrix, [[3, 1], [1, 1], [0, 1]])
    matrix[:] = 0  # the caller may do what it likes with it


def test_an_empty_matrix(store: Store) -> None:
    ids, matrix = store.vectors.matrix("k")
    assert ids == []
    assert matrix.shape == (0, 0)
    (one,) = tracks(store, "t:1")
    store.vectors.put(one, "k", np.ones((1, 3)))
    store.files.put(FileRow("/m/1", 1, 1, track=one, state="gone"))
    assert store.vectors.matrix("k")[1].shape == (0, 3)


def test_missing(store: Store) -> None:
    one, two, three, lost = tracks(store, "t:1", "t:2", "t:3", "t:4")
    store.files.put(FileRow("/m/1", 1, 1, track=lost, state="gone"))
    for track_id, keys in ((one, "ab"), (two, "a")):
        for key in keys:
            store.vectors.put(track_id, key, np.ones(2))
    assert store.vectors.missing(["a"]) == [three]
    assert store.vectors.missing(["a", "b", "a"]) == [two, three]
    assert store.vectors.missing(["c"]) == [one, two, three]
    assert store.vectors.missing([]) == []


def test_many_vectors_come_in_the_order_of_their_tracks(store: Store) -> None:
    count = 2_000
    rng = np.random.default_rng(0)
    with store.transaction():
        for number in range(count):
            track_id = TrackId(f"file:{number * 7919 % count:064x}")
            store.tracks.put(Track(track_id))
            store.files.put(FileRow(f"/m/{number}", 1, 1, track=track_id))
            store.vectors.put(track_id, "k", rng.standard_normal((5, 200), dtype=np.float32))
    ids, matrix = store.vectors.matrix("k")
    assert matrix.shape == (count, 200)
    assert ids == sorted(ids)
