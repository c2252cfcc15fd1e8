"""`murecom import` brings playlists into the library and says what became of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from murecom.cli import run
from murecom.service import Murecom

ROW = '{"name": "Evening", "pid": %d, "tracks": [{"track_uri": "x:%d", "track_name": "夜曲"}]}\n'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def bring(home, capsys):
    def call(*arguments: object) -> tuple[int, str, str]:
        code = run(["--home", str(home), "import", *map(str, arguments)])
        out = capsys.readouterr()
        return code, out.out, out.err

    return call


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "lists.jsonl"
    path.write_text("".join(ROW % (n, n) for n in range(3)))
    return path


def test_counts_and_again(bring, file, home):
    code, out, _ = bring(file)
    assert code == 0
    assert out.startswith("Imported 1 file in ")
    assert out.endswith(": playlists 3  added 3  replaced 0  entries 3  new tracks 3\n")
    code, out, _ = bring(file)
    assert (code, out.split(": ")[1]) == (
        0,
        "playlists 0  added 0  replaced 0  entries 0  new tracks 0  unchanged files 1\n",
    )
    with Murecom(home=home) as app:
        assert app.status()["playlists"] == 3
        assert app.find("夜曲", first=True).id == "x:0"
        assert app.import_([file], again=True).playlists == 3


def test_json(bring, file, home):
    file.write_text(file.read_text() + "oops\n")
    code, out, err = bring(file, file.parent / "none", "--json", "-q")
    answer = json.loads(out)
    assert (code, err) == (4, "")
    assert answer == answer | {
        "files": 1, "playlists": 3, "added": 3, "replaced": 0, "entries": 3, "tracks": 3,
        "refused": 1, "failed": 1, "passed": 0, "unchanged": 0,
        "failures": [
            {"path": f"{file.parent}/none", "reason": "There is no such file. Check the path."}
        ],
    }  # fmt: skip
    assert Path(answer["refused_file"]).parent == home / "imports"


def test_what_could_not_be_used_is_said(bring, file, tmp_path):
    (tmp_path / "bad.jspf").write_text("{")
    file.write_text("oops\n" + file.read_text())
    code, out, err = bring(file, tmp_path / "bad.jspf")
    assert code == 4
    assert "refused rows 1  failed files 1" in out
    assert f"{tmp_path}/bad.jspf: The JSON is damaged" in err
    assert "Refused rows are listed in " in err
    assert bring(tmp_path / "bad.jspf")[0] == 1


def test_dry_run(bring, file, home):
    code, out, _ = bring(file, "--dry-run")
    assert code == 0
    assert out.startswith("Would import 1 file in ")
    assert out.endswith(": playlists 3  entries 3\n")
    assert not home.exists() or not list(home.glob("*.db*"))
    with Murecom(home=home) as app:
        assert app.status()["playlists"] == 0


def test_lists_of_one_id_are_told(bring, file, tmp_path):
    for name in "ab":
        (tmp_path / f"{name}.jsonl").write_text(
            json.dumps({"pid": "mine:1", "tracks": [{"track_uri": f"x:{name}"}]})
        )
    _, _, err = bring(tmp_path / "a.jsonl", tmp_path / "b.jsonl")
    assert "Note: 1 playlist has the id of one from another file and took its place" in err


def test_trainable(bring, file, home):
    assert bring(file, "--not-trainable")[0] == 0
    with Murecom(home=home) as app:
        assert app.store.playlists.lists().left_out == 3
    assert bring(file, "--trainable")[0] == 0
    with Murecom(home=home) as app:
        assert app.store.playlists.lists().left_out == 0


def test_listens_and_what_may_not_be_learned_from(bring, tmp_path, home):
    (tmp_path / "scrobbles.csv").write_text("uts,artist,track\n1614834360,Ann,Song\n")
    (tmp_path / "evening.csv").write_text(
        "Track URI,Track Name,Artist Name(s),Energy\n"
        "spotify:track:0000000000000000000001,Song,Ann,0.8\n"
    )
    code, out, err = bring(tmp_path / "scrobbles.csv")
    assert code == 0
    assert out.endswith(" s: listens 1  new listens 1  new tracks 1\n")
    assert "Note" not in err
    code, out, err = bring(tmp_path / "evening.csv")
    assert code == 0
    assert "entries 1  described tracks 1  new tracks 1" in out
    assert "Note: 1 playlist comes from a service whose terms forbid learning" in err
    assert "--trainable" in err
    answer = json.loads(bring(tmp_path / "scrobbles.csv", "--again", "--json")[1])
    assert (answer["listens"], answer["new_listens"], answer["abouts"]) == (1, 0, 0)
    with Murecom(home=home) as app:
        assert app.status()["listens"] == 1
        assert app.status()["trainable"] == 0


def test_wrong_use(bring, tmp_path):
    assert bring()[0] == 2
    code, _, err = bring(tmp_path)
    assert code == 3
    assert "no playlist files" in err
    assert ".jsonl.gz" in err
