"""In which playlist a place lies."""

import gc

import numpy as np
import pytest

from murecom.interactions import places
from murecom.interactions.places import playlists_of


@pytest.mark.parametrize("longest", [2, 40, 500])
def test_every_place_lies_in_its_playlist(longest) -> None:
    lengths = np.random.default_rng(0).integers(0, longest, size=300)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    wanted = np.repeat(np.arange(300), lengths)
    every = np.arange(starts[-1], dtype=np.int32)
    assert np.array_equal(playlists_of(starts, every), wanted)
    assert np.array_equal(playlists_of(starts, every[::-1]), wanted[::-1])
    assert np.array_equal(playlists_of(starts, every[:5]), wanted[:5])
    assert len(playlists_of(starts, every[:0])) == 0


def test_its_table_goes_with_the_array() -> None:
    before = len(places._tables)
    starts = np.arange(0, 1001, 10)
    playlists_of(starts, np.arange(1000))
    playlists_of(starts, np.arange(1000))
    assert len(places._tables) == before + 1
    del starts
    gc.collect()
    assert len(places._tables) == before
