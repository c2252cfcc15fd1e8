"""Calibration: on logits whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest

from murecom.train.calibrate import (
    calibration_error,
    log_loss,
    losses,
    softmax,
    temper,
    temperature,
)


def logits_of(n: int, genres: int, scale: float, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Draw labels from the softmax of logits, then give those logits times `scale`."""
    random = np.random.default_rng(seed)
    logits = random.standard_normal((n, genres)) * 2
    drawn = random.random((n, 1)) < np.cumsum(softmax(logits), axis=1)
    return logits * scale, drawn.argmax(axis=1)


@pytest.mark.parametrize("scale", [0.1, 1.0, 8.0])
def test_finds_the_factor_that_was_taken_away(scale):
    logits, labels = logits_of(4000, 5, scale)
    assert temperature(logits, labels) * scale == pytest.approx(1, rel=0.08)
    assert calibration_error(temper(logits, labels), labels) < 0.03


def test_overconfidence_is_seen_and_cured():
    logits, labels = logits_of(2000, 4, 6.0)
    before, after = softmax(logits), temper(logits, labels)
    assert calibration_error(before, labels) > 0.15
    assert log_loss(after, labels) < log_loss(before, labels)


def test_few_clips_never_make_certain():
    logits = np.array([[5.0, -5.0], [5.0, -5.0], [-5.0, 5.0], [-5.0, 5.0]])
    assert temper(logits, np.array([0, 0, 1, 1])).max() < 0.9


def test_repeats_count_once():
    logits, labels = np.array([[1.0, -1.0], [-1.0, 1.0]]), np.array([0, 1])
    tiled = np.tile(logits, (10, 1)), np.tile(labels, 10)
    assert temperature(*tiled, clips=2) == pytest.approx(temperature(logits, labels))
    assert temperature(*tiled) > temperature(logits, labels)


def test_rows_of_nan_are_passed_over():
    logits, labels = logits_of(500, 3, 2.0)
    with_gaps = np.vstack([logits, np.full((50, 3), np.nan)])
    more = np.concatenate([labels, np.zeros(50, int)])
    assert temperature(with_gaps, more) == pytest.approx(temperature(logits, labels))
    assert temperature(np.full((2, 3), np.nan), np.array([0, 1])) == 1.0
    assert np.isnan(losses(np.full((1, 2), np.nan), np.array([0])))


def test_error_of_the_perfectly_sure_and_right_is_none():
    assert calibration_error(np.eye(10), np.arange(10)) == 0
    assert calibration_error(np.eye(10), (np.arange(10) + 1) % 10) == 1
    assert calibration_error(np.zeros((0, 2)), np.zeros(0, int)) == 0


def test_log_loss_of_guessing():
    assert log_loss(np.full((6, 3), 1 / 3), np.array([0, 1, 2] * 2)) == pytest.approx(np.log(3))
    assert np.isfinite(log_loss(np.array([[0.0, 1.0]]), np.array([0])))
