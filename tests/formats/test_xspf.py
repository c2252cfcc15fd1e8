"""XSPF: exact bytes, every shape of location, and hostile XML."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from murecom.errors import BadInput
from murecom.formats.base import Source
from murecom.formats.xspf import XSPF
from murecom.types import Playlist, Track, TrackId

MBID = "e97f805a-ab48-4c52-855e-07049142113d"

MIX = Playlist(
    "Evening & <mix>",
    (
        Track(
            TrackId("file:0"),
            "Uno & <due>",
            ("Muse", "周杰伦"),
            "Origin",
            217.5004,
            "/music/Muse/01 Uno#1?.mp3",
            {"mbid": MBID, "isrc": "GBAHT1600302"},
        ),
        Track(TrackId("file:1"), path=os.fsdecode(b"/music/Bj\xf6rk\n.mp3")),
        Track(TrackId("spotify:track:1"), "Cloud", ids={"spotify": "spotify:track:1"}),
        Track(TrackId("url:http://radio.example/s?a=1&b"), "Radio"),
        Track(TrackId("file:2")),
    ),
    description="two\nlines\x00\r",
)


def write(folder: Path, playlist: Playlist, **options) -> str:
    XSPF().write(playlist, folder / "a.xspf", **options)
    return (folder / "a.xspf").read_bytes().decode()


def read(folder: Path, content: bytes | str) -> Playlist:
    data = content.encode() if isinstance(content, str) else content
    (folder / "list.xspf").write_bytes(data)
    (playlist,) = XSPF().read(folder / "list.xspf")
    return playlist


def listed(*tracks: str, base: str = "") -> str:
    inner = "".join(f"<track>{track}</track>" for track in tracks)
    return (
        f'<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"{base}>'
        f"<title>T</title><trackList>{inner}</trackList></playlist>"
    )


def test_writes_exact_bytes(tmp_path):
    report = XSPF().write(MIX, tmp_path / "a.xspf", style="root", root="/music")
    assert (
        (tmp_path / "a.xspf").read_bytes().decode()
        == f"""\
<?xml version="1.0" encoding="UTF-8"?>
<playlist version="1" xmlns="http://xspf.org/ns/0/">
  <title>Evening &amp; &lt;mix&gt;</title>
  <annotation>two
lines\ufffd&#13;</annotation>
  <trackList>
    <track>
      <location>Muse/01%20Uno%231%3F.mp3</location>
      <identifier>https://musicbrainz.org/recording/{MBID}</identifier>
      <identifier>isrc:GBAHT1600302</identifier>
      <title>Uno &amp; &lt;due&gt;</title>
      <creator>Muse; 周杰伦</creator>
      <album>Origin</album>
      <duration>217500</duration>
    </track>
    <track>
      <location>Bj%F6rk%0A.mp3</location>
    </track>
    <track>
      <identifier>spotify:track:1</identifier>
      <title>Cloud</title>
    </track>
    <track>
      <location>http://radio.example/s?a=1&amp;b</location>
      <title>Radio</title>
    </track>
  </trackList>
</playlist>
"""
    )
    assert report.written == 4
    assert report.skipped == ((MIX.tracks[4], "It has neither a file nor a name."),)


def test_what_is_written_is_valid(tmp_path):
    """Check what the schema of XSPF 1 asks: namespace, version, known elements, URIs, integers."""
    root = ET.fromstring(write(tmp_path, MIX, style="absolute"))
    space = "{http://xspf.org/ns/0/}"
    assert root.tag == f"{space}playlist"
    assert root.attrib == {"version": "1"}
    assert [child.tag.removeprefix(space) for child in root] == ["title", "annotation", "trackList"]
    order = ["location", "identifier", "title", "creator", "album", "duration"]
    for track in root.iter(f"{space}track"):
        names = [child.tag.removeprefix(space) for child in track]
        assert names == sorted(names, key=order.index)
        for uri in [*track.iter(f"{space}location"), *track.iter(f"{space}identifier")]:
            assert re.fullmatch(
                r"[A-Za-z][\w+.-]*:(?:[\w.~:/?#@!$&'()*+,;=-]|%[0-9A-F]{2})+", uri.text
            )
        assert all(number.text.isdecimal() for number in track.iter(f"{space}duration"))


def test_survives_the_round_trip(tmp_path):
    for style in ("absolute", "playlist"):
        XSPF().write(MIX, tmp_path / "a.xspf", style=style)
        (back,) = XSPF().read(tmp_path / "a.xspf")
        assert (back.name, back.description) == (MIX.name, "two\nlines\ufffd")
        assert [t.path for t in back.tracks] == [t.path for t in MIX.tracks[:4]]
        first = back.tracks[0]
        assert (first.title, first.artists, first.album, first.duration, first.ids) == (
            "Uno & <due>",
            ("Muse", "周杰伦"),
            "Origin",
            217.5,
            {"mbid": MBID, "isrc": "GBAHT1600302"},
        )
        assert [t.id for t in back.tracks[2:]] == [
            "spotify:track:1",
            "url:http://radio.example/s?a=1&b",
        ]


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("file:///music/a%20%E6%99%B4.mp3", "/music/a 晴.mp3"),
        ("file://localhost/music/a.mp3", "/music/a.mp3"),
        ("file:/music/a.mp3", "/music/a.mp3"),
        ("/music/a b.mp3", "/music/a b.mp3"),
        ("sub/a%231.mp3", "{}/sub/a#1.mp3"),
        ("../a.mp3", "{}/../a.mp3"),
        ("sub\\a.mp3", "{}/sub/a.mp3"),
        ("file:///music/Bj%F6rk.mp3", os.fsdecode(b"/music/Bj\xf6rk.mp3")),
        (" \n /music/a.mp3 \n", "/music/a.mp3"),
    ],
)
def test_reads_locations(tmp_path, location, path):
    (found,) = read(tmp_path, listed(f"<location>{location}</location>")).tracks
    assert found.path == os.path.normpath(path.format(tmp_path))
    assert found.id == f"path:{found.path}"


def test_reads_names_that_somebody_forgot_to_escape(tmp_path):
    (tmp_path / "100%25 #1.mp3").touch()
    (found,) = read(tmp_path, listed("<location>100%25 #1.mp3</location>")).tracks
    assert found.path == str(tmp_path / "100%25 #1.mp3")


def test_takes_the_location_that_exists(tmp_path):
    (tmp_path / "b.mp3").touch()
    one, two = read(
        tmp_path,
        listed(
            "<location>http://x.example/a.mp3</location><location>a.mp3</location>"
            "<location>b.mp3</location>",
            "<location>http://x.example/a.mp3</location><location>a.mp3</location>",
        ),
    ).tracks
    assert one.path == str(tmp_path / "b.mp3")
    assert (two.path, two.id) == (None, "url:http://x.example/a.mp3")


def test_resolves_bases(tmp_path):
    content = """<playlist version="1" xmlns="http://xspf.org/ns/0/" xml:base="sub/">
      <trackList xml:base="deeper/">
        <track><location>a.mp3</location></track>
        <track xml:base="file:///music/"><location>b%20c.mp3</location></track>
        <track xml:base="http://x.example/"><location>d.mp3</location></track>
      </trackList></playlist>"""
    a, b, d = read(tmp_path, content).tracks
    assert a.path == f"{tmp_path}/sub/deeper/a.mp3"
    assert b.path == "/music/b c.mp3"
    assert d.id == "url:http://x.example/d.mp3"


def test_reads_what_else_a_track_says(tmp_path):
    content = listed(
        f"<identifier>x:1</identifier><identifier>http://musicbrainz.org/recording/{MBID.upper()}"
        "</identifier><title> A <b>B</b>\n C </title><creator>X; Y</creator><album>L</album>"
        "<duration>90500</duration><trackNum>7</trackNum><meta rel='x'>m</meta>"
        "<extension application='y'><title xmlns='urn:z'>no</title></extension>",
        "<title>Only a title</title><duration>soon</duration>",
        "<creator>Nobody</creator>",
    )
    source = Source(tmp_path / "list.xspf")
    read(tmp_path, content)
    (playlist,) = XSPF().read(source)
    first, second = playlist.tracks
    assert first.title == "A B C"
    assert first.artists == ("X", "Y")
    assert first.album == "L"
    assert first.duration == 90.5
    assert first.ids == {"mbid": MBID}
    assert first.id == "text:X, Y – A B C"
    assert (second.id, second.duration) == ("text:Only a title", None)
    assert [r.where for r in source.refused] == ["track 3"]


def test_foreign_and_missing_namespaces(tmp_path):
    assert len(read(tmp_path, listed("<title>a</title>").replace(" xmlns", " x")).tracks) == 1
    foreign = listed('<title xmlns="urn:x">no</title><location>a.mp3</location>')
    assert read(tmp_path, foreign).tracks[0].title is None


@pytest.mark.parametrize(
    "content",
    [
        listed("<title>caf\u00e9 & more</title>").encode(),
        listed("<title>caf\u00e9 &amp; more</title>").encode("latin-1"),
        listed("<title>caf\u00e9 &amp; m\x0bore</title>").encode(),
        b"\xef\xbb\xbf" + listed("<title>caf\u00e9 &amp; more</title>").encode(),
        listed("<title>caf\u00e9 &amp; more</title>").encode("utf-16"),
        ("\n\n" + listed("<title>caf\u00e9 &amp; more</title>")).encode(),
    ],
)
def test_mends_what_is_nearly_xml(tmp_path, content):
    assert read(tmp_path, content).tracks[0].title.replace("m ore", "more") == "café & more"


def test_reads_other_encodings(tmp_path):
    content = listed("<title>晴天</title>").replace("1.0'", "1.0")
    declared = content.replace('"1.0"?>', '"1.0" encoding="gbk"?>')
    assert read(tmp_path, declared.encode("gbk")).tracks[0].title == "晴天"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"nonsense",
        b"<playlist><trackList>",
        b"<html></html>",
        b'<?xml version="1.0" encoding="no-such"?><playlist/>\x00<',
        listed("<title>x</title>").encode()[:-20],
    ],
)
def test_damaged_files_are_bad_input(tmp_path, content):
    with pytest.raises(BadInput):
        read(tmp_path, content)


def test_entities_are_refused_before_they_grow(tmp_path):
    laughs = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 12))
    bomb = f'<!DOCTYPE p [<!ENTITY l0 "ha">{laughs}]><playlist><title>&l11;</title></playlist>'
    outside = '<!DOCTYPE p [<!ENTITY x SYSTEM "file:///etc/passwd">]><playlist>&x;</playlist>'
    started = time.monotonic()
    for content in (bomb, outside, '<!DOCTYPE p SYSTEM "http://x.example/"><playlist/>'):
        with pytest.raises(BadInput, match="document type"):
            read(tmp_path, content)
    assert time.monotonic() - started < 1


def test_deep_nesting_is_no_recursion(tmp_path):
    deep = "<x>" * 50_000 + "</x>" * 50_000
    assert len(read(tmp_path, listed(f"<title>a</title><extension>{deep}</extension>")).tracks) == 1


def test_empty_playlists(tmp_path):
    assert read(tmp_path, listed()).tracks == ()
    assert read(tmp_path, '<playlist xmlns="http://xspf.org/ns/0/"/>').name == "list"
    assert "<trackList>\n  </trackList>" in write(tmp_path, Playlist(""))


@pytest.mark.parametrize(
    ("name", "head", "low", "high"),
    [
        ("x", b'<?xml version="1.0"?><playlist xmlns="http://xspf.org/ns/0/">', 0.9, 1),
        ("x", '<playlist xmlns="http://xspf.org/ns/0/">'.encode("utf-16"), 0.9, 1),
        ("x.xml", b"<playlist><trackList>", 0.7, 0.9),
        ("x.XSPF", b"", 0.4, 0.6),
        ("x.xml", b"<feed>", 0, 0),
    ],
)
def test_sniffs(name, head, low, high):
    assert low <= XSPF().sniff(name, head) <= high
