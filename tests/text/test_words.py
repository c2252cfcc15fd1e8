"""Words of text without gaps."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import MissingExtra
from murecom.text import words as module
from murecom.text.words import words


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("我今天真的很高兴！", ["我", "今天", "真的", "很", "高兴"]),
        ("very happy, 真的", ["very", "happy", "真的"]),
        ("[大哭]😭", ["大哭"]),
        ("a\udcffb 高兴", ["a", "b", "高兴"]),
        ("！？… \n", []),
        ("", []),
    ],
)
def test_words(text: str, found: list[str]) -> None:
    assert words(text) == found


@given(st.text())
def test_words_stand_in_the_text_in_order(text: str) -> None:
    place = 0
    clean = text.encode("utf-8", "replace").decode()
    for word in words(text):
        place = clean.index(word, place) + len(word)


def test_the_missing_library_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    module._cutter.cache_clear()
    monkeypatch.setitem(sys.modules, "rjieba", None)
    with pytest.raises(MissingExtra, match="mood"):
        words("高兴")
    monkeypatch.undo()
    assert words("高兴") == ["高兴"]
