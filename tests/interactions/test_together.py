"""In how many playlists tracks stand together."""

import numpy as np
import pytest

from murecom.interactions import Interactions
from murecom.interactions import together as module
from murecom.interactions.together import together


def lists_of(rows: list[list[int]], n_items: int) -> Interactions:
    starts = np.cumsum([0, *map(len, rows)])
    entries = np.array([item for row in rows for item in row], np.int32)
    return Interactions(starts, entries, n_items)


def count(lists: Interactions, seeds: list[int], items: list[int]) -> tuple[list[int], list[int]]:
    both = together(
        lists.starts, lists.entries, *lists.holders, np.array(seeds, int), np.array(items, int)
    )
    return both[0].tolist(), both[1].tolist()


def by_hand(rows: list[list[int]], seeds: list[int], items: list[int]) -> tuple[list, list]:
    common = [[set(row) & set(seeds) for row in rows if item in row] for item in items]
    lists = [sum(bool(own) for own in found) for found in common]
    return lists, [len(set().union(*found)) for found in common]


def test_counts_lists_and_seeds() -> None:
    rows = [[0, 1, 2], [0, 2, 2, 3], [1, 4], [5], []]
    lists = lists_of(rows, 7)
    assert count(lists, [0, 1], [2, 3, 4, 5, 6]) == ([2, 1, 1, 0, 0], [2, 1, 1, 0, 0])
    assert count(lists, [0, 0, 1], [2]) == ([2], [2])
    assert count(lists, [0], [0]) == ([2], [1])
    assert count(lists, [6], [2]) == ([0], [0])
    assert count(lists, [], [2]) == ([0], [0])
    assert count(lists, [0], []) == ([], [])


@pytest.mark.parametrize("n_items", [30, 3000])
def test_both_ways_count_the_same(n_items: int) -> None:
    random = np.random.default_rng(0)
    rows = [(random.zipf(1.3, random.integers(0, 30)) % n_items).tolist() for _ in range(400)]
    lists = lists_of(rows, n_items)
    for seeds, items in (
        (range(5), range(5, 25)),  # popular items: the lists are read
        (range(5, 25), [0, 29]),
        (range(1), range(20, 30)),  # rare ones: they are looked up
        (range(n_items), range(n_items)),  # more seeds than a number has bits
    ):
        assert count(lists, list(seeds), list(items)) == by_hand(rows, list(seeds), list(items))


def test_of_a_very_popular_seed_some_places_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PLACES", 10)
    lists = lists_of([[0, 1 + n % 2] for n in range(100)], 3)
    found, met = count(lists, [0], [1, 2])
    assert sum(found) == 10
    assert met in ([1, 0], [1, 1])
    assert count(lists, [0], [1, 2]) == (found, met)
