"""Lines of a song."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.mood.lines import LONGEST_LINE, MOST, distinct_lines


def test_a_chorus_counts_once_and_a_little_more() -> None:
    lines, weights = distinct_lines(
        ["Oh my love", "walking home", "oh, my LOVE!", "", "oh my love"]
    )
    assert lines == ["Oh my love", "walking home"]
    assert weights == pytest.approx([1 + log(3), 1.0])


@pytest.mark.parametrize(
    "line",
    [
        "la la la",
        "Ooh, ooh",
        "啦啦啦",
        "ラララ",
        "...",
        "12",
        "a",
        "",
        "Hey yeah, oh-oh",
        "whoa na na",
        "ahm uhh",
    ],
)
def test_sounds_are_no_words(line: str) -> None:
    assert distinct_lines([line]) == ([], [])


@pytest.mark.parametrize("line", ["mad", "hola", "yes", "oh my", "hello", "who", "ye"])
def test_words_are_no_sounds(line: str) -> None:
    assert distinct_lines([line])[0] == [line]


@pytest.mark.parametrize("sound", ["m", "a", "ah", "ahm", "oh", "ye", "hey", "uhm"])
def test_a_long_moan_before_a_word_is_quick(sound: str) -> None:
    line = f"{sound * 40} good"
    assert distinct_lines([line])[0] == [line]


def test_texts_without_breaks_are_cut() -> None:
    lines, _ = distinct_lines(["".join(f"word{n} " for n in range(40_000))])
    assert len(lines) == MOST
    assert max(map(len, lines)) <= LONGEST_LINE


@given(st.lists(st.text(max_size=30)))
def test_weights_are_at_least_one(rows: list[str]) -> None:
    lines, weights = distinct_lines(rows)
    assert len(lines) == len(weights) <= len(rows)
    assert all(weight >= 1 for weight in weights)
