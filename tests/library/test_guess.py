"""What paths tell: a table of how people name their music."""

from __future__ import annotations

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.library.guess import Guess, guess


@pytest.mark.parametrize(
    ("path", "title", "artist", "album", "number", "year"),
    [
        ("Muse/Origin/01 - Uno.mp3", "Uno", "Muse", "Origin", 1, None),
        ("Muse/Origin/01. Uno.mp3", "Uno", "Muse", "Origin", 1, None),
        ("Muse/Origin/01 Uno.mp3", "Uno", "Muse", "Origin", 1, None),
        ("Muse/Origin/1-07 Uno.mp3", "Uno", "Muse", "Origin", 7, None),
        ("Muse/Origin/[07] Uno.mp3", "Uno", "Muse", "Origin", 7, None),
        ("Muse/Origin/12) Uno.mp3", "Uno", "Muse", "Origin", 12, None),
        ("Muse/Origin/07-Uno.mp3", "Uno", "Muse", "Origin", 7, None),
        ("Muse/Origin/Muse - Uno.mp3", "Uno", "Muse", "Origin", None, None),
        ("Muse/Origin/01 - MUSE - Uno.mp3", "Uno", "Muse", "Origin", 1, None),
        ("Muse/Origin/Muse - Origin - 03 - Uno.mp3", "Uno", "Muse", "Origin", 3, None),
        ("Muse/Origin/Uno - Muse.mp3", "Uno", "Muse", "Origin", None, None),
        ("Muse/Origin/01 - Uno - Part 2.mp3", "Uno - Part 2", "Muse", "Origin", 1, None),
        ("Muse/Origin/CD1/01 - Uno.mp3", "Uno", "Muse", "Origin", 1, None),
        ("Muse/Origin/Disc 2 - Live/01 - Uno.mp3", "Uno", "Muse", "Origin", 1, None),
        ("Muse/[2001] Origin/01 - Uno.mp3", "Uno", "Muse", "Origin", 1, 2001),
        ("Muse/(2001) Origin/Uno.mp3", "Uno", "Muse", "Origin", None, 2001),
        ("Muse/2001 - Origin/Uno.mp3", "Uno", "Muse", "Origin", None, 2001),
        ("Muse/Origin (2001)/Uno.mp3", "Uno", "Muse", "Origin", None, 2001),
        ("Muse/Origin [2001 Remaster] [FLAC]/Uno.mp3", "Uno", "Muse", "Origin", None, 2001),
        ("Van Halen/1984/Jump.mp3", "Jump", "Van Halen", "1984", None, None),
        ("Rock/Muse/Origin/Uno.mp3", "Uno", "Muse", "Origin", None, None),
        ("Muse - Origin/01 Uno.mp3", "Uno", "Muse", "Origin", 1, None),
        ("Muse - Origin (2001)/01 Uno.mp3", "Uno", "Muse", "Origin", 1, 2001),
        ("Muse - 2001 - Origin/01 Uno.mp3", "Uno", "Muse", "Origin", 1, 2001),
        ("Muse/Muse - Origin/01 Uno.mp3", "Uno", "Muse", "Origin", 1, None),
        ("Muse/Uno.mp3", "Uno", "Muse", None, None, None),
        ("Muse/Muse - Uno.mp3", "Uno", "Muse", None, None, None),
        ("Rock/Muse - Uno.mp3", "Uno", "Muse", None, None, None),
        ("[2001] Origin/Uno.mp3", "Uno", None, "Origin", None, 2001),
        ("Muse - Uno.mp3", "Uno", "Muse", None, None, None),
        ("Muse – Uno.mp3", "Uno", "Muse", None, None, None),
        ("Muse_-_Uno.mp3", "Uno", "Muse", None, None, None),
        ("01 - Muse - Uno.mp3", "Uno", "Muse", None, 1, None),
        ("Muse - Origin - 03 - Uno.mp3", "Uno", "Muse", "Origin", 3, None),
        ("Muse - 03 - Uno.mp3", "Uno", "Muse", None, 3, None),
        ("Uno.mp3", "Uno", None, None, None, None),
        ("machine_wars.mp3", "machine wars", None, None, None, None),
        ("By-Product.ogg", "By-Product", None, None, None, None),
        ("99 Luftballons.mp3", "99 Luftballons", None, None, None, None),
        ("7 Years.mp3", "7 Years", None, None, None, None),
        ("50 Cent - In da Club.mp3", "In da Club", "50 Cent", None, None, None),
        ("3-way.mp3", "3-way", None, None, None, None),
        ("1999.mp3", "1999", None, None, None, None),
        ("2.0 Mix.mp3", "2.0 Mix", None, None, None, None),
        ("05.mp3", "05", None, None, None, None),
        ("A-ha - Take On Me.mp3", "Take On Me", "A-ha", None, None, None),
        ("周杰伦/叶惠美/03 晴天.flac", "晴天", "周杰伦", "叶惠美", 3, None),
        ("asc/music/frontiers.mp3", "frontiers", None, None, None, None),
        ("usr/share/games/asc/music/frontiers.mp3", "frontiers", None, None, None, None),
        ("Music/Origin/Uno.mp3", "Uno", None, "Origin", None, None),
        ("songs/sectoid/Metal madness/song.ogg", "Metal madness", "sectoid", None, None, None),
        ("sectoid/Feelings/guitar.ogg", "Feelings (guitar)", "sectoid", None, None, None),
        ("The_Band/The_Album/02_-_The_Song.mp3", "The Song", "The Band", "The Album", 2, None),
    ],
)
def test_reads_what_people_write(path, title, artist, album, number, year):
    expected = Guess(title, artist, album, None, year, number)
    assert guess(f"/home/me/{path}", "/home/me") == expected


def test_various_artists():
    found = guess("/m/Various Artists/Hits/03 - Muse - Uno.mp3", "/m")
    assert (found.title, found.artist, found.album) == ("Uno", "Muse", "Hits")
    assert found.album_artist == "Various Artists"
    assert guess("/m/Various Artists/Hits/03 Uno.mp3", "/m").artist is None


def test_without_a_root_folders_tell_nothing():
    assert guess("/home/me/x/Uno.mp3") == Guess(title="Uno")
    assert guess("/home/me/x/Muse - Uno.mp3") == Guess(title="Uno", artist="Muse")
    assert guess("/elsewhere/x/Uno.mp3", "/home/me") == Guess(title="Uno")


def test_bytes_that_are_no_text():
    assert guess(os.fsdecode(b"/m/Bj\xf6rk/Uno.mp3"), "/m").artist == "Björk"
    assert guess("/m/a\nb\x7f.mp3", "/m").title == "a b"
    assert guess("/m/\n.mp3", "/m").title is None


NAME = st.text(st.characters(exclude_characters="/\0", codec="utf-8"), min_size=1, max_size=20)


@given(st.lists(NAME.filter(lambda n: n not in (".", "..")), min_size=1, max_size=4))
def test_any_path_gives_clean_text(parts):
    found = guess("/m/" + "/".join(parts) + ".mp3", "/m")
    for text in (found.title, found.artist, found.album, found.album_artist):
        assert text is None or (text == " ".join(text.split()) and text)
    assert found.number is None or 0 <= found.number <= 999
    assert found.year is None or 1000 <= found.year <= 2999
