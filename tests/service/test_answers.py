"""The façade answers with tracks, scores in 0..1, reasons, and notes on what could not be had."""

from __future__ import annotations

import shutil
from itertools import islice
from pathlib import Path

import pytest

import sounds
from doubles import Here
from murecom.errors import Ambiguous, BadInput, NotFound, NotReady
from murecom.service import Limits, Murecom, reasons
from murecom.types import Playlist, Track, TrackId

FREE = Limits(artist_cap=0, album_cap=0)


def titles(answer) -> list[str]:
    return [n.track.title for n in answer.tracks]


def test_similar_gives_other_tracks_with_scores_and_reasons(app):
    seed = app.find("Song 000")
    answer = app.similar([seed], k=5, limits=FREE)
    assert answer.seeds == (seed,)
    assert len(answer.tracks) == 5
    assert seed.id not in {n.track.id for n in answer.tracks}
    assert all(0 <= n.score <= 1 and n.why for n in answer.tracks)
    scores = [n.score for n in answer.tracks]
    assert scores == sorted(scores, reverse=True)
    assert answer.model == "audio_knn"


def test_several_seeds(app):
    seeds = [app.find("Song 000"), app.find("Song 302")]
    answer = app.similar(seeds, k=3, limits=FREE)
    assert {s.id for s in seeds}.isdisjoint(n.track.id for n in answer.tracks)


def test_a_file_outside_the_library_is_a_seed(app, tmp_path):
    path = sounds.write(tmp_path / "outside.wav", sounds.chord(110, seed=77))
    seed = app.find(str(path))
    assert app.store.tracks.get([seed.id]) == {}
    answer = app.similar([seed], k=3, limits=FREE)
    assert len(answer.tracks) == 3
    path_answer = app.path(seed, app.find("Song 302"), steps=4)
    assert path_answer.tracks[0].track.path == str(path)
    assert path_answer.tracks[-1].track.title == "Song 302"
    assert len(list(islice(app.radio([seed], random_seed=1), 5))) == 5


def test_the_artist_cap_holds(app):
    answer = app.similar([app.find("Song 000")], k=4, limits=Limits(artist_cap=1))
    artists = [n.track.artists for n in answer.tracks]
    assert len(artists) == len(set(artists)) or answer.notes


def test_exclusions_are_never_broken(app):
    limits = Limits(artist_cap=0, album_cap=0, exclude_artists=["ARTIST 1"])
    answer = app.similar([app.find("Song 000")], k=50, limits=limits)
    assert all("Artist 1" not in n.track.artists for n in answer.tracks)
    assert any("50 were asked for" in note for note in answer.notes)


def test_continue_leaves_out_what_the_list_holds(app):
    seeds = [app.find("Song 000"), app.find("Song 001")]
    answer = app.continue_(seeds, length=4, limits=FREE)
    assert len(answer.tracks) == 4
    assert {s.id for s in seeds}.isdisjoint(n.track.id for n in answer.tracks)


def test_radio_repeats_nothing_before_all_were_played(app):
    stream = app.radio([app.find("Song 000")], random_seed=3, limits=FREE)
    played: list[str] = []
    while not any("starting over" in note for note in stream.notes):
        played.append(next(stream).track.id)
    # the last one belongs to the next round; some may be left out as near-duplicates of others
    assert len(set(played[:-1])) == len(played) - 1 >= 8
    assert len(list(islice(stream, 30))) == 30
    assert sum("starting over" in note for note in stream.notes) <= 2


def test_radio_with_the_same_seed_plays_the_same(app):
    def play() -> list[str]:
        return [n.track.id for n in islice(app.radio([app.find("Song 000")], random_seed=5), 8)]

    assert play() == play()


def test_path_has_both_ends_and_no_repeats(app):
    a, b = app.find("Song 000"), app.find("Song 302")
    answer = app.path(a, b, steps=6)
    ids = [n.track.id for n in answer.tracks]
    assert (ids[0], ids[-1], len(ids), len(set(ids))) == (a.id, b.id, 6, 6)
    with pytest.raises(BadInput):
        app.path(a, a)


def test_find_by_id_path_and_name(app, music):
    by_name = app.find("song 101")
    assert app.find(by_name.id) == by_name
    assert app.find(by_name.path) == by_name
    with pytest.raises(Ambiguous) as error:
        app.find("artist 1")
    assert 1 < len(error.value.choices) <= 9
    assert app.find("artist 1", first=True).artists == ("Artist 1",)
    for nothing in ("zzzzzz", "file:0000", str(music / "no.wav"), "a\0b"):
        with pytest.raises(NotFound):
            app.find(nothing)
    with pytest.raises(BadInput):
        app.find("  ")


def test_unknown_seeds_are_an_error_only_when_none_is_known(app):
    stranger = Track(TrackId("spotify:track:1"), "Nobody knows")
    answer = app.similar([app.find("Song 000"), stranger], k=2, limits=FREE)
    assert any("Nobody knows" in note for note in answer.notes)
    with pytest.raises(NotFound):
        app.similar([stranger])


def test_silent_and_short_seeds_say_so(app, tmp_path):
    import numpy as np

    silent = sounds.write(tmp_path / "silent.wav", np.zeros(sounds.RATE * 6, np.float32))
    with pytest.raises(NotFound, match="silent"):
        app.similar([app.find(str(silent))])


def test_ways_to_recommend(app):
    seed = app.find("Song 000")
    assert app.similar([seed], k=1, by="sound").tracks
    with pytest.raises(NotReady, match="playlists"):
        app.similar([seed], by="playlists")
    with pytest.raises(BadInput):
        app.similar([seed], by="magic")
    with pytest.raises(BadInput):
        app.similar([seed], k=0)


def test_nothing_scanned(tmp_path):
    with Murecom(home=tmp_path / "new") as app:
        assert app.status()["tracks"] == 0
        with pytest.raises(NotReady, match="murecom scan"):
            app.similar([Track(TrackId("file:x"), "x")])
        assert app.duplicates() == []
        assert app.failures() == []
        assert {c.state for c in app.checkup()} <= {"ok", "note"}


def test_a_playlist_goes_out_and_comes_back(app, tmp_path):
    answer = app.continue_([app.find("Song 000")], length=5, limits=FREE)
    tracks = tuple(n.track for n in answer.tracks)
    for name in ("list.m3u8", "list.xspf", "list.jspf"):
        report = app.write_playlist(Playlist("Evening", tracks), tmp_path / name)
        assert (report.written, list(report.skipped)) == (5, [])
        [playlist] = app.read_playlists(tmp_path / name)
        assert [t.id for t in playlist.tracks] == [t.id for t in tracks]
        seeds, notes = app.read_seeds(tmp_path / name)
        assert ([t.id for t in seeds], notes) == ([t.id for t in tracks], [])


def test_entries_are_matched_by_name_and_unknown_ones_named(app, tmp_path):
    file = tmp_path / "other.m3u8"
    file.write_text("#EXTM3U\n#EXTINF:6,Artist 1 - Song 100\n/elsewhere/x.mp3\n/gone/y.mp3\n")
    seeds, notes = app.read_seeds(file)
    assert [t.title for t in seeds] == ["Song 100"]
    assert len(notes) == 1
    assert "y.mp3" in notes[0]
    (tmp_path / "none.m3u8").write_text("/gone/y.mp3\n")
    with pytest.raises(NotFound):
        app.read_seeds(tmp_path / "none.m3u8")


def test_duplicates_of_content_and_of_sound(tmp_path):
    wave = sounds.chord(140, seconds=8)
    sounds.write(tmp_path / "music/a.wav", wave)
    sounds.write(tmp_path / "music/b.wav", wave)
    sounds.write(tmp_path / "music/c.flac", wave)
    sounds.write(tmp_path / "music/d.wav", sounds.chord(90, seconds=12, seed=9))
    with Murecom(home=tmp_path / "home") as app:
        app.scan([tmp_path / "music"], engine=Here())
        groups = {g.kind: sorted(Path(p).name for p in g.paths) for g in app.duplicates()}
    assert groups == {"content": ["a.wav", "b.wav"], "sound": ["a.wav", "b.wav", "c.flac"]}


def test_the_model_follows_the_library(tmp_path):
    music = tmp_path / "music"
    sounds.library(music, artists=1, tracks=2)
    with Murecom(home=tmp_path / "home") as app:
        app.scan([music], engine=Here())
        seed = app.find("Song 000")
        assert len(app.similar([seed], limits=FREE).tracks) == 1
        sounds.write(music / "new.wav", sounds.chord(300))
        app.scan(engine=Here())
        assert len(app.similar([seed], limits=FREE).tracks) == 2


def test_a_damaged_model_is_built_again(tmp_path, scanned):
    import shutil

    home = tmp_path / "home"
    shutil.copytree(scanned, home)
    (home / "models/audio_knn/manifest.json").write_text("{")
    with Murecom(home=home) as app:
        assert app.similar([app.find("Song 000")], k=2, limits=FREE).tracks


def test_examples_differ(app):
    tracks = app.examples(3)
    assert len({t.id for t in tracks}) == 3
    assert len(app.examples(100)) == 12


def test_excluded_folders_may_be_relative_or_below_the_users_home(app, music, monkeypatch):
    seed = app.find("Song 000")
    monkeypatch.chdir(music)
    monkeypatch.setenv("HOME", str(music))
    for folder in ("Artist 1", "~/Artist 1", f"{music}/Artist 2/../Artist 1"):
        answer = app.similar([seed], k=12, limits=Limits(0, 0, exclude_folders=[folder]))
        assert not [title for title in titles(answer) if title.startswith("Song 1")]


def test_without_vectors_of_the_chosen_model_the_message_says_so(app):
    with (
        Murecom(home=app.home, flags={"sound.model": "rich"}) as rich,
        pytest.raises(NotReady, match=r"sound.model.*rich.*murecom scan"),
    ):
        rich.similar([rich.find("Song 000")])


def test_the_checkup_finds_a_damaged_model_and_its_advice_mends_it(tmp_path, scanned):
    import shutil

    home = tmp_path / "home"
    shutil.copytree(scanned, home)
    folder = home / "models/audio_knn"
    with Murecom(home=home) as app:
        assert {c.what: c.state for c in app.checkup()}["model"] == "ok"
        array = max(folder.glob("*.npy"), key=lambda path: path.stat().st_size)
        data = bytearray(array.read_bytes())
        data[-1] ^= 1
        array.unlink()
        array.write_bytes(data)
        [check] = [c for c in app.checkup() if c.what == "model"]
        assert check.state == "bad"
        assert str(folder) in check.text
        shutil.rmtree(folder)
        assert app.similar([app.find("Song 000")], k=2, limits=FREE).tracks
        assert {c.what: c.state for c in app.checkup()}["model"] == "ok"


def test_votes_pass_over_tracks_that_lack_other_vectors(scanned, tmp_path):
    shutil.copytree(scanned, tmp_path / "home")
    with Murecom(home=tmp_path / "home", flags={"sound.ranking": "votes"}) as app:
        network = app._sounds().model.keys[1]
        assert network == "musicnn-msd-1"
        half = Track(TrackId("test:half"), title="Half analysed")
        app.store.tracks.put(half)
        seed = app.find("Song 000")
        app.store.vectors.put(half.id, network, app.store.vectors.get(seed.id, network))
        answer = app.similar([seed], k=5, limits=FREE)
        assert answer.model == "slice_votes"
        assert len(answer.tracks) == 5
        assert half.id not in {n.track.id for n in answer.tracks}


def test_a_path_knows_what_is_heard_in_an_end_outside_the_library(app, tmp_path, monkeypatch):
    path = sounds.write(tmp_path / "outside.wav", sounds.chord(110, seed=77))
    seen = []
    original = reasons.profiles

    def spy(*arguments):
        made = original(*arguments)
        seen.extend(profile for profile in made if profile.track.path == str(path))
        return made

    monkeypatch.setattr(reasons, "profiles", spy)
    app.path(app.find(str(path)), app.find("Song 302"), steps=3)
    assert seen
    assert all(profile.timbre is not None for profile in seen)
