"""What Spotify gives its users, in every shape it had: made up after its documented fields."""

from __future__ import annotations

import json
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.formats import ContentStream
from murecom.formats.base import Content, Source
from murecom.formats.spotify_export import SpotifyExport
from murecom.types import Listen, Playlist

URI = "spotify:track:{:022d}"
SECRETS = {
    "username": "somebody", "platform": "ios", "conn_country": "XX", "ip_addr": "192.0.2.7",
    "ip_addr_decrypted": "192.0.2.7", "user_agent_decrypted": "Browser/1.0",
}  # fmt: skip


def item(number: int, added: str | None = "2021-03-04", **more: Any) -> dict[str, Any]:
    track = {
        "trackName": f"Song {number}", "artistName": "Ann, Bob & Co", "albumName": "First",
        "trackUri": URI.format(number),
    }  # fmt: skip
    entry = {"track": track, "episode": None, "audiobook": None, "localTrack": None} | more
    return entry | ({"addedDate": added} if added else {})


def playlist(name: str, *items: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, "lastModifiedDate": "2024-01-02", "items": list(items)} | more


def played(number: int, **more: Any) -> dict[str, Any]:
    return SECRETS | {
        "ts": f"2021-03-04T05:{number % 60:02d}:07Z", "ms_played": 1000 * number,
        "master_metadata_track_name": f"Song {number}",
        "master_metadata_album_artist_name": "Ann", "master_metadata_album_album_name": "First",
        "spotify_track_uri": URI.format(number), "episode_name": None, "episode_show_name": None,
        "spotify_episode_uri": None, "reason_start": "clickrow", "reason_end": "trackdone",
        "skipped": False, "incognito_mode": False,
    } | more  # fmt: skip


EPISODE = {
    "spotify_track_uri": None, "master_metadata_track_name": None, "episode_name": "One",
    "episode_show_name": "Talk", "spotify_episode_uri": "spotify:episode:1",
}  # fmt: skip


def read(content: Any, name: str = "x.json") -> tuple[list[Content], list[tuple[str, str]]]:
    data = content if isinstance(content, bytes) else json.dumps(content, indent=2).encode()
    source = Source(data)
    assert SpotifyExport().sniff(name, source.head) > 0.9
    return list(SpotifyExport()._read(source)), [(r.where, r.reason) for r in source.refused]


def test_playlists():
    local = {"uri": "spotify:local:Ann:First:My+Song:200"}
    found, refused = read(
        {
            "playlists": [
                playlist(
                    "Evening", item(2), item(1, "2020-01-01"), item(2, None), item(3, "soon"),
                    item(4, track=None, episode={"episodeName": "E1", "showName": "Talk"}),
                    item(5, track=None, localTrack=local), item(6, track=None), None,
                    description="calm", numberOfFollowers=3, collaborators=["somebody"],
                ),
                playlist("Empty"),
                {"name": "No list", "items": None},
            ]
        }
    )  # fmt: skip
    evening, empty = found
    assert isinstance(evening, Playlist)
    assert [t.id for t in evening.tracks] == [URI.format(n) for n in (2, 1, 2, 3)]
    assert evening.added == (1614816000, 1577836800, None, None)
    assert (evening.name, evening.description) == ("Evening", "calm")
    song = evening.tracks[0]
    assert (song.title, song.artists, song.album) == ("Song 2", ("Ann, Bob & Co",), "First")
    assert isinstance(empty, Playlist)
    assert (empty.name, empty.tracks, empty.added) == ("Empty", (), ())
    assert [reason for _, reason in refused] == [
        "an episode is no track of Spotify: E1 – Talk",
        "a local file is no track of Spotify: Ann – First – My Song",
        "nothing in it identifies a track",
        "nothing in it identifies a track",
        'it is no playlist: it holds no list "items"',
    ]
    assert refused[0][0] == "line 3, track 5 of 'Evening'"


def test_exports_before_2021_have_no_uris():
    old = {"track": {"trackName": "Song", "artistName": "Ann", "albumName": "First"}}
    (found,), refused = read({"playlists": [playlist("Old", old)]})
    assert isinstance(found, Playlist)
    assert [t.id for t in found.tracks] == ["text:Ann – Song"]
    assert not refused


def test_ids_last_from_export_to_export():
    def ids(*lists: dict[str, Any]) -> list[str | None]:
        return [p.id for p in read({"playlists": list(lists)})[0] if isinstance(p, Playlist)]

    first = ids(playlist("A", item(1, "2020-01-01"), item(2)))
    assert first == ids(playlist("A", item(3), item(2), item(1, "2020-01-01"), item(9)))
    assert first != ids(playlist("A", item(4)))  # somebody else's
    twice = ids(playlist("A", item(1)), playlist("A", item(1)))
    assert twice[1] == f"{twice[0]}#2"


def test_the_library_is_a_playlist():
    row = {"artist": "Ann", "album": "First", "track": "Song 1", "uri": URI.format(1)}
    content = {"tracks": [row, row | {"uri": "", "track": ""}], "albums": [{"artist": "Bob"}],
               "shows": [], "episodes": [], "bannedTracks": [row], "artists": []}  # fmt: skip
    (liked,), refused = read(content)
    assert isinstance(liked, Playlist)
    assert (liked.name, [t.id for t in liked.tracks]) == ("Liked Songs", [URI.format(1)])
    assert len(refused) == 1
    (none,), _ = read({"tracks": [], "albums": []})
    assert isinstance(none, Playlist)
    assert none.tracks == ()


def test_the_short_history():
    rows = [
        {"endTime": "2021-03-04 05:06", "artistName": "Ann", "trackName": "S", "msPlayed": 179026},
        {"endTime": "never", "artistName": "Ann", "trackName": "S", "msPlayed": 1},
        {"endTime": "2021-03-04 05:07", "artistName": "", "trackName": "", "msPlayed": 1},
    ]
    (found,), refused = read(rows)
    assert isinstance(found, Listen)
    assert (found.track.id, found.at, found.ms) == ("text:Ann – S", 1614834360, 179026)
    assert found.is_skipped is None
    assert [reason for _, reason in refused] == [
        "it does not say when it was heard", "nothing in it identifies a track",
    ]  # fmt: skip
    podcast = {"endTime": "2021-03-04 05:06", "podcastName": "Talk", "episodeName": "One"}
    assert read([podcast])[1] == [("line 2", "an episode is no track")]


def test_the_long_history():
    found, refused = read(
        [
            played(1), played(2, skipped=True), played(3, skipped=None, reason_end="fwdbtn"),
            played(4, skipped=None, reason_end="endplay"), played(5, **EPISODE),
            played(6, spotify_track_uri=["x"], master_metadata_track_name=None),
            played(7, audiobook_title="Book", spotify_track_uri=None,
                   master_metadata_track_name=None), 7,
        ]
    )  # fmt: skip
    listens = [heard for heard in found if isinstance(heard, Listen)]
    assert [heard.track.id for heard in listens] == [URI.format(n) for n in (1, 2, 3, 4)]
    assert [heard.is_skipped for heard in listens] == [False, True, True, None]
    assert (listens[0].at, listens[0].ms) == (1614834067, 1000)
    assert [reason for _, reason in refused] == [
        "an episode is no track", "nothing in it identifies a track",
        "an audiobook is no track", "it is no listen",
    ]  # fmt: skip


def test_no_address_or_device_leaves_the_reader():
    rows = [played(1), played(2, ts=None), played(3, **EPISODE)]
    told = repr(read(rows))
    for secret in ("192.0.2.7", "somebody", "Browser", "ios"):
        assert secret not in told


def test_nothing_is_in_it(tmp_path: Path):
    path = tmp_path / "StreamingHistory_music_0.json"
    path.write_bytes(b"[]")
    stream = ContentStream(path)
    assert (list(stream), stream.format.name) == ([], "spotify_export")
    assert not stream.source.refused
    assert SpotifyExport().sniff("settings.json", b"[]") == 0
    assert SpotifyExport().sniff("x.json", b'{"playlists": [{"name": "a", "pid": 1}]}') == 0


@given(st.data())
def test_what_was_whole_is_kept_wherever_a_file_was_cut(data):
    rows = [played(n) for n in range(1, 8)]
    whole = json.dumps(rows, indent=1)
    cut = data.draw(st.integers(300, len(whole) - 2))
    found, refused = read(whole[:cut].encode())
    expected = sum(whole.index(f'"{URI.format(n)}"') < cut for n in range(1, 8))
    assert expected - 1 <= len(found) <= expected
    assert [h.track.id for h in found if isinstance(h, Listen)] == [
        URI.format(n) for n in range(1, len(found) + 1)
    ]
    assert len(refused) == 1


def test_damage_costs_one_playlist():
    whole = json.dumps({"playlists": [playlist(f"L{n}", item(n), item(9)) for n in range(6)]})
    at = whole.index('"L2"')
    found, refused = read((whole[:at] + "oops" + whole[at:]).encode())
    assert [p.name for p in found if isinstance(p, Playlist)] == ["L0", "L1", "L3", "L4", "L5"]
    assert len(refused) == 1


def archive(files: dict[str, Any], **more: Any) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as file:
        for name, value in files.items():
            file.writestr(name, value if isinstance(value, bytes) else json.dumps(value))
    return content.getvalue()


FILES = {
    "Spotify Account Data/Identity.json": {"ip": "192.0.2.7"},
    "Spotify Account Data/Playlist1.json": {"playlists": [playlist("A", item(1))]},
    "Spotify Account Data/Playlist2.json": {"playlists": [playlist("B", item(2), {})]},
    "Spotify Account Data/YourLibrary.json": {"tracks": [], "albums": []},
    "Spotify Account Data/StreamingHistory_music_0.json": [
        {"endTime": "2021-03-04 05:06", "artistName": "Ann", "trackName": "S", "msPlayed": 1}
    ],
    "Spotify Extended Streaming History/Streaming_History_Audio_2020-2021_0.json": [played(1)],
}


def test_the_zip_as_people_hold_it(tmp_path: Path):
    path = tmp_path / "my_spotify_data.zip"
    path.write_bytes(archive(FILES))
    stream = ContentStream(path)
    found = list(stream)
    assert stream.format.name == "spotify_export"
    assert [c.name for c in found if isinstance(c, Playlist)] == ["A", "B", "Liked Songs"]
    assert sum(isinstance(content, Listen) for content in found) == 2
    (refused,) = stream.source.refused
    assert refused.where == "Spotify Account Data/Playlist2.json, line 1, track 2 of 'B'"
    assert 0 < stream.source.done <= path.stat().st_size
    assert list(stream) == found, "a stream can be read again"


def test_damaged_zips():
    with pytest.raises(BadInput, match="Download it again"):
        read(archive(FILES)[:-40], "my_spotify_data.zip")
    data = bytearray(archive({"MyData/Playlist1.json": {"playlists": [playlist("A", item(1))]}}))
    data[60:70] = b"\xff" * 10
    found, refused = read(bytes(data))
    assert not found
    assert len(refused) == 1
    found, refused = read(archive({"MyData/Playlist1.json": b"<html>"}))
    assert refused == [
        ("MyData/Playlist1.json, line 1", "it does not look like the file that its name says")
    ]


def test_old_names_in_the_archive_and_other_files_in_it(tmp_path: Path):
    path = tmp_path / "my_spotify_data.zip"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("MyData/Userdata.json", json.dumps({"username": "somebody"}))
        file.writestr("MyData/endsong_0.json", json.dumps([played(1)]))
        file.writestr("MyData/renamed.json", json.dumps([played(2)]))
    stream = ContentStream(path)
    assert [heard.track.id for heard in stream] == [URI.format(1), URI.format(2)]
    assert not stream.source.refused
    (tmp_path / "endsong_0.json").write_text(json.dumps([played(1)]))
    assert len(list(ContentStream(tmp_path / "endsong_0.json"))) == 1


def test_an_archive_that_holds_nothing_is_told(tmp_path: Path):
    path = tmp_path / "my_spotify_data.zip"
    for name in ("MyData/Userdata.json", "MyData/Read me.pdf"):
        with zipfile.ZipFile(path, "w") as file:
            file.writestr(name, json.dumps({"username": "somebody"}))
        with pytest.raises(BadInput, match=r"The zip holds no"):
            list(ContentStream(path))


def test_two_lists_of_one_name_in_two_files_stay_two(tmp_path: Path):
    parts = [[playlist("Mine", item(1)), playlist("E")], [playlist("Mine", item(1), item(2))],
             [playlist("E"), playlist("Mine", item(1, "2022-01-01"))]]  # fmt: skip
    contents = {f"Playlist{n}.json": json.dumps({"playlists": p}) for n, p in enumerate(parts, 1)}
    with zipfile.ZipFile(tmp_path / "my_spotify_data.zip", "w") as file:
        for name, text in contents.items():
            file.writestr(f"Spotify Account Data/{name}", text)
            (tmp_path / name).write_text(text)
    found = [p.id for p in ContentStream(tmp_path / "my_spotify_data.zip")]
    assert len(set(found)) == 5
    assert [p.id for name in contents for p in ContentStream(tmp_path / name)] == found


def test_lists_as_they_once_were_and_tracks_that_are_gone():
    old = {"trackName": "Song", "artistName": "Ann", "albumName": "First"}
    lists = [{"name": "Old", "lastModifiedDate": "2019-01-02", "tracks": [old]}]
    (found,), refused = read({"playlists": lists})
    assert [track.id for track in found.tracks] == ["text:Ann – Song"]
    assert not refused
    gone = {"endTime": "2021-03-04 05:06", "artistName": "Unknown Artist",
            "trackName": "Unknown Track", "msPlayed": 1}  # fmt: skip
    assert read([gone]) == ([], [("line 2", "Spotify does not know any more what it was")])
    liked = {"tracks": [{"artist": "A", "track": "T", "uri": "spotify:episode:x"}]}
    assert read(liked)[1][0][1] == "an episode is no track of Spotify"


def test_no_name_of_what_was_heard_is_in_a_reason():
    rows = [played(1, ts=None), played(2, **EPISODE), played(3, audiobook_title="Book",
            spotify_track_uri=None, master_metadata_track_name=None)]  # fmt: skip
    told = repr(read(rows)[1])
    for name in ("Song", "Talk", "One", "Book", "Ann"):
        assert name not in told
