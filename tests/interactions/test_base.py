"""Interactions: order kept, matrix without repeats, inverted index."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.interactions import Interactions

N = 6
drawn = st.lists(st.lists(st.integers(0, N - 1), max_size=9), max_size=8)


def made(lists: list[list[int]], n: int = N) -> Interactions:
    starts = np.cumsum([0, *map(len, lists)]).astype(np.int64)
    return Interactions(starts, np.array([t for held in lists for t in held], np.int32), n)


def plain(interactions: Interactions) -> list[list[int]]:
    return [rows.tolist() for rows in interactions]


@given(drawn)
def test_lists_lengths_popularity(lists):
    found = made(lists)
    assert plain(found) == lists
    assert found.lengths.tolist() == [len(held) for held in lists]
    assert found.popularity.tolist() == [sum(n in held for held in lists) for n in range(N)]


@given(drawn)
def test_holders_lead_back_to_the_lists(lists):
    found = made(lists)
    starts, places = found.holders
    for item in range(N):
        own = places[starts[item] : starts[item + 1]]
        assert (found.entries[own] == item).all()
        assert (np.diff(own) > 0).all()
        held = found.playlists_of(own).tolist()
        assert held == [row for row, of in enumerate(lists) for track in of if track == item]


@given(drawn)
def test_the_matrix_has_each_track_once(lists):
    pytest.importorskip("scipy", reason="scipy is not installed (the extra playlists)")
    dense = made(lists).matrix().toarray()
    assert dense.shape == (len(lists), N)
    assert dense.tolist() == [[float(n in held) for n in range(N)] for held in lists]


@given(drawn, st.data())
def test_take_and_keep(lists, data):
    rows = data.draw(st.lists(st.integers(0, max(len(lists) - 1, 0)), max_size=5 * bool(lists)))
    assert plain(made(lists).take(rows)) == [lists[row] for row in rows]
    items = data.draw(st.lists(st.integers(0, N - 1), unique=True))
    kept = made(lists).keep(np.array(items, np.int64))
    assert kept.n_items == len(items)
    assert plain(kept) == [[items.index(t) for t in held if t in items] for held in lists]


def test_the_hash_minds_order_and_borders():
    hashes = {
        made(lists).hash() for lists in ([[0, 1]], [[1, 0]], [[0], [1]], [[0, 1], []], [[0, 1, 1]])
    }
    assert len(hashes) == 5
    assert made([[0, 1]]).hash() == made([[0, 1]]).hash() != made([[0, 1]], 7).hash()


@pytest.mark.parametrize(
    ("starts", "entries"),
    [([], []), ([0, 1], []), ([1, 1], [0]), ([0, 2, 1], [0, 1]), ([0, 1], [N]), ([0, 1], [-1])],
)
def test_parts_that_do_not_fit_are_refused(starts, entries):
    with pytest.raises(BadInput, match="do not fit"):
        Interactions(np.array(starts, np.int64), np.array(entries, np.int32), N)
