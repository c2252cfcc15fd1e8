"""Factorised playlists: seeds folded in, cold tracks by their album or artist, warm starts."""

import sys
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from murecom.errors import NotFound
from murecom.recommend.base import Data, Interactions, Request
from murecom.recommend.ials import Ials
from murecom.testing import RecommenderContract, tiny_data
from murecom.types import Step, TrackId

pytest.importorskip("irspack")


def listed(rows: list[list[int]], n_items: int, **more: Any) -> Data:
    """Give data of playlists."""
    starts = np.cumsum([0, *map(len, rows)])
    entries = np.array([item for row in rows for item in row], np.int32)
    items = [TrackId(f"t:{i}") for i in range(n_items)]
    return Data(items, interactions=Interactions(starts, entries, n_items), **more)


def request(*items: int, **more: Any) -> Request:
    return Request(tuple(TrackId(f"t:{i}") for i in items), **more)


def two_groups(lists: int = 40) -> list[list[int]]:
    """Give playlists of even and of odd items below 20."""
    random = np.random.default_rng(3)
    return [(random.choice(10, 5, replace=False) * 2 + i % 2).tolist() for i in range(lists)]


class TestIals(RecommenderContract):
    make = Ials


def test_what_goes_together_is_found_and_what_does_not_is_not() -> None:
    model = Ials().fit(listed(two_groups(), 20))
    ids, _ = model.recommend(request(0, 2), 8)
    assert all(int(track_id[2:]) % 2 == 0 for track_id in ids)
    scores = model.scores(request(0, 2))
    assert scores[::2].min() > scores[1::2].max()


def test_the_last_tracks_count_most_for_the_next() -> None:
    model = Ials().fit(listed(two_groups(), 20))
    seeds = request(*range(0, 20, 2), 1)  # nine even tracks, then an odd one
    assert int(model.recommend(seeds, 1)[0][0][2:]) % 2 == 1  # all even ones are seeds
    even = [model.scores(replace(seeds, mode=mode))[::2].mean() for mode in ("continue", "next")]
    odd = [model.scores(replace(seeds, mode=mode))[1::2].mean() for mode in ("continue", "next")]
    assert even[0] > even[1]
    assert odd[1] > odd[0]


def test_tracks_without_vectors_stand_with_their_album_else_artist() -> None:
    artists = ["even" if i % 2 == 0 else "odd" for i in range(20)]
    artists += ["odd", "even", "nobody", None]  # type: ignore[list-item]
    albums: list[str | None] = [None] * 24
    albums[2] = albums[4] = albums[21] = "one album"
    data = listed(two_groups(), 24, artists=artists, albums=albums)
    model = Ials(most=20).fit(data)
    assert model.split(data.items)[1] == ["t:22", "t:23"]
    scores = model.scores(request(0))
    assert scores[22] == scores[23] == -np.inf
    assert scores[21] > scores[1:20:2].max()  # although no playlist holds it
    own = model.vectors(np.arange(20))
    plays = data.interactions.popularity[:20]  # type: ignore[union-attr]
    mean = (plays[[2, 4]] @ own[[2, 4]]) / plays[[2, 4]].sum()
    assert model.vectors(np.array([21]))[0] == pytest.approx(mean, abs=1e-5)
    odd = np.arange(1, 20, 2)
    mean = (plays[odd] @ own[odd]) / plays[odd].sum()
    assert model.vectors(np.array([20]))[0] == pytest.approx(mean, abs=1e-5)
    ids, _ = model.recommend(request(21), 5)  # and it can be a seed
    assert all(int(track_id[2:]) % 2 == 0 for track_id in ids)
    with pytest.raises(NotFound, match="t:22"):
        model.recommend(request(22))


def test_rare_tracks_give_up_their_vectors_first() -> None:
    rows = [*two_groups(), [20, 0], [21, 1]]
    artists = ["even" if i % 2 == 0 else "odd" for i in range(22)]
    model = Ials(most=20, trust=2).fit(listed(rows, 22, artists=artists))
    assert model._factors.own == 20
    assert model.state["share"][20] == pytest.approx(1.1 / 3)
    assert model.state["share"][0] == 1


def test_a_later_fit_begins_where_an_earlier_one_ended() -> None:
    first, steps = Ials(dim=2).fit(listed(two_groups(), 20)), []
    later = listed([*two_groups(), [0, 20], [2, 20], [4, 20]], 21)
    warm = Ials(dim=2, epochs=4).begin_with(first).fit(later, steps.append)
    assert [step.total for step in steps] == [2] * 3
    assert isinstance(steps[0], Step)
    assert int(warm.recommend(request(20), 1)[0][0][2:]) % 2 == 0
    before, after = (m.scores(request(0, 2))[:20] for m in (first, warm))
    cold = Ials(dim=2, epochs=2).fit(later).scores(request(0, 2))[:20]
    assert np.abs(after - before).mean() < np.abs(cold - before).mean()
    steps.clear()
    warm.fit(later, steps.append)  # the earlier model counts for one fit
    assert steps[0].total == 4
    other = Ials(dim=1, epochs=4).begin_with(first).fit(later, steps.append)
    assert other._factors.dim == 1  # vectors of another length are of no use
    assert steps[-1].total == 4


def test_answers_need_no_training_library(monkeypatch: pytest.MonkeyPatch) -> None:
    model = Ials().fit(tiny_data())
    for name in ("irspack", "irspack.recommenders.ials", "scipy", "scipy.sparse"):
        monkeypatch.setitem(sys.modules, name, None)
    assert model.recommend(Request((TrackId("test:0"),)), 3)[0]


@pytest.mark.parametrize(
    "rows",
    [[[0, 1, 2]], [[0], [1], [2]], [[0, 0, 0], [1, 1]], [[0, 1], [2, 3], [4, 5]], [[], [0, 1], []]],
    ids=["one list", "lists of one", "repeats", "all unique", "empty lists"],
)
def test_little_data_is_learned_without_a_fuss(rows: list[list[int]]) -> None:
    model = Ials().fit(listed(rows, 6))
    held = sorted({item for row in rows for item in row})
    ids, scores = model.recommend(request(held[0]), 10)
    assert set(ids) <= {f"t:{item}" for item in held[1:]}
    assert np.isfinite(scores).all()


def test_lists_without_tracks_teach_nothing() -> None:
    model = Ials().fit(listed([[], []], 3))
    assert model.split(model.items)[0] == []
    with pytest.raises(NotFound):
        model.recommend(request(0))
