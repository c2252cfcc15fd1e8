"""Words that say something on a list."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.mood.list_words import FELT, WORDS, by_words, with_words


@pytest.mark.parametrize(
    ("name", "valence", "arousal"),
    [
        ("GYM 2019", 1, 1),
        ("Sleep", 1, -1),
        ("Lo-Fi beats", 1, -1),
        ("sad songs", -1, -1),
        ("助眠音乐", 1, -1),
        ("傷感情歌", -1, -1),  # traditional characters
        ("運動健身", 1, 1),
        ("切ない夜", -1, -1),
        ("リラックス", 1, -1),
    ],
)
def test_places(name: str, valence: int, arousal: int) -> None:
    place = by_words(name)
    assert place is not None
    assert place[0] * valence > 0
    assert place[1] * arousal > 0


@pytest.mark.parametrize("name", ["", "!!", "2019", "one gymnast", "Sadie", "rock", "我的歌单"])
def test_other_names_have_none(name: str) -> None:
    assert by_words(name) is None


@pytest.mark.parametrize(
    "name",
    [
        "不开心",
        "not happy",
        "没有眼泪",
        "沒有眼淚",
        "no sadness",
        "I am not sad at all",
        "don’t cry",
        "never been so lonely",
        "一点也不快乐",
        "不想学习",
        "パーティーじゃない",
    ],
)
def test_what_is_negated_does_not_count(name: str) -> None:
    assert by_words(name) is None


@pytest.mark.parametrize(
    ("name", "same"),
    [
        ("夜店", "电音"),
        ("特别开心", "开心"),
        ("not sad but happy", "happy"),
        ("No. 1 party", "party"),
        ("告别眼泪", "眼泪"),
    ],
)
def test_the_longest_word_and_what_no_negation_is(name: str, same: str) -> None:
    assert by_words(name) == by_words(same)


def test_several_words_are_averaged() -> None:
    happy, sad = by_words("happy"), by_words("sad")
    both = by_words("happy and sad")
    assert happy
    assert sad
    assert both == pytest.approx(((happy[0] + sad[0]) / 2, (happy[1] + sad[1]) / 2))


def test_words_join_what_was_felt() -> None:
    felt, points = with_words(
        ["gym", "rock"], np.array([0, 0.3], np.float32), np.full((2, 2), 0.1, np.float32)
    )
    np.testing.assert_allclose(felt, [FELT, 0.3])
    np.testing.assert_allclose(points, [by_words("gym"), [0.1, 0.1]], rtol=1e-6)


@given(st.text(max_size=60))
def test_any_name_is_survived(name: str) -> None:
    place = by_words(name)
    assert place is None or all(abs(axis) <= 1 for axis in place)


def test_all_places_are_on_the_plane() -> None:
    assert all(abs(axis) <= 1 for place in WORDS for axis in place)
