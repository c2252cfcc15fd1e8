"""Blends: members by name, scores that add up, members that stay silent."""

from dataclasses import replace

import numpy as np
import pytest

from murecom import artefact
from murecom.errors import BadInput, NotReady
from murecom.recommend.base import Request
from murecom.recommend.blend import Blend
from murecom.recommend.composite import Candidates, add
from murecom.testing import RecommenderContract
from murecom.testing.recommender import tiny_data

MEMBERS = {"item_knn": 1.0, "playlist_knn": 0.5, "title": 0.3, "popular": 0.01}


def small_blend(**more):
    return Blend(weights=MEMBERS, next_weights={"transitions": 1.0, "popular": 0.01}, **more)


class TestBlend(RecommenderContract):
    make = staticmethod(small_blend)


class TestByRanks(RecommenderContract):
    @staticmethod
    def make():
        return small_blend(how="ranks")


def test_members_share_the_lists_on_disk(tmp_path) -> None:
    model = small_blend().fit(tiny_data())
    model.save(tmp_path)
    names = artefact.read_manifest(tmp_path)["arrays"]
    assert names["state.lists.entries"]["file"] == names["state.playlist_knn.entries"]["file"]
    loaded = Blend.load(tmp_path)
    assert set(loaded.members) == {*MEMBERS, "transitions"}


def test_a_member_whose_data_is_missing_stays_out() -> None:
    model = small_blend().fit(replace(tiny_data(), titles=()))
    assert "title" not in model.members
    assert len(model.recommend(Request(("test:0",)), 3)[0]) == 3
    with pytest.raises(NotReady, match="interactions"):
        small_blend().fit(replace(tiny_data(), interactions=None))


def test_a_title_alone_is_enough() -> None:
    model = small_blend().fit(tiny_data())
    ids, _ = model.recommend(Request(title="quiet morning"), 4)
    assert {int(track.split(":")[1]) // 4 for track in ids} == {0}


def test_why_counts_playlists_and_seeds() -> None:
    model = small_blend().fit(tiny_data())
    playlists, seeds = model.together(["test:0", "test:1"], ["test:2", "test:9", "test:nobody"])
    assert playlists.tolist()[1:] == [0, 0]
    assert seeds.tolist() == [2, 0, 0]
    holders = [set(row.tolist()) for row in tiny_data().interactions]
    assert playlists[0] == sum(2 in row and bool(row & {0, 1}) for row in holders)


def test_scores_add_up_by_weights() -> None:
    raw = {"a": np.array([3.0, 1.0, 2.0], np.float32), "b": np.array([0.0, 10.0, 5.0], np.float32)}
    found = Candidates(np.arange(3), raw, {"a": 1.0, "b": 0.0}, {"a": 3.0, "b": 10.0})
    assert add(found, {"a": 1.0, "b": 0.5}, "minmax").tolist() == [1.0, 0.5, 0.75]
    assert add(found, {"a": 1.0}, "minmax").tolist() == [1.0, 0.0, 0.5]
    by_place = add(found, {"a": 1.0}, "ranks")
    assert by_place.tolist() == pytest.approx([1.0, 61 / 63, 61 / 62])
    # nobody with a weight can start: those who only propose decide
    assert add(found, {"c": 1.0}, "minmax").tolist() == [1.0, 1.0, 1.0]


def test_nonsense_is_refused() -> None:
    with pytest.raises(BadInput, match="minmax"):
        Blend(how="median")
    with pytest.raises(BadInput, match="weights"):
        Blend(weights={"item_knn": -1.0})


def test_members_begin_with_what_they_learned_before() -> None:
    make = {"weights": {"ials": 1.0}, "next_weights": {}, "options": {"ials": {"epochs": 4}}}
    first = Blend(**make).fit(tiny_data())
    steps = []
    Blend(**make).begin_with(first).fit(tiny_data(), steps.append)
    assert max(step.total for step in steps if step.total) == 2
    again = []
    Blend(**make).fit(tiny_data(), again.append)
    assert max(step.total for step in again if step.total) == 4
    assert Blend(**make).begin_with(small_blend().fit(tiny_data()))._earlier == {}
