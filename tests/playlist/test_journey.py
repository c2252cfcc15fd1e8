"""Journeys: even way points, moods that do not turn back, steps in sound that stay small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.playlist.journey import (
    _LOOKS,
    GAP,
    _cheapest,
    find_journey,
    largest_step,
    progress,
    waypoints,
)
from murecom.playlist.pool import Pool
from murecom.playlist.rules import Exclude, standard
from murecom.types import Track

A, B = np.array([-0.6, -0.4], np.float32), np.array([0.6, 0.4], np.float32)


def world(n: int, seed: int = 0, artists: int | None = None):
    random = np.random.default_rng(seed)
    points = random.uniform(-0.8, 0.8, (n, 2)).astype(np.float32)
    names = [f"Artist {row % (artists or n)}" for row in range(n)]
    return Pool([Track(f"t:{i}", f"song {i} {a}", (a,)) for i, a in enumerate(names)]), points


def test_a_walk_is_even_and_a_straight_way_is_there_soon():
    walk = waypoints(A, B, 5)
    assert walk[0] == pytest.approx(A)
    assert walk[-1] == pytest.approx(B)
    assert np.diff(progress(walk, A, B)) == pytest.approx([0.25] * 4, abs=1e-6)
    straight = progress(waypoints(A, B, 6, "straight"), A, B)
    assert straight == pytest.approx([0, 0.5, 1, 1, 1, 1], abs=1e-6)


@pytest.mark.parametrize("way", ["walk", "straight"])
def test_short_ways(way):
    assert waypoints(A, B, 1, way) == pytest.approx(B[None])
    assert waypoints(A, B, 2, way) == pytest.approx(np.stack([A, B]))


def test_refused_ways():
    with pytest.raises(BadInput, match="walk or straight"):
        waypoints(A, B, 3, "fly")
    with pytest.raises(BadInput, match="at least one"):
        waypoints(A, B, 0)


def test_progress_counts_along_the_line_only():
    beside = np.array([[0.4, -0.6]], np.float32)  # at a right angle to the middle
    assert progress(beside, A, B) == pytest.approx([0.5], abs=1e-6)
    assert progress(beside, A, A).tolist() == [0]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 1000))
def test_a_journey_leads_on_and_keeps_artists_apart(seed):
    pool, points = world(400, seed, artists=60)
    aims = waypoints(A, B, 20)
    found = find_journey(pool, points, aims, standard(pool, artist_gap=GAP))
    assert len(set(found.items)) == 20
    assert not found.notes
    along = progress(points[list(found.items)], A, B)
    ranks = np.argsort(np.argsort(along))
    assert np.corrcoef(ranks, np.arange(20))[0, 1] >= 0.95
    artists = [pool[item].artists for item in found.items]
    for place, artist in enumerate(artists):
        assert not any(artist & other for other in artists[max(0, place - 9) : place])
    assert all(0 < score <= 1 for score in found.scores)


def test_no_step_in_sound_is_large_where_it_can_be_avoided(unit):
    pool, points = world(400, 3)
    vectors = unit(400, dim=3, seed=4)
    bound = largest_step(vectors)
    aims = waypoints(A, B, 15)
    deaf = find_journey(pool, points, aims)
    heard = find_journey(pool, points, aims, unit=vectors, bound=bound)

    def largest(items):
        rows = vectors[list(items)]
        return float((1 - np.einsum("ij,ij->i", rows[1:], rows[:-1])).max())

    assert largest(heard.items) <= bound < largest(deaf.items)


def test_a_step_in_sound_that_had_to_be_large_is_told(unit):
    pool, points = world(400, 3)
    vectors = unit(400, dim=3, seed=4)
    aims = waypoints(A, B, 15)
    even = find_journey(pool, points, aims, unit=vectors, bound=largest_step(vectors))
    assert not even.notes
    rough = find_journey(pool, points, aims, unit=vectors, bound=1e-4)
    assert any("steps in sound are larger" in note for note in rough.notes)
    empty = find_journey(pool, points, aims, [Exclude(artists=["Artist 1"])], unit=0 * vectors)
    assert not empty.notes


def test_dear_tracks_are_left_out():
    pool, points = world(2)
    points[:] = B
    dear = np.array([[0.5, 0.0]], np.float32)
    assert find_journey(pool, points, waypoints(A, B, 1), dear=dear).items == (1,)
    assert find_journey(pool, points, waypoints(A, B, 1), dear=1 - dear).items == (0,)


@pytest.mark.parametrize("size", [0, 1, 2 * _LOOKS, 2 * _LOOKS + 1, 5 * _LOOKS])
def test_the_cheapest_come_in_order(size):
    prices = np.random.default_rng(0).random(size)
    assert list(_cheapest(prices)) == np.argsort(prices).tolist()


def test_tracks_without_sound_are_not_left_out(unit):
    pool, points = world(30, 5)
    vectors = np.zeros((30, 4), np.float32)
    vectors[:3] = unit(3, dim=4)
    found = find_journey(pool, points, waypoints(A, B, 10), unit=vectors, bound=0.1)
    assert len(found.items) == 10


def test_sure_moods_come_first():
    pool, points = world(2)
    points[:] = B
    trust = np.array([0.1, 1.0], np.float32)
    found = find_journey(pool, points, waypoints(A, B, 1), trust=trust)
    assert found.items == (1,)
    assert found.scores == (1.0,)


def test_one_artist_only_is_told():
    pool, points = world(30, artists=1)
    found = find_journey(pool, points, waypoints(A, B, 8), standard(pool, artist_gap=GAP))
    assert len(found.items) == 8
    assert any("Too few artists" in note for note in found.notes)


def test_too_few_tracks_and_none_at_all():
    pool, points = world(4)
    found = find_journey(pool, points, waypoints(A, B, 9), standard(pool))
    assert len(found.items) == 4
    assert any("Only 4 tracks fit" in note for note in found.notes)
    nobody = [Exclude(artists=[f"Artist {n}" for n in range(4)])]
    assert find_journey(pool, points, waypoints(A, B, 9), nobody).items == ()


def test_the_largest_step_is_a_percentile_of_random_ones(unit):
    vectors = unit(500, dim=2, seed=1)
    steps = 1 - (vectors @ vectors.T)[~np.eye(500, dtype=bool)]
    assert largest_step(vectors) == pytest.approx(np.percentile(steps, 75), abs=0.05)
    assert largest_step(np.zeros((9, 2), np.float32)) == 2
    assert largest_step(vectors[:1]) == 2
