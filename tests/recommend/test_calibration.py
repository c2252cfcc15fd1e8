"""Raw scores to 0..1."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.recommend.calibration import RANDOM_PAIR, Calibration


@given(st.lists(st.floats(-1e6, 1e6), max_size=40))
def test_a_sample_always_makes_a_rising_table(raw: list[float]) -> None:
    calibration = Calibration.of_sample([*raw, np.nan, -np.inf])
    assert (np.diff(calibration.table, axis=1) > 0).all()
    if raw:
        assert calibration(np.median(raw)) == pytest.approx(RANDOM_PAIR, abs=0.02)


def test_through_points() -> None:
    calibration = Calibration.through([(-1, 0), (0.2, 0.1), (1, 1)])
    scores = calibration(np.array([-5, -1, 0.2, 0.6, 1, 9, -np.inf, np.nan, np.inf]))
    assert scores == pytest.approx([0, 0, 0.1, 0.55, 1, 1, 0, 0, 1])
    assert scores.dtype == np.float32


@pytest.mark.parametrize(
    "points",
    [[(0, 0)], [(0, 0), (0, 1)], [(0, 0), (1, 0)], [(0, 0), (1, 1.5)], [(0, -1), (1, 1)],
     [(0, 0), (np.nan, 1)]],
)  # fmt: skip
def test_a_table_must_rise_within_bounds(points: list[tuple[float, float]]) -> None:
    with pytest.raises(ValueError, match="calibration"):
        Calibration.through(points)
