"""Picking the best of many scores."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from murecom.errors import BadInput
from murecom.index.base import check_exclude, check_matrix, top


@given(
    arrays(np.float32, st.integers(0, 30), elements=st.sampled_from([-1.0, 0.0, 0.5, 1.0])),
    st.integers(0, 40),
)
def test_top_is_a_stable_sort(scores: np.ndarray, k: int) -> None:
    items, best = top(scores, k)
    assert items.tolist() == np.argsort(-scores, kind="stable")[:k].tolist()
    assert best.tolist() == scores[items].tolist()


def test_top_never_picks_what_is_not_a_number_or_forbidden() -> None:
    scores = np.array([np.nan, 1, -np.inf, 3, np.nan, 2, -np.inf], np.float32)
    for k in (2, 3, 5, 7):
        assert top(scores, k)[0].tolist() == [3, 5, 1][:k]


def test_matrix_is_checked() -> None:
    assert check_matrix([[1, 2]]).dtype == np.float32
    with pytest.raises(BadInput, match=r"shape \(n, dim\)"):
        check_matrix([1.0])
    with pytest.raises(BadInput, match=r"has 3|3 dimensions"):
        check_matrix(np.ones((2, 3)), 4)
    with pytest.raises(BadInput, match="Row 1"):
        check_matrix([[0.0], [np.inf]])


def test_exclude_is_checked() -> None:
    assert check_exclude(None, 3).tolist() == []
    assert check_exclude([2, 0, 2], 3).tolist() == [0, 2]
    with pytest.raises(BadInput, match=r"0\.\.2"):
        check_exclude([-1], 3)
