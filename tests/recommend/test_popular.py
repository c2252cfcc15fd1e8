"""The most popular tracks."""

import numpy as np
import pytest

import playlists_of
from murecom.recommend.base import Request
from murecom.recommend.popular import Popular
from murecom.testing import RecommenderContract


class TestPopular(RecommenderContract):
    make = Popular
    finds_groups = False


def test_counts_playlists_and_leaves_out_what_is_in_none() -> None:
    model = Popular().fit(playlists_of.data([[2, 2, 2], [1, 0], [1], [1, 0]], 5))
    ids, scores = model.recommend(Request())
    assert ids == ["t:1", "t:0", "t:2"]  # three times in one list is one list
    assert (np.diff(scores) < 0).all()
    assert model.recommend(Request(("t:1",)))[0] == ["t:0", "t:2"]
    assert model.recommend(Request(exclude=("t:0", "t:2")))[0] == ["t:1"]
    assert model.scores(Request()).tolist() == pytest.approx(np.log1p([2, 3, 1, 0, 0]))
