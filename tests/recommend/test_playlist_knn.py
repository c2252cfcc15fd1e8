"""Neighbouring playlists."""

import numpy as np
import pytest

import playlists_of
from murecom.recommend import playlist_knn
from murecom.recommend.base import Request
from murecom.recommend.playlist_knn import PlaylistKNN
from murecom.testing import RecommenderContract

ROWS = list(playlists_of.random_rows(seed=2))


class TestPlaylistKNN(RecommenderContract):
    make = PlaylistKNN


def by_hand(rows, seeds, model, n=80):
    dense = np.zeros((len(rows), n))
    for number, row in enumerate(rows):
        dense[number, row] = 1
    popularity = dense.sum(axis=0)
    weights = np.zeros(n)
    weights[seeds] = 1 / len(seeds) / ((popularity[seeds] - 1) ** model.rarity + 1)
    alike = dense @ weights / np.maximum(dense.sum(axis=1), 1) ** model.length
    voters = np.flatnonzero(alike > 0)
    voters = voters[np.argsort(-alike[voters], kind="stable")][: model.voters]
    votes = alike[voters]
    if len(voters) == model.voters:
        votes = votes - 0.999 * votes[-1]
    scores = votes**model.power @ dense[voters]
    known = min(np.log(len(seeds)) / np.log(25), 1)
    power = model.beta + known * (model.beta_many - model.beta)
    return np.divide(scores, popularity**power, where=popularity > 0, out=np.zeros(n))


@pytest.mark.parametrize(
    "parameters", [{}, {"voters": 20}, {"power": 2.0, "rarity": 0.8, "length": 1.0, "beta": 0.3}]
)
def test_scores_are_what_the_formula_says(parameters) -> None:
    model = PlaylistKNN(**parameters).fit(playlists_of.data(ROWS, 80))
    for seeds in ([0], [1, 5, 30], list(range(30))):
        scores = model.scores(Request(tuple(f"t:{i}" for i in seeds)))
        assert scores == pytest.approx(by_hand(ROWS, seeds, model), rel=1e-3)


def test_a_track_twice_in_a_list_counts_once_as_a_seed() -> None:
    once, twice = (
        PlaylistKNN(length=0).fit(playlists_of.data([[0, 1], row, [0, 3]], 4))
        for row in ([0, 2], [0, 0, 2])
    )
    seed = Request(("t:0",))
    for model in (once, twice):
        scores = model.scores(seed)
        assert scores[1] == scores[2] == scores[3] > 0


def test_appended_playlists_count_at_once(tmp_path) -> None:
    half, whole = playlists_of.data(ROWS[:150], 80), playlists_of.data(ROWS, 80)
    grown = PlaylistKNN().fit(half)
    names = [[f"t:{item}" for item in row] for row in ROWS[150:]]
    grown.append(names[:100]).append([[*names[100], "t:nobody"], *names[101:]])
    grown.save(tmp_path)
    model = PlaylistKNN().fit(whole)
    for seeds in (["t:0"], ["t:3", "t:60", "t:7"]):
        wanted = model.scores(Request(tuple(seeds)))
        for each in (grown, PlaylistKNN.load(tmp_path)):
            assert each.scores(Request(tuple(seeds))) == pytest.approx(wanted, rel=1e-4)


def test_a_new_playlist_makes_a_seed_of_a_track_that_was_in_none() -> None:
    model = PlaylistKNN().fit(playlists_of.data([[0, 1]], 3))
    assert model.split(["t:2"]) == ([], ["t:2"])
    before = model.neighbours("t:0")[0]
    model.append([["t:2", "t:0"], []])
    assert before == ["t:1"]
    assert model.neighbours("t:2")[0][0] == "t:0"
    assert set(model.neighbours("t:0")[0]) == {"t:1", "t:2"}


def test_a_very_popular_seed_is_sampled(monkeypatch) -> None:
    monkeypatch.setattr(playlist_knn, "PLACES", 10)
    rows = [[0, 1 + number] for number in range(100)]
    assert len(PlaylistKNN().fit(playlists_of.data(rows)).neighbours("t:0", 100)[0]) == 10


def test_its_lists_are_those_of_the_data() -> None:
    data = playlists_of.data(ROWS, 80)
    state = PlaylistKNN().fit(data).state
    assert state["entries"] is data.interactions.entries
    assert state["holders.places"] is data.interactions.holders[1]
