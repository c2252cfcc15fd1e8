"""One mood of many texts."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from moody import Read, WordReader
from murecom.mood.labels import FELT
from murecom.mood.parts import felt, gathered, nothing


def test_the_mood_of_a_track_is_that_of_its_texts() -> None:
    read = WordReader().readings(["so happy", "xyz", "sad", "sad"])
    column = gathered(read, np.ones(4, np.float32), np.array([0, 0, 2, 2]), 3, 0.9)
    np.testing.assert_allclose(column.points, [[0.8, 0.6], [0, 0], [-0.8, -0.4]], atol=1e-6)
    np.testing.assert_allclose(column.confidence, [0.5, 0, 2 / 3], atol=1e-6)
    assert column.count.tolist() == [1, 0, 2]
    np.testing.assert_allclose(column.spread, 0, atol=1e-6)
    assert FELT[int(column.probabilities[2].argmax())] == "sadness"
    np.testing.assert_allclose(column.probabilities.sum(axis=1), [1, 0, 1], atol=1e-6)


def test_one_stray_text_pulls_less_than_a_mean() -> None:
    read = WordReader().readings(["sad"] * 9 + ["happy"])
    column = gathered(read, np.ones(10, np.float32), np.zeros(10, np.int64), 1, 1.0)
    mean = 0.9 * -0.8 + 0.1 * 0.8
    assert column.points[0, 0] < mean - 0.05
    assert column.spread[0] > 0.1


def test_a_text_without_weight_does_not_count() -> None:
    read = WordReader().readings(["sad", "happy"])
    column = gathered(read, np.array([0, 1], np.float32), np.zeros(2, np.int64), 1, 1.0)
    np.testing.assert_allclose(column.points[0], [0.8, 0.6], atol=1e-6)
    assert column.count.tolist() == [1]


def test_what_is_neutral_says_nothing() -> None:
    shares = np.zeros((2, len(FELT)), np.float32)
    shares[:, FELT.index("neutral")] = 1, 0.5
    shares[1, FELT.index("joy")] = 0.5
    read = Read(shares, np.array([[0, 0], [0.4, 0.2]], np.float32), np.ones(2, np.float32))
    assert felt(read).tolist() == [0, 0.5]
    column = gathered(read, np.ones(2, np.float32), np.zeros(2, np.int64), 1, 1.0)
    np.testing.assert_allclose(column.points[0], [0.4, 0.2], atol=1e-6)


def test_no_texts_and_no_tracks() -> None:
    read = WordReader().readings([])
    empty = gathered(read, np.zeros(0, np.float32), np.zeros(0, np.int64), 2, 1.0)
    np.testing.assert_array_equal(empty.confidence, nothing(2).confidence)
    assert len(gathered(read, np.zeros(0, np.float32), np.zeros(0, np.int64), 0, 1.0)) == 0


@given(st.lists(st.tuples(st.floats(-1, 1, width=32), st.floats(-1, 1, width=32),
                          st.floats(0, 1, width=32), st.floats(0, 100, width=32),
                          st.integers(0, 3)), max_size=30))  # fmt: skip
def test_bounds(rows: list[tuple[float, float, float, float, int]]) -> None:
    values = np.array(rows, np.float32).reshape(-1, 5)
    shares = np.full((len(rows), len(FELT)), 1 / len(FELT), np.float32)
    read = Read(shares, values[:, :2], values[:, 2])
    column = gathered(read, values[:, 3], values[:, 4].astype(np.int64), 4, 1.0)
    assert np.isfinite(column.points).all()
    assert (np.abs(column.points) <= 1).all()
    assert ((column.confidence >= 0) & (column.confidence < 1)).all()
    assert (column.spread >= 0).all()
