"""`murecom match` says which tracks of playlists are files, and how it knows."""

from __future__ import annotations

import json

import pytest

from murecom.cli import run as command
from murecom.service import Murecom
from murecom.store import FileRow
from murecom.types import Track, TrackId


@pytest.fixture
def home(tmp_path):
    with Murecom(home=tmp_path) as app:
        app.store.tracks.put(Track(TrackId("file:1"), "Grey Rain", ("A",)))
        app.store.files.put(FileRow("/music/1", 1, 1, track=TrackId("file:1")))
        app.store.tracks.put(Track(TrackId("x:1"), "Grey Rain - Remastered 2011", ("A",)))
    return tmp_path


def run(capsys, *arguments) -> tuple[int, str, str]:
    code = command([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_it_says_what_it_found(home, capsys):
    code, out, err = run(capsys, "--home", home, "match")
    assert code == 0
    assert out.startswith("1 track of playlists is the same recording")
    assert "1 by title and artist" in out
    assert "1 file, 1 track compared, 1 new." in err


def test_json_and_again(home, capsys):
    run(capsys, "--home", home, "match", "-q")
    code, out, _ = run(capsys, "--home", home, "match", "--json", "-q")
    found = json.loads(out)
    assert (code, found["found"], found["compared"], found["twins"]) == (0, 0, 0, {"name": 1})
    _, out, _ = run(capsys, "--home", home, "match", "--json", "-q", "--again")
    assert json.loads(out)["compared"] == 1


def test_without_files_it_names_the_next_step(tmp_path, capsys):
    code, out, err = run(capsys, "--home", tmp_path, "match")
    assert code == 0
    assert out.startswith("0 tracks")
    assert "murecom scan" in err
