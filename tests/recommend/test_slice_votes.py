"""Votes of slices: the contract, then what the original's ranking must and must not do."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from murecom.errors import BadInput, NotFound
from murecom.recommend.base import Data, Request, Windows
from murecom.recommend.slice_votes import SliceVotes
from murecom.testing import RecommenderContract
from murecom.testing.recommender import tiny_data
from murecom.types import TrackId

KEY = "test-1"


def data_of(*songs) -> Data:
    """Make songs of lists of slices."""
    rows = np.array([row for song in songs for row in song], np.float32)
    counts = np.array([len(song) for song in songs], np.int64)
    items = [TrackId(f"test:{i}") for i in range(len(songs))]
    return Data(items=items, windows={KEY: Windows(rows, counts)})


class TestSliceVotes(RecommenderContract):
    make = staticmethod(lambda: SliceVotes(nearest=4))  # as many as the group has slices

    def data(self) -> Data:
        data = tiny_data()
        random = np.random.default_rng(3)
        matrix = np.repeat(data.vectors[KEY].matrix, 2, axis=0)
        rows = matrix + 0.02 * random.standard_normal(matrix.shape).astype(np.float32)
        return replace(data, windows={KEY: Windows(rows, np.full(len(data.items), 2, np.int64))})


def test_counts_votes_as_the_original_did():
    # slices on a line; the two nearest of each slice of song 0 are those of 1, 1, 2
    songs = data_of([[0.0], [10.0]], [[1.0], [11.0]], [[2.0], [30.0]], [[40.0], [9.0]])
    model = SliceVotes(nearest=2).fit(songs)
    ids, _ = model.neighbours(TrackId("test:0"), 3)
    # slice 0 names 1.0 and 2.0; slice 10 names 11.0 and 9.0: two votes, one, one
    assert ids[0] == "test:1"
    scores = model.scores(Request((TrackId("test:0"),)))
    assert scores[1] == pytest.approx(0.5, abs=0.13)
    assert scores[2] == pytest.approx(0.25, abs=0.13)
    assert scores[3] == pytest.approx(0.25, abs=0.13)


def test_equal_slices_lose_no_neighbour():
    # a neighbour equal to the seed's slice stands first or second by chance; it must count
    songs = data_of([[0.0]], [[0.0]], [[0.0]], [[5.0]])
    for seed in range(3):
        scores = SliceVotes(nearest=2).fit(songs).scores(Request((TrackId(f"test:{seed}"),)))
        others = [i for i in range(3) if i != seed]
        assert (scores[others] >= 0.5).all()
        assert scores[3] < 0.5


def test_own_slices_take_places_only_when_asked():
    songs = data_of([[0.0], [0.1], [0.2]], [[1.0]], [[9.0]])
    seed = Request((TrackId("test:0"),))
    free = SliceVotes(nearest=2).fit(songs).scores(seed)
    assert free[1] >= 0.5
    crowded = SliceVotes(nearest=2, own_slices=True).fit(songs).scores(seed)
    assert crowded[1] < 0.5
    assert crowded[0] >= 0.9


def test_songs_without_votes_are_ranked_by_nearness():
    songs = data_of([[0.0]], [[1.0]], [[3.0]], [[2.0]])
    ids, _ = SliceVotes(nearest=1).fit(songs).neighbours(TrackId("test:0"), 3)
    assert ids == ["test:1", "test:3", "test:2"]


def test_songs_of_different_lengths_weigh_the_same_as_seeds():
    songs = data_of([[0.0]], [[100.0], [101.0], [102.0]], [[1.0]], [[99.0]])
    model = SliceVotes(nearest=1).fit(songs)
    scores = model.scores(Request((TrackId("test:0"), TrackId("test:1"))))
    assert scores[2] == pytest.approx(scores[3], abs=0.13)


def test_a_song_without_slices_is_no_seed_and_no_answer():
    songs = data_of([[0.0]], [], [[1.0]])
    model = SliceVotes().fit(songs)
    assert model.split(songs.items) == (["test:0", "test:2"], ["test:1"])
    assert model.neighbours(TrackId("test:0"), 5)[0] == ["test:2"]
    with pytest.raises(NotFound):
        model.neighbours(TrackId("test:1"))


def test_seeds_outside_vote_with_their_windows():
    songs = data_of([[0.0], [10.0]], [[1.0], [12.0]], [[50.0], [60.0]])
    model = SliceVotes(nearest=1).fit(songs)
    outside = [np.array([[0.9], [11.9]], np.float32)]
    assert model.recommend(Request(windows={KEY: outside}), 1)[0] == ["test:1"]
    mean = {KEY: np.array([[55.0]], np.float32)}
    assert model.recommend(Request(vectors=mean), 1)[0] == ["test:2"]
    with pytest.raises(BadInput, match="same model"):
        model.recommend(Request(vectors={"other-1": mean[KEY]}))
    with pytest.raises(BadInput, match="shape"):
        model.recommend(Request(windows={KEY: [np.zeros((2, 3), np.float32)]}))


def test_large_numbers_do_not_blur_near_slices():
    far = 1e5
    songs = data_of([[far]], [[far + 1]], [[far + 3]], [[far - 9]])
    ids, _ = SliceVotes(nearest=1).fit(songs).neighbours(TrackId("test:0"), 3)
    assert ids == ["test:1", "test:2", "test:3"]


def test_refuses_two_kinds_of_slices_and_wrong_counts():
    songs = data_of([[0.0]], [[1.0]])
    both = replace(songs, windows={KEY: songs.windows[KEY], "other-1": songs.windows[KEY]})
    with pytest.raises(BadInput, match=r"sound\.model"):
        SliceVotes().fit(both)
    wrong = Windows(songs.windows[KEY].rows, np.array([1, 2]))
    with pytest.raises(BadInput, match="one row per window"):
        SliceVotes().fit(replace(songs, windows={KEY: wrong}))


def test_votes_of_what_is_not_wanted_count_against():
    songs = data_of([[0.0]], [[1.0]], [[10.0]], [[11.0]], [[4.0]])
    model = SliceVotes(nearest=1).fit(songs)
    wanted = Request((TrackId("test:0"), TrackId("test:2")), weights=[1.0, -1.0])
    scores = model.scores(wanted)
    assert scores[1] > scores[4] > scores[3]


def test_what_is_not_wanted_takes_nothing_from_songs_it_does_not_name():
    songs = data_of([[0.0]], [[1.0]], [[10.0]], [[11.0]], [[4.0]])
    model = SliceVotes(nearest=1).fit(songs)
    alone = model.scores(Request((TrackId("test:0"),)))
    away = model.scores(Request((TrackId("test:0"), TrackId("test:2")), weights=[1.0, -1.0]))
    assert alone[1] >= 1
    assert away[1] >= 1
