"""Nearness in mood and first songs: known places, odd libraries, what differs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.mood.labels import FELT
from murecom.playlist.mood_list import WIDTH, Aim, Moods, first_songs
from murecom.playlist.rules import standard

SAD = np.eye(len(FELT), dtype=np.float32)[FELT.index("sadness")]
JOY = np.eye(len(FELT), dtype=np.float32)[FELT.index("joy")]


def moods(points, **more) -> Moods:
    points = np.array(points, np.float32).reshape(-1, 2)
    return Moods([f"t:{n}" for n in range(len(points))], points, **more)


def grid() -> list[tuple[float, float]]:
    steps = np.linspace(-0.9, 0.9, 19)
    return [(v, a) for v in steps for a in steps]


def test_nearness_is_one_at_the_point_and_a_tenth_at_the_width():
    there = moods([(0.2, 0.1), (0.2 + WIDTH, 0.1), (0.2, 0.1 - WIDTH / 2)])
    near = there.nearness(Aim(0.2, 0.1))
    assert near == pytest.approx([1, 0.1, 0.1**0.25], abs=1e-6)


def test_words_tell_apart_what_stands_at_one_place():
    there = moods([(-0.5, 0), (-0.5, 0), (-0.5, 0)], shares=np.stack([SAD, JOY, 0 * SAD]))
    near = there.nearness(Aim(-0.5, 0, SAD))
    assert near[0] == pytest.approx(1)
    assert near[1] == pytest.approx(0.7)
    assert near[2] == pytest.approx(1)  # only its point is known
    assert there.nearness(Aim(-0.5, 0)) == pytest.approx([1, 1, 1])


def test_an_unsure_mood_counts_as_a_random_track():
    there = moods([(0, 0), (0, 0), (0, 0)], confidence=np.array([0.6, 0.3, 0]))
    fit = there.fit(Aim(0, 0))
    assert fit[0] > fit[1] > fit[2]
    assert fit[2] == pytest.approx(0.1)


@given(st.floats(-1, 1), st.floats(-1, 1))
def test_the_best_fit_is_the_nearest_on_a_grid(valence, arousal):
    there = moods(grid())
    best = int(np.argmax(there.fit(Aim(valence, arousal))))
    target = there.reach(np.array([valence, arousal], np.float32))
    assert np.abs(there.points[best] - target).max() <= 0.0501


def test_a_library_that_crowds_at_one_place_still_has_a_saddest_track():
    random = np.random.default_rng(0)
    there = moods(random.normal((0.1, -0.1), 0.03, (500, 2)))
    best = np.argsort(-there.fit(Aim(-0.8, -0.1)))[:10]
    assert (there.points[best, 0] < np.quantile(there.points[:, 0], 0.1)).all()
    assert np.abs(there.points[best, 1] + 0.1).max() < 0.05  # the other axis counts as well
    assert there.nearness(Aim(-0.8, -0.1)).max() < 0.1  # and nobody says that it is near


@pytest.mark.parametrize("n", [0, 1, 2])
def test_small_libraries(n):
    there = moods([(0.3, 0.3)] * n, popularity=np.zeros(n, int))
    assert there.fit(Aim(0, 0)).shape == (n,)
    assert there.nearness(Aim(0, 0, SAD)).shape == (n,)
    assert there.nearest(Aim(0, 0)) == (0 if n else None)
    assert there.settle(np.zeros(2, np.float32)).shape == (2,)


def test_broken_numbers_do_not_spread():
    there = moods([(np.nan, 3), (0, 0)], confidence=np.array([np.nan, 5.0]))
    assert np.isfinite(there.fit(Aim(0, 0, SAD))).all()
    assert np.abs(there.points).max() <= 1
    with pytest.raises(BadInput, match="mood tracks"):
        moods([(0, 0)], confidence=np.ones(2))


def test_a_point_settles_where_tracks_are():
    there = moods([(0.5, 0.5)] * 30 + [(-0.5, -0.5)] * 30)
    corner = np.array([0.5, -0.5], np.float32)
    assert there.reach(corner).tolist() == corner.tolist()
    assert np.abs(there.settle(corner)).tolist() == [0.5, 0.5]
    assert there.settle(np.array([0.45, 0.5], np.float32)) == pytest.approx([0.45, 0.5])


def test_first_songs_are_the_best_that_rules_let_in(make_pool):
    pool = make_pool("A A B C D", scores=[0.9, 0.89, 0.8, 0.7, 0.6])
    found = first_songs(pool, 3, standard(pool, artist_cap=1))
    assert found.items == (0, 2, 3)
    assert found.scores == (0.9, 0.8, 0.7)
    assert not found.notes
    found = first_songs(pool, 5, standard(pool, artist_cap=1))
    assert len(found.items) == 5
    assert any("limit of 1 track per artist" in note for note in found.notes)


def test_first_songs_differ_in_sound(make_pool):
    unit = np.array([[1, 0], [1, 0], [0, 1]], np.float32)
    pool = make_pool("A B C", scores=[0.9, 0.89, 0.85], durations=[100, 200, 300])
    assert first_songs(pool, 2, standard(pool), unit).items == (0, 2)
    assert first_songs(pool, 2, standard(pool)).items == (0, 1)
    far = make_pool("A B C", scores=[0.9, 0.89, 0.5], durations=[100, 200, 300])
    assert first_songs(far, 2, standard(far), unit).items == (0, 1)  # mood comes first


def test_first_songs_of_too_few_tracks(make_pool):
    pool = make_pool("A B", scores=[0.5, 0.4])
    assert len(first_songs(pool, 9, standard(pool)).items) == 2
    with pytest.raises(BadInput, match="first song"):
        first_songs(pool, 0)
