"""Words of names in every script, fit to be searched for."""

from __future__ import annotations

import pytest

from murecom.text.playlist_words import LONGEST, MOST, playlist_words, weight


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("My Lo-Fi & Chill 🌙 2024", ["lo-fi", "chill", "🌙", "2024"]),
        ("R&B vibes, don’t stop", ["r&b", "vibes", "don't", "stop"]),
        ("80's HITS", ["80's", "hits"]),
        ("Café Français", ["café", "français"]),
        ("适合深夜听的歌", ["适合", "深夜", "听的歌"]),
        ("【华语】那些年", ["华语"]),
        ("作業用BGM 懐かしいアニソン", ["作業用", "bgm", "懐かしい", "アニソン"]),
        ("泣ける曲", ["泣ける"]),
        ("夜に聴きたい", ["聴きたい"]),
        ("ボカロ・メドレー", ["ボカロ", "メドレー"]),
        ("ｶﾗｵｹ ＡＬＬ", ["カラオケ", "all"]),
        ("K-POP 케이팝 노래모음 출근길에서", ["k-pop", "케이팝", "노래모음", "출근길"]),
        ("русский рок", ["русский", "рок"]),
        ("เพลงไทย", ["เพลงไทย"]),
        ("हिंदी गाने", ["हिंदी", "गाने"]),
        ("اغاني عربية", ["اغاني", "عربية"]),
        ("☕️ coffee ☕", ["☕", "coffee"]),
        ("👩🏽‍🎤 rock", ["👩\u200d🎤", "rock"]),
        ("🇯🇵 city pop", ["🇯🇵", "city", "pop"]),
        ("the of and 的 の", []),
        ("a 1 曲", []),
        ("", []),
        ("___ ---", []),
    ],
)
def test_words(name: str, words: list[str]) -> None:
    assert playlist_words(name) == words


def test_bounds() -> None:
    assert playlist_words("x" * (LONGEST + 1)) == []
    assert len(playlist_words(" ".join(f"word{n}" for n in range(100)))) == MOST
    assert playlist_words("rock \ud800 jazz\0") == ["rock", "jazz"]


def test_years_count_little() -> None:
    assert weight("2024") < weight("80s") == weight("jazz") == 1
