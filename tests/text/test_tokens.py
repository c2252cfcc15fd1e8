"""Search terms: every part of a name that people type is among them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.text.tokens import MAX_TERMS, is_unspaced, query_terms, search_terms


@pytest.mark.parametrize(
    ("name", "indexed", "asked"),
    [
        ("", [], []),
        ("   ", [], []),
        ("Love, Love me do!", ["love", "me", "do"], ["love", "me", "do"]),
        ("晴天", ["晴", "晴天", "天"], ["晴天"]),
        ("晴", ["晴"], ["晴"]),
        ("遗憾的歌", ["遗", "遗憾", "憾", "憾的", "的", "的歌", "歌"], ["遗憾", "憾的", "的歌"]),
        (
            "周杰倫 晴天",
            ["周", "周杰", "杰", "杰伦", "伦", "晴", "晴天", "天"],
            ["周杰", "杰伦", "晴天"],
        ),
        ("我love你", ["我", "love", "你"], ["我", "love", "你"]),
        ("ガラス", ["が", "がら", "ら", "らす", "す"], ["がら", "らす"]),
        ("사랑 노래", ["사", "사랑", "랑", "노", "노래", "래"], ["사랑", "노래"]),
        ("ไทย", ["ไ", "ไท", "ท", "ทย", "ย"], ["ไท", "ทย"]),
        ("R&B", ["r", "and", "b"], ["r", "and", "b"]),
        ("!!!", ["\ue021\ue021\ue021"], ["\ue021\ue021\ue021"]),
        ("★", ["★"], ["★"]),
    ],
)
def test_terms(name: str, indexed: list[str], asked: list[str]) -> None:
    assert search_terms(name) == indexed
    assert query_terms(name) == asked


@given(st.text())
def test_a_name_is_found_by_itself(name: str) -> None:
    assert set(query_terms(name)) <= set(search_terms(name))


@given(st.text())
def test_terms_are_safe_for_any_index(name: str) -> None:
    for term in search_terms(name):
        assert term
        assert len(term) <= 48
        assert not any(character.isspace() or character in "\"'*\0\\" for character in term)
        assert "\ue021" in term or all(c.isalnum() for c in term if c.isascii()) or term > "\ue000"
        term.encode()


@given(st.text(st.sampled_from("晴天遗憾周杰伦的爱你我"), min_size=2, max_size=12), st.data())
def test_any_two_neighbours_are_found(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 2))
    assert set(query_terms(name[start : start + 2])) <= set(search_terms(name))


def test_endless_names_are_cut() -> None:
    assert len(search_terms("晴天 " + "词" * 10_000)) <= MAX_TERMS
    assert len(query_terms(" ".join(map(str, range(10_000))))) == MAX_TERMS
    assert search_terms("x" * 10_000) == ["x" * 48]


@pytest.mark.parametrize(
    ("term", "is_one"), [("晴", True), ("サ", True), ("love", False), ("", False)]
)
def test_is_unspaced(term: str, is_one: bool) -> None:
    assert is_unspaced(term) is is_one
