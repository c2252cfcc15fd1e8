"""Lyrics: what is sung is told from what is not, whatever wrote the file."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.library.lyrics import LONGEST, Line, parse_lyrics

LRC = """\ufeff[ti:晴天]\r
[ar:周杰伦]\r
[by:somebody]\r
{"t":0,"c":[{"tx":"作词: "},{"tx":"周杰伦"}]}\r
[00:00.00]周杰伦 - 晴天\r
[00:01.00]作曲 : 周杰伦\r
[00:02.00]编曲：周杰伦 林迈可\r
[00:03]未经著作权人许可，不得翻唱\r
[00:29.30][01:55.2]故事的小黄花\r
[00:32.80]<00:32.80>从<00:33.00>出生那年就飘着\r
\r
[00:40.00]\r
[01:00:50]童年的荡秋千\r
"""


def sung(text: str) -> list[str]:
    return [line.text for line in parse_lyrics(text).lines]


def test_an_lrc_file_of_the_web() -> None:
    lyrics = parse_lyrics(LRC)
    assert lyrics.lines == (
        Line("故事的小黄花", 29.3), Line("从出生那年就飘着", 32.8), Line("", 40.0),
        Line("童年的荡秋千", 60.5), Line("故事的小黄花", 115.2),
    )  # fmt: skip
    assert lyrics.credits == (
        ("作词", "周杰伦"), ("作曲", "周杰伦"), ("编曲", "周杰伦 林迈可"),
        ("", "未经著作权人许可，不得翻唱"),
    )  # fmt: skip
    assert lyrics.headers["ti"] == "晴天"
    assert lyrics.language == "zh"
    assert lyrics.is_timed
    assert not lyrics.is_instrumental


@pytest.mark.parametrize(
    ("stamp", "seconds"),
    [
        ("[00:01]", 1), ("[0:1.5]", 1.5), ("[00:01.250]", 1.25), ("[100:00.00]", 6000),
        ("[01:02:50]", 62.5), ("[01:02:03.5]", 3723.5), ("[ 00:07.10 ]", 7.1), ("【00:08.00】", 8),
        ("[61500,3000]", 61.5), ("[-1:02.00]", 0),
    ],
)  # fmt: skip
def test_stamps(stamp: str, seconds: float) -> None:
    assert parse_lyrics(f"{stamp}word").lines == (Line("word", seconds),)


def test_the_offset_makes_lines_appear_sooner() -> None:
    assert [at.at for at in parse_lyrics("[offset:500]\n[00:00.2]a\n[00:02]b").lines] == [0, 1.5]
    assert [at.at for at in parse_lyrics("[offset: -1000]\n[00:02]b").lines] == [3]
    assert [at.at for at in parse_lyrics("[offset:soon]\n[00:02]b").lines] == [2]


def test_stamps_of_words_go() -> None:
    assert sung("[00:01.00] <00:01.00> Home <00:01.50>again[00:02.00]") == ["Home again"]
    assert sung("[1000,500]Home (1000,200,0)again(1200,300,0)") == ["Home again"]
    assert sung("Home (1000,200) again") == ["Home (1000,200) again"]


def test_doubled_lines_in_another_language_are_translations() -> None:
    first = "[00:01]さくら さくら\n[00:01]樱花啊 樱花啊\n"
    lyrics = parse_lyrics(first + "[00:03]野山も里も\n[00:03]无论山野村庄\n[00:05]Ah")
    assert lyrics.lines[0] == Line("さくら さくら", 1, "樱花啊 樱花啊")
    assert lyrics.lines[2] == Line("Ah", 5)
    assert lyrics.language == "ja"
    assert lyrics.translation == "樱花啊 樱花啊\n无论山野村庄"
    assert "樱花" not in lyrics.text


def test_a_translation_may_stand_behind_the_whole_song() -> None:
    lyrics = parse_lyrics("[00:01]Home\n[00:02]and you\n[00:01]家\n[00:02]和你")
    assert [(line.text, line.translation) for line in lyrics.lines] == [
        ("Home", "家"),
        ("and you", "和你"),
    ]


def test_doubled_lines_in_one_language_are_two_voices() -> None:
    assert sung("[00:01]you and me\n[00:01]just the two of us\n[00:02]you") == [
        "you and me", "just the two of us", "you",
    ]  # fmt: skip
    assert sung("[00:01]again\n[00:01]again") == ["again"]


@pytest.mark.parametrize(
    "line",
    [
        "作词 : 方文山", "词：林夕", "词/曲：A", "词曲: A", "编曲 Arranger：钟兴民",
        "制作人：B", "混音师：C", "吉他/和声：D", "OP：Sony", "SP: X", "作詞：米津玄師",
        "編曲：蔦谷好位置", "작사: 아이유", "弦乐编写：F", "Lyrics by: Tom", "Lyrics by Tom",
        "Words & Music by：Tom", "Composer: Ann", "Mixed by: Bob", "Executive Producer: Z",
        "Written by Ann", "作词 方文山", "QQ音乐享有本翻译作品的著作权",
        "******* This Lyrics is NOT for Commercial use *******", "Lyrics provided by LyricFind",
        "未经许可，不得翻唱或使用", "ISRC: CNA081234567", "www.example.com",
    ],
)  # fmt: skip
def test_credits_are_not_sung(line: str) -> None:
    lyrics = parse_lyrics(f"{line}\nhello\nworld")
    assert [one.text for one in lyrics.lines] == ["hello", "world"]
    assert len(lyrics.credits) == 1


@pytest.mark.parametrize(
    "line",
    [
        "我说：走吧", "She said: go", "Love: a song", "曲终人散", "词不达意", "All right, now: go",
        "The music by the sea", "I: you", "爱：恨", "12:30 we meet", "And you said: the lyrics",
    ],
)  # fmt: skip
def test_words_with_a_colon_are_sung(line: str) -> None:
    assert sung(f"hello\n{line}\nworld") == ["hello", line, "world"]


def test_written_by_is_sung_when_the_song_is_under_way() -> None:
    assert sung("a\nb\nc\nwritten by the wind") == ["a", "b", "c", "written by the wind"]


def test_marks_of_sections_are_not_sung() -> None:
    text = "[Verse 1]\na\n\n\n\n(Chorus)\nChorus:\nb\n[Chorus: Ann & Tom]\n//\n...\n副歌\nc\n\n"
    assert sung(text) == ["a", "", "b", "c"]


@pytest.mark.parametrize(
    "text",
    [
        "[00:00.00]纯音乐，请欣赏", "此歌曲为没有填词的纯音乐，请您欣赏", "純音樂，請欣賞",
        "[Instrumental]", "instrumental", "(Instrumental)", "This song is an instrumental",
        "インストゥルメンタル",
        "[ti:a]\n作曲：X\n[00:05]純音樂 請您欣賞\n",
    ],
)  # fmt: skip
def test_instrumental(text: str) -> None:
    lyrics = parse_lyrics(text)
    assert lyrics.is_instrumental
    assert not lyrics.has_words
    assert lyrics.language is None


def test_a_song_with_an_instrumental_part_is_none() -> None:
    lyrics = parse_lyrics("one\ntwo\nthree\n(instrumental)\nfour")
    assert not lyrics.is_instrumental
    assert len(lyrics.lines) == 4


@pytest.mark.parametrize("text", ["", " \n\r\n", "暂无歌词", "[ti:x]\n[ar:y]", "//", "[00:00.00]"])
def test_nothing(text: str) -> None:
    lyrics = parse_lyrics(text)
    assert not lyrics.has_words
    assert not lyrics.is_instrumental
    assert lyrics.text == ""


def test_wrong_encodings_are_mended_as_a_whole() -> None:
    song = "故事的小黄花\n从出生那年就飘着\n是"
    assert parse_lyrics(song.encode("gbk").decode("latin-1")).text == song
    assert parse_lyrics("Beyoncé\nça va").text == "Beyoncé\nça va"


def test_line_ends_and_signs_of_the_web() -> None:
    assert sung("a<br>b<BR/>c\rd\u2028e &amp; f &#39;g") == ["a", "b", "c", "d", "e & f 'g"]
    assert sung("a\x00b\ud800\tc") == ["a b c"]


def test_what_is_too_long_is_cut() -> None:
    lyrics = parse_lyrics("la la\n" * LONGEST)
    assert len(lyrics.lines) < LONGEST
    assert "too long" in lyrics.notes[0]


@given(st.text(st.characters() | st.sampled_from('[]<>:.,0123456789\n{}"作词：()'), max_size=300))
def test_anything_can_be_parsed(text: str) -> None:
    lyrics = parse_lyrics(text)
    assert all(line.at is None or line.at >= 0 for line in lyrics.lines)
    assert all("\n" not in line.text for line in lyrics.lines)
    assert not (lyrics.has_words and lyrics.is_instrumental)
