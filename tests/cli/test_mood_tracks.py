"""`murecom mood tracks` and `murecom mood track`."""

import json
from pathlib import Path

import pytest

from moody import WordReader
from murecom.cli import NOTHING_FOUND, run
from murecom.service.mood_words import MoodWords
from murecom.store import Store, Text
from murecom.types import Playlist, Track, TrackId

ONE, TWO = Track(TrackId("t:1"), "One Road", ("Ann",)), Track(TrackId("t:2"), "Two Roads", ("Bo",))


@pytest.fixture
def mood(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(MoodWords, "_mood_model", lambda self: WordReader())
    with Store.open(tmp_path / "murecom.db") as store:
        store.tracks.put_many([ONE, TWO])
        store.texts.put(ONE.id, "lyrics", [Text("so sad\nwalking home")])
        store.playlists.put(Playlist("sad", (ONE,)))

    def call(*arguments: str, home: Path = tmp_path) -> tuple[int, str, str]:
        code = run(["--home", str(home), "mood", *arguments])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


def test_all_tracks_get_their_mood(mood):
    code, out, err = mood("tracks")
    assert code == 0
    assert "lyrics" in out
    assert "1 track " in out
    assert "1 track has a mood; 1 changed" in err
    code, out, _ = mood("tracks", "--json", "-q")
    answer = json.loads(out)
    assert code == 0
    assert (answer["tracks"], answer["changed"], answer["parts"]["lyrics"]) == (1, 0, 1)
    assert answer["counts"]["lyrics"] == {"unchanged": 1}
    assert mood("tracks", "--again")[0] == 0


def test_a_library_without_anything_is_told_what_to_do(mood, tmp_path):
    code, _, err = mood("tracks", home=tmp_path / "empty")
    assert code == 0
    assert "murecom scan" in err


def test_the_parts_of_a_mood_are_shown(mood):
    mood("tracks")
    code, out, _ = mood("track", "one road")
    assert code == 0
    assert "Ann – One Road" in out
    assert "valence -" in out
    assert "lyrics" in out
    assert "1 line" in out
    code, out, err = mood("track", "one road", "two roads", "--json")
    answer = json.loads(out)
    assert code == 0
    assert [one["mood"] is None for one in answer["tracks"]] == [False, True]
    assert "Two Roads" in err
    assert "Two Roads" in answer["notes"][0]


def test_a_track_of_which_nothing_is_known(mood):
    code, out, err = mood("track", "two roads")
    assert code == NOTHING_FOUND
    assert out == ""
    assert "murecom mood tracks" in err
    assert mood("track", "no such song")[0] == NOTHING_FOUND
