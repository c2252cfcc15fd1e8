"""Folding: what listeners take for the same name is the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.text.fold import fold, name_key, same_name, simplify

FOLDS = [
    ("", ""),
    ("   ", ""),
    ("Hello  World\n", "hello world"),
    ("Sigur RÓS", "sigur ros"),
    ("Ágætis byrjun", "agaetis byrjun"),
    ("Mötley Crüe", "motley crue"),
    ("Trentemøller", "trentemoller"),
    ("Łódź", "lodz"),
    ("Straße", "strasse"),
    ("İstanbul", "istanbul"),
    ("ıssız", "issiz"),
    ("Þjóð", "thjod"),
    ("Đorđe", "dorde"),
    ("Œuvre", "oeuvre"),
    ("ＡＢＣ１２３", "abc123"),
    ("ﬁnal", "final"),
    ("Ελλάδα", "ελλαδα"),
    ("Ёлка, Йод", "елка, иод"),
    ("أغنية", "اغنية"),
    ("שָׁלוֹם", "שלום"),
    ("Hunter×Hunter", "hunterxhunter"),
    ("Don’t – “Stop”…", 'don\'t - "stop"...'),
    ("周杰倫", "周杰伦"),
    ("後來", "后来"),
    ("遺憾", "遗憾"),
    ("乾杯", "干杯"),
    ("乾", "干"),
    ("髮 發", "发 发"),
    ("中島美嘉", "中岛美嘉"),
    ("桜 櫻 樱", "樱 樱 樱"),
    ("気 氣 气", "气 气 气"),
    ("カラオケ", "からおけ"),
    ("ｶﾗｵｹ ガラス ｶﾞﾗｽ", "からおけ がらす がらす"),
    ("ヴァイオリン", "ゔぁいおりん"),
    ("ラーメン", "らーめん"),
    ("한국어", "한국어"),
    ("हिन्दी", "हिन्दी"),
    ("ภาษาไทย", "ภาษาไทย"),
    ("a\0b\x07c\u200bd\ufeff", "abcd"),
    ("tab\tand\u3000wide", "tab and wide"),
    ("❤️", "❤"),
    ("\udcff lone half", "lone half"),
]


@pytest.mark.parametrize(("text", "folded"), FOLDS)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_a_fold_folds_to_itself(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert name_key(name_key(text)) == name_key(text)


# All of the first plane but Hangul and private use, signs and emoji, compatibility ideographs.
BLOCKS = [(0, 0xAC00), (0xD7A4, 0xE000), (0xF900, 0x10000), (0x1D000, 0x1FB00), (0x2F800, 0x2FA20)]


@pytest.mark.parametrize(("first", "end"), BLOCKS)
def test_every_character_folds_to_itself_after_folding(first: int, end: int) -> None:
    assert [c for c in range(first, end) if fold(folded := fold(chr(c))) != folded] == []


@given(st.text(), st.text())
def test_words_fold_by_themselves(first: str, second: str) -> None:
    assert fold(f"{first} {second}") == " ".join(f"{fold(first)} {fold(second)}".split())


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF), min_size=2))
def test_a_part_of_chinese_is_found_by_its_own_fold(text: str) -> None:
    assert fold(text[1:]) in fold(text)


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_takes_a_short_cut_to_the_same_place(text: str) -> None:
    assert fold(text) == fold(text + "é").removesuffix("e").rstrip()


@given(st.text())
def test_case_does_not_matter(text: str) -> None:
    assert fold(text.casefold()) == fold(text)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("J. S. Bach – Cello Suite No. 2: Sarabande", "j s bach cello suite no 2 sarabande"),
        ("Don't Stop", "dont stop"),
        ("Simon & Garfunkel", "simon and garfunkel"),
        ("AC/DC", "ac dc"),
        ("「夜に駆ける」", "夜に驱ける"),
        ("Love ❤", "love"),
        ("हिन्दी गाना", "हिन्दी गाना"),
        ("!!!", "!!!"),
        ("★", "★"),
        ("? ? ?", "???"),
        (" ", ""),
        ("C#", "c"),
    ],
)
def test_name_key(name: str, key: str) -> None:
    assert name_key(name) == key


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Sigur Rós", "SIGUR ROS"),
        ("周杰倫", "周杰伦"),
        ("AC/DC", "ac dc"),
        ("Simon & Garfunkel", "Simon and Garfunkel"),
        ("ｶﾗｵｹ", "からおけ"),
        ("Don’t", "Dont"),
        ("Guns N' Roses", "Guns N Roses"),
        ("!!!", "! ! !"),
    ],
)
def test_same_name(first: str, second: str) -> None:
    assert same_name(first, second)
    assert same_name(second, first)


@pytest.mark.parametrize(
    ("first", "second"), [("", ""), ("a", "b"), ("!!!", "???"), ("晴天", "雨天")]
)
def test_different_names(first: str, second: str) -> None:
    assert not same_name(first, second)


def test_simplify_changes_chinese_and_nothing_else() -> None:
    assert simplify("後悔也都沒有用") == "后悔也都没有用"
    for text in ("", "plain", "后悔也都没有用", "カラオケ ＡＢＣ “é” 😭", "\ud800\0"):
        assert simplify(text) == text


@given(st.text())
def test_simplify_goes_character_by_character(text: str) -> None:
    assert simplify(text) == "".join(map(simplify, text))
    assert len(simplify(text)) == len(text)
    assert simplify(simplify(text)) == simplify(text)
