"""Playlists that have only a name."""

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from murecom.errors import BadInput, NotReady
from murecom.recommend.base import Data, Interactions, Request
from murecom.recommend.title import Title
from murecom.testing import RecommenderContract, tiny_data
from murecom.testing.recommender import SIZE, TITLES
from murecom.types import Step, TrackId

pytest.importorskip("irspack")


class TestTitle(RecommenderContract):
    make = Title

    def seed(self, *items: int, **more: Any) -> Request:
        return super().seed(*items, title=TITLES[items[0] // SIZE], **more)


def listed(rows: dict[str, list[list[int]]], n_items: int, **more: Any) -> Data:
    """Give data of playlists by name."""
    lists = [row for own in rows.values() for row in own]
    starts = np.cumsum([0, *map(len, lists)])
    entries = np.array([item for row in lists for item in row], np.int32)
    return Data(
        [TrackId(f"t:{i}") for i in range(n_items)],
        interactions=Interactions(starts, entries, n_items),
        titles=[name for name, own in rows.items() for _ in own],
        **more,
    )


def kinds() -> dict[str, list[list[int]]]:
    """Give names that stand for items 0-9, 10-19 and 20-29, 20 playlists of each."""
    random = np.random.default_rng(2)
    names = (
        ["Summer Jams", "summer 2016", "beach ☀️"],
        ["Workout", "gym time", "workout mix"],
        ["周杰伦 精选", "華語流行", "中文歌"],
    )
    return {
        name: [(random.choice(10, 5, replace=False) + 10 * i).tolist() for _ in range(7)]
        for i, own in enumerate(names)
        for name in own
    }


def kind_of(model: Title, title: str) -> set[int]:
    ids, _ = model.recommend(Request(title=title), 6)
    return {int(track_id[2:]) // 10 for track_id in ids}


def test_names_misspelt_longer_and_in_any_script_find_their_kind() -> None:
    model = Title().fit(listed(kinds(), 30))
    for title in ("SUMMER JAMS", "sumer jamz!!", "Summer '19", "☀️☀️"):
        assert kind_of(model, title) == {0}, title
    for title in ("workouts", "GYM"):
        assert kind_of(model, title) == {1}, title
    for title in ("周杰倫", "华语流行音乐"):
        assert kind_of(model, title) == {2}, title


def test_it_knows_which_names_are_like_those_of_playlists() -> None:
    artists = ["Somebody", "Nirvana", "周杰倫"]
    data = listed(kinds(), 30, artists=[artists[i // 10] for i in range(30)])
    model = Title().fit(data)
    for title in ("SUMMER JAMS", "sumer jamz!!", "GYM", "best of nirvana", "周杰倫"):
        assert model.knows(title), title
    for title in ("qzxvwk", "ωψξ", "  ", "xkcdqj"):
        assert not model.knows(title), title


def test_a_name_that_says_nothing_gets_what_is_popular() -> None:
    rows = kinds()
    rows["everything"] = [[7, 3], [7, 3], [7]] * 10
    model = Title().fit(listed(rows, 30))
    assert set(model.recommend(Request(title="ωψξ"), 2)[0]) == {"t:7", "t:3"}
    with pytest.raises(BadInput, match="title"):
        model.recommend(Request(title="  "))


def test_an_artist_is_a_name_too() -> None:
    artists = ["Somebody", "Nirvana", "周杰倫"]
    data = listed(kinds(), 30, artists=[artists[i // 10] for i in range(30)])
    model = Title(votes_weigh=0, popular_weigh=0).fit(data)
    assert kind_of(model, "nirvana") == {1}
    assert kind_of(model, "Best of Nirvana") == {1}
    without = Title(votes_weigh=0, artists=0).fit(data)
    assert without._grams.row("nirv")[0].size < model._grams.row("nirv")[0].size


def test_votes_are_those_of_the_nearest_names() -> None:
    rows = {"alpha": [[0, 1], [0, 2]], "beta": [[3, 4]], "alphabet": [[5]]}
    model = Title(power=2).fit(listed(rows, 6))
    items, votes = model._votes("alpha")
    names, cosines = model._grams.near("alpha", 3)
    own = dict(zip(names.tolist(), (cosines**2).tolist(), strict=True))
    wanted = np.array([2 * own[0], own[0], own[0], own.get(1, 0), own.get(1, 0), own[2]])
    total = 2 * own[0] + own.get(1, 0) + own[2]
    assert dict(zip(items.tolist(), votes.tolist(), strict=True)) == pytest.approx(
        {i: vote / total for i, vote in enumerate(wanted) if vote}, abs=1e-5
    )
    few = Title(voters=1).fit(listed(rows, 6))._votes("alpha")
    assert few[0].tolist() == [0, 1]  # the first playlist of that name


def test_tracks_beyond_those_with_vectors_are_found_by_votes() -> None:
    rows = kinds()
    rows["only here"] = [[30, 31]]
    model = Title(most=30).fit(listed(rows, 33))
    scores = model.scores(Request(title="only here"))
    assert model.recommend(Request(title="only here"), 2)[0] == ["t:30", "t:31"]
    assert scores[32] == -np.inf
    assert model.scores(Request(title="ωψξ"))[30] == -np.inf


def test_names_that_are_all_blank_are_none() -> None:
    data = replace(tiny_data(), titles=[" "] * len(tiny_data().titles))
    assert Title().lacks(data) == ["titles"]
    with pytest.raises(NotReady, match="titles"):
        Title().fit(data)
    some = replace(data, titles=["gym", *data.titles[1:]])
    assert Title().fit(some).recommend(Request(title="gym"), 3)[0]


def test_it_tells_its_progress_and_needs_numpy_alone_to_answer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    steps: list[Step] = []
    model = Title().fit(tiny_data(), steps.append)
    assert {step.stage for step in steps} == {"Factorising", "Learning names"}
    for name in ("irspack", "irspack.recommenders.ials", "scipy", "scipy.sparse"):
        monkeypatch.setitem(sys.modules, name, None)
    assert model.recommend(Request(title="dance"), 3)[0]
