"""JSPF: exact bytes, the dialects of Xiph, MusicBrainz and ListenBrainz, and hostile JSON."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from murecom.errors import BadInput
from murecom.formats.base import Source
from murecom.formats.jspf import JSPF, TRACK
from murecom.types import Playlist, Track, TrackId

MBID = "e97f805a-ab48-4c52-855e-07049142113d"

MIX = Playlist(
    "Evening “mix”",
    (
        Track(
            TrackId("file:0"),
            "Uno",
            ("Muse", "周杰伦"),
            "Origin",
            217.5004,
            "/music/Muse/01 Uno#1?.mp3",
            {"mbid": MBID},
        ),
        Track(TrackId("file:1"), path=os.fsdecode(b"/music/Bj\xf6rk\n.mp3")),
        Track(TrackId("file:2")),
    ),
    description="two\nlines",
)


def read(folder: Path, content: Any, name: str = "list.jspf") -> Playlist:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    (folder / name).write_bytes(data)
    (playlist,) = JSPF().read(folder / name)
    return playlist


def one(folder: Path, **entry: Any) -> Track:
    (track,) = read(folder, {"playlist": {"track": [entry]}}).tracks
    return track


def test_writes_exact_bytes(tmp_path):
    report = JSPF().write(MIX, tmp_path / "a.jspf", style="root", root="/music")
    assert (tmp_path / "a.jspf").read_bytes().decode() == (
        """\
{
  "playlist": {
    "title": "Evening “mix”",
    "annotation": "two\\nlines",
    "extension": {
      "https://musicbrainz.org/doc/jspf#playlist": {
        "public": false
      }
    },
    "track": [
      {
        "location": [
          "Muse/01%20Uno%231%3F.mp3"
        ],
        "identifier": [
          "https://musicbrainz.org/recording/MBID"
        ],
        "title": "Uno",
        "creator": "Muse, 周杰伦",
        "album": "Origin",
        "duration": 217500,
        "extension": {
          "https://musicbrainz.org/doc/jspf#track": {
            "additional_metadata": {
              "artists": [
                {
                  "artist_credit_name": "Muse",
                  "join_phrase": ", "
                },
                {
                  "artist_credit_name": "周杰伦",
                  "join_phrase": ""
                }
              ]
            }
          }
        }
      },
      {
        "location": [
          "Bj%F6rk%0A.mp3"
        ]
      }
    ]
  }
}
""".replace("MBID", MBID)
    )
    assert report.written == 2
    assert report.skipped == ((MIX.tracks[2], "It has neither a file nor a name."),)


def test_survives_the_round_trip(tmp_path):
    for style in ("absolute", "playlist"):
        JSPF().write(MIX, tmp_path / "a.jspf", style=style)
        (back,) = JSPF().read(tmp_path / "a.jspf")
        assert (back.name, back.description) == (MIX.name, MIX.description)
        assert [t.path for t in back.tracks] == [t.path for t in MIX.tracks[:2]]
        first = back.tracks[0]
        assert (first.title, first.artists, first.album, first.duration, first.ids) == (
            "Uno",
            ("Muse", "周杰伦"),
            "Origin",
            217.5,
            {"mbid": MBID},
        )


def test_identifiers_as_text_or_list(tmp_path):
    address = f"https://musicbrainz.org/recording/{MBID}"
    for identifier in (address, [address], ["x:y", address, 7, None]):
        track = one(tmp_path, identifier=identifier, title="T", creator="A")
        assert track.ids == {"mbid": MBID}
        assert track.id == "text:A – T"
    assert one(tmp_path, identifier=address).id == f"text:{MBID}"


def test_extensions_as_object_or_list(tmp_path):
    names = [{"artist_credit_name": "A", "join_phrase": " & "}, {"artist_credit_name": "B"}]
    about = {"additional_metadata": {"artists": names}}
    for extension in ({TRACK: about}, {TRACK: [about]}, {TRACK: ["x", about]}):
        assert one(tmp_path, title="T", creator="A & B", extension=extension).artists == ("A", "B")
    for extension in (None, [], {}, {TRACK: 7}, {TRACK: {"additional_metadata": {"artists": [1]}}}):
        assert one(tmp_path, title="T", creator="A & B", extension=extension).artists == ("A & B",)


def test_locations_as_text_or_list(tmp_path):
    assert one(tmp_path, location="sub/a%20b.mp3").path == f"{tmp_path}/sub/a b.mp3"
    assert one(tmp_path, location=["file:///music/a.mp3"]).path == "/music/a.mp3"
    assert one(tmp_path, location="https://x.example/a.mp3").id == "url:https://x.example/a.mp3"


@pytest.mark.parametrize(
    ("duration", "seconds"),
    [
        (90500, 90.5),
        ("90500", 90.5),
        *[(value, None) for value in (None, 0, -1, "soon", [], {}, 10**400)],
        *[(float(value), None) for value in ("nan", "inf")],
    ],
)
def test_durations_are_milliseconds(tmp_path, duration, seconds):
    assert one(tmp_path, title="T", duration=duration).duration == seconds


def test_reads_what_listenbrainz_gives(tmp_path):
    content = {
        "playlist": {
            "annotation": "<p>About</p>",
            "creator": "someone",
            "date": "2025-01-01T00:00:00+00:00",
            "extension": {"https://musicbrainz.org/doc/jspf#playlist": {"public": True}},
            "identifier": "https://listenbrainz.org/playlist/1",
            "title": "Weekly",
            "track": [
                {
                    "creator": "Portishead",
                    "duration": 303000,
                    "extension": {TRACK: {"added_by": "x", "artist_identifiers": ["y"]}},
                    "identifier": [f"https://musicbrainz.org/recording/{MBID}"],
                    "title": "Roads",
                }
            ],
        }
    }
    playlist = read(tmp_path, content)
    assert (playlist.name, playlist.description) == ("Weekly", "<p>About</p>")
    (track,) = playlist.tracks
    assert (track.name, track.duration, track.ids) == ("Portishead – Roads", 303, {"mbid": MBID})


def test_refuses_entries_that_say_nothing(tmp_path):
    path = tmp_path / "list.jspf"
    path.write_text('{"playlist": {"track": [{}, 7, {"title": "T"}, {"creator": "A"}]}}')
    source = Source(path)
    (playlist,) = JSPF().read(source)
    assert [t.title for t in playlist.tracks] == ["T"]
    assert [r.where for r in source.refused] == ["track 1", "track 2", "track 4"]


def test_halves_of_characters_do_no_harm(tmp_path):
    track = one(tmp_path, title="a\ud83d", creator="\udce9", location="\ud800.mp3")
    assert (track.title, track.artists) == ("a\ufffd", ("\ufffd",))
    assert track.path == f"{tmp_path}/\ufffd.mp3"
    odd = Track(TrackId("x"), os.fsdecode(b"t\xf6"), (os.fsdecode(b"\xff"),))
    JSPF().write(Playlist("p", (odd,)), tmp_path / "b.jspf")
    assert JSPF().read(tmp_path / "b.jspf")[0].tracks[0].title == "t\ufffd"


@pytest.mark.parametrize("prefix", [b"", b"\xef\xbb\xbf"])
def test_reads_marks_of_byte_order(tmp_path, prefix):
    assert read(tmp_path, prefix + b'{"playlist": {"title": "T"}}').name == "T"
    assert read(tmp_path, '{"playlist": {"title": "T"}}'.encode("utf-16")).name == "T"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"7",
        b'{"playlist": []}',
        b'{"playlists": [{}]}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"playlist": {"track": ' + b"1" * 10_000 + b"}}",
    ],
)
def test_damaged_files_are_bad_input(tmp_path, content):
    with pytest.raises(BadInput):
        read(tmp_path, content)


@pytest.mark.parametrize("track", [[], None, "x", {}, {"title": "T"}])
def test_a_list_may_be_missing_or_single(tmp_path, track):
    titles = [t.title for t in read(tmp_path, {"playlist": {"track": track}}).tracks]
    assert titles == (["T"] if track == {"title": "T"} else [])


@pytest.mark.parametrize(
    ("name", "head", "low", "high"),
    [
        ("x.json", b'\xef\xbb\xbf { "playlist" : {', 0.9, 1),
        ("x.json", '{"playlist": {'.encode("utf-16"), 0.9, 1),
        ("x.jspf", b"", 0.5, 0.7),
        ("x.json", b'{"a": 1, "playlist": {', 0.4, 0.6),
        ("x.json", b'{"info": {}, "playlists": [', 0, 0),
    ],
)
def test_sniffs(name, head, low, high):
    assert low <= JSPF().sniff(name, head) <= high


def test_when_a_track_came_in(tmp_path):
    about = {"https://musicbrainz.org/doc/jspf#track": {"added_at": "2021-03-04T05:06:00+00:00"}}
    tracks = [{"title": "A", "extension": about}, {}, {"title": "B"}]
    content = json.dumps({"playlist": {"title": "L", "track": tracks}}).encode()
    (found,) = JSPF().read(content)
    assert found.added == (1614834360, None)
    plain = json.dumps({"playlist": {"track": [{"title": "B"}]}}).encode()
    assert JSPF().read(plain)[0].added == ()
