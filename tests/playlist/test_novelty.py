"""The novelty dial: 0 changes nothing, each means does what its name says."""

from __future__ import annotations

import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.playlist.novelty import CAPS_FROM, Strengths, renew, vectors_of
from murecom.recommend.popular import Popular

N = 60


@pytest.fixture
def candidates():
    random = np.random.default_rng(5)
    return {
        "scores": np.sort(random.random(N))[::-1],
        "popularity": random.integers(1, 1000, N),
        "artists": random.integers(0, 12, N),
        "albums": random.integers(0, 25, N),
        "seed_artists": [0, 0, 1],
        "vectors": random.standard_normal((N, 16)).astype(np.float32),
    }


def test_zero_keeps_the_order_exactly(candidates):
    assert renew(dial=0, **candidates).tolist() == list(range(N))
    assert renew(dial=Strengths(), **candidates).tolist() == list(range(N))
    tied = {**candidates, "scores": np.zeros(N)}
    assert renew(dial=0.0, **tied).tolist() == list(range(N))
    shuffled = {**candidates, "scores": candidates["scores"][::-1]}
    assert renew(dial=0, k=3, **shuffled).tolist() == [N - 1, N - 2, N - 3]


def test_only_the_order_of_scores_counts(candidates):
    squeezed = {**candidates, "scores": 5 + candidates["scores"] ** 9}
    for dial in (0.3, 0.8):
        assert renew(dial=dial, **squeezed).tolist() == renew(dial=dial, **candidates).tolist()


def test_popular_tracks_give_way(candidates):
    weak, strong = (renew(dial=Strengths(popularity=s), k=10, **candidates) for s in (0.2, 2.0))
    mean = [candidates["popularity"][own].mean() for own in (np.arange(10), weak, strong)]
    assert mean[0] >= mean[1] > mean[2]
    alike = {**candidates, "popularity": np.full(N, 7)}
    assert renew(dial=Strengths(popularity=2.0), **alike).tolist() == list(range(N))
    never = {**candidates, "popularity": np.zeros(N)}
    assert renew(dial=Strengths(popularity=2.0), **never).tolist() == list(range(N))


def test_new_artists_come_forward(candidates):
    order = renew(dial=Strengths(new_artists=5.0), **candidates)
    is_new = ~np.isin(candidates["artists"][order], [0, 1])
    assert (np.diff(is_new.astype(int)) <= 0).all()  # all new ones first
    for group in (order[is_new], order[~is_new]):
        assert (np.diff(group) > 0).all()  # in the order of the scores
    for seeds in ([], [-1]):  # nobody knows whom the seeds are by
        unknown = {**candidates, "seed_artists": seeds}
        assert renew(dial=Strengths(new_artists=5.0), **unknown).tolist() == list(range(N))
    nameless = {**candidates, "artists": np.full(N, -1)}
    assert renew(dial=Strengths(new_artists=5.0), **nameless).tolist() == list(range(N))


def test_the_core_of_the_seeds_stays(candidates):
    order = renew(dial=Strengths(new_artists=3.0, loyalty=9.0), **candidates)
    kind = np.select([candidates["artists"] == 0, candidates["artists"] == 1], [0, 2], 1)[order]
    # artist 0 has two thirds of the seeds (6), new ones gain 3; artist 1 a third (3) and ties
    assert kind[: (kind == 0).sum()].tolist() == [0] * (kind == 0).sum()


def test_variety_chooses_what_is_unlike_the_chosen():
    vectors = np.array([[1, 0], [1, 0.01], [0, 1], [1, 0]], np.float32)
    parts = {"scores": [4, 3, 2, 1], "popularity": np.ones(4), "vectors": vectors}
    assert renew(dial=Strengths(variety=1.0), **parts).tolist() == [0, 2, 1, 3]
    assert renew(dial=Strengths(variety=0.01), **parts).tolist() == [0, 1, 2, 3]
    without = {**parts, "vectors": None}
    assert renew(dial=Strengths(variety=1.0), **without).tolist() == [0, 1, 2, 3]
    silent = {**parts, "vectors": np.zeros((4, 2), np.float32)}
    assert renew(dial=Strengths(variety=1.0), **silent).tolist() == [0, 1, 2, 3]


def test_caps_hold_from_the_first_place_on(candidates):
    for cap in (1, 2, 3.5):
        artists = candidates["artists"][renew(dial=Strengths(artist_cap=cap), k=10, **candidates)]
        for place in range(1, 11):
            counts = np.bincount(artists[:place])
            assert counts.max() <= np.ceil(cap * place / 10)
    albums = candidates["albums"][renew(dial=Strengths(album_cap=1), k=10, **candidates)]
    assert len(set(albums)) == 10


def test_caps_put_off_and_refuse_nobody():
    parts = {"scores": [5, 4, 3, 2, 1], "popularity": np.ones(5), "artists": [7, 7, 7, 7, 8]}
    assert renew(dial=Strengths(artist_cap=1), **parts).tolist() == [0, 4, 1, 2, 3]
    unknown = {**parts, "artists": [-1] * 5}
    assert renew(dial=Strengths(artist_cap=1), **unknown).tolist() == [0, 1, 2, 3, 4]


def test_more_of_the_dial_is_more_of_everything():
    settings = [Strengths.of(dial / 20) for dial in range(21)]
    assert settings[0] == Strengths()
    for name in ("popularity", "new_artists", "loyalty", "variety"):
        values = [getattr(one, name) for one in settings]
        assert values == sorted(values)
        assert values[1] > 0
    assert Strengths.of(CAPS_FROM).artist_cap is None
    caps = [one.artist_cap for one in settings if one.artist_cap is not None]
    assert caps == sorted(caps, reverse=True)
    assert (settings[-1].artist_cap, settings[-1].album_cap) == (2, 1)


def test_vectors_are_those_of_a_model_or_of_one_that_it_asks():
    class Ials(Popular):
        name = "ials"

        def vectors(self, items):
            return np.array([[1, np.nan]])[[0] * len(items)]

    class Asks(Popular):
        name = "asks"

    assert vectors_of(Popular()) is None
    asks = Asks()
    asks.members = {"ials": Ials(), "popular": Popular()}
    for model in (Ials(), asks):
        assert vectors_of(model)(np.arange(2)).tolist() == [[1, 0], [1, 0]]


def test_refusals(candidates):
    for dial in (-0.1, 1.1, float("nan")):
        with pytest.raises(BadInput, match="0 to 1"):
            renew(dial=dial, **candidates)
    for wrong in ({"popularity": -1.0}, {"artist_cap": 0}, {"variety": float("inf")}):
        with pytest.raises(BadInput, match=next(iter(wrong))):
            Strengths(**wrong)
    for part in ("popularity", "artists", "albums", "vectors"):
        with pytest.raises(BadInput, match=part):
            renew(dial=0.5, **{**candidates, part: candidates[part][:-1]})


def test_no_candidates():
    assert renew([], 0.5, popularity=[]).tolist() == []
    assert renew([], 1.0, popularity=[], artists=[], albums=[], seed_artists=[1]).tolist() == []
    vectors = np.zeros((0, 4), np.float32)
    assert renew([], 1.0, popularity=[], artists=[], vectors=vectors).tolist() == []


@given(st.integers(0, 30), st.floats(0, 1), st.integers(0, 2**31))
def test_every_candidate_once(n, dial, seed):
    random = np.random.default_rng(seed)
    order = renew(
        random.random(n),
        dial,
        popularity=random.integers(0, 50, n),
        artists=random.integers(-1, 5, n),
        albums=random.integers(-1, 9, n),
        seed_artists=random.integers(-1, 5, 4),
        vectors=random.standard_normal((n, 3)) if seed % 2 else None,
    )
    assert sorted(order.tolist()) == list(range(n))


def test_quick_enough_to_serve():
    random = np.random.default_rng(6)
    parts = {
        "scores": random.random(500),
        "popularity": random.integers(1, 1000, 500),
        "artists": random.integers(0, 100, 500),
        "albums": random.integers(0, 200, 500),
        "seed_artists": range(10),
        "vectors": random.standard_normal((500, 128)).astype(np.float32),
    }
    times = []
    for _ in range(10):
        began = time.perf_counter()
        renew(dial=1.0, k=100, **parts)
        times.append(time.perf_counter() - began)
    assert min(times) < 0.03
