"""Order by flow."""

from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.playlist.order import Edges, Weights, arrange, order
from murecom.playlist.pool import Details

ONLY_ENERGY = Weights(tempo=0, segue=0)


def details(**columns: list[float | None]) -> list[Details]:
    rows = zip(*columns.values(), strict=True)
    known = [{k: v for k, v in zip(columns, row, strict=True) if v is not None} for row in rows]
    return [Details(descriptors=row) for row in known]


def length(jumps: np.ndarray, path: list[int]) -> float:
    return float(jumps[path[:-1], path[1:]].sum())


def test_energy_rises_or_falls(make_pool) -> None:
    pool = make_pool("A B C D E", details=details(energy=[-20, -5, -12, -16, -8]))
    found = order(pool, range(5), weights=ONLY_ENERGY)
    assert found in ([0, 3, 2, 4, 1], [1, 4, 2, 3, 0])
    assert order(pool, range(5), first=1, weights=ONLY_ENERGY) == [1, 4, 2, 3, 0]


def test_double_tempo_is_no_jump(make_pool) -> None:
    pool = make_pool("A B C D", details=details(tempo=[60, 90, 120, 181]))
    found = order(pool, [0, 1, 2, 3], weights=Weights(energy=0, segue=0))
    assert abs(found.index(0) - found.index(2)) == abs(found.index(1) - found.index(3)) == 1


def test_the_end_of_one_meets_the_beginning_of_the_next(make_pool) -> None:
    east, north, west = np.eye(3)
    first = np.array([north, east, west])
    last = np.array([west, north, east])
    pool = make_pool("A B C")
    found = order(pool, [0, 1, 2], edges=Edges(first, last))
    assert found in ([1, 0, 2], [0, 2, 1], [2, 1, 0])
    assert order(pool, [0, 1, 2], edges=Edges(first, last), first=0) == [0, 2, 1]


def test_vectors_stand_in_for_edges(make_pool) -> None:
    angles = np.array([0, 2, 1, 3]) / 2
    pool = make_pool("A B C D", vectors=np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert order(pool, range(4), first=0) == [0, 2, 1, 3]


def test_artists_are_kept_apart_when_possible(make_pool) -> None:
    pool = make_pool("A A B B", details=details(energy=[-10, -10.1, -20, -20.1]))
    found = ["AABB"[i] for i in order(pool, range(4))]
    assert all(a != b for a, b in pairwise(found))
    together = order(pool, range(4), weights=Weights(apart=False))
    assert abs(together.index(0) - together.index(1)) == 1


def test_unknown_numbers_do_not_decide(make_pool) -> None:
    pool = make_pool("A B C", details=details(energy=[None, None, None], tempo=[None, 0, 120]))
    assert order(pool, [2, 0, 1]) == [2, 0, 1]
    some = make_pool("A B C D", details=details(energy=[-20, None, -19, -5]))
    found = order(some, range(4), weights=ONLY_ENERGY)
    assert abs(found.index(0) - found.index(2)) == 1


@pytest.mark.parametrize("items", [[], [1], [2, 0]])
def test_short_lists_stay(make_pool, items: list[int]) -> None:
    assert order(make_pool("A B C"), items) == items


def test_two_tracks_with_a_first(make_pool) -> None:
    assert order(make_pool("A B C"), [2, 0], first=0) == [0, 2]


def test_bad_lists(make_pool) -> None:
    pool = make_pool("A B C")
    with pytest.raises(BadInput, match="twice"):
        order(pool, [0, 0, 1])
    with pytest.raises(BadInput, match="not in the list"):
        order(pool, [0, 1], first=2)


@given(st.integers(1, 12), st.integers(0, 40), st.booleans())
def test_never_longer_than_what_was_given(n: int, seed: int, fixed: bool) -> None:
    jumps = np.random.default_rng(seed).random((n, n))
    first = seed % n if fixed else None
    found = arrange(jumps, first)
    assert sorted(found) == list(range(n))
    start = list(range(n))
    if fixed:
        assert found[0] == first
        start = [first, *(i for i in start if i != first)]
    assert length(jumps, found) <= length(jumps, start) + 1e-9


@settings(max_examples=30)
@given(st.integers(3, 7), st.integers(0, 100))
def test_near_the_shortest_of_all(n: int, seed: int) -> None:
    points = np.random.default_rng(seed).random((n, 2))
    jumps = np.linalg.norm(points[:, None] - points, axis=2)
    best = min(length(jumps, list(path)) for path in permutations(range(n)))
    assert length(jumps, arrange(jumps)) <= 1.15 * best


def test_the_given_order_stays_when_nothing_is_shorter(make_pool) -> None:
    assert arrange(np.zeros((5, 5))) == [0, 1, 2, 3, 4]
    pool = make_pool("A B C D")
    assert order(pool, [3, 1, 0, 2]) == [3, 1, 0, 2]
