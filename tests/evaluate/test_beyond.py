"""Figures beyond accuracy: by hand, like rectools, and their bounds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.evaluate import beyond

GOLDEN = Path(__file__).parents[1] / "golden" / "rectools.json"


def test_like_rectools():
    golden = json.loads(GOLDEN.read_text())
    expected, named = golden["expected"], np.array(golden["named"])[:, :10]
    popularity = np.bincount(np.concatenate([np.array(own, int) for own in golden["before"]]))
    playlists = len(golden["before"])
    assert beyond.coverage(named, 300) == pytest.approx(expected["coverage@10"])
    bits = beyond.novelty_bits(named, popularity, playlists)
    assert bits == pytest.approx(expected["novelty_bits@10"])
    mean = beyond.mean_popularity(named, popularity)
    assert mean == pytest.approx(expected["popularity@10"])
    kinds = np.eye(5)[np.arange(300) % 5]
    # Hamming counts both columns in which two kinds differ
    distance = np.mean([beyond.intra_list_distance(kinds[own]) for own in named])
    assert distance == pytest.approx(expected["hamming@10"] / 2)


def test_coverage_and_gini():
    assert beyond.coverage([[0, 1], [1, 2]], 6) == 0.5
    assert beyond.coverage([[0, -1]], 4) == 0.25
    assert beyond.coverage(np.zeros((0, 3), int), 4) == 0
    assert beyond.coverage([[-1]], 0) == 0
    assert beyond.gini([[0, 1], [2, 3]], 4) == pytest.approx(0)
    assert beyond.gini([[0], [0], [0]], 4) == pytest.approx(0.75)  # 1 - 1/n: one has it all
    assert beyond.gini([[-1]], 4) == 0


def test_popularity_and_bits():
    popularity = np.array([8, 2, 0])
    assert beyond.mean_popularity([[0, 1], [1, -1]], popularity) == (5 + 2) / 2
    assert beyond.novelty_bits([[0]], popularity, 8) == 0
    assert beyond.novelty_bits([[1]], popularity, 8) == 2
    assert beyond.novelty_bits([[2]], popularity, 8) == 3  # like one of a single list
    assert beyond.novelty_bits([[-1, -1]], popularity, 8) == 0


def test_distance_within_a_list():
    assert beyond.intra_list_distance([[1, 0], [0, 5]]) == pytest.approx(1)
    assert beyond.intra_list_distance([[1, 0], [2, 0]]) == pytest.approx(0)
    assert beyond.intra_list_distance([[1, 0], [-1, 0]]) == pytest.approx(2)
    assert beyond.intra_list_distance([[1, 0], [0, 0]]) == 0
    assert beyond.intra_list_distance(np.zeros((0, 3))) == 0


def test_artists():
    assert beyond.unique_artists([3, 3, 4, -1, -1]) == 4
    assert beyond.unique_artists([]) == 0
    assert beyond.new_artist_share([3, 4, 5, -1], [3]) == pytest.approx(2 / 3)
    assert beyond.new_artist_share([-1], [3]) == 0
    assert beyond.new_artist_share([], [3]) == 0


def test_calibration():
    same = beyond.calibration([1, 1, 2, 2], [1, 2])
    assert same == pytest.approx(0)
    worst = beyond.calibration([7, 8], [1, 2])
    assert worst == pytest.approx(np.log2(1 / beyond.SMOOTHING))
    assert same < beyond.calibration([1, 1, 1, 2], [1, 2]) < worst
    # by hand: half 1, half 2 wanted; all 1 given: .5 log2(.5/.995) + .5 log2(.5/.005)
    expected = 0.5 * np.log2(0.5 / 0.995) + 0.5 * np.log2(0.5 / 0.005)
    assert beyond.calibration([1], [1, 2]) == pytest.approx(expected)
    assert beyond.calibration([], [1]) == beyond.calibration([1], [-1]) == 0


codes = st.lists(st.integers(-1, 6), max_size=12)


@given(codes, codes)
def test_bounds(kinds, seeds):
    assert -1e-12 <= beyond.calibration(kinds, seeds) <= np.log2(1 / beyond.SMOOTHING) + 1e-9
    assert 0 <= beyond.new_artist_share(kinds, seeds) <= 1
    assert 0 <= beyond.unique_artists(kinds) <= len(kinds)
    answers = np.array([kinds or [-1]])
    assert 0 <= beyond.gini(answers, 7) < 1
    assert 0 <= beyond.coverage(answers, 7) <= 1
