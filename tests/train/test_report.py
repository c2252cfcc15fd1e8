"""The report against figures worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from murecom.errors import BadInput
from murecom.train.report import report, wilson
from murecom.types import to_json

GENRES = ("a", "b")


def test_by_hand():
    # three clips: a right, a taken for b, b right; two slices each
    slices = np.array(
        [[0.9, 0.1], [0.6, 0.4], [0.6, 0.4], [0.1, 0.9], [0.2, 0.8], [0.45, 0.55]], np.float32
    )
    owner = np.repeat([0, 1, 2], 2)
    clips = slices.reshape(3, 2, 2).mean(axis=1)
    result = report(GENRES, [0, 0, 1], clips, slices, owner)
    assert result.accuracy == pytest.approx(2 / 3)
    assert result.confusion == ((1, 1), (0, 1))
    assert result.macro_f1 == pytest.approx(2 / 3)
    assert result.recall == (0.5, 1.0)
    assert result.precision == (1.0, 0.5)
    assert result.slice_accuracy == pytest.approx(5 / 6)
    # the votes of the second clip are even: the sum of probabilities decides, for b
    assert result.vote_accuracy == pytest.approx(2 / 3)
    assert result.slices == 6
    assert to_json(result)["confusion"] == [[1, 1], [0, 1]]
    assert "0.667" in result.text
    assert "slices" in result.text


def test_a_vote_counts_more_than_certainty():
    slices = [[0.51, 0.49], [0.51, 0.49], [0.0, 1.0]]
    result = report(GENRES, [0], np.mean([slices], axis=1), slices, [0, 0, 0])
    assert result.vote_accuracy == 1
    assert result.accuracy == 0


def test_without_slices():
    result = report(GENRES, [0, 1], [[0.9, 0.1], [0.2, 0.8]])
    assert result.accuracy == result.macro_f1 == 1
    assert result.slice_accuracy is None
    assert "slices" not in result.text


def test_wilson():
    # Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I: 81/263
    low, high = wilson(81, 263)
    assert low == pytest.approx(0.2553, abs=1e-4)
    assert high == pytest.approx(0.3662, abs=1e-4)
    assert wilson(0, 0) == (0, 1)
    assert wilson(0, 20)[0] == 0


@pytest.mark.parametrize(
    "arguments",
    [
        (GENRES, [], np.zeros((0, 2))),
        (GENRES, [0], [[1.0, 0.0, 0.0]]),
        (GENRES, [0], [[1.0, 0.0]], [[1.0, 0.0]]),
        (GENRES, [0], [[1.0, 0.0]], [[1.0, 0.0]], [0, 0]),
    ],
)
def test_what_does_not_fit(arguments):
    with pytest.raises(BadInput):
        report(*arguments)
