"""Neighbours of tracks."""

import numpy as np
import pytest

import playlists_of
from murecom.errors import BadInput, NotFound
from murecom.recommend.base import Request
from murecom.recommend.item_knn import ItemKNN
from murecom.testing import RecommenderContract, tiny_data
from murecom.types import Step

ROWS = list(playlists_of.random_rows())
DENSE = np.zeros((len(ROWS), 80))
for number, row in enumerate(ROWS):
    DENSE[number, row] = 1


class TestItemKNN(RecommenderContract):
    make = ItemKNN


class TestPlainCosine(RecommenderContract):
    @staticmethod
    def make() -> ItemKNN:
        return ItemKNN(similarity="cosine", shrink=0, growth=0, k=50)


def likeness(similarity, shrink, alpha=0.5, **more):
    """Compute the formula on dense matrices."""
    weights = np.ones(len(ROWS))
    if similarity in ("tfidf", "bm25"):
        weights = np.maximum(np.log(81) - np.log1p(DENSE.sum(axis=1)), 0.1)
        weights = weights / np.sqrt((weights**2).mean())
    shared = (DENSE * weights[:, None] ** 2).T @ DENSE
    own = np.diag(shared)
    if similarity == "bm25":
        popularity = DENSE.sum(axis=0)
        b, k1 = more["evenness"], more["saturation"]
        scale = (k1 + 1) / (k1 * (1 - b + b * popularity / popularity.mean()) + 1)
        near = shared * np.outer(scale, scale)
    else:
        near = shared / (own[:, None] ** alpha * own[None] ** (1 - alpha) + shrink)
    np.fill_diagonal(near, 0)
    return near


@pytest.mark.parametrize(
    "parameters",
    [
        {"similarity": "cosine", "shrink": 0.0},
        {"similarity": "cosine", "shrink": 7.0},
        {"similarity": "asymmetric", "shrink": 0.0, "alpha": 0.3},
        {"similarity": "asymmetric", "shrink": 7.0, "alpha": 0.3},
        {"similarity": "tfidf", "shrink": 0.0},
        {"similarity": "tfidf", "shrink": 7.0},
        {"similarity": "bm25", "shrink": 20.0, "evenness": 0.3, "saturation": 2.0},
    ],
)
def test_the_table_is_what_the_formula_says(parameters) -> None:
    wanted = likeness(**parameters)
    whole = ItemKNN(**parameters, k=100).fit(playlists_of.data(ROWS, 80))
    assert playlists_of.table_of(whole) == pytest.approx(wanted, abs=1e-5)
    short = ItemKNN(**parameters, k=5, growth=0).fit(playlists_of.data(ROWS, 80))
    kept = playlists_of.table_of(short)
    assert (np.count_nonzero(kept, axis=1) == 5).all()
    best = -np.sort(-wanted, axis=1)[:, :5]
    assert -np.sort(-kept, axis=1)[:, :5] == pytest.approx(best, abs=1e-5)


def test_more_is_kept_of_popular_tracks() -> None:
    model = ItemKNN(k=3, growth=0.5, most=9).fit(playlists_of.data(ROWS, 80))
    popularity = DENSE.sum(axis=0)
    counts = np.count_nonzero(playlists_of.table_of(model), axis=1)
    assert (counts <= 9).all()
    assert (counts[popularity > 100] == 9).all()
    assert (counts >= np.minimum(np.round(3 * popularity**0.5), 9)).all()


def test_shrinkage_orders_rare_pairs_last() -> None:
    rows = [[0, 1]] + [[0, 2]] * 9 + [[2]]  # 1 is only with 0; 2 is with 0 nine times of ten
    trusting = ItemKNN(similarity="cosine", shrink=0, beta=0).fit(playlists_of.data([[0, 1]], 2))
    assert trusting.scores(Request(("t:0",)))[1] == pytest.approx(1)
    rare = ItemKNN(similarity="cosine", shrink=5, beta=0).fit(playlists_of.data(rows))
    assert rare.neighbours("t:0")[0] == ["t:2", "t:1"]
    assert rare.scores(Request(("t:0",))) == pytest.approx([0, 1 / (10**0.5 + 5), 9 / 15])


def test_scores_are_weighted_means_of_the_rows() -> None:
    model = ItemKNN(beta=0, beta_many=0).fit(playlists_of.data(ROWS, 80))
    table = playlists_of.table_of(model)
    request = Request(("t:3", "t:9"), weights=[1, 3])
    assert model.scores(request) == pytest.approx(0.25 * table[3] + 0.75 * table[9], abs=1e-6)
    late = Request(("t:3", "t:9", "t:4"), mode="next")
    shares = np.array([0.5, 0.5**0.5, 1])
    wanted = shares @ table[[3, 9, 4]] / shares.sum()
    assert model.scores(late) == pytest.approx(wanted, abs=1e-6)


def test_popular_tracks_are_held_back_the_more_seeds_there_are() -> None:
    model = ItemKNN(beta=-0.1, beta_many=0.3).fit(playlists_of.data(ROWS, 80))
    plain = ItemKNN(beta=0, beta_many=0).fit(playlists_of.data(ROWS, 80))
    popularity = DENSE.sum(axis=0)
    for seeds, power in ((1, -0.1), (5, 0.1), (25, 0.3), (40, 0.3)):
        request = Request(tuple(f"t:{i}" for i in range(seeds)))
        wanted = plain.scores(request) / popularity**power
        assert model.scores(request) == pytest.approx(wanted, rel=1e-4)


def test_a_track_that_is_always_alone_has_no_neighbours() -> None:
    model = ItemKNN().fit(playlists_of.data([[0, 1], [2], [2]], 4))
    assert model.split(["t:0", "t:2", "t:3"]) == (["t:0"], ["t:2", "t:3"])
    with pytest.raises(NotFound, match="t:2"):
        model.neighbours("t:2")


@pytest.mark.parametrize("rows", [[[0], [1]], [[0, 0, 0]], [[]], [[0, 1]]])
def test_hardly_any_data_is_no_trouble(rows) -> None:
    for shrink in (0, 20):
        model = ItemKNN(shrink=shrink).fit(playlists_of.data(rows, 2))
        usable = model.split(["t:0"])[0]
        assert (model.neighbours("t:0")[0] if usable else []) == (["t:1"] if usable else [])


def test_bad_parameters_are_told() -> None:
    with pytest.raises(BadInput, match="Choose one of cosine"):
        ItemKNN(similarity="pearson").fit(tiny_data())
    for bad in ({"k": 0}, {"shrink": -1.0}):
        with pytest.raises(BadInput, match="item_knn needs"):
            ItemKNN(**bad).fit(tiny_data())


def test_progress_is_told() -> None:
    steps: list[Step] = []
    ItemKNN().fit(tiny_data(), steps.append)
    assert steps[0] == Step("Neighbours", 0, 12)
    assert steps[-1] == Step("Neighbours", 12, 12)
