"""The map: who is near stays near, and it stays as it was."""

import numpy as np
import pytest

from murecom.errors import BadInput
from murecom.index import layout as module
from murecom.index.layout import Layout, principal
from murecom.types import Step


def unit(rows) -> np.ndarray:
    rows = np.asarray(rows, np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def groups(n: int, each: int = 20, dim: int = 16, seed: int = 0, noise: float = 0.15):
    random = np.random.default_rng(seed)
    centres = random.standard_normal((n, dim))
    rows = np.repeat(centres, each, axis=0) + noise * random.standard_normal((n * each, dim))
    return unit(rows), np.repeat(np.arange(n), each)


def trustworthiness(vectors, places, k: int = 5) -> float:
    """Venna & Kaski 2001, as scikit-learn computes it."""
    n = len(vectors)
    ranks = np.argsort(np.argsort(1 - vectors @ vectors.T, axis=1), axis=1)
    apart = ((places[:, None] - places) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    near = np.argsort(apart, axis=1)[:, :k]
    cost = sum(np.maximum(ranks[i, near[i]] - k, 0).sum() for i in range(n))
    return 1 - 2 * cost / (n * k * (2 * n - 3 * k - 1))


def test_neighbours_stay_neighbours():
    vectors, labels = groups(8)
    places = Layout()(vectors)
    assert places.shape == (160, 2)
    assert trustworthiness(vectors, places) > 0.95
    assert trustworthiness(vectors, places) > trustworthiness(vectors, principal(vectors))
    apart = ((places[:, None] - places) ** 2).sum(axis=2)
    np.fill_diagonal(apart, np.inf)
    assert (labels[apart.argmin(axis=1)] == labels).all()


@pytest.mark.parametrize("n", [0, 1, 2, 3, 5, 8, 9])
def test_few_tracks(n):
    vectors = unit(np.random.default_rng(1).standard_normal((n, 6)))
    places = Layout()(vectors)
    assert places.shape == (n, 2)
    assert np.isfinite(places).all()
    if n > 1:
        assert len(np.unique(places, axis=0)) == n
    assert places.mean(axis=0) == pytest.approx([0, 0], abs=1e-6) if n else True


def test_copies_and_silence_do_no_harm():
    copies = unit(np.ones((30, 5)))
    assert np.isfinite(Layout()(copies)).all()
    vectors, _ = groups(3, each=10)
    twice = np.concatenate([vectors, vectors[:1], vectors[:1]])
    places = Layout()(twice)
    assert np.isfinite(places).all()
    near = np.linalg.norm(places[30] - places[0])
    assert near < np.linalg.norm(places[20] - places[0])


def test_the_same_map_every_time():
    vectors, _ = groups(5)
    assert Layout()(vectors).tolist() == Layout()(vectors.copy()).tolist()


def test_signs_do_not_depend_on_the_library_that_finds_directions(monkeypatch):
    vectors, _ = groups(4)
    before = principal(vectors)
    eigh = np.linalg.eigh
    monkeypatch.setattr(np.linalg, "eigh", lambda m: (eigh(m)[0], -eigh(m)[1]))
    assert principal(vectors) == pytest.approx(before)
    assert before[:, 0].std() >= before[:, 1].std() > 0


def test_a_map_with_some_more_tracks_is_the_same_map():
    vectors, labels = groups(8, each=25)
    old = np.flatnonzero(np.arange(200) % 12)
    former = np.full((200, 2), np.nan)
    former[old] = Layout()(vectors[old])
    places = Layout()(vectors, former)
    radius = np.sqrt((former[old] ** 2).sum(axis=1).mean())
    moved = np.sqrt(((places[old] - former[old]) ** 2).sum(axis=1))
    assert np.median(moved) < 0.2 * radius
    # those that are new stand amid their likes
    middles = np.stack([places[old][labels[old] == g].mean(axis=0) for g in range(8)])
    new = np.setdiff1d(np.arange(200), old)
    apart = ((places[new][:, None] - middles) ** 2).sum(axis=2)
    assert (apart.argmin(axis=1) == labels[new]).all()


def test_a_map_that_mostly_changed_is_drawn_anew():
    vectors, _ = groups(4)
    former = np.full((80, 2), np.nan)
    former[:20] = 7.0
    assert Layout()(vectors, former).tolist() == Layout()(vectors).tolist()


def test_the_grid_feels_what_all_pairs_feel():
    places = Layout()(groups(8, each=100)[0])
    charges = np.column_stack([np.ones(len(places)), places, (places**2).sum(axis=1)])
    exact = module._all_pairs(places, charges)
    assert module._grid(places, charges) == pytest.approx(exact, rel=0.25, abs=0.02 * exact.max())
    tight = places / 1000
    charges = np.column_stack([np.ones(len(tight)), tight, (tight**2).sum(axis=1)])
    assert module._grid(tight, charges)[:, 0] == pytest.approx(
        module._all_pairs(tight, charges)[:, 0], rel=1e-6
    )


def test_both_ways_of_pushing_give_good_maps(monkeypatch):
    vectors, _ = groups(6)
    exact = trustworthiness(vectors, Layout()(vectors))
    monkeypatch.setattr(module, "_EXACT", 0)
    assert trustworthiness(vectors, Layout()(vectors)) == pytest.approx(exact, abs=0.02)


def test_numbers_for_fast_transforms():
    assert [module._smooth(n) for n in (1, 7, 31, 79, 81)] == [1, 8, 32, 80, 81]


def test_progress_and_refusals():
    steps: list[Step] = []
    vectors, _ = groups(3)
    Layout(early=5, steps=10)(vectors, progress=steps.append)
    assert steps[-1] == Step("Placing", 15, 15)
    with pytest.raises(BadInput, match="former map"):
        Layout()(vectors, np.zeros((3, 2)))
    with pytest.raises(BadInput):
        Layout()(np.full((9, 3), np.nan, np.float32))
