"""Boxes out of guesses, guesses into faces, faces large and small."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.mood import face_doubles as doubles

from murecom.mood.face_detector import (
    DEPTH,
    SAME,
    SMALLEST_PART,
    FaceDetector,
    Faces,
    anchors,
    decode,
    merge,
    overlaps,
    parts,
)

share = st.floats(0.0, 1.0)
boxes = st.builds(
    lambda x, y, w, h: [x, y, x + w, y + h],
    share,
    share,
    st.floats(0.02, 0.6),
    st.floats(0.02, 0.6),
)


def faces_of(rows, scores=None):
    n = len(rows)
    scores = np.linspace(0.9, 0.6, n) if scores is None else scores
    return Faces(
        np.array(rows, np.float32).reshape(-1, 4),
        np.zeros((n, 6, 2), np.float32),
        np.array(scores, np.float32),
    )


# -- decoding ---------------------------------------------------------------------------------


def test_anchors_are_two_a_cell_of_sixteen_then_six_a_cell_of_eight():
    grid = anchors()
    assert grid.shape == (896, 2)
    np.testing.assert_allclose(grid[[0, 1, 2]], [[1 / 32, 1 / 32]] * 2 + [[3 / 32, 1 / 32]])
    np.testing.assert_allclose(grid[[512, 517, 518]], [[1 / 16, 1 / 16]] * 2 + [[3 / 16, 1 / 16]])
    np.testing.assert_allclose(grid[[511, 895]], [[31 / 32] * 2, [15 / 16] * 2])


@given(st.lists(boxes, max_size=5))
def test_what_was_encoded_is_decoded(rows):
    found = decode(*doubles.output_for(rows))
    order = np.lexsort(np.array(found.boxes).T) if rows else []
    wanted = np.array(sorted(rows, key=lambda row: row[::-1]), np.float32).reshape(-1, 4)
    # two boxes alike to a thousandth may come out in either order
    np.testing.assert_allclose(np.sort(found.boxes[order], axis=0), np.sort(wanted, 0), atol=1e-5)
    np.testing.assert_allclose(found.scores, 1 / (1 + np.exp(-4)), rtol=1e-5)


def test_points_are_in_the_box_that_they_belong_to():
    found = decode(*doubles.output_for([[0.2, 0.3, 0.6, 0.7]]))
    np.testing.assert_allclose(found.points[0, :3], [[0.32, 0.46], [0.48, 0.46], [0.4, 0.5]], 1e-5)


def test_guesses_below_the_bar_are_dropped():
    output = doubles.output_for([[0.2, 0.2, 0.4, 0.4]], logit=0.5)  # .62
    assert len(decode(*output, least=0.6)) == 1
    assert len(decode(*output, least=0.65)) == 0


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
def test_values_that_are_no_numbers_are_dropped(bad):
    regressors, logits = doubles.output_for([[0.2, 0.2, 0.4, 0.4], [0.6, 0.6, 0.9, 0.9]])
    row = int(logits.argmax())
    regressors[row, 7] = bad
    assert len(decode(regressors, logits)) == 1
    assert len(decode(regressors, np.full(896, np.nan, np.float32))) == 0


def test_extreme_logits_and_boxes_without_an_area():
    regressors = np.zeros((896, 16), np.float32)
    assert len(decode(regressors, np.full(896, 1e30, np.float32))) == 0
    regressors[:, 2:4] = 1.0
    found = decode(regressors, np.where(np.arange(896) < 3, 1e30, -1e30).astype(np.float32))
    np.testing.assert_array_equal(found.scores, 1.0)
    assert len(found) == 3


# -- merging ----------------------------------------------------------------------------------


@given(boxes, st.lists(boxes, min_size=1, max_size=6))
def test_overlap_is_a_share_and_symmetric(one, others):
    first, rest = np.array(one, np.float32), np.array(others, np.float32)
    same, inside = overlaps(first, rest)
    assert ((same >= 0) & (same <= inside + 1e-4) & (inside <= 1 + 1e-4)).all()
    back = [overlaps(row, first[None])[0][0] for row in rest]
    np.testing.assert_allclose(same, back, atol=1e-5)
    np.testing.assert_allclose(overlaps(first, first[None])[0], 1.0, rtol=1e-4)


@given(st.lists(boxes, max_size=12))
def test_merging_keeps_the_best_and_adds_nothing(rows):
    before = faces_of(rows)
    after = merge(before)
    assert len(after) <= len(before)
    assert bool(len(after)) == bool(rows)
    assert (np.diff(after.scores) <= 0).all()
    assert set(after.scores.tolist()) <= set(before.scores.tolist())
    if rows:
        assert after.scores[0] == before.scores.max()
        assert (after.boxes >= before.boxes.min(axis=0) - 1e-5).all()
        assert (after.boxes <= before.boxes.max(axis=0) + 1e-5).all()


@given(st.lists(boxes, max_size=8), st.randoms())
def test_the_order_of_guesses_does_not_count(rows, random):
    before = faces_of(rows)
    shuffled = list(range(len(rows)))
    random.shuffle(shuffled)
    again = merge(before.pick(np.array(shuffled, np.intp)))
    np.testing.assert_allclose(again.boxes, merge(before).boxes, atol=1e-5)


def test_guesses_of_one_face_become_their_weighted_mean():
    pair = faces_of([[0.0, 0.0, 0.5, 0.5], [0.1, 0.0, 0.6, 0.5]], [0.9, 0.6])
    assert overlaps(pair.boxes[0], pair.boxes[1:])[0] > SAME
    found = merge(pair)
    np.testing.assert_allclose(found.boxes, [[0.04, 0.0, 0.54, 0.5]], atol=1e-6)
    np.testing.assert_allclose(found.scores, [0.9])


def test_two_people_stay_two_and_a_nose_is_no_face():
    apart = faces_of([[0.0, 0.0, 0.3, 0.3], [0.6, 0.0, 0.9, 0.3]])
    np.testing.assert_array_equal(merge(apart).boxes, apart.boxes)
    nose = faces_of([[0.0, 0.0, 0.6, 0.6], [0.25, 0.25, 0.35, 0.35]])
    np.testing.assert_array_equal(merge(nose).boxes, nose.boxes[:1])


# -- parts ------------------------------------------------------------------------------------


sizes = st.integers(1, 2048)


@given(sizes, sizes)
def test_parts_begin_with_the_whole_and_are_few(width, height):
    found = list(parts(width, height))
    longer = max(width, height)
    assert [side for _, _, side in found[:2]] == [longer, longer + longer // 2]
    assert all(side >= SMALLEST_PART for _, _, side in found[2:])
    assert len(found) <= 60
    for left, top, side in found[:2]:
        assert left <= 0
        assert top <= 0
        assert left + side >= width
        assert top + side >= height


@given(st.integers(700, 2048), st.integers(700, 2048), share, share, st.floats(0.1, 0.45))
def test_a_face_smaller_than_half_a_part_is_whole_in_one(width, height, x, y, size):
    for halved in range(1, DEPTH + 1):
        side = -(-max(width, height) >> halved)
        if side < SMALLEST_PART:
            continue
        face = size * side
        left, top = x * (width - face), y * (height - face)
        assert any(
            a <= left + 1 and b <= top + 1 and left + face <= a + c + 1 and top + face <= b + c + 1
            for a, b, c in parts(width, height)
            if c == side
        )


# -- finding ----------------------------------------------------------------------------------


def found_in(pixels):
    return FaceDetector(doubles.detector).find(pixels)


@pytest.mark.parametrize(
    ("left", "top", "side"),
    [(200, 100, 200), (0, 0, 480), (0, 0, 60), (1200, 840, 60), (610, 430, 70), (590, 300, 100)],
)
def test_a_face_is_found_where_it_is(left, top, side):
    found = found_in(doubles.picture(1280, 900, [("happy", left, top, side)]))
    assert len(found) == 1
    wanted = [left, top, left + side, top + side]
    np.testing.assert_allclose(found.boxes[0], wanted, atol=max(0.08 * side, 5))


def test_three_faces_of_different_size():
    where = [("happy", 40, 40, 400), ("sad", 700, 100, 80), ("angry", 900, 600, 160)]
    found = found_in(doubles.picture(1280, 900, where))
    assert sorted(round(float(b[2] - b[0]), -1) for b in found.boxes) == [80, 160, 400]


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (1, 1), (3, 900), (900, 3), (480, 640)])
def test_nothing_is_found_in_nothing(shape):
    found = found_in(np.full((*shape, 3), 90, np.uint8))
    assert len(found) == 0
    assert found.boxes.shape == (0, 4)
    assert found.points.shape == (0, 6, 2)
