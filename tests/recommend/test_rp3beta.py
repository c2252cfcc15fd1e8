"""Walks of three steps."""

import numpy as np
import pytest

import playlists_of
from murecom.errors import BadInput
from murecom.recommend.base import Request
from murecom.recommend.rp3beta import RP3Beta
from murecom.testing import RecommenderContract, tiny_data

ROWS = list(playlists_of.random_rows(seed=1))
DENSE = np.zeros((len(ROWS), 80))
for number, row in enumerate(ROWS):
    DENSE[number, row] = 1
POPULARITY = DENSE.sum(axis=0)


class TestRP3Beta(RecommenderContract):
    make = RP3Beta


def walks(alpha):
    to_list = (DENSE.T / POPULARITY[:, None]) ** alpha
    to_track = (DENSE / DENSE.sum(axis=1, keepdims=True)) ** alpha
    found = to_list @ to_track
    np.fill_diagonal(found, 0)
    return found


@pytest.mark.parametrize("alpha", [0.4, 1.0])
def test_the_table_holds_probabilities_of_walks(alpha) -> None:
    model = RP3Beta(alpha=alpha, k=100).fit(playlists_of.data(ROWS, 80))
    assert playlists_of.table_of(model) == pytest.approx(walks(alpha), rel=1e-4)


def test_what_is_kept_is_decided_with_popular_tracks_held_back() -> None:
    model = RP3Beta(k=5, growth=0, cut=0.6).fit(playlists_of.data(ROWS, 80))
    kept = playlists_of.table_of(model)
    wanted = walks(model.alpha)
    value = wanted / POPULARITY**0.6
    for item in range(80):
        best = np.argsort(-value[item])[:5]
        assert set(np.flatnonzero(kept[item])) == set(best)
        assert kept[item, best] == pytest.approx(wanted[item, best], rel=1e-4)


def test_popular_tracks_are_held_back_by_the_number_of_seeds() -> None:
    model = RP3Beta(k=100, beta=0.1, beta_many=0.5).fit(playlists_of.data(ROWS, 80))
    for seeds, power in ((1, 0.1), (5, 0.3), (30, 0.5)):
        request = Request(tuple(f"t:{i}" for i in range(seeds)))
        wanted = walks(model.alpha)[:seeds].mean(axis=0) / POPULARITY**power
        assert model.scores(request) == pytest.approx(wanted, rel=1e-3)


def test_bad_parameters_are_told() -> None:
    with pytest.raises(BadInput, match="Correct k"):
        RP3Beta(k=0).fit(tiny_data())
