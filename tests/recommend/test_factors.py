"""Vectors from playlists: solved as irspack solves, and searched without looking at all."""

import sys

import numpy as np
import pytest

from murecom.errors import MissingExtra
from murecom.interactions import Interactions
from murecom.recommend import factors as module
from murecom.recommend.factorise import factorise, length, most_popular, numbers, shared, turned
from murecom.recommend.factors import Factors
from murecom.types import Step, no_progress


def random_lists(lists: int = 300, items: int = 80) -> Interactions:
    """Make playlists of two kinds of items."""
    random = np.random.default_rng(5)
    rows = [
        (random.choice(items // 2, 8, replace=False) * 2 + i % 2).astype(np.int32)
        for i in range(lists)
    ]
    starts = np.cumsum([0, *map(len, rows)])
    return Interactions(starts, np.concatenate(rows), items)


def test_a_playlist_is_placed_where_irspack_places_it() -> None:
    ials = pytest.importorskip("irspack.recommenders.ials")
    sparse = pytest.importorskip("scipy.sparse")
    matrix = sparse.csr_matrix(random_lists().matrix())
    model = ials.IALSRecommender(
        matrix, n_components=16, alpha0=0.1, reg=0.02, solver_type="CHOLESKY", n_threads=1
    )
    model.start_learning()
    for _ in range(5):
        model.run_epoch()
    items = np.asarray(model.get_item_embedding())
    wanted = model.compute_user_embedding(matrix) @ items.T
    own = Factors.build(turned(items)[0], np.arange(len(items)))
    for playlist in range(0, 300, 30):
        held = matrix[[playlist]].indices
        x = own.place(own.take(held), np.ones(len(held)), alpha=0.1, reg=0.02)
        assert own.scores(x) == pytest.approx(wanted[playlist], abs=1e-4)


def test_many_seeds_are_placed_like_few() -> None:
    random = np.random.default_rng(0)
    vectors, _ = turned(random.normal(size=(50, 6)).astype(np.float32))
    own = Factors.build(vectors, np.arange(50))
    rows, weights = own.take(np.arange(9)), random.random(9)  # more seeds than numbers
    gram = 0.1 * vectors.T @ vectors + 0.02 * (0.1 * 50 + 9) * np.eye(6)
    wanted = np.linalg.solve(gram + (rows.T * weights) @ rows, weights @ rows)
    assert own.place(rows, weights, alpha=0.1, reg=0.02) == pytest.approx(wanted, abs=1e-5)
    fewer = np.linalg.solve(
        0.1 * vectors.T @ vectors
        + 0.02 * (0.1 * 50 + 3) * np.eye(6)
        + (rows[:3].T * weights[:3]) @ rows[:3],
        weights[:3] @ rows[:3],
    )
    assert own.place(rows[:3], weights[:3], alpha=0.1, reg=0.02) == pytest.approx(fewer, abs=1e-5)
    assert not own.place(rows[:0], weights[:0], alpha=0.1, reg=0.02).any()


@pytest.mark.parametrize("dim", [8, 64, 96, 160])
def test_the_best_are_found_without_looking_at_all(
    dim: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "ALL_BELOW", 100)
    monkeypatch.setattr(module, "HEAD", 50)
    random = np.random.default_rng(dim)
    rows, own, n = 3_000, 2_600, 6_000
    scales = random.pareto(1.5, size=(rows, 1)) * np.linspace(1, 0.05, dim)
    vectors = (random.normal(size=(rows, dim)) * scales).astype(np.float32)
    row = np.concatenate([np.arange(rows), random.integers(own, rows, n - rows - 500), [-1] * 500])
    share = np.where(row < own, 1, random.random(n)).astype(np.float32)
    places = random.permutation(n)
    own_factors = Factors.build(vectors, row[places], share[places], own)
    looked = []
    scores_of = Factors.scores
    monkeypatch.setattr(Factors, "scores", lambda s, x: looked.append(1) or scores_of(s, x))
    for _ in range(20):
        x = (random.normal(size=dim) * np.linspace(1, 0.05, dim)).astype(np.float32)
        exclude = random.choice(n, 30, replace=False)
        best, raw = own_factors.top(x, 25, exclude)
        wanted = scores_of(own_factors, x)
        assert own_factors.some(x, best) == pytest.approx(raw, rel=1e-4)
        assert wanted[best] == pytest.approx(raw, rel=1e-4)
        wanted[exclude] = -np.inf
        assert raw == pytest.approx(np.sort(wanted)[::-1][:25], rel=1e-4)
        assert not set(best.tolist()) & set(exclude.tolist())
    assert not looked


def test_when_little_is_above_nothing_all_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ALL_BELOW", 100)
    monkeypatch.setattr(module, "HEAD", 50)
    vectors = np.random.default_rng(1).random((500, 4)).astype(np.float32)
    own = Factors.build(vectors, np.append(np.arange(500), -1))
    best, raw = own.top(np.full(4, -1, np.float32), 7, np.array([500]))
    assert raw == pytest.approx(np.sort(-vectors.sum(1))[::-1][:7], abs=1e-5)
    assert len(own.top(np.full(4, -1, np.float32), 900, np.arange(3))[0]) == 497
    assert 500 not in best


def test_what_has_no_vector_gets_the_mean_of_its_album_else_artist() -> None:
    popularity = np.array([3, 1, 4, 0, 1, 0, 0])
    album = np.array([0, 0, 1, 0, 2, -1, -1])
    artist = np.array([0, 0, 0, 0, 0, 0, -1])
    own = np.array([0, 1, 2])
    vectors = np.array([[1, 0], [5, 4], [0, 8]], np.float32)
    joined, row = shared(own, vectors, popularity, [album, artist])
    assert row.tolist() == [0, 1, 2, 3, 4, 4, -1]
    assert joined[3] == pytest.approx([2, 1])  # three parts of one, one of the other
    assert joined[4] == pytest.approx([1, 4.5])
    assert shared(own, vectors, popularity, [])[1].tolist() == [0, 1, 2, -1, -1, -1, -1]


def test_numbers_stand_for_what_is_equal_in_all_parts() -> None:
    assert numbers(["a", "b", None, "a"]).tolist() == [0, 1, -1, 0]
    assert numbers(["a", "b", "a"], ["x", "x", None]).tolist() == [0, 1, -1]
    assert numbers(["a"], []).tolist() == []


@pytest.mark.parametrize(
    ("most", "kept"), [(10, [0, 1, 2, 4]), (4, [0, 1, 2, 4]), (3, [1, 2]), (2, [1, 2]), (1, [2])]
)
def test_the_most_popular_are_those_of_so_many_plays(most: int, kept: list[int]) -> None:
    assert most_popular(np.array([1, 2, 9, 0, 1]), most).tolist() == kept


def test_without_plays_nothing_is_popular() -> None:
    assert most_popular(np.zeros(4, np.int64), 10).tolist() == []
    assert most_popular(np.full(4, 7), 2).tolist() == [0, 1, 2, 3]  # rather all than none


def test_vectors_are_as_long_as_there_is_something_to_learn() -> None:
    assert length(None, 50_000, 100_000, 1_000_000) == 256
    assert length(None, 300_000, 100_000, 1_000_000) == 128
    assert length(None, 50_000, 100_000, 3_000_000) == 128
    assert length(None, 50_000, 100_000, 1_000_000, part=2) == 128
    assert length(64, 50_000, 100_000, 3_000_000) == 64
    assert length(None, 50_000, 400, 20_000) == 50
    assert length(None, 12, 24, 60) == 2


def test_training_tells_its_epochs_and_goes_on_from_vectors() -> None:
    pytest.importorskip("irspack")
    lists, steps = random_lists(), []
    items, _ = factorise(
        lists.matrix(), dim=8, alpha=0.1, reg=0.01, epochs=3, progress=steps.append
    )
    assert steps == [Step("Factorising", done, 3) for done in range(4)]
    start = items.copy()
    start[5] = np.nan
    more, playlists = factorise(
        lists.matrix(), dim=8, alpha=0.1, reg=0.01, epochs=1, start=start, progress=no_progress
    )
    products, before = playlists @ more.T, items @ items.T
    assert np.corrcoef((more @ more.T)[:5].ravel(), before[:5].ravel())[0, 1] > 0.95
    assert products.shape == (300, 80)


def test_nothing_gives_nothing_and_a_missing_library_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    empty = np.zeros((3, 0), np.float32)
    items, lists = factorise(empty, dim=2, alpha=0.1, reg=0.1, epochs=1, progress=no_progress)
    assert (items.shape, lists.shape) == ((0, 2), (3, 2))
    monkeypatch.setitem(sys.modules, "irspack.recommenders.ials", None)
    with pytest.raises(MissingExtra, match="playlists"):
        factorise(np.ones((2, 2)), dim=2, alpha=0.1, reg=0.1, epochs=1, progress=no_progress)
