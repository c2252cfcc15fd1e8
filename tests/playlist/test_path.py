"""From A to B."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.playlist.path import find_path, waypoints
from murecom.playlist.pool import Details
from murecom.playlist.rules import ArtistCap, ArtistGap, Exclude, NoRepeat


def arc(n: int, noise: float = 0.0) -> np.ndarray:
    """Points on a quarter of a circle in eight dimensions."""
    angles = np.linspace(0, np.pi / 2, n)
    rows = np.zeros((n, 8), np.float32)
    rows[:, 0], rows[:, 1] = np.cos(angles), np.sin(angles)
    rows += noise * np.random.default_rng(0).standard_normal(rows.shape).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def names(n: int) -> list[str]:
    return [f"artist{i}" for i in range(n)]


def test_waypoints_are_even() -> None:
    a, b = arc(2)
    points = waypoints(a, b, 5)
    assert (points[0] == a).all()
    assert (points[-1] == b).all()
    steps = np.einsum("ij,ij->i", points[1:], points[:-1])
    assert np.arccos(steps) == pytest.approx(np.full(4, np.pi / 8), abs=1e-3)
    assert np.linalg.norm(points, axis=1) == pytest.approx(np.ones(5), abs=1e-5)


@pytest.mark.parametrize("end", [1.0, -1.0])
def test_waypoints_of_equal_and_opposite_vectors_are_finite(end: float) -> None:
    a = arc(1)[0]
    points = waypoints(a, (end * a).astype(np.float32), 4)
    assert np.linalg.norm(points, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert (points == waypoints(a, (end * a).astype(np.float32), 4)).all()


def test_follows_the_arc(make_pool) -> None:
    pool = make_pool(names(9), vectors=arc(9))
    assert find_path(pool, 0, 8, 9).items == tuple(range(9))
    assert find_path(pool, 0, 8, 5).items == (0, 2, 4, 6, 8)
    assert find_path(pool, 8, 0, 3).items == (8, 4, 0)
    path = find_path(pool, 0, 8, 5)
    assert path.scores == pytest.approx((1, *[(1 + np.cos(np.pi / 8)) / 2] * 4))
    assert path.notes == ()


def test_two_steps_are_the_ends(make_pool, unit) -> None:
    assert find_path(make_pool(names(9), vectors=unit(9)), 3, 7, 2).items == (3, 7)


def test_steps_are_short_and_even_among_many(make_pool, unit) -> None:
    pool = make_pool(names(600), vectors=unit(600, 6))
    spreads, gains = [], []
    for i in range(10):
        path = find_path(pool, i, 599 - i, 7)
        steps = np.arccos(2 * np.array(path.scores[1:]) - 1)
        direct = np.arccos(pool.vectors[i] @ pool.vectors[599 - i])
        spreads.append(steps.std() / steps.mean())
        gains.append(steps.max() / direct)
    assert np.mean(spreads) < 0.25
    assert np.mean(gains) < 0.5


@settings(max_examples=60)
@given(st.integers(2, 20), st.integers(2, 24), st.integers(0, 5), st.data())
def test_always_whole_and_within_the_rules(
    make_pool, unit, n: int, steps: int, seed: int, data: st.DataObject
) -> None:
    artists = data.draw(st.lists(st.sampled_from("ABCDE"), min_size=n, max_size=n))
    pool = make_pool(artists, vectors=unit(n, seed=seed))
    start, end = data.draw(st.permutations(range(n)))[:2]
    path = find_path(pool, start, end, steps)
    assert (path.items[0], path.items[-1]) == (start, end)
    assert len(set(path.items)) == len(path.items) == min(steps, n)
    assert len(path.scores) == len(path.items)
    assert all(0 <= score <= 1 for score in path.scores)
    told = " ".join(path.notes)
    assert (f"has {n} steps instead of {steps}" in told) == (n < steps)
    pairs = zip(path.items, path.items[1:], strict=False)
    twice = any(artists[a] == artists[b] for a, b in pairs)
    assert twice == ("twice running" in told)


@settings(max_examples=80)
@given(st.lists(st.sampled_from("ABCD"), min_size=3, max_size=7), st.data())
def test_no_artist_twice_running_whenever_that_can_be(
    make_pool, unit, artists: list[str], data: st.DataObject
) -> None:
    n = len(artists)
    steps = data.draw(st.integers(2, n))
    pool = make_pool(artists, vectors=unit(n))
    path = find_path(pool, 0, n - 1, steps, [NoRepeat(), ArtistGap()])
    possible = any(
        all(artists[a] != artists[b] for a, b in zip((0, *m), (*m, n - 1), strict=True))
        for m in permutations(range(1, n - 1), steps - 2)
    )
    assert possible == (not path.notes)


def test_other_versions_of_the_ends_stay_out(make_pool) -> None:
    titles = ["A/x/Blue", "B/x/Red (Live)", "C/x/Mid", "D/x/Far", "B/x/Red"]
    pool = make_pool(titles, vectors=arc(5))
    assert find_path(pool, 0, 4, 3).items == (0, 2, 4)
    assert find_path(pool, 0, 4, 4).items == (0, 2, 3, 4)
    whole = find_path(pool, 0, 4, 5)
    assert set(whole.items) == set(range(5))
    assert "other versions" in whole.notes[0]


def test_exclusions_bind_between_but_not_at_the_ends(make_pool) -> None:
    details = [Details(("x",)) if i in (0, 2, 4) else Details() for i in range(5)]
    pool = make_pool(names(5), vectors=arc(5), details=details)
    path = find_path(pool, 0, 4, 5, [Exclude(genres=["x"])])
    assert path.items == (0, 1, 3, 4)
    assert path.notes == ("Only 4 tracks fit: the path has 4 steps instead of 5.",)
    assert find_path(pool, 0, 4, 3, without=[1, 2]).items == (0, 3, 4)


def test_strict_rules_make_it_shorter(make_pool) -> None:
    pool = make_pool(names(6), vectors=arc(6))

    def few(so_far, candidate) -> float | None:
        return 1.0 if sum(not c.given for c in so_far) < 2 else None

    path = find_path(pool, 0, 5, 6, [few])
    assert len(path.items) == 4
    assert "has 4 steps instead of 6" in path.notes[0]


def test_caps_do_not_count_the_ends(make_pool) -> None:
    pool = make_pool("A A B A", vectors=arc(4))
    assert find_path(pool, 0, 3, 3, [ArtistCap(1)]).notes == ()


def test_ends_by_one_artist(make_pool) -> None:
    pool = make_pool("A B A", vectors=arc(3))
    assert find_path(pool, 0, 2, 3).notes == ()
    assert "twice running" in find_path(pool, 0, 2, 2).notes[0]


@pytest.mark.parametrize("gap", [1, 2])
def test_the_end_is_not_reached_among_its_own_artist(make_pool, gap: int) -> None:
    rows = arc(200)
    artists = ["A" if i > 120 else f"artist{i}" for i in range(200)]
    path = find_path(make_pool(artists, vectors=rows), 0, 199, 6, [ArtistGap(gap)])
    assert path.notes == ()
    assert max(path.items[-1 - gap : -1]) <= 120


def test_silent_tracks_do_no_harm(make_pool) -> None:
    vectors = arc(6)
    vectors[[0, 3]] = 0
    path = find_path(make_pool(names(6), vectors=vectors), 0, 5, 6)
    assert sorted(path.items) == list(range(6))


def test_bad_requests(make_pool, unit) -> None:
    pool = make_pool(names(4), vectors=unit(4))
    with pytest.raises(BadInput, match="two different tracks"):
        find_path(pool, 1, 1, 5)
    with pytest.raises(BadInput, match="at least 2"):
        find_path(pool, 0, 1, 1)
    with pytest.raises(BadInput, match="no vectors"):
        find_path(make_pool(names(4)), 0, 1, 3)
