"""All parts together."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.mood.parts import Column, nothing
from murecom.mood.track import SHARES, WIDTH, combined, corrected


def column(points: list[tuple[float, float]], sure: list[float]) -> Column:
    return replace(
        nothing(len(points)),
        points=np.array(points, np.float32).reshape(-1, 2),
        confidence=np.array(sure, np.float32),
    )


def test_what_nobody_knows_has_no_mood() -> None:
    all_of = combined({"lyrics": column([(0.5, 0.5), (0, 0)], [0.8, 0])})
    assert all_of.confidence[1] == 0
    assert all_of.points[1].tolist() == [0, 0]
    assert all_of.confidence[0] > 0.5
    assert len(combined({})) == 0
    assert len(combined({"lyrics": nothing(0)})) == 0


def test_arousal_comes_mostly_from_sound_and_valence_from_words() -> None:
    parts = {
        "lyrics": column([(0.6, -0.6), (-0.6, 0.6)], [0.8, 0.8]),
        "sound": column([(-0.6, 0.6), (0.6, -0.6)], [0.8, 0.8]),
    }
    points = combined(parts).points
    assert points[0, 0] > 0.1 > -0.1 > points[1, 0]
    assert points[0, 1] > 0.2 > -0.2 > points[1, 1]


def test_thin_evidence_stays_near_the_mean_of_the_library() -> None:
    rng = np.random.default_rng(1)
    many = [(float(v), float(a)) for v, a in rng.normal(0, 0.3, (200, 2)).clip(-1, 1)]
    given = column([*many, (0.9, 0.9), (0.9, 0.9)], [0.8] * 200 + [0.9, 0.02])
    points = combined({"sound": given}).points
    mean = points[:200].mean(axis=0)
    assert np.linalg.norm(points[-1] - mean) < 0.2
    assert np.linalg.norm(points[-2] - mean) > 0.8


def test_what_a_part_leans_to_is_taken_off() -> None:
    rng = np.random.default_rng(2)
    sad = rng.normal((-0.5, -0.2), 0.1, (500, 2)).astype(np.float32)
    comments = replace(nothing(500), points=sad, confidence=np.full(500, 0.8, np.float32))
    after = corrected(comments, SHARES["comments"])
    assert np.abs(after.mean(axis=0)).max() < 0.1
    assert after.std(axis=0) == pytest.approx([WIDTH, WIDTH], abs=0.12)
    few = replace(nothing(2), points=sad[:2], confidence=np.full(2, 0.8, np.float32))
    assert corrected(few, SHARES["comments"]).mean() < -0.2, "two tracks are no library"


def test_sound_is_left_as_it_is_measured() -> None:
    loud = column([(0.1, 0.9)] * 50, [0.8] * 50)
    np.testing.assert_allclose(corrected(loud, SHARES["sound"]), loud.points)
    assert combined({"sound": loud}).points[:, 1].min() > 0.8


def test_popularity_moves_no_point_and_makes_surer() -> None:
    parts = {"playlists": column([(0.3, 0.1), (0.3, 0.1)], [0.4, 0.4])}
    both = combined(parts, np.array([0, 1000]))
    np.testing.assert_array_equal(both.points[0], both.points[1])
    assert both.confidence[1] > both.confidence[0]


def test_parts_that_disagree_are_far_apart() -> None:
    agree = combined({"sound": column([(0.5, 0.5)], [0.8]), "tags": column([(0.3, 0.3)], [0.8])})
    apart = combined({"sound": column([(0.5, 0.5)], [0.8]), "tags": column([(-1, -1)], [0.8])})
    assert apart.spread[0] > agree.spread[0]
    assert apart.count.tolist() == [2]


def test_a_thin_part_gives_no_label() -> None:
    shares = np.eye(9, dtype=np.float32)[[3, 3]]
    lyrics = replace(column([(0.5, 0.5)] * 2, [0.05, 0.8]), probabilities=shares)
    labels = combined({"lyrics": lyrics, "sound": column([(0, 0)] * 2, [0.8, 0.8])}).probabilities
    assert not labels[0].any()
    np.testing.assert_allclose(labels[1], shares[1])


unit = st.floats(-1, 1, width=32)
rows = st.lists(st.tuples(unit, unit, st.floats(0, 1, width=32)), min_size=1, max_size=8)


@given(rows, rows)
def test_bounds(
    first: list[tuple[float, float, float]], second: list[tuple[float, float, float]]
) -> None:
    n = min(len(first), len(second))
    parts = {
        key: column([row[:2] for row in some[:n]], [row[2] for row in some[:n]])
        for key, some in (("lyrics", first), ("sound", second))
    }
    all_of = combined(parts, np.arange(n))
    assert np.isfinite(all_of.points).all()
    assert (np.abs(all_of.points) <= 1).all()
    assert ((all_of.confidence >= 0) & (all_of.confidence < 1)).all()
