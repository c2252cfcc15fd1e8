"""From names of playlists to tracks."""

from dataclasses import replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from moody import WordReader
from murecom.mood.labels import FELT
from murecom.mood.names import Passing, by_names
from murecom.mood.parts import Column

PLAIN = Passing(rounds=0)


def told(lists: dict[str, list[int]], tracks: int, how: Passing = PLAIN) -> Column:
    read = WordReader().readings(list(lists))
    lengths = [len(entries) for entries in lists.values()]
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    entries = np.array([row for some in lists.values() for row in some], np.int32)
    return by_names(read.points, read.probabilities, read.confidence, starts, entries, tracks, how)


LISTS = {"happy songs": [0, 1], "sad songs": [2, 3], "songs": [1, 4], "sad again": [3]}


def test_tracks_feel_as_their_lists_are_called() -> None:
    column = told(LISTS, 6)
    assert column.points[0, 0] > 0.2
    assert column.points[2, 0] < -0.2
    assert column.confidence[3] > column.confidence[2] > 0
    assert column.count.tolist() == [1, 1, 1, 2, 0, 0]
    assert column.confidence[4] == column.confidence[5] == 0
    assert FELT[int(column.probabilities[0].argmax())] == "joy"
    np.testing.assert_allclose(column.probabilities.sum(axis=1), [1, 1, 1, 1, 0, 0], atol=1e-6)


def test_moods_are_passed_on_along_shared_tracks() -> None:
    column = told(LISTS, 6, replace(PLAIN, rounds=1))
    assert column.points[4, 0] > 0.1, "in a list with a track of a happy one"
    assert 0 < column.confidence[4] < column.confidence[0]
    assert column.confidence[5] == 0, "in no list"


def test_many_names_that_all_say_the_same_say_little_of_a_track() -> None:
    column = told({f"sad {n}": [n] for n in range(500)}, 500)
    assert np.abs(column.points).max() < 0.1


def test_one_name_is_no_habit() -> None:
    column = told({"sad songs": [0, 1]}, 2, Passing())
    assert column.points[0, 0] < -0.6


def test_a_long_list_says_less() -> None:
    column = told({"happy": [0], "sad": list(range(1, 40)), "sad x": [50]}, 51)
    assert column.confidence[0] > column.confidence[1]
    assert column.confidence[50] > column.confidence[1]


def test_faint_names_are_left_out() -> None:
    starts, entries = np.array([0, 1]), np.array([0], np.int32)
    point, shares = np.array([[0.5, 0.5]], np.float32), np.ones((1, 9), np.float32)
    for sure in (0.0, 0.1):
        column = by_names(point, shares, np.array([sure], np.float32), starts, entries, 1)
        assert column.confidence.tolist() == [0]


def test_nothing() -> None:
    assert len(told({}, 0)) == 0
    assert told({"happy": []}, 2).confidence.tolist() == [0, 0]


@given(
    st.lists(
        st.tuples(st.sampled_from(["happy", "sad", "angry", "x"]), st.lists(st.integers(0, 7))),
        max_size=12,
    )
)
def test_bounds(lists: list[tuple[str, list[int]]]) -> None:
    column = told({f"{name} {n}": rows for n, (name, rows) in enumerate(lists)}, 8, Passing())
    assert np.isfinite(column.points).all()
    assert (np.abs(column.points) <= 1).all()
    assert ((column.confidence >= 0) & (column.confidence <= 1)).all()
    assert (column.spread >= 0).all()
