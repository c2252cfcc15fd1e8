"""In how many playlists tracks stand together: what an answer by playlists says as its reason."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.interactions.places import playlists_of

PLACES = 20_000
"""Places of one seed that are looked at; only a track in more playlists has more. With ten such
seeds an answer still takes some hundredths of a second."""

_BITS = 64


def together(
    starts: NDArray[np.int64],
    entries: NDArray[np.int32],
    holders: NDArray[np.int64],
    places: NDArray[np.integer[Any]],
    seeds: NDArray[np.int64],
    items: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Count the playlists that hold an item together with seeds, and the seeds that it meets.

    Parameters
    ----------
    starts, entries : ndarray
        As in `Interactions`.
    holders, places : ndarray
        The two arrays of `Interactions.holders`.
    seeds : ndarray of int64, shape (s,)
        Repeats count once. Of a seed with more than `PLACES` places only so many, evenly spread,
        are looked at: all counts are then at least what is said.
    items : ndarray of int64, shape (m,)
        Different ones. A seed among them counts its own playlists, and itself as met.

    Returns
    -------
    playlists : ndarray of int64, shape (m,)
        In how many playlists each item stands with at least one seed.
    met : ndarray of int64, shape (m,)
        How many different seeds are in these playlists, all told.
    """
    seeds = np.unique(seeds)
    lists, owners = _lists_of(starts, holders, places, seeds)
    count, met = np.zeros((2, len(items)), np.int64)
    if not len(lists) or not len(items):
        return count, met
    with_seed = _unique(lists)
    spots, held = _pairs(starts, entries, holders, places, with_seed, items)
    if not len(spots):
        return count, met
    count = np.bincount(spots, minlength=len(items)).astype(np.int64)
    first = np.flatnonzero(np.concatenate([[True], spots[1:] != spots[:-1]]))
    at = np.searchsorted(with_seed, lists)
    for begin in range(0, len(seeds), _BITS):  # which seeds a list holds, as the bits of a number
        own = (owners >= begin) & (owners < begin + _BITS)
        bits = np.zeros(len(with_seed), np.uint64)
        np.bitwise_or.at(bits, at[own], np.uint64(1) << (owners[own] - begin).astype(np.uint64))
        met[spots[first]] += np.bitwise_count(np.bitwise_or.reduceat(bits[held], first))
    return count, met


def _lists_of(
    starts: NDArray[np.int64],
    holders: NDArray[np.int64],
    places: NDArray[np.integer[Any]],
    seeds: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Give the playlists of each seed and the number of the seed: two arrays of one length."""
    lists = []
    for begin, end in zip(holders[seeds].tolist(), holders[seeds + 1].tolist(), strict=True):
        step = -(-(end - begin) // PLACES) or 1
        lists.append(playlists_of(starts, places[begin:end:step]))
    owners = np.repeat(np.arange(len(seeds)), [len(own) for own in lists])
    return np.concatenate([np.empty(0, np.int64), *lists]), owners


def _pairs(
    starts: NDArray[np.int64],
    entries: NDArray[np.int32],
    holders: NDArray[np.int64],
    places: NDArray[np.integer[Any]],
    with_seed: NDArray[np.int64],
    items: NDArray[np.int64],
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Find which items are in which of the lists: places in `items` and in `with_seed`, sorted.

    Either the lists are read or the items are looked up, whichever is less.
    """
    inside = starts[with_seed + 1] - starts[with_seed]
    outside = holders[items + 1] - holders[items]
    if inside.sum() < 4 * outside.sum():
        spot = np.zeros(len(holders) - 1, np.int32)
        spot[items] = np.arange(1, len(items) + 1)
        spots = spot[entries[_ranges(starts[with_seed], inside)]].astype(np.int64) - 1
        held = np.repeat(np.arange(len(with_seed)), inside)
        found = spots >= 0
    else:
        held_by = playlists_of(starts, places[_ranges(holders[items], outside)])
        held = np.full(len(starts) - 1, -1, np.int64)
        held[with_seed] = np.arange(len(with_seed))
        held = held[held_by]
        spots = np.repeat(np.arange(len(items)), outside)
        found = held >= 0
    keys = _unique(spots[found] * len(with_seed) + held[found])  # a list may hold a track twice
    return keys // len(with_seed), keys % len(with_seed)


def _ranges(begin: NDArray[np.int64], lengths: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give begin, begin + 1, … of each, `lengths` numbers each, one after another."""
    ends = np.cumsum(lengths)
    return np.asarray(np.arange(int(ends[-1])) + np.repeat(begin - (ends - lengths), lengths))


def _unique(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Sort and drop repeats; faster than np.unique, which hashes."""
    numbers = np.sort(numbers)
    return (
        numbers[np.concatenate([[True], numbers[1:] != numbers[:-1]])] if len(numbers) else numbers
    )
