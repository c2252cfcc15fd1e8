"""Playlists from elsewhere and a folder: answers are files that can be played, each once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

import put_together
from murecom.errors import Ambiguous, BadInput
from murecom.jobs import playlist_model
from murecom.service import Limits, Murecom
from murecom.types import Playlist, Track, TrackId

FREE = Limits(artist_cap=0, album_cap=0)
LOCAL = Limits(artist_cap=0, album_cap=0, local=True)


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    put_together.register(monkeypatch)


def elsewhere(own: Track, release: str = "a", note: str = "") -> Track:
    """Name a track of the library as a service names it."""
    artists = tuple(name.upper() for name in own.artists)
    title = f"{own.title}{note}"
    return Track(TrackId(f"spotify:track:{release}{own.title}"), title, artists)


@pytest.fixture
def app(scanned: Path, tmp_path: Path) -> Iterator[Murecom]:
    """A scanned folder, and playlists that know its songs by the ids of a service only."""
    shutil.copytree(scanned, tmp_path / "home")
    with Murecom(home=tmp_path / "home") as opened:
        songs = [put_together.find(opened.store, f"Song 00{n}") for n in range(3)]
        for number in range(6):
            tracks = [elsewhere(song) for song in songs]
            tracks.append(elsewhere(songs[2], "b", " - Remastered 2011"))
            tracks += [put_together.foreign(0, n) for n in range(number % 2, 3)]
            opened.store.playlists.put(Playlist(f"calm {number}", tuple(tracks), f"test:{number}"))
        data = put_together.data_of(
            list(opened.store.playlists.iter()), opened.store.playlists.revision()
        )
        playlist_model.train(data, playlist_model.folder_of(opened.home))
        yield opened


def test_before_the_match_nothing_can_be_played(app):
    seed = put_together.find(app.store, "Song 000")
    answer = app.similar([seed], k=3, by="playlists", limits=FREE)
    assert not any(n.track.path for n in answer.tracks)
    with pytest.raises(Ambiguous):
        app.find("Song 000")


def test_a_text_that_means_a_recording_means_its_file(app):
    app.find_twins()
    assert app.find("Song 000").path
    assert app.find("Song 002").path


def test_answers_are_files_each_once(app):
    report = app.find_twins()
    assert report.twins == {"name": 4}
    seed = put_together.find(app.store, "Song 000")
    assert seed.path
    answer = app.similar([seed], k=10, by="playlists", limits=FREE)
    titles = [n.track.title for n in answer.tracks]
    assert sorted(titles) == ["Hit 00", "Hit 01", "Hit 02", "Song 001", "Song 002"]
    songs = [n for n in answer.tracks if n.track.title.startswith("Song")]
    assert all(n.track.path and n.track.id.startswith("file:") for n in songs)
    assert all(n.why == "in 6 playlists with Song 000" for n in songs)
    assert "under another id" in answer.notes[0]


def test_local_leaves_only_files(app):
    app.find_twins()
    seed = put_together.find(app.store, "Song 000")
    for answer in (
        app.similar([seed], k=5, by="playlists", limits=LOCAL),
        app.continue_([seed], 5, by="playlists", limits=LOCAL),
    ):
        assert {n.track.title for n in answer.tracks} == {"Song 001", "Song 002"}
        assert all(n.track.path for n in answer.tracks)


def test_a_seed_by_another_id_does_not_come_back_as_its_file(app):
    app.find_twins()
    seed = elsewhere(put_together.find(app.store, "Song 000"))
    for way in ("playlists", "both"):
        answer = app.continue_([seed], 8, by=way, limits=FREE)
        assert "Song 000" not in {n.track.title for n in answer.tracks}


def test_both_ways_meet_at_the_file(app):
    app.find_twins()
    answer = app.similar([put_together.find(app.store, "Song 000")], k=30, limits=FREE)
    assert answer.model == "audio_knn + counting"
    titles = [n.track.title for n in answer.tracks]
    assert titles.count("Song 001") == titles.count("Song 002") == 1
    song = next(n for n in answer.tracks if n.track.title == "Song 001")
    assert song.why.startswith("in 6 playlists with Song 000 · ")


def test_radio_plays_files_once(app):
    app.find_twins()
    seed = put_together.find(app.store, "Song 000")
    played = list(islice(app.radio([seed], by="playlists", limits=FREE, random_seed=1), 5))
    titles = [n.track.title for n in played]
    assert sorted(titles) == ["Hit 00", "Hit 01", "Hit 02", "Song 001", "Song 002"]
    assert all(n.track.path for n in played if n.track.title.startswith("Song"))
    stream = app.radio([seed], by="playlists", limits=LOCAL, random_seed=1)
    assert {n.track.title for n in islice(stream, 2)} == {"Song 001", "Song 002"}


def test_novelty_still_knows_how_popular_a_file_is(app):
    app.find_twins()
    seed = put_together.find(app.store, "Song 000")
    answer = app.similar([seed], k=3, by="playlists", limits=FREE, novelty=0.5)
    assert len(answer.tracks) == 3


def test_names_are_matched(app):
    found = app.match("song 001 (Remastered)", ["nobody"])
    assert found is None
    song = put_together.find(app.store, "Song 001")
    assert app.match("song 001 (Remastered)", song.artists) == song
    assert app.match("Song 001", song.artists, duration=1000.0) != song
    assert app.match("Song 001 (Live)", song.artists) is None
    with pytest.raises(BadInput, match="title"):
        app.match(" ")
