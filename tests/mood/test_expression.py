"""From expressions to a mood: points, weights by area, crops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from murecom.mood.expression import (
    EXPRESSIONS,
    crops,
    express,
    mood_of,
    named,
    shares,
    tilt,
)
from murecom.mood.labels import FELT, LABELS, ORIGINAL

NAMES = [one.name for one in EXPRESSIONS]


def certain(*names):
    return np.array([[one == name for one in NAMES] for name in names], np.float32)


def alone(name):
    return mood_of(certain(name), np.ones(1, np.float32), np.ones(1, np.float32))


def test_expressions_are_in_the_order_of_the_network_and_name_known_moods():
    assert NAMES == ["angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"]
    assert {one.label for one in EXPRESSIONS} <= set(FELT)
    assert {one.code for one in EXPRESSIONS} - {None} <= set(ORIGINAL)
    assert all(-1 <= x <= 1 for one in EXPRESSIONS for x in (one.valence, one.arousal))


@pytest.mark.parametrize("one", EXPRESSIONS, ids=NAMES)
def test_a_sure_expression_is_its_own_point(one):
    mood = alone(one.name)
    assert (mood.valence, mood.arousal) == pytest.approx((one.valence, one.arousal), abs=1e-4)
    assert mood.label == one.label
    assert mood.probabilities[one.label] == 1
    assert mood.confidence == pytest.approx(1, abs=1e-3)
    assert mood.classes.get(one.code or "PA") == (0 if one.code is None else 1)


def test_faces_count_by_area():
    weights = shares(np.array([[30, 30], [10, 10]], np.float32))
    np.testing.assert_allclose(weights, [0.9, 0.1])
    mood = mood_of(certain("happy", "sad"), weights, np.ones(2, np.float32))
    assert mood.valence == pytest.approx(0.9 * 0.8 - 0.1 * 0.7, abs=1e-4)
    assert mood.arousal == pytest.approx(0.9 * 0.5 - 0.1 * 0.4, abs=1e-4)
    assert mood.label == "joy"
    assert len(mood.why) == 2
    assert "90%: happy 1.00" in mood.why[0]


@given(st.lists(st.tuples(st.floats(1, 900), st.floats(1, 900)), min_size=1, max_size=6))
def test_weights_sum_to_one_and_follow_the_scale_of_no_picture(sizes):
    sides = np.array(sizes, np.float32)
    weights = shares(sides)
    assert weights.sum() == pytest.approx(1, abs=1e-5)
    np.testing.assert_allclose(weights, shares(sides * 3), atol=1e-5)


probabilities = arrays.arrays(np.float32, (3, 7), elements=st.floats(0.0009765625, 1, width=32))


@given(probabilities, st.lists(st.floats(0.1, 1), min_size=3, max_size=3))
def test_any_faces_give_a_mood_within_its_bounds(rows, scores):
    said = rows / rows.sum(axis=1, keepdims=True)
    weights = shares(np.array([[3, 3], [2, 2], [1, 1]], np.float32))
    mood = mood_of(said, weights, np.array(scores, np.float32))
    assert -1 <= mood.valence <= 1
    assert -1 <= mood.arousal <= 1
    assert 0 <= mood.confidence <= 1
    assert tuple(mood.probabilities) == LABELS
    assert sum(mood.probabilities.values()) == pytest.approx(1, abs=1e-3)
    assert tuple(mood.classes) == ORIGINAL


def test_an_undecided_face_has_no_confidence():
    even = np.full((1, 7), 1 / 7, np.float32)
    assert mood_of(even, np.ones(1, np.float32), np.ones(1, np.float32)).confidence < 1e-3


def test_no_face_is_no_signal():
    none = np.zeros((0, 7), np.float32)
    mood = mood_of(none, shares(np.zeros((0, 2), np.float32)), np.zeros(0, np.float32))
    assert (mood.label, mood.valence, mood.arousal, mood.confidence) == ("no_signal", 0, 0, 0)
    assert mood.probabilities["no_signal"] == 1
    assert mood.why == ()


# -- the crops --------------------------------------------------------------------------------


def test_crops_are_two_sizes_each_with_its_mirror_image():
    pytest.importorskip("PIL", reason="the extra 'face' is not installed")
    grey = np.tile(np.arange(200, dtype=np.uint8), (200, 1))
    found = crops(grey, np.array([60, 60, 140, 140], np.float32))
    assert found.shape == (4, 64, 64)
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found[1], found[0][:, ::-1])
    # 96 and 112 pixels of a slope of one a pixel
    assert np.diff(found[0][32] * 127.5).mean() == pytest.approx(96 / 64, rel=0.03)
    assert np.diff(found[2][32] * 127.5).mean() == pytest.approx(112 / 64, rel=0.03)
    assert found[0][32].mean() * 127.5 + 127.5 == pytest.approx(100, abs=1.5)


def test_crops_go_on_beyond_the_edge_and_survive_tiny_boxes():
    pytest.importorskip("PIL", reason="the extra 'face' is not installed")
    grey = np.full((50, 40), 200, np.uint8)
    for box in ([-30, -30, 30, 30], [30, 40, 90, 100], [10, 10, 10, 10], [500, 500, 600, 600]):
        found = crops(grey, np.array(box, np.float32))
        np.testing.assert_allclose(found, 200 / 127.5 - 1, atol=1e-5)


@pytest.mark.parametrize("angle", [-40.0, -15.0, 0.0, 25.0, 50.0])
def test_a_leaning_face_is_straightened(angle):
    pytest.importorskip("PIL", reason="the extra 'face' is not installed")
    from PIL import Image

    upright = np.zeros((400, 400), np.uint8)
    upright[:200] = 255  # bright above, dark below the middle of the picture
    leaning = np.asarray(Image.fromarray(upright).rotate(-angle, Image.Resampling.BILINEAR))
    turned = np.radians(angle)
    across = np.array([np.cos(turned), np.sin(turned)])
    eyes = np.array([200 - 20 * across, 200 + 20 * across], np.float32)
    assert tilt(eyes) == pytest.approx(angle, abs=1e-3)
    box = np.array([160, 160, 240, 240], np.float32)
    wanted = crops(upright, box)
    found = crops(leaning, box, tilt(eyes))
    assert np.abs(found - wanted).mean() < 0.06
    assert np.abs(crops(leaning, box, -angle or 90.0) - wanted).mean() > 0.2


def test_eyes_that_are_not_side_by_side_were_not_found():
    assert tilt(np.array([[0, 0], [1, 30]], np.float32)) == 0
    assert tilt(np.array([[30, 0], [0, 0]], np.float32)) == 0
    assert tilt(np.zeros((2, 2), np.float32)) == 0


def test_the_mean_over_crops_is_a_distribution_whatever_the_network_says():
    patches = np.zeros((4, 64, 64), np.float32)
    patches[1] = 1
    said = express(lambda values: (certain("happy" if values.max() else "sad")[0],), patches)
    assert named(said)["happy"] == pytest.approx(0.25)
    assert named(said)["sad"] == pytest.approx(0.75)
    for bad in (np.nan, 0.0, -1.0):
        said = express(lambda values, bad=bad: (np.full(7, bad, np.float32),), patches)
        np.testing.assert_allclose(said, 1 / 7, rtol=1e-6)
