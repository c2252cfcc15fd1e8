"""Titles taken apart, in the spellings of stores, taggers and streaming services."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.text.names import recording_key, split_title

# title, base, versions, featured
TITLES = [
    # English
    ("Yesterday", "Yesterday", (), ()),
    ("Yesterday - Remastered 2009", "Yesterday", ("Remastered 2009",), ()),
    ("Imagine - 2010 Remaster", "Imagine", ("2010 Remaster",), ()),
    ("Radio Ga Ga - Remastered", "Radio Ga Ga", ("Remastered",), ()),
    ("Someone Like You (Live at the Royal Albert Hall)", "Someone Like You",
     ("Live at the Royal Albert Hall",), ()),
    ("Time - Live in Paris, 1994", "Time", ("Live in Paris, 1994",), ()),
    ("Viva la Vida – Live", "Viva la Vida", ("Live",), ()),
    ("One (2018 Live)", "One", ("2018 Live",), ()),
    ("Hurt (Acoustic / Live in Oslo)", "Hurt", ("Acoustic / Live in Oslo",), ()),
    ("Levels - Radio Edit", "Levels", ("Radio Edit",), ()),
    ("Levels Radio Edit", "Levels", ("Radio Edit",), ()),
    ("Creep (Acoustic Version)", "Creep", ("Acoustic Version",), ()),
    ("Blinding Lights [Explicit]", "Blinding Lights", ("Explicit",), ()),
    ("Shake It Off (Taylor's Version)", "Shake It Off", ("Taylor's Version",), ()),
    ("Love Story (Taylor’s Version) (Elvira Remix)", "Love Story",
     ("Taylor’s Version", "Elvira Remix"), ()),
    ("(I Can't Get No) Satisfaction - Mono Version", "(I Can't Get No) Satisfaction",
     ("Mono Version",), ()),
    ("Rain (Sped Up)", "Rain", ("Sped Up",), ()),
    ("A Day in the Life (Take 1)", "A Day in the Life", ("Take 1",), ()),
    ("Dynamite (Instrumental)", "Dynamite", ("Instrumental",), ()),
    ("Bohemian Rhapsody (2011)", "Bohemian Rhapsody", ("2011",), ()),
    ("My Heart Will Go On (Love Theme from \"Titanic\")", "My Heart Will Go On",
     ("Love Theme from \"Titanic\"",), ()),
    ("Old (Official Music Video)", "Old", ("Official Music Video",), ()),
    ("Heart-Shaped Box (Nirvana Cover)", "Heart-Shaped Box", ("Nirvana Cover",), ()),
    ("Track [Bonus Track]", "Track", ("Bonus Track",), ()),
    # guests
    ("Stan (feat. Dido)", "Stan", (), ("Dido",)),
    ("Stan ft. Dido", "Stan", (), ("Dido",)),
    ("Stan featuring Dido", "Stan", (), ("Dido",)),
    ("Bad Guy (with Justin Bieber)", "Bad Guy", (), ("Justin Bieber",)),
    ("Under Pressure (feat. David Bowie) - Remastered 2011", "Under Pressure",
     ("Remastered 2011",), ("David Bowie",)),
    ("In My Feelings (Remix) [feat. City Girls & Lil Wayne]", "In My Feelings", ("Remix",),
     ("City Girls", "Lil Wayne")),
    ("Nothing Compares 2 U (feat. Rosie Gaines) [Live] - 2020 Remaster", "Nothing Compares 2 U",
     ("Live", "2020 Remaster"), ("Rosie Gaines",)),
    ("Crossfire, Pt. II (feat. Talib Kweli)", "Crossfire, Pt. II", (), ("Talib Kweli",)),
    # no versions, though the words look like it
    ("Live and Let Die", "Live and Let Die", (), ()),
    ("Live Forever", "Live Forever", (), ()),
    ("(Live)", "(Live)", (), ()),
    ("Demo", "Demo", (), ()),
    ("Video Killed the Radio Star", "Video Killed the Radio Star", (), ()),
    ("Cover Me Up", "Cover Me Up", (), ()),
    ("With or Without You", "With or Without You", (), ()),
    ("Take Five", "Take Five", (), ()),
    ("Hello (Turn Up the Radio)", "Hello (Turn Up the Radio)", (), ()),
    ("Born (The Way We Live)", "Born (The Way We Live)", (), ()),
    ("Heaven (Live Forever)", "Heaven (Live Forever)", (), ()),
    ("Another Brick in the Wall, Pt. 2 - 2011 Remaster", "Another Brick in the Wall, Pt. 2",
     ("2011 Remaster",), ()),
    ("Shine On (Part 2)", "Shine On (Part 2)", (), ()),
    ("Cello Suite No. 2: Sarabande", "Cello Suite No. 2: Sarabande", (), ()),
    ("Sukiyaki (Ue o Muite Arukō)", "Sukiyaki (Ue o Muite Arukō)", (), ()),
    ("A-ha - Take On Me", "A-ha - Take On Me", (), ()),
    ("1999", "1999", (), ()),
    # Chinese
    ("晴天", "晴天", (), ()),
    ("晴天（现场版）", "晴天", ("现场版",), ()),
    ("晴天 (Live)", "晴天", ("Live",), ()),
    ("晴天-伴奏", "晴天", ("伴奏",), ()),
    ("後來 - 現場", "後來", ("現場",), ()),
    ("后来（2018 Live）", "后来", ("2018 Live",), ()),
    ("不为谁而作的歌 现场版", "不为谁而作的歌", ("现场版",), ()),
    ("海闊天空 (粵語版)", "海闊天空", ("粵語版",), ()),
    ("红豆 (国)", "红豆", ("国",), ()),
    ("老男孩 (DJ版)", "老男孩", ("DJ版",), ()),
    ("岁月神偷 (电影《岁月神偷》主题曲)", "岁月神偷", ("电影《岁月神偷》主题曲",), ()),
    ("演员 (Live) (原唱：薛之谦)", "演员", ("Live", "原唱：薛之谦"), ()),
    ("遗憾 (Cover 许美静)", "遗憾", ("Cover 许美静",), ()),
    ("稻香 (吉他版) - 翻唱", "稻香", ("吉他版", "翻唱"), ()),
    ("屋顶 (feat. 温岚)", "屋顶", (), ("温岚",)),
    ("爱的伴奏", "爱的伴奏", (), ()),
    ("版", "版", (), ()),
    # Japanese, Korean
    ("桜 -Acoustic ver.-", "桜", ("Acoustic ver.",), ()),
    ("夜に駆ける (TVサイズ)", "夜に駆ける", ("TVサイズ",), ()),
    ("紅蓮華（アコースティックバージョン）", "紅蓮華", ("アコースティックバージョン",), ()),
    ("残酷な天使のテーゼ ~Director's Edit Version~", "残酷な天使のテーゼ",
     ("Director's Edit Version",), ()),
    ("ドライフラワー - 弾き語り", "ドライフラワー", ("弾き語り",), ()),
    ("歌 (デモ)", "歌", ("デモ",), ()),
    ("粉雪 (カラオケ)", "粉雪", ("カラオケ",), ()),
    ("涙 (それでも)", "涙 (それでも)", (), ()),
    ("国境の南、太陽の西", "国境の南、太陽の西", (), ()),
    ("봄날 (라이브)", "봄날", ("라이브",), ()),
]  # fmt: skip


@pytest.mark.parametrize(("title", "base", "versions", "featured"), TITLES)
def test_split_title(
    title: str, base: str, versions: tuple[str, ...], featured: tuple[str, ...]
) -> None:
    parts = split_title(title)
    assert (parts.base, parts.versions, parts.featured) == (base, versions, featured)


@given(st.text())
def test_nothing_is_left_of_nothing_only(title: str) -> None:
    assert bool(split_title(title).base) is bool(title.split())


@given(st.text())
def test_a_base_has_no_more_notes(title: str) -> None:
    base = split_title(title).base
    assert split_title(base).base == base


@pytest.mark.parametrize(
    "titles",
    [
        ["Yesterday", "Yesterday - Remastered 2009", "YESTERDAY (Live)", "Yesterday [Demo]"],
        ["Don't Stop", "Don’t Stop (2004 Remaster)", "Dont Stop - Live"],
        ["後來", "后来", "后来（现场版）", "後來 (Live)", "后来-伴奏"],
        ["桜", "桜 -Acoustic ver.-", "桜 (カラオケ)"],
    ],
)
def test_versions_share_a_key(titles: list[str]) -> None:
    assert len({recording_key(title, ["X"]) for title in titles}) == 1


def test_the_main_artist_counts() -> None:
    keys = {
        recording_key("Under Pressure", artists)
        for artists in (["Queen"], ["Queen", "David Bowie"], ["Queen & David Bowie"], ["QUEEN"])
    }
    assert keys == {"queen|underpressure"}
    assert recording_key("Help!", ["The Beatles"]) == recording_key("Help", ["Beatles"])
    assert recording_key("Free", ["Florence + The Machine"]) == recording_key(
        "Free", ["Florence and the Machine"]
    )
    assert recording_key("Hurt", ["Johnny Cash"]) != recording_key("Hurt", ["Nine Inch Nails"])


def test_unknown_names() -> None:
    assert recording_key("", ["X"]) == ""
    assert recording_key("Song", []) == "|song"
    assert recording_key("Song", ["  "]) == "|song"
    assert recording_key("!!!", ["!!!"]) == "!!!|!!!"
    assert recording_key("Song", ["&"]) != ""
