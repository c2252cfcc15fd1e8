"""Slices of the Million Playlist Dataset, whole and damaged."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.formats import ContentStream
from murecom.formats.base import HEAD, Source
from murecom.formats.json_text import CUT
from murecom.formats.mpd import MillionPlaylists
from murecom.types import Playlist


def slice_of(count: int = 12, tracks: int = 4) -> str:
    """Write a slice as the data set does."""
    return json.dumps(
        {
            "info": {"generated_on": "2017-12-03 08:41:42", "slice": "0-999", "version": "v1"},
            "playlists": [
                {
                    "name": f"list {pid}",
                    "collaborative": "false",
                    "pid": pid,
                    "num_tracks": tracks,
                    "tracks": [
                        {
                            "pos": pos,
                            "artist_name": "Artist [live], {x}",
                            "track_uri": f"spotify:track:{pid:03}{pos:019}",
                            "album_name": "Album [2]",
                            "track_name": 'Say "hi" ], }',
                            "duration_ms": 1500,
                        }
                        for pos in range(tracks)
                    ],
                    "num_edits": 8,
                    "duration_ms": 11532414,
                }
                for pid in range(count)
            ],
        },
        indent=4,
    )


def read(content: str | bytes) -> tuple[list[Playlist], list[tuple[str, str]]]:
    source = Source(content.encode() if isinstance(content, str) else content)
    found = MillionPlaylists().read(source)
    return found, [(r.where, r.reason) for r in source.refused]


def test_the_shape():
    found, refused = read(slice_of())
    assert not refused
    assert [p.id for p in found] == [f"mpd:{n}" for n in range(12)]
    track = found[3].tracks[2]
    uri = f"spotify:track:003{2:019}"
    assert (track.id, track.ids) == (uri, {"spotify": uri})
    assert (track.title, track.artists) == ('Say "hi" ], }', ("Artist [live], {x}",))
    assert (track.album, track.duration) == ("Album [2]", 1.5)


@pytest.mark.parametrize("chunk", [50, 1000, 1 << 20])
def test_read_bit_by_bit(monkeypatch, chunk):
    monkeypatch.setattr("murecom.formats.json_text.CHUNK", chunk)
    monkeypatch.setattr("murecom.formats.base.LARGEST", 100)
    whole = slice_of(40)
    assert [p.id for p in read(whole)[0]] == [f"mpd:{n}" for n in range(40)]
    assert len(read(gzip.compress(whole.encode()))[0]) == 40
    assert len(read(json.dumps(json.loads(whole)))[0]) == 40


@given(st.data())
def test_damage_costs_the_playlist_in_which_it_lies(data):
    whole = slice_of()
    begin = whole.index('"playlists"') + 20
    place = data.draw(st.integers(begin, len(whole) - 200))
    rubbish = data.draw(
        st.sampled_from(['"', "{", "}", "]", "[", "\x00", ",,", '{"tracks": [', "x"])
    )
    found, refused = read(whole[:place] + rubbish + whole[place:])
    ids = [p.id for p in found if p.id]
    missing = {f"mpd:{n}" for n in range(12)} - set(ids)
    assert len(missing) <= 2
    assert not missing or refused
    assert all(where.startswith("line ") for where, _ in refused)


def test_damage_is_named_by_its_line():
    whole = slice_of(indent := 12)
    lines = whole.split("\n")
    broken = next(n for n, text in enumerate(lines) if '"pid": 5' in text)
    lines[broken] = "   oops"
    found, refused = read("\n".join(lines))
    assert [p.id for p in found] == [f"mpd:{n}" for n in range(indent) if n != 5]
    ((where, reason),) = refused
    assert abs(int(where.split()[1]) - broken) <= 5
    assert "damaged" in reason


def test_cut_off():
    whole = slice_of()
    for end in (len(whole) // 2, len(whole) - 40):
        found, refused = read(whole[:end])
        assert [p.id for p in found] == [f"mpd:{n}" for n in range(len(found))]
        assert [reason for _, reason in refused] == [CUT]
    # the last brackets are not worth a word
    assert read(whole.rstrip("}\n "))[1] == []
    packed = gzip.compress(slice_of(400).encode())
    found, refused = read(packed[: len(packed) // 2])
    assert 100 < len(found) < 400
    assert refused[-1][1] == "the packed file is cut off or damaged"


@pytest.mark.parametrize(
    "content", ["", "{", '{"info": {"slice": "0"}}', '{"info": [' + "1," * 5000, "[]"]
)
def test_no_slice_at_all(content):
    with pytest.raises(BadInput, match=r'no list "playlists"'):
        read(content)


def test_strange_elements():
    content = '{"playlists": [7, null, [], {"tracks": 1}, {"name": "n", "tracks": []}, "x"]}'
    found, refused = read(content)
    assert [(p.name, p.tracks) for p in found] == [("n", ())]
    assert re.fullmatch(r"mpd:playlists-[0-9a-f]{8}/5", found[0].id)
    assert len(refused) == 5
    assert read('{"playlists": []}') == ([], [])


def test_recognised_by_content(tmp_path: Path):
    whole = slice_of().encode()
    for name, data in (("a.json", whole), ("b", gzip.compress(whole))):
        (tmp_path / name).write_bytes(data)
        assert ContentStream(tmp_path / name).format.name == "mpd"
    sniff = MillionPlaylists().sniff
    assert sniff("", whole[:HEAD]) > 0.5
    for other in (b'{"playlist": {"track": []}}', b'{"name": "a", "tracks": []}', b"[]", b"\0"):
        assert sniff("a.json", other) < 0.2


@pytest.mark.data
def test_the_head_of_a_real_slice(data_dir: Path):
    stream = ContentStream(data_dir / "mpd" / "mpd.slice.head.json")
    found = list(stream)
    assert (stream.format.name, len(found), stream.source.refused) == ("mpd", 29, [])
    assert found[0].tracks[0].album == "The Cookbook"
    assert found[0].tracks[0].duration == 226.863
