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


def test_one_name(home, capsys):
    wanted = ("match", "GREY RAIN (Remastered)", "--artist", "A")
    code, out, err = run(capsys, "--home", home, *wanted)
    assert (code, err) == (0, "")
    assert "Grey Rain" in out
    code, out, _ = run(capsys, "--home", home, *wanted, "--duration", "100", "--json")
    assert (code, json.loads(out)["id"]) == (0, "file:1")
    # nothing was compared
    _, out, _ = run(capsys, "--home", home, "match", "--json", "-q")
    assert json.loads(out)["compared"] == 1


def test_a_name_that_is_nothing(home, capsys):
    code, out, err = run(capsys, "--home", home, "match", "Grey Rain (Live)", "--artist", "A")
    assert (code, out) == (3, "")
    assert "murecom search" in err
    code, out, _ = run(capsys, "--home", home, "match", "Snow", "--json", "-q")
    assert (code, json.loads(out)) == (3, None)


@pytest.mark.parametrize("wrong", [["--artist", "A"], ["--duration", "3"], ["X", "--again"]])
def test_what_does_not_go_together(home, capsys, wrong):
    code, out, err = run(capsys, "--home", home, "match", *wrong)
    assert (code, out) == (2, "")
    assert "TITLE" in err


def test_a_blank_title_is_refused(home, capsys):
    code, _, err = run(capsys, "--home", home, "match", " ")
    assert code == 1
    assert "Give one" in err
