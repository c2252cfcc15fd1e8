"""Cepstral coefficients and their statistics."""

from __future__ import annotations

import numpy as np

from golden import make_mel
from murecom.audio import mel
from murecom.audio.mfcc import STATISTICS, mfcc, statistics


def test_against_librosa() -> None:
    settings = make_mel.FRONT_ENDS["musicnn"]
    power = mel.musicnn_power(make_mel.signal(48128, settings["sr"])[None])
    with np.load(make_mel.GOLDEN) as golden:
        theirs = golden["musicnn_mfcc"]
    ours = mfcc(mel.compress(power, "db"), 20)[0, :: make_mel.EVERY]
    np.testing.assert_allclose(ours, theirs, rtol=1e-5, atol=5e-3)  # of values up to 900


def test_the_transform_keeps_lengths() -> None:
    rng = np.random.default_rng(0)
    table = rng.standard_normal((1, 5, 30)).astype(np.float32)
    np.testing.assert_allclose(
        np.square(mfcc(table, 30)).sum(axis=2), np.square(table).sum(axis=2), rtol=1e-5
    )


def test_the_first_coefficient_is_the_level() -> None:
    flat = np.full((1, 3, 96), 7.0, np.float32)
    coefficients = mfcc(flat, 13)
    np.testing.assert_allclose(coefficients[..., 0], 7 * np.sqrt(96), rtol=1e-5)
    np.testing.assert_allclose(coefficients[..., 1:], 0, atol=1e-4)


def test_statistics() -> None:
    series = np.array([[[0.0], [2.0], [1.0], [5.0]]], np.float32)  # changes: 2, -1, 4
    (result,) = statistics(series)
    assert result.shape == (len(STATISTICS), 1)
    changes = np.array([2, -1, 4])
    expected = [2, series.std(), np.abs(changes).mean(), changes.std()]
    np.testing.assert_allclose(result[:, 0], expected, rtol=1e-6)
    assert result.dtype == np.float32


def test_statistics_of_hardly_anything() -> None:
    assert not statistics(np.zeros((2, 0, 5), np.float32)).any()
    one = statistics(np.full((1, 1, 5), 3, np.float32))
    assert (one[0, 0] == 3).all()
    assert not one[0, 1:].any()
