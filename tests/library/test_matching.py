"""The same recording under other names is known, another recording is kept apart."""

from __future__ import annotations

import pytest

from murecom.library.matching import SAME, compare, described, plain_id, spellings
from murecom.types import Track, TrackId


def track(title, *artists, duration=None, **ids) -> Track:
    return Track(TrackId("test:1"), title, artists, None, duration, None, ids)


def like(a: Track, b: Track):
    there, back = compare(described(a), described(b)), compare(described(b), described(a))
    assert there == back
    return there


@pytest.mark.parametrize(
    ("a", "b", "how"),
    [
        (track("Grey Rain", "The Pale Ones"), track("GREY RAIN - Remastered 2011", "Pale Ones"),
         "name"),
        (track("Rain (feat. B)", "A"), track("Rain", "A", "B"), "name"),
        (track("Rain", "A", "B"), track("Rain", "B & A"), "name"),
        (track("Rain (Live)", "A"), track("Rain - En Vivo", "A"), "name"),
        (track("Rain & Snow", "Doors, The"), track("Rain 'n' Snow", "The Doors"), "name"),
        (track("Part, Pt. II", "A"), track("Part (Part 2)", "A"), "name"),
        (track("雨後", "鄧小華"), track("雨后", "邓小华"), "name"),
        (track("Rain", "P!nk$"), track("Rain", "Pinks"), "name"),
        (track("Rain (From \"Film\")", "A"), track("Rain", "A"), "name"),
        (track("雨后", "邓小华"), track("Yu Hou", "Xiaohua Deng", duration=99.0), "romanised"),
        (track("さくら", "ゆめ"), track("Sakura", "Yume"), "romanised"),
        (track("봄 (Spring)", "A"), track("Spring", "A"), "romanised"),
        (track("Rain (Grey)", "A", duration=99.0), track("Rain", "A", duration=100.0), "near name"),
        (track("Long rainy day", "A", duration=99.0), track("Long rainy dya", "A", duration=99.0),
         "near name"),
        (track("Rain (feat. B)", "A", duration=9.0), track("Rain", "A", duration=9.0), "guests"),
        (track("Bitter Symphony", "A"), track("Bitter Symphony", "A"), "name"),
        (track("Rain", "A", duration=9.0), track("Rain - Single Version", "A", duration=9.0),
         "name"),
        (track("1979", "A"), track("1979 - Remastered 2012", "A"), "name"),
        (track("1+1", "A"), track("1 + 1", "A"), "name"),
        (track("Theme", "The A"), track("THEME", "A"), "name"),
        (track("Rain (Versión Acústica)", "A"), track("Rain - Acoustic", "A"), "name"),
        (track("Rain (Version Française)", "A"), track("Rain (French Version)", "A"), "name"),
        (track("Nocturne in E Major", "C", "P", duration=99.0),
         track("Nocturne in E Major", "P", duration=99.0), "guests"),
    ],
)  # fmt: skip
def test_the_same(a, b, how):
    likeness = like(a, b)
    assert likeness.is_same, likeness
    assert likeness.how == how


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (track("Rain", "A"), track("Rain (Live)", "A")),
        (track("Rain - Live in Rome", "A", duration=9.0), track("Rain - Live in Kyoto", "A")),
        (track("Rain", "A", duration=99.0), track("Rain", "B", duration=99.0)),
        (track("Rain", "A"), track("Rain (Karaoke Version)", "A")),
        (track("Rain", "A"), track("Rain", "A Tribute")),
        (track("Rain", "A"), track("Rain - 1953 Version", "A")),
        (track("Rain", "A", duration=99.0), track("Rain", "A", duration=140.0)),
        (track("Intro", "A"), track("Intro", "A")),
        (track("Rain", "A", "B"), track("Rain", "A", "C")),
        (track("Rain (feat. B)", "A"), track("Rain", "A")),
        (track("Finale", "Long Name"), track("Finale", "Long Nane")),
        (track("Theme (From \"X\")", "A"), track("Theme", "A")),
        (track("Rain", "A"), track("Rain - Single Version", "A")),
        (track("Rain", "A"), track("Rain - From The Grey Sessions", "A")),
        (track("Sonata No. 2 in C Minor", "A"), track("Sonata No. 2 in C Minor", "A")),
        (track("1+1", "A"), track("11", "A")),
        (track("Track 1", "A"), track("Track 1", "A")),
        (track("01", "A"), track("01", "A")),
        (track("Rain", "A", duration=9.0), track("Rain (Slowed + Reverb)", "A", duration=9.0)),
        (track("Rain", "A", duration=9.0), track("Rain (Live Lounge)", "A", duration=9.0)),
        (track("Rain", "A", duration=9.0), track("Rain (Strings)", "A", duration=9.0)),
        (track("Rain", "A", duration=9.0), track("Rain - En Español", "A", duration=9.0)),
        (track("Grey Night", "A", duration=9.0), track("Grey Nights", "A", duration=9.0)),
        (track("Nocturne in E Major", "C", duration=99.0),
         track("Nocturne in E Major", "C", "P", duration=99.0)),
        (track("Rain (Grey)", "A"), track("Rain", "A")),
        (track("Long rainy day", "A"), track("Long rainy dya", "A")),
        (track("Long rain in C", "A", duration=9.0), track("Long rain in D", "A", duration=9.0)),
        (track("Theme (From \"X\")", "A"), track("Theme (From \"Y\")", "A")),
        (track("Rain, Part 1", "A", duration=9.0), track("Rain, Part 2", "A", duration=9.0)),
        (track("晴天", "王小明"), track("Qing Tian", "Li Xiaohong")),
        (track("", "A"), track("", "A")),
        (track("Rain"), track("Rain")),
        (track("Rain", "Various Artists"), track("Rain", "Various Artists")),
    ],
)  # fmt: skip
def test_not_the_same(a, b):
    assert like(a, b).score < SAME


def test_ids_win_unless_everything_else_speaks_against_them():
    isrc = {"isrc": "GB-AAA-11-00001"}
    a = track("Rain", "A", duration=99.0, **isrc)
    assert like(a, track("Regen", "B", isrc="gbaaa1100001")).how == "isrc"
    assert like(a, track("Regen", "B", duration=105.0, **isrc)).how == "isrc"
    assert not like(a, track("Snow", "A", duration=200.0, **isrc)).is_same  # a badly tagged album
    assert like(track("R", "A", mbid="?"), track("S", "A", mbid="?")).score == 0


def test_ids_are_read_as_they_are_written():
    plain = plain_id("isrc", " gb-aaa-11-00001 ")
    assert plain == "GBAAA1100001"
    assert {"GB-AAA-11-00001", "gbaaa1100001"} <= set(spellings("isrc", plain))
    assert plain_id("isrc", "12") == plain_id("mbid", None) == plain_id("mbid", "rain") == ""
    mbid = "0a1b2c3d-0000-4000-8000-000000000001"
    assert plain_id("mbid", f"https://musicbrainz.org/recording/{mbid.upper()}") == mbid
