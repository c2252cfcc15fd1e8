"""Playlists of the library by name or id."""

import json
from pathlib import Path

import pytest


@pytest.fixture
def lists(murecom, tmp_path: Path) -> Path:
    rows = [
        {"name": "Rainy evening", "tracks": [{"track_name": "Drops", "artist_name": "Ann"}]},
        {"name": "Rainy morning", "tracks": [{"track_name": "Fog", "artist_name": "Bob"}]},
    ]
    file = tmp_path / "lists.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows))
    home = tmp_path / "home"
    assert murecom("import", file, home=home)[0] == 0
    return home


def test_a_name_or_an_id_shows_a_playlist(murecom, lists):
    code, out, _ = murecom("playlist", "show", "rainy EVENING", "--json", home=lists)
    assert code == 0
    [shown] = json.loads(out)
    assert [track["title"] for track in shown["tracks"]] == ["Drops"]
    code, out, _ = murecom("playlist", "show", shown["id"], home=lists)
    assert code == 0
    assert "Drops" in out


def test_of_several_the_ids_are_told(murecom, lists):
    code, _, err = murecom("playlist", "show", "rainy", home=lists)
    assert code == 2
    assert "Name one by its id" in err
    assert "Rainy evening" in err
    assert "Rainy morning" in err


def test_none_of_that_name(murecom, lists):
    code, _, err = murecom("playlist", "show", "Sunny", home=lists)
    assert code == 3
    assert "murecom import" in err
