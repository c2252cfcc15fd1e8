"""What recommenders share that find a few items among many."""

import numpy as np
import pytest

from murecom.recommend.base import Seeds
from murecom.recommend.sparse import add_up, best, held_back, pick, shares


def seeds(n, mode="continue", weights=None) -> Seeds:
    own = np.ones(n, np.float32) if weights is None else np.array(weights, np.float32)
    none = np.empty(0, np.int64)
    return Seeds(np.arange(n), own, {}, np.empty(0, np.float32), None, mode, none, ())


@pytest.mark.parametrize("n_items", [10, 10_000])
def test_equal_items_are_added(n_items) -> None:
    random = np.random.default_rng(0)
    items = random.integers(10, size=50).astype(np.int32)
    values = random.random(50)
    found, sums = add_up(items, values, n_items)
    assert found.tolist() == sorted(set(items.tolist()))
    assert sums == pytest.approx([values[items == item].sum() for item in found])
    assert (found.dtype, sums.dtype) == (np.int64, np.float32)
    assert [len(a) for a in add_up(items[:0], values[:0], n_items)] == [0, 0]


def test_what_was_not_found_scores_nothing() -> None:
    found = (np.array([2, 5]), np.array([0.5, 1], np.float32))
    assert pick(found, np.array([0, 5, 2, 9])).tolist() == [0, 1, 0.5, 0]
    nothing = (np.empty(0, np.int64), np.empty(0, np.float32))
    assert pick(nothing, np.array([1])).tolist() == [0]
    assert [a.tolist() for a in best(nothing, 3, np.array([1]))] == [[], []]


def test_the_best_are_picked_without_the_excluded() -> None:
    found = (np.array([1, 3, 4, 8]), np.array([0.1, 0.9, 0.0, 0.9], np.float32))
    items, scores = best(found, 10, np.array([1]))
    assert items.tolist() == [3, 8]  # what has no evidence is never recommended
    assert scores.tolist() == pytest.approx([0.9, 0.9])
    assert best(found, 1, np.array([], np.int64))[0].tolist() == [3]


def test_shares_sum_to_one_and_fall_with_age() -> None:
    assert shares(seeds(4, weights=[1, 1, 2, 4])) == pytest.approx([0.125, 0.125, 0.25, 0.5])
    late = shares(seeds(3, "next"), halving=1)
    assert late == pytest.approx(np.array([1, 2, 4]) / 7)
    assert shares(seeds(3, "next"), halving=0).tolist() == [0, 0, 1]


def test_popularity_is_held_back_by_the_logarithm_of_the_number_of_seeds() -> None:
    found = (np.array([0, 1]), np.array([1, 1], np.float32))
    popularity = np.array([1, 100])
    for n, power in ((1, 0.0), (5, 0.25), (25, 0.5), (100, 0.5)):
        scores = held_back(found, popularity, seeds(n), 0.0, 0.5)[1]
        assert scores == pytest.approx([1, 100**-power])
