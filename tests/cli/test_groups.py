"""`artists`, `albums`, `clusters`, `map` and `--unlike` as commands."""

from __future__ import annotations

import csv
import json
import sys

import pytest


def test_artists(murecom):
    code, out, _ = murecom("artists")
    assert code == 0
    assert out.splitlines() == [f"3  Artist {n}" for n in range(4)]
    code, out, _ = murecom("artists", "-k", "1")
    assert code == 0
    assert len(out.splitlines()) == 1
    code, out, _ = murecom("artists", "artist 1", "-k", "2")
    assert code == 0
    assert len(out.splitlines()) == 2
    code, out, _ = murecom("artists", "artist 1", "artist 2", "--json")
    answer = json.loads(out)
    assert set(answer) == {"seeds", "artists", "model", "notes"}
    assert answer["seeds"] == [{"name": "Artist 1", "tracks": 3}, {"name": "Artist 2", "tracks": 3}]
    assert {a["name"] for a in answer["artists"]} == {"Artist 0", "Artist 3"}
    assert set(answer["artists"][0]) == {"name", "tracks", "score", "why"}
    code, out, _ = murecom("artists", "--json")
    assert json.loads(out)["artists"][0] == {"name": "Artist 0", "tracks": 3}


def test_names_that_are_unknown_or_ambiguous(murecom):
    code, _, err = murecom("artists", "artist")
    assert code == 2
    assert "1  Artist 0  (3 tracks)" in err
    assert murecom("artists", "artist", "--first")[0] == 0
    code, _, err = murecom("artists", "artits 1")
    assert code == 3
    assert "Did you mean 'Artist 1'?" in err
    code, _, err = murecom("artists", "artist 1", "zzz")
    assert code == 0
    assert "No artist is known as 'zzz'" in err
    assert murecom("artists", "yyy", "zzz")[0] == 3


def test_albums(murecom):
    code, out, _ = murecom("albums", "artist 2 album 0", "-k", "1", "--json")
    answer = json.loads(out)
    assert code == 0
    assert answer["seeds"] == [{"name": "Artist 2 – Album 0", "tracks": 3}]
    assert len(answer["albums"]) == 1
    assert len(murecom("albums")[1].splitlines()) == 4


def test_clusters_and_their_playlists(murecom, tmp_path):
    code, out, _ = murecom("clusters", "-n", "3")
    assert code == 0
    assert len(out.splitlines()) == 3
    code, out, err = murecom("clusters", "-n", "3", "-o", tmp_path / "parts", "--json")
    clusters = json.loads(out)["clusters"]
    files = sorted((tmp_path / "parts").iterdir())
    assert "Wrote 3 playlists" in err
    assert [file.name[:2] for file in files] == ["01", "02", "03"]
    for file, part in zip(files, clusters, strict=True):
        assert file.read_text(encoding="utf-8").count("#EXTINF") == len(part["tracks"])
    code, out, _ = murecom("clusters", "-n", "2", "-o", tmp_path / "more", "--format", "xspf")
    assert (code, out) == (0, "")
    assert [file.suffix for file in (tmp_path / "more").iterdir()] == [".xspf"] * 2
    assert murecom("clusters", "--format", "doc")[0] == 2
    (tmp_path / "file").write_text("")
    assert murecom("clusters", "-o", tmp_path / "file")[0] != 0


def test_the_map_as_text_and_data(murecom, tmp_path):
    code, out, _ = murecom("map")
    assert code == 0
    assert len(out.splitlines()) == 12
    code, out, _ = murecom("map", "--json")
    places = json.loads(out)["places"]
    assert set(places[0]) == {"track", "x", "y", "cluster", "genre"}
    code, out, err = murecom("map", "-o", tmp_path / "map.csv")
    assert (code, out) == (0, "")
    assert "12 tracks" in err
    with (tmp_path / "map.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], float(row["x"])) for row in rows] == [
        (place["track"]["id"], place["x"]) for place in places
    ]
    murecom("map", "-o", tmp_path / "map.json")
    assert json.loads((tmp_path / "map.json").read_text(encoding="utf-8"))["places"] == places
    assert murecom("map", "-o", tmp_path / "map.gif")[0] == 2
    assert murecom("map", "-o", tmp_path / "none" / "map.png")[0] == 2


def test_the_map_as_a_picture(murecom, tmp_path):
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    for colour in ("cluster", "genre", "artist"):
        file = tmp_path / f"{colour}.png"
        assert murecom("map", "-o", file, "--colour", colour)[0] == 0
        assert file.read_bytes().startswith(b"\x89PNG")


def test_a_picture_without_matplotlib(murecom, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    code, _, err = murecom("map", "-o", tmp_path / "map.png")
    assert code == 1
    assert "pip install '.[plots]'" in err


def test_unlike(murecom):
    code, out, err = murecom(
        "similar", "Song 000", "--unlike", "Song 100", "--unlike", "Song 300", "-k", "2", "--json"
    )
    assert code == 0
    answer = json.loads(out)
    assert [seed["title"] for seed in answer["seeds"]] == ["Song 000"]
    assert not {"Song 100", "Song 300"} & {n["track"]["title"] for n in answer["tracks"]}
    assert "Away from" in err
    code, out, _ = murecom(
        "continue", "--seed", "Song 000", "--unlike", "Song 100", "--length", "2"
    )
    assert (code, len(out.splitlines())) == (0, 2)
    code, out, _ = murecom("radio", "Song 000", "--unlike", "Song 100", "--length", "3")
    assert (code, len(out.splitlines())) == (0, 3)
    assert murecom("similar", "Song 000", "--unlike", "zzz")[0] == 3
    assert murecom("similar", "Song 000", "--unlike", "Song 000")[0] == 1
