"""Listens of ListenBrainz: lines of dumps and the archive that its users download."""

from __future__ import annotations

import gzip
import json
import zipfile
from typing import Any

import pytest

from murecom.formats import ContentStream
from murecom.formats.base import Source
from murecom.formats.listenbrainz import ListenBrainz
from murecom.types import Listen

MBID = "00000000-0000-0000-0000-00000000000a"
SPOTIFY = "0" * 21 + "1"


def line(at: Any = 1614834360, **about: Any) -> bytes:
    metadata = {"artist_name": "Ann feat. Bob", "track_name": "Song", "release_name": "First"}
    row = {"listened_at": at, "user_name": "somebody", "track_metadata": metadata | about}
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def read(content: bytes) -> tuple[list[Listen], list[tuple[str, str]]]:
    source = Source(content)
    assert ListenBrainz().sniff("x.jsonl", source.head) > 0.9
    found = [content for content in ListenBrainz()._read(source) if isinstance(content, Listen)]
    return found, [(r.where, r.reason) for r in source.refused]


def test_the_shape():
    names = [{"artist_credit_name": "Ann"}, {"artist_credit_name": "Bob"}]
    ((found,), refused) = read(
        line(
            mbid_mapping={"recording_mbid": MBID, "artists": names},
            additional_info={
                "duration_ms": 61500, "isrc": "GB-AAA-20-00001",
                "spotify_id": f"https://open.spotify.com/track/{SPOTIFY}",
            },
        )
    )  # fmt: skip
    assert (found.at, found.ms) == (1614834360, None)
    track = found.track
    assert (track.title, track.artists, track.album) == ("Song", ("Ann", "Bob"), "First")
    uri = f"spotify:track:{SPOTIFY}"
    assert track.ids == {"mbid": MBID, "isrc": "GBAAA2000001", "spotify": uri}
    assert (track.id, track.duration) == (uri, 61.5)
    assert not refused
    assert "somebody" not in repr(found)


def test_little_is_known_and_what_cannot_be_used():
    other = [{"artist_credit_name": "Somebody else"}]
    found, refused = read(
        line(mbid_mapping=None, additional_info=None)
        + b"oops\n\n7\n{}\n"
        + line(artist_name="", track_name=None)
        + line(None)
        + line("2021-03-04T05:06:00Z", mbid_mapping={"artists": other, "recording_mbid": "x"})
    )
    assert [heard.at for heard in found] == [1614834360, 1614834360]
    assert {heard.track.id for heard in found} == {"text:Ann feat. Bob – Song"}
    assert [where for where, _ in refused] == ["line 2", "line 4", "line 5", "line 6", "line 7"]


def test_packed(tmp_path):
    assert len(read(gzip.compress(line() * 3))[0]) == 3
    path = tmp_path / "listenbrainz_somebody.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("user.json", "{}")
        file.writestr("listens/2021/3.jsonl", line())
        file.writestr("listens/2021/4.jsonl", line(1617512760) + b"oops\n")
        file.writestr("feedback.jsonl", '{"score": 1}')
    stream = ContentStream(path)
    assert stream.format.name == "listenbrainz"
    assert [heard.at for heard in stream if isinstance(heard, Listen)] == [1614834360, 1617512760]
    assert [r.where for r in stream.source.refused] == ["listens/2021/4.jsonl, line 2"]


def test_the_id_is_of_the_row_itself():
    """Neither of what came before in the file, nor of what ListenBrainz has found out since."""
    plain, known = line(), line(additional_info={"spotify_id": SPOTIFY})
    names = [{"artist_credit_name": "Ann"}, {"artist_credit_name": "Bob"}]
    mapped = line(mbid_mapping={"recording_mbid": MBID, "artists": names})
    for content in (plain + known, known + plain):
        found = {heard.track.id for heard in read(content)[0]}
        assert found == {"text:Ann feat. Bob – Song", f"spotify:track:{SPOTIFY}"}
    ((found,), _) = read(mapped)
    assert (found.track.id, found.track.artists) == ("text:Ann feat. Bob – Song", ("Ann", "Bob"))


@pytest.mark.parametrize("indent", [None, 2])
def test_one_list_as_older_exports_and_the_api_write_it(indent):
    rows = [json.loads(line(1614834360 + n, track_name=f"S{n}")) for n in range(3)]
    for whole in (rows, {"payload": {"count": 3, "user_id": "x", "listens": rows}}):
        content = json.dumps(whole, indent=indent).encode()
        found, refused = read(content)
        assert [heard.track.title for heard in found] == ["S0", "S1", "S2"]
        assert not refused
        damaged = content.replace(b'"S1"', b'"S1')
        found, refused = read(damaged)
        assert {"S0", "S2"} >= {heard.track.title for heard in found} >= {"S0"}
        assert len(refused) == 1


def test_episodes_are_no_tracks():
    info = {"spotify_id": "https://open.spotify.com/episode/x"}
    assert read(line(additional_info=info)) == (
        [], [("line 1", "an episode is no track of Spotify")],
    )  # fmt: skip


def test_playlists_as_lines_are_not_taken():
    assert ListenBrainz().sniff("x.jsonl", b'{"name": "a", "tracks": []}\n') == 0
