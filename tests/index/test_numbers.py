"""Years and durations: near numbers are near."""

import numpy as np

from murecom.index.numbers import LENGTHS, YEARS, durations, years


def nearness(rows: np.ndarray) -> np.ndarray:
    unit = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return unit @ unit.T


def test_years_fall_off_evenly() -> None:
    near = nearness(years([1970, 1975, 1985, 2015]))[0]
    assert near[0] > near[1] > near[2] > near[3]
    assert near[1] > 0.9
    assert near[3] < 0.05


def test_durations_count_by_ratio() -> None:
    near = nearness(durations([60, 90, 200, 300, 30]))
    np.testing.assert_allclose(near[0, 1], near[2, 3], atol=0.03)
    assert near[0, 2] < near[0, 1]


def test_what_is_unknown_is_nan_and_what_is_extreme_stays_at_the_end() -> None:
    rows = years([None, 0, 1066, 9999, 1900, 1950])
    assert np.isnan(rows).all(axis=1).tolist() == [True, True, True, True, False, False]
    np.testing.assert_array_equal(rows[4], rows[5])
    rows = durations([None, 0.0, -5.0, 1e9, 0.1])
    assert np.isnan(rows).all(axis=1).tolist() == [True, True, True, False, False]
    assert rows.shape == (5, len(LENGTHS))
    assert years([]).shape == (0, len(YEARS))
