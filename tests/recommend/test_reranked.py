"""The re-ranker: trees that learn from lists the members have not seen."""

import sys
from dataclasses import replace

import numpy as np
import pytest

from murecom.recommend import reranked
from murecom.recommend.base import Data, Interactions, Request
from murecom.recommend.evidence import Evidence, codes
from murecom.recommend.reranked import Reranked, cases, seeds_of
from murecom.testing import RecommenderContract
from murecom.testing.recommender import tiny_data
from murecom.types import TrackId

LISTS = reranked.LEAST_LISTS

MEMBERS = {"item_knn": 1.0, "playlist_knn": 1.0, "popular": 0.01}
NEXT = {"transitions": 1.0, "popular": 0.01}


def small(**more):
    return Reranked(weights=MEMBERS, next_weights=NEXT, **{"trees": 30, "leaves": 7, **more})


class TestReranked(RecommenderContract):
    make = staticmethod(small)


@pytest.fixture(scope="module")
def many():
    """Forty artists of five tracks; lists stay with three artists, whom only the artist links."""
    random = np.random.default_rng(3)
    n, of_each = 200, 5
    rows = []
    for _ in range(LISTS):
        artists = random.choice(n // of_each, 3, replace=False)
        pool = np.concatenate([np.arange(a * of_each, (a + 1) * of_each) for a in artists])
        rows.append(random.choice(pool, 12, replace=False))
    return Data(
        items=[TrackId(f"t:{i}") for i in range(n)],
        interactions=Interactions(
            np.arange(LISTS + 1) * 12, np.concatenate(rows).astype(np.int32), n
        ),
        titles=[f"list {i}" for i in range(LISTS)],
        artists=[f"artist {i // of_each}" for i in range(n)],
    )


def test_trees_are_trained_and_kept(many, tmp_path) -> None:
    steps = []
    model = small(trees=30).fit(many, steps.append)
    assert model.notes == ()
    assert {step.stage for step in steps} >= {"re-ranker"}
    request = Request(tuple(TrackId(f"t:{i}") for i in (0, 1, 2, 5, 6, 7, 10)))
    ids, _ = model.recommend(request, 8)
    assert {int(track[2:]) // 5 for track in ids} == {0, 1, 2}
    model.save(tmp_path)
    again = Reranked.load(tmp_path)
    assert again.recommend(request, 8)[0] == ids
    by_next = replace(request, mode="next")
    assert again.recommend(by_next, 3)[0] == model.recommend(by_next, 3)[0]


def test_two_trainings_agree(many) -> None:
    first, second = (small(trees=5).fit(many) for _ in range(2))
    assert first.state["trees.continue"].tolist() == second.state["trees.continue"].tolist()


def test_lists_to_ask_about_are_not_learned_from() -> None:
    for n, share in ((400, 100), (100_000, 50)):
        held, rest = small(most_lists=100 if n == 400 else 50)._divide(n, np.random.default_rng(0))
        assert len(held) == share
        assert sorted([*held, *rest]) == list(range(n))


def test_few_lists_leave_the_blend() -> None:
    model = small().fit(tiny_data())
    assert "need 300 playlists" in model.notes[0]


def test_without_lightgbm_the_blend_answers_and_says_so(many, monkeypatch) -> None:
    model = small(trees=5).fit(many)
    monkeypatch.setitem(sys.modules, "lightgbm", None)
    model._open()
    assert "LightGBM is not installed" in model.notes[0]
    assert len(model.recommend(Request((TrackId("t:0"),)), 5)[0]) == 5


def test_cases_never_show_what_is_to_be_found() -> None:
    entries = np.array([5, 6, 5, *range(40)], np.int32)
    random = np.random.default_rng(0)
    for _ in range(50):
        for mode, seeds, wanted in cases(entries, random):
            assert not set(seeds) & set(wanted)
            assert len(wanted) >= (reranked.LEAST_HELD if mode == "continue" else 1)
            assert mode == "continue" or len(wanted) == 1
    assert list(cases(np.array([7], np.int32), random)) == []


def test_columns_say_what_they_hold(many) -> None:
    model = small(trees=5).fit(many)
    seeds = seeds_of(np.array([0, 1, 5]), "continue", "list 3")
    found = model.gather(seeds, 100, seeds.items)
    evidence = model.evidence
    assert isinstance(evidence, Evidence)
    table = evidence.table(seeds, found)
    assert table.shape == (len(found.items), len(evidence.columns))
    column = dict(zip(evidence.columns, table.T, strict=True))
    same = np.isin(found.items // 5, [0])
    assert column["seeds by artist"][same].tolist() == [2.0] * same.sum()
    assert set(column["seeds"]) == {3.0}
    assert set(column["title"]) == {1.0}


def test_codes() -> None:
    assert codes(["a", None, "b", "a", ""], 5).tolist() == [0, -1, 1, 0, -1]
    assert codes((), 3).tolist() == [-1, -1, -1]
