"""Words and signs, negations and degrees."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mood_doubles import NASTY
from murecom.mood.cues import LESS, MORE, TURNED, count_cues, find_signs, find_words
from murecom.mood.cues import without_negated as said_otherwise
from murecom.mood.labels import CLASSES, CODES

VALENCE = {one.code: one.valence for one in CLASSES}


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("😭", "NB"),
        ("❤️", "PB"),
        ("❤", "PB"),
        ("👍🏽", "PH"),
        ("👩\u200d❤\ufe0f\u200d👨", "PB"),
        ("[大哭]", "NB"),
        ("T_T", "NB"),
        ("XD", "PA"),
        ("lol XD!", "PA"),
        ("orz", "NJ"),
        ("(╯°□°）╯︵ ┻━┻", "NA"),
        ("(´；ω；`)", "NB"),
        ("(＾▽＾)", "PA"),
        ("（＾▽＾）", "PA"),
        ("</3", "NB"),
        ("<3", "PB"),
    ],
)
def test_signs(text, code):
    found, rest = find_signs(f"abc {text} def")
    assert code in {one.code for one in found}
    assert rest.startswith("abc ")
    assert rest.endswith(" def")


@pytest.mark.parametrize("text", ["orzo", "XDA", "exD", "说明：（一）", "at 8:30", "a:b", "[", "]"])
def test_parts_of_words_are_no_signs(text):
    assert find_signs(text) == ([], text)


def test_the_same_sign_in_a_row_counts_twice():
    assert len(find_signs("😭")[0]) == 1
    assert len(find_signs("😭😭")[0]) == 2
    assert len(find_signs("😭" * 500)[0]) == 2
    assert len(find_signs("😭😂😭")[0]) == 3


@pytest.mark.parametrize(
    ("text", "word", "is_negated"),
    [
        ("开心", "开心", False),
        ("不开心", "开心", True),
        ("一点都不开心", "开心", True),
        ("没有不开心", "开心", False),
        ("今天开心，不难过", "开心", False),
        ("今天开心，不难过", "难过", True),
        ("開心", "开心", False),
        ("忍不住开心", "开心", False),
        ("sad", "sad", False),
        ("not sad at all", "sad", True),
        ("I'm not that sad", "sad", True),
        ("I don't feel happy", "happy", True),
        ("no, happy", "happy", False),
        ("嬉しい", "嬉し", False),
        ("嬉しくない", "嬉し", True),
        ("嬉しくないです", "嬉し", True),
        ("悲しくありません", "悲し", True),
        ("楽しんでない", "乐しんで", True),
        ("疲れていません", "疲れ", True),
    ],
)
def test_negations(text, word, is_negated):
    found = {one.text: one for one in find_words(text)}
    assert found[word].is_negated == is_negated
    if is_negated:
        assert found[word].weight == TURNED


def test_a_negation_turns_the_valence():
    for plain, turned in (("开心", "不开心"), ("sad", "not sad"), ("悲しい", "悲しくない")):
        first, second = find_words(plain)[0], find_words(turned)[0]
        assert VALENCE[first.code] * VALENCE[second.code] <= 0


@pytest.mark.parametrize(
    ("text", "weight"),
    [
        ("难过", 1),
        ("非常难过", MORE),
        ("有点难过", LESS),
        ("so sad", MORE),
        ("a bit sad", LESS),
        ("とても悲しい", MORE),
        ("ちょっと悲しい", LESS),
    ],
)
def test_degrees(text, weight):
    assert [one.weight for one in find_words(text)] == [weight]


def test_the_longest_words_count_and_nothing_within_them():
    assert [one.text for one in find_words("I'm in love")] == ["in love"]
    assert [one.text for one in find_words("nothing to worry about")] == ["nothing to worry about"]
    assert [one.text for one in find_words("sadness is sad")] == ["sadness", "sad"]
    assert find_words("sadism") == []


def test_latin_words_of_chinese():
    assert "emo" in {one.text for one in find_words("最近很emo了")}
    assert "yyds" in {one.text for one in find_words("yyds，永远的神")}
    assert find_words("memory of an emo band") == find_words("memory of a rock band")
    assert "emo" not in {one.text for one in find_words("我的memory不好")}


def test_counts():
    counts = count_cues([find_words("sad"), [], find_words("sad and sad")])
    assert counts.shape == (3, len(CODES))
    assert not counts[1].any()
    assert counts[2].max() < 2 * counts[0].max()
    assert count_cues([]).shape == (0, len(CODES))


def test_what_was_negated_is_said_in_a_word_of_its_own():
    def said(text, language):
        return said_otherwise(text, find_words(text), language)

    assert said("I am not sad at all, mum", "en") == "I am quite all right, mum"
    assert said("今天不开心", "zh") == "今天郁闷"
    assert said("悲しくない", "ja") == "落ち着いている"
    assert said("Nothing IS turned here: sad", "en") == "Nothing IS turned here: sad"


@given(st.text(st.characters(exclude_categories=())), st.sampled_from(["zh", "en", "ja", None]))
def test_any_text(text, language):
    signs, rest = find_signs(text)
    words = find_words(rest)
    assert all(one.code in CODES and one.weight > 0 for one in [*signs, *words])
    assert np.isfinite(count_cues([[*signs, *words]])).all()
    assert isinstance(said_otherwise(rest, words, language), str)


@given(
    st.lists(st.sampled_from(["不", "没有", "开心", "not ", "sad", "くない", "'", " ", "，", "😭"]))
)
def test_any_mixture(parts):
    text = "".join(parts)
    for language in ("zh", "en", "ja"):
        said_otherwise(text, find_words(text), language)


def test_nasty_texts_are_survived():
    for text in NASTY:
        find_words(find_signs(text)[1])
