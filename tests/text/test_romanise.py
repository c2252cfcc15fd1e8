"""Names of other scripts in Latin letters."""

import pytest

from murecom.text.romanise import loose, romanise, script_of


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("鄧麗君", "denglijun"), ("きゃりー", "kyari"), ("うっせぇわ", "ussewa"), ("ファン", "fan"),
        ("しょうねん", "shounen"), ("Земфира", "zemfira"), ("Björk", "bjork"), ("", ""),
        ("봄 날", "bom nal"), ("っ", ""), ("ぁ", "a"),
    ],
)  # fmt: skip
def test_letters(text, read):
    assert romanise(text) == read


@pytest.mark.parametrize(
    ("text", "typed"),
    [
        ("김광석", "Kim Gwang-seok"), ("노사연", "Noh Sayeon"), ("ありがとう", "Arigato"),
        ("しんばし", "Shimbashi"), ("Чайковский", "Tchaikovsky"), ("绿光", "Lv Guang"),
        ("张学友", "Zhāng Xuéyǒu"), ("まっちゃ", "Matcha"),
    ],
)  # fmt: skip
def test_habits_do_not_count(text, typed):
    script = script_of(text)
    assert loose(text, script) == loose(typed, script)


def test_scripts():
    assert [script_of(text) for text in ("a é ★", "夜に", "夜", "봄", "Я", "")] == [
        "", "kana", "han", "hangul", "other", "",
    ]  # fmt: skip
