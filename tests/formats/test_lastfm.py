"""Scrobbles as the exporters of Last.fm write them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from murecom.formats.base import Source
from murecom.formats.lastfm import LastFM
from murecom.types import Listen

MBID = "00000000-0000-0000-0000-00000000000a"


def read(content: str | bytes) -> tuple[list[Listen], list[tuple[str, str]]]:
    source = Source(content.encode() if isinstance(content, str) else content)
    assert LastFM().sniff("x.csv", source.head) > 0.8
    found = [content for content in LastFM()._read(source) if isinstance(content, Listen)]
    return found, [(r.where, r.reason) for r in source.refused]


@pytest.mark.parametrize(
    "text",
    [
        "uts,utc_time,artist,artist_mbid,album,album_mbid,track,track_mbid\n"
        f'1614834360,"04 Mar 2021, 05:06:00",Ann,,"First",,"Song",{MBID.upper()}\n',
        f"uts,utc_time,artist,track,track_mbid\n,2021-03-04 05:06,Ann,Song,{MBID}\n",
        f"timestamp\ttrack\tartist\talbum\ttrack mbid\n1614834360\tSong\tAnn\t\t{MBID}\n",
        f'Artist;Album;Track;Track MBID;Date#me\n"Ann";"";"Song";{MBID};"1614834360000"\n',
    ],
)
def test_tables_with_a_header(text):
    ((found,), refused) = read(text)
    assert (found.at, found.ms, found.is_skipped) == (1614834360, None, None)
    assert (found.track.id, found.track.ids) == ("text:Ann – Song", {"mbid": MBID})
    assert not refused


def test_last_fm_to_csv_has_no_header():
    found, refused = read(
        'Ann,First,"Song, two",04 Mar 2021 05:06\nBob,,Other,04 Mar 2021 05:09\n,,,\n'
        "Ann,First,Song\nAnn,First,Song,Monday\n"
    )
    assert [(h.track.name, h.track.album, h.at) for h in found] == [
        ("Ann – Song, two", "First", 1614834360), ("Bob – Other", None, 1614834540),
    ]  # fmt: skip
    assert [where for where, _ in refused] == ["line 3", "line 4", "line 5"]


def test_scrobbling_now_has_no_time_yet():
    found, refused = read("uts,artist,track\n,Ann,Song\n1614834360,Ann,Song\n")
    assert (len(found), refused) == (1, [("line 2", "it does not say when it was heard")])


def scrobble(number: int, **more: Any) -> dict[str, Any]:
    return {
        "artist": {"mbid": "", "#text": "Ann"}, "album": {"mbid": "", "#text": "First"},
        "name": f"S{number}", "mbid": MBID, "url": "x", "streamable": "0",
        "date": {"uts": str(1614834360 + number), "#text": "04 Mar 2021, 05:06"},
    } | more  # fmt: skip


NOW = scrobble(9, date=None, **{"@attr": {"nowplaying": "true"}})


@pytest.mark.parametrize(
    "whole",
    [
        [scrobble(0), scrobble(1), scrobble(2)],
        [{"track": [NOW, scrobble(0), scrobble(1)]}, {"track": scrobble(2)}],
        [[scrobble(0)], [scrobble(1), scrobble(2)], []],
        [{"recenttracks": {"track": [scrobble(n)], "@attr": {"page": n}}} for n in range(3)],
        {"recenttracks": {"@attr": {"page": 1}, "track": [NOW, *map(scrobble, range(3))]}},
    ],
)
@pytest.mark.parametrize("indent", [None, 1])
def test_pages_of_recent_tracks(whole, indent):
    found, refused = read(json.dumps(whole, indent=indent))
    assert [(h.track.name, h.at - 1614834360) for h in found] == [
        ("Ann – S0", 0), ("Ann – S1", 1), ("Ann – S2", 2),
    ]  # fmt: skip
    assert found[0].track.ids == {"mbid": MBID}
    assert not refused


def test_pages_with_what_is_no_scrobble():
    found, refused = read(json.dumps([scrobble(0), 7, {"x": 1}, [None], scrobble(1, date=None)]))
    assert len(found) == 1
    assert len(refused) == 4


def test_the_day_when_something_was_added_is_no_listen():
    assert LastFM().sniff("x.csv", b"artist,title,dateadded\nA,B,2020-01-01\n") == 0


def test_other_tables_are_not_taken():
    for head in (b"a,b,c,d\n", b"artist,title\nx,y\n", b"playlist,artist,track,date\n", b"", b"\0"):
        assert LastFM().sniff("x.csv", head) == 0
