"""Bootstrap: intervals that hold what they promise, differences of the same draws."""

from __future__ import annotations

import numpy as np
import pytest

from murecom.evaluate.intervals import Bootstrap, Sample


def sample(values, playlists=None):
    values = np.asarray(values, float)
    return Sample(values, np.arange(len(values)) if playlists is None else np.asarray(playlists))


def test_an_interval_is_that_of_the_mean():
    random = np.random.default_rng(1)
    values = random.normal(5, 2, 400)
    figure = Bootstrap(400).figure([sample(values)])
    assert figure.value == pytest.approx(values.mean())
    half = 1.96 * values.std() / 20
    assert figure.low == pytest.approx(values.mean() - half, abs=0.03)
    assert figure.high == pytest.approx(values.mean() + half, abs=0.03)
    assert figure.is_clear
    assert Bootstrap(400).figure([sample(values)]) == figure


def test_scenarios_of_one_playlist_are_drawn_together():
    random = np.random.default_rng(2)
    values = random.normal(0, 1, 300)
    boot = Bootstrap(300)
    one = boot.figure([sample(values)])
    # the same values twice tell no more than once
    assert boot.figure([sample(values), sample(values)]) == one
    half = sample(values[:100], np.arange(100))
    both = boot.figure([sample(values), half])
    assert both.value == pytest.approx((values.mean() + values[:100].mean()) / 2)


def test_differences_are_paired():
    random = np.random.default_rng(3)
    values = random.normal(0, 5, 200)
    boot = Bootstrap(200)
    better = boot.difference([sample(values + 0.1)], [sample(values)])
    assert (better.value, better.low, better.high) == pytest.approx((0.1, 0.1, 0.1))
    assert better.is_clear
    noise = boot.difference([sample(random.permutation(values))], [sample(values)])
    assert noise.low < 0 < noise.high
    assert not noise.is_clear


def test_shares_lost():
    boot = Bootstrap(50)
    half = boot.share_lost([sample(np.full(50, 0.5))], [sample(np.ones(50))])
    assert (half.value, half.low, half.high) == (0.5, 0.5, 0.5)
    nothing = boot.share_lost([sample(np.ones(50))], [sample(np.zeros(50))])
    assert (nothing.value, nothing.low) == (0, 0)


def test_no_samples_and_missed_ones():
    boot = Bootstrap(3, draws=200)
    assert np.isnan(boot.figure([]).value)
    rare = boot.figure([sample([2.0], [1])])  # many draws miss this playlist
    assert (rare.value, rare.low, rare.high) == (2, 2, 2)
