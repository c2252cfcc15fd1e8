"""JSON lines: the shape of the Million Playlist Dataset a line, with whatever files really hold."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from murecom.formats import ContentStream, read_playlists, readable_suffixes
from murecom.formats.base import HEAD, Source
from murecom.formats.jsonl import JSONLines
from murecom.types import Playlist, Track

OWN = "jsonl:playlists-1271cf25/"
URI = "spotify:track:0NlyILZaWZ2euUP7JMKgtF"


def row(uri: Any = URI, title: Any = "Song", artist: Any = "Artist", **more: Any) -> dict[str, Any]:
    return {"track_uri": uri, "track_name": title, "artist_name": artist, **more}


def line(*tracks: Any, name: Any = "Evening", **more: Any) -> bytes:
    return json.dumps({"name": name, "tracks": list(tracks), **more}, ensure_ascii=False).encode()


def read(content: bytes) -> tuple[list[Playlist], list[tuple[str, str]]]:
    source = Source(content)
    found = JSONLines().read(source)
    return found, [(r.where, r.reason) for r in source.refused]


def one(entry: Any) -> Track:
    ((playlist,), refused) = read(line(entry))
    assert not refused
    return playlist.tracks[0]


def test_the_shape():
    first = line(row(), row("x:2", "晴天", "周杰倫"), pid=7, num_tracks=2, description="calm")
    found, refused = read(first + b"\n" + line(row(), name="二", pid=8) + b"\n")
    assert not refused
    assert [(p.id, p.name, p.description) for p in found] == [
        (f"{OWN}7", "Evening", "calm"),
        (f"{OWN}8", "二", None),
    ]
    song, other = found[0].tracks
    assert song == Track(URI, "Song", ("Artist",), ids={"spotify": URI})
    assert (other.id, other.title, other.artists) == ("x:2", "晴天", ("周杰倫",))


@pytest.mark.parametrize(
    ("uri", "track_id"),
    [
        (URI, URI),
        ("https://open.spotify.com/track/0NlyILZaWZ2euUP7JMKgtF?si=x", URI),
        ("netease:123", "netease:123"),
        ("https://x.example/a.mp3", "url:https://x.example/a.mp3"),
        ("", "text:Artist – Song"),
        (None, "text:Artist – Song"),
        (7, "text:Artist – Song"),
        ("not an id", "text:Artist – Song"),
    ],
)
def test_ids_stay_whole(uri, track_id):
    track = one(row(uri))
    assert track.id == track_id
    assert track.ids == ({"spotify": URI} if track_id == URI else {})
    assert (track.title, track.artists) == ("Song", ("Artist",))


@pytest.mark.parametrize(
    ("milliseconds", "seconds"),
    [(90_500, 90.5), (0, None), (-1, None), ("90500", None), (True, None), ([], None),
     (10**400, None), (float("nan"), None), (float("inf"), None)],
)  # fmt: skip
def test_durations_are_milliseconds(milliseconds, seconds):
    track = one(row(duration_ms=milliseconds, album_name=" The\0Album "))
    assert (track.duration, track.album) == (seconds, "The Album")


def test_entries_stand_in_the_order_of_their_positions():
    shuffled = [row(f"x:{n}", pos=n) for n in (2, 0, 1)]
    ((playlist,), _) = read(line(*shuffled))
    assert [track.id for track in playlist.tracks] == ["x:0", "x:1", "x:2"]
    ((playlist,), _) = read(line(*shuffled, row("x:9")))
    assert [track.id for track in playlist.tracks] == ["x:2", "x:0", "x:1", "x:9"]


def test_bad_lines_are_named_and_the_rest_is_read():
    content = b"\n".join(
        [
            b"\xef\xbb\xbf" + line(row(), pid=1),
            b'{"name": "cut", "tracks": [{"track_uri": "spoti',
            b"",
            b"[1, 2]",
            b'{"name": "no list", "tracks": {"a": 1}}',
            b"\xff\xfe nonsense",
            b'{"pid": ' + b"9" * 5000 + b"}",
            b"[" * 100_000,
            line(row(), 7, None, {}, row(uri="x:" + "y" * 2000), {"track_name": []}, pid=2),
            line(pid=3),
        ]
    )
    found, refused = read(content)
    assert [(p.id, len(p.tracks)) for p in found] == [
        (f"{OWN}1", 1),
        (f"{OWN}2", 1),
        (f"{OWN}3", 0),
    ]
    assert [where for where, _ in refused] == [
        "line 2", "line 4", "line 5", "line 6", "line 7", "line 8",
        *(f"line 9, track {n}" for n in (2, 3, 4, 5, 6)),
    ]  # fmt: skip
    assert "no JSON" in refused[0][1]
    assert "no playlist" in refused[2][1]


def test_ids_of_playlists_are_stable(tmp_path: Path):
    pids = [None, 5, True, 5, "five", [], 2**80, "\0\n", "x" * 999, 5, 1.5]
    pids += ["mine:x y", "mpd:5", "a: b"]
    content = b"\n".join(line(row(), pid=pid) for pid in pids)
    (tmp_path / "夜 list.jsonl").write_bytes(content)
    for _ in range(2):
        found = [p.id for p in read_playlists(tmp_path / "夜 list.jsonl")]
        own = found[0].removesuffix("1")
        assert re.fullmatch(r"jsonl:夜 list\.jsonl-[0-9a-f]{8}/", own)
        assert found == [
            f"{own}1", f"{own}5", f"{own}3", f"{own}5#2", f"{own}five", f"{own}6", f"{own}7",
            f"{own}8", f"{own}9", f"{own}5#3", f"{own}11", "mine:x y", f"{own}mpd:5", f"{own}a: b",
        ]  # fmt: skip


def test_files_of_one_name_in_two_folders_are_two(tmp_path: Path):
    found = set()
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "mine.jsonl").write_bytes(line(row()))
        found |= {p.id for p in read_playlists(tmp_path / folder / "mine.jsonl")}
    assert len(found) == 2


def test_a_link_leads_to_the_same_file(tmp_path: Path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a.jsonl").write_bytes(line(row(), pid=1))
    (tmp_path / "link").symlink_to(tmp_path / "real")
    found = {read_playlists(tmp_path / name / "a.jsonl")[0].id for name in ("real", "link")}
    assert len(found) == 1


@pytest.mark.parametrize(
    ("uri", "kind"),
    [("spotify:episode:x", "an episode"), ("spotify:local:A:B:C:200", "a local file"),
     ("https://open.spotify.com/show/x", "a show"), ("spotify:audiobook:x", "an audiobook")],
)  # fmt: skip
def test_what_is_no_track_is_refused_with_the_reason(uri, kind):
    found, refused = read(line(row(uri), row()))
    assert [len(p.tracks) for p in found] == [1]
    assert refused == [("line 1, track 1", f"{kind} is no track of Spotify")]


def test_control_characters_in_names():
    ((playlist,), refused) = read(b'{"name": "a\x00b\\u0000c\\ud800", "tracks": []}')
    assert playlist.name == "a b c\ufffd"
    assert not refused


@pytest.mark.parametrize("content", [b"", b"\n\n", b"\0\0\0", b"{", b"null", b"{}"])
def test_nearly_nothing(content):
    found, _ = read(content)
    assert found == []


def test_packed_and_cut_off(tmp_path: Path):
    content = b"\n".join(line(row(f"x:{n}"), pid=n) for n in range(2000))
    packed = gzip.compress(content, mtime=0)
    path = tmp_path / "lists.jsonl.gz"
    path.write_bytes(packed)
    stream = ContentStream(path)
    assert len(list(stream)) == 2000
    assert stream.source.done == len(packed)
    assert not stream.source.refused
    for damaged in (packed[: len(packed) // 2], packed[:-1], packed[:-8] + b"\0" * 8):
        found, refused = read(damaged)
        assert [p.id for p in found] == [f"{OWN}{n}" for n in range(len(found))]
        assert refused[-1][1] == "the packed file is cut off or damaged"
    assert len(read(packed[:-1])[0]) > 1900
    assert read(packed[:5] + b"\xff" * 40)[0] == []


def test_recognised_by_content(tmp_path: Path):
    content = line(row(), pid=1)
    for name, data in (("a.txt", content), ("b", gzip.compress(content))):
        (tmp_path / name).write_bytes(data)
        assert ContentStream(tmp_path / name).format.name == "jsonl"
    sniff = JSONLines().sniff
    assert sniff("a.jsonl", b'{"name": "' + b"x" * HEAD) >= 0.5
    for other in (b'{"playlist": {"track": []}}', b'{"info": 1, "playlists": [', b"#EXTM3U", b"\0"):
        assert sniff("", other) < 0.2
    assert {".jsonl", ".jsonl.gz", ".m3u"} < set(readable_suffixes())


def test_large_files_are_read_bit_by_bit(monkeypatch, tmp_path: Path):
    monkeypatch.setattr("murecom.formats.base.LARGEST", 1000)
    (tmp_path / "a.jsonl").write_bytes(b"\n".join(line(row()) for _ in range(100)))
    assert len(read_playlists(tmp_path / "a.jsonl")) == 100


def test_a_line_without_end(monkeypatch):
    monkeypatch.setattr("murecom.formats.packed.LONGEST_LINE", 500)
    content = b"\n".join([line(row(), pid=1), b"{" * 2100, line(row(), pid=2)])
    found, refused = read(content)
    assert [p.id for p in found] == [f"{OWN}1", f"{OWN}2"]
    assert refused == [("line 2", "it is too long for a playlist")]


@pytest.mark.data
def test_the_developers_subset(data_dir: Path):
    stream = ContentStream(data_dir / "mpd" / "playlists.jsonl.gz")
    ids, entries = set(), 0
    for playlist in stream:
        ids.add(playlist.id)
        entries += len(playlist.tracks)
    assert not stream.source.refused
    assert (len(ids), entries) == (6055, 595_878)
