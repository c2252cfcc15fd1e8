"""What follows what."""

import numpy as np
import pytest

import playlists_of
from murecom.recommend import transitions
from murecom.recommend.base import Request
from murecom.recommend.transitions import Transitions
from murecom.testing import RecommenderContract


class TestTransitions(RecommenderContract):
    make = Transitions


def test_the_next_tracks_count_less_the_further_they_are() -> None:
    data = playlists_of.data([[0, 1, 2, 3, 4], [0, 1], [5, 0]])
    model = Transitions(reach=3, fall=0.5, power=0).fit(data)
    assert model.scores(Request(("t:0",))) == pytest.approx([0, 2, 0.5, 0.25, 0, 0])
    assert model.neighbours("t:0")[0] == ["t:1", "t:2", "t:3"]
    divided = Transitions(reach=3, fall=0.5, power=1).fit(data)
    assert divided.scores(Request(("t:0",)))[1] == pytest.approx(2 / 3)


def test_nothing_follows_the_end_of_a_list() -> None:
    model = Transitions().fit(playlists_of.data([[0, 1], [2, 3]]))
    assert model.neighbours("t:1")[0] == []
    assert model.neighbours("t:0")[0] == ["t:1"]


def test_the_last_track_decides_what_is_next() -> None:
    rows = [[0, 2], [0, 2], [0, 2], [1, 3]]
    model = Transitions(power=0, halving=1.0).fit(playlists_of.data(rows))
    seeds = ("t:0", "t:1")
    assert model.recommend(Request(seeds), 1)[0] == ["t:2"]
    assert model.scores(Request(seeds, mode="next"))[[2, 3]] == pytest.approx([1, 2 / 3])
    model.halving = 0.0
    assert model.recommend(Request(seeds, mode="next"), 2)[0] == ["t:3"]


def test_a_very_popular_seed_is_sampled(monkeypatch) -> None:
    monkeypatch.setattr(transitions, "PLACES", 10)
    rows = [[0, 1 + number % 2] for number in range(100)]
    scores = Transitions(power=1).fit(playlists_of.data(rows)).scores(Request(("t:0",)))
    assert scores.sum() == pytest.approx(1)


def test_its_lists_are_those_of_the_data() -> None:
    data = playlists_of.data([[0, 1], [1, 2]])
    state = Transitions().fit(data).state
    assert state["entries"] is data.interactions.entries
    assert state["starts"] is data.interactions.starts
    assert state["holders.places"] is data.interactions.holders[1]
    assert np.array_equal(state["holders.starts"], [0, 1, 3, 4])
