"""One linear model of all tracks."""

import numpy as np
import pytest

import playlists_of
from murecom.errors import BadInput, NotFound
from murecom.recommend.base import Request
from murecom.recommend.ease import EASE
from murecom.testing import RecommenderContract, tiny_data
from murecom.types import Step

ROWS = list(playlists_of.random_rows(seed=3))


class TestEASE(RecommenderContract):
    make = EASE


def weights(rows, items, penalty):
    dense = np.zeros((len(rows), 80))
    for number, row in enumerate(rows):
        dense[number, row] = 1
    gram = dense[:, items].T @ dense[:, items] + penalty * np.eye(len(items))
    inverse = np.linalg.inv(gram)
    found = -inverse / np.diag(inverse)
    np.fill_diagonal(found, 0)
    return np.maximum(found, 0)


def test_weights_are_those_of_the_paper() -> None:
    model = EASE(penalty=20.0).fit(playlists_of.data(ROWS, 80))
    wanted = weights(ROWS, np.arange(80), 20)
    assert playlists_of.table_of(model) == pytest.approx(wanted, abs=1e-5)
    request = Request(("t:1", "t:2"), weights=[3, 1])
    assert model.scores(request) == pytest.approx(wanted[[1, 2]].T @ [0.75, 0.25], abs=1e-5)


def test_only_the_most_popular_take_part() -> None:
    model = EASE(items_kept=30, k=4).fit(playlists_of.data(ROWS, 80))
    popularity = np.bincount(np.concatenate(ROWS), minlength=80)
    kept = np.sort(np.argsort(-popularity, kind="stable")[:30])
    assert set(np.flatnonzero(model._usable(np.arange(80)))) <= set(kept)
    table, wanted = playlists_of.table_of(model), weights(ROWS, kept, model.penalty)
    for row, item in enumerate(kept):
        best = np.argsort(-wanted[row])[:4]
        assert table[item, kept[best]] == pytest.approx(wanted[row, best], abs=1e-5)
        assert np.count_nonzero(table[item]) <= 4
    with pytest.raises(NotFound, match=f"t:{np.argmin(popularity)}"):
        model.neighbours(f"t:{np.argmin(popularity)}")


def test_too_many_tracks_and_bad_parameters_are_told() -> None:
    with pytest.raises(BadInput, match=r"1 to 40,000 tracks, not 50,000.*train item_knn"):
        EASE(items_kept=50_000).fit(tiny_data())
    for bad in ({"penalty": 0.0}, {"k": 0}):
        with pytest.raises(BadInput, match="ease needs"):
            EASE(**bad).fit(tiny_data())


def test_progress_is_told() -> None:
    steps: list[Step] = []
    EASE().fit(tiny_data(), steps.append)
    assert [(step.done, step.total) for step in steps] == [(0, 3), (1, 3), (2, 3), (3, 3)]
