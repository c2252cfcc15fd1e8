"""Tables of Exportify in both dialects, made up after their documented columns."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from murecom.formats import ContentStream
from murecom.formats.exportify import Exportify
from murecom.types import About, Playlist

APP = (
    '"Track URI","Track Name","Artist URI(s)","Artist Name(s)","Album URI","Album Name",'
    '"Album Artist URI(s)","Album Artist Name(s)","Album Release Date","Album Image URL",'
    '"Disc Number","Track Number","Track Duration (ms)","Track Preview URL","Explicit",'
    '"Popularity","ISRC","Added By","Added At"\n'
    '"spotify:track:0000000000000000000001","Say ""hi"", all","spotify:artist:1, spotify:artist:2",'
    '"Tall\\, The Maker, Ann","spotify:album:1","First","spotify:artist:1","Ann","2020-01-01","",'
    '"1","1","61500","","false","50","GB-AAA-20-00001","spotify:user:x","2021-03-04T05:06:07Z"\n'
    '"spotify:episode:5","One","","Talk","","","","","","","","","","","","","","",""\n'
    '"spotify:local:A:B:C:9","Mine","","A","","","","","","","","","","","","","","",""\n'
)
NET = (
    "\ufeffTrack URI,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),Popularity,"
    "Explicit,Added By,Added At,Genres,Record Label,Danceability,Energy,Key,Loudness,Mode,"
    "Speechiness,Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature\n"
    'spotify:track:0000000000000000000001,"Song","First","Ann;Bob, Sons & Co",2020-01-01,61500,50,'
    'false,x,2021-03-04T05:06:07Z,"indie rock,dream pop",Label,0.5,0.8,-1,-6.5,1,0.04,0.1,0.0,'
    "0.2,0.66,120.04,4\n"
    'spotify:track:0000000000000000000002,"Other","First",Bob,2020-01-01,61500,50,false,x,,,'
    ",,,,,,,,,,,,\n"
    'spotify:track:0000000000000000000001,"Song","First","Ann;Bob, Sons & Co",,,,,,,,,0.5,0.8\n'
)
OLD = (
    "Spotify ID,Artist IDs,Track Name,Album Name,Artist Name(s),Release Date,Duration (ms),"
    "Popularity,Added By,Added At,Genres,Danceability,Energy,Key,Loudness,Mode,Speechiness,"
    "Acousticness,Instrumentalness,Liveness,Valence,Tempo,Time Signature\n"
    '0000000000000000000001,"a,b",Song,First,"Ann,Tall, The Maker",2020,1,1,x,,"",.1,.2,0,'
    "-9,0,.1,.1,.1,.1,.3,0,0\n"
)


def read(path: Path, text: str) -> tuple[Playlist, list[About], list[str]]:
    path.write_text(text, encoding="utf-8")
    stream = ContentStream(path)
    assert (stream.format.name, stream.format.trainable) == ("exportify", False)
    *abouts, playlist = list(stream)
    assert isinstance(playlist, Playlist)
    told = [about for about in abouts if isinstance(about, About)]
    assert len(told) == len(abouts)
    return playlist, told, [f"{r.where}: {r.reason}" for r in stream.source.refused]


def test_exportify_app(tmp_path):
    playlist, abouts, refused = read(tmp_path / "late_evening.csv", APP)
    assert (playlist.name, playlist.id, playlist.added) == ("late evening", None, (1614834367,))
    (track,) = playlist.tracks
    assert (track.title, track.album, track.duration) == ('Say "hi", all', "First", 61.5)
    assert track.artists == ("Tall, The Maker", "Ann")
    assert track.ids == {"spotify": track.id, "isrc": "GBAAA2000001"}
    assert abouts == []
    assert refused == [
        "line 3: an episode is no track of Spotify: One",
        "line 4: a local file is no track of Spotify: Mine",
    ]


def test_exportify_net(tmp_path):
    playlist, (about,), refused = read(tmp_path / "x.csv", NET)
    assert [t.id[-1] for t in playlist.tracks] == ["1", "2", "1"]
    assert playlist.tracks[0].artists == ("Ann", "Bob, Sons & Co")
    assert playlist.added == (1614834367, None, None)
    assert about.track == playlist.tracks[0]
    assert about.tags == (("genre", "indie rock"), ("genre", "dream pop"))
    assert about.descriptors["spotify_valence"] == (0.66, "")
    assert about.descriptors["spotify_tempo"] == (120.04, "BPM")
    assert about.descriptors["spotify_loudness"] == (-6.5, "dB")
    assert "spotify_key" not in about.descriptors, "-1 is unknown"
    assert len(about.descriptors) == 11
    assert not refused


def test_exportify_net_before_2023(tmp_path):
    playlist, (about,), _ = read(tmp_path / "x.csv", OLD)
    assert playlist.tracks[0].id == "spotify:track:0000000000000000000001"
    assert playlist.tracks[0].artists == ("Ann", "Tall, The Maker")
    assert about.descriptors["spotify_key"] == (0.0, "")
    assert "spotify_tempo" not in about.descriptors


@pytest.mark.parametrize("name", ["spotify_playlists.zip", "x.zip"])
def test_all_lists_in_a_zip(tmp_path, name):
    with zipfile.ZipFile(tmp_path / name, "w") as file:
        file.writestr("one.csv", NET)
        file.writestr("two.csv", APP)
        file.writestr("other.csv", "a,b\n1,2\n")
        file.writestr("read me.txt", "hello")
    stream = ContentStream(tmp_path / name)
    assert [c.name for c in stream if isinstance(c, Playlist)] == ["one", "two"]
    assert ("other.csv, line 1", "it is no table of Exportify") in [
        (r.where, r.reason) for r in stream.source.refused
    ]


def test_other_tables_are_not_taken():
    assert Exportify().sniff("x.csv", b"Track Name,Artist Name(s)\na,b\n") == 0
    assert Exportify().sniff("x.csv", b"Track URI,Track Name,Artist Name(s),Playlist Name\n") == 0
    assert Exportify().sniff("x.zip", b"PK\x03\x04" + bytes(40)) == 0
