"""From a place in the entries to the playlist it lies in, for thousands of places at once.

Halving the list of beginnings takes a step for each of its powers of two, every one a miss of the
cache. Lists are of much the same length, though: a small table says where to begin, and from there
it is a step or two. The table is made once for each array of beginnings and goes with it.
"""

from __future__ import annotations

import weakref
from typing import Any

import numpy as np
from numpy.typing import NDArray

_SHIFT = 5
"The table has an entry for every 32 places: most lists are longer, so few steps remain."

_STEPS = 4
"Then the rest, which is in very short lists, is found by halving."

_FEW = 64
"So few places are found by halving in no time, without a table."

_tables: dict[int, tuple[weakref.ref[Any], NDArray[np.int64]]] = {}


def playlists_of(starts: NDArray[np.int64], places: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Tell in which playlist each place in the entries lies.

    Parameters
    ----------
    starts : ndarray of int64, shape (playlists + 1,)
        As in `Interactions`; must not change.
    places : ndarray, shape (m,)
        At least 0 and below the last of `starts`.

    Returns
    -------
    ndarray of int64, shape (m,)
    """
    if len(places) <= _FEW:
        return np.asarray(np.searchsorted(starts, places, side="right") - 1)
    lists: NDArray[np.int64] = _table(starts)[places >> _SHIFT]
    behind = np.flatnonzero(starts[lists + 1] <= places)
    for _ in range(_STEPS):
        if not len(behind):
            return lists
        lists[behind] += 1
        behind = behind[starts[lists[behind] + 1] <= places[behind]]
    lists[behind] = np.searchsorted(starts, places[behind], side="right") - 1
    return lists


def _table(starts: NDArray[np.int64]) -> NDArray[np.int64]:
    key = id(starts)
    known = _tables.get(key)
    if known is not None and known[0]() is starts:
        return known[1]
    marks = np.arange(0, int(starts[-1]) + 1, 1 << _SHIFT)
    table = np.searchsorted(starts, marks, side="right") - 1
    _tables[key] = (weakref.ref(starts, lambda _: _tables.pop(key, None)), table)
    return table
