"""Taking texts apart."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mood_doubles import NASTY
from murecom.mood.reading import LONGEST, MOST, PIECE, read_text


def words(text: str) -> list[str]:
    return [piece.words for piece in read_text(text).pieces]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("//@somebody: 好听！！！！！！ https://a.b/c", ["好听！！！"]),
        ("回复@某人: 太难过了", ["太难过了"]),
        ("[00:12.00]hello darkness [00:13.5]my old friend", ["hello darkness my old friend"]),
        ("[ti:Name]\n[ar:Somebody]\n[00:01.00]we sang", ["we sang"]),
        ("#今天# 好开心", ["今天 好开心"]),
        ("mail me: some.body@example.org today", ["mail me: today"]),
        ("Tom &amp; Jerry", ["Tom & Jerry"]),
        ("後悔也都沒有用", ["后悔也都没有用"]),
        ("切ない氣持ちです", ["切ない氣持ちです"]),
        ("ｉ　ａｍ　ｓａｄ", ["i am sad"]),
        ("哈哈哈哈哈哈哈哈", ["哈哈哈"]),
        ("so sad 😭😭", ["so sad"]),
    ],
)
def test_what_is_read(text, expected):
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    ["", "  ", "\n\n", "a", "1", "2023", "!!!", "\0", "\ud800", "[", "]", "12:30", "@someone",
     "[00:12.00][00:13.00]", "https://a.b/c", "\u202e", "\ufe0f", "\u200d", "🇨🇳", "ሰላም ነህ",
     "मैं बहुत खुश हूं", "שלום אני שמח"],
)  # fmt: skip
def test_nothing_to_read(text):
    assert read_text(text).pieces == ()


def test_signs_alone_are_pieces_without_words():
    (piece,) = read_text("😭").pieces
    assert piece.words == ""
    assert [cue.code for cue in piece.cues] == ["NB"]
    assert [cue.code for cue in read_text("\ud83d\ude2d").pieces[0].cues] == ["NB"]


def test_long_texts_are_cut():
    song = "\n".join(f"line {number} of a song" for number in range(40))
    found = words(song)
    assert 3 < len(found) < 20
    assert max(map(len, found)) <= PIECE
    assert " ".join(found).split() == song.split()
    assert len(words("我今天很难过。" * 20_000)) == MOST
    assert read_text("a b " * LONGEST) == read_text(("a b " * LONGEST)[:LONGEST])


@given(st.text(st.characters(exclude_categories=())))
def test_any_text(text):
    reading = read_text(text)
    assert len(reading.pieces) <= MOST
    for piece in reading.pieces:
        assert piece.words or piece.cues
        assert piece.letters >= 1
        piece.words.encode()


@pytest.mark.parametrize("text", NASTY, ids=range(len(NASTY)))
def test_nasty_texts_take_no_time(text):
    started = time.process_time()
    read_text(text)
    assert time.process_time() - started < 2  # 0.1 s at most, in fact; a quadratic one takes 15


def test_traditional_and_simplified_chinese_are_the_same():
    for text, other in (("氣死我了", "气死我了"), ("憂鬱的臺灣夜晚", "忧郁的台湾夜晚")):
        assert read_text(text) == read_text(other)
