"""The distance between words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.store.spelling import distance

WORDS = st.text("abcde", max_size=7)


@pytest.mark.parametrize(
    ("first", "second", "mistakes"),
    [
        ("", "", 0),
        ("cello", "cello", 0),
        ("cello", "celo", 1),
        ("cello", "cellos", 1),
        ("cello", "cella", 1),
        ("cello", "ecllo", 1),
        ("cello", "eclol", 2),
        ("sarabande", "srabnade", 2),
        ("abc", "xyz", 3),
        ("", "abc", 3),
    ],
)
def test_distance(first: str, second: str, mistakes: int) -> None:
    assert distance(first, second, 9) == mistakes
    assert distance(first, second, 1) == min(mistakes, 2)


@given(WORDS, WORDS, st.integers(0, 4))
def test_distance_is_symmetric_and_bounded(first: str, second: str, most: int) -> None:
    found = distance(first, second, most)
    assert found == distance(second, first, most)
    assert found == min(distance(first, second, 20), most + 1)
    assert (found == 0) == (first == second)
    assert abs(len(first) - len(second)) <= found or found == most + 1
