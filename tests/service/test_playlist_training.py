"""Training by the façade: what is read for the search of parameters, and for the model."""

from __future__ import annotations

import pytest

import lists
from murecom.errors import BadInput
from murecom.jobs import playlist_model, playlist_tuning
from murecom.service import Murecom


@pytest.fixture
def murecom(tmp_path):
    with Murecom(home=tmp_path / "home") as opened:
        yield opened


def test_a_search_does_not_know_what_is_rare_among_all(murecom, tmp_path, monkeypatch):
    file = lists.write(tmp_path / "playlists.jsonl")
    seen = []

    def tune(data, _, *, min_count, **more):
        seen.append((int(data.data.interactions.popularity.min()), min_count))
        return None, ()

    monkeypatch.setattr(playlist_tuning, "tune", tune)
    options = {"models": ["popular"], "min_count": 3}
    plain = murecom.train_playlists([file], **options)
    tuned = murecom.train_playlists([file], **options, budget=1.0)
    assert seen == [(1, 3)]
    assert (tuned.tracks, tuned.entries) == (plain.tracks, plain.entries)
    assert tuned.notes == plain.notes
    model = playlist_model.load(playlist_model.folder_of(murecom.home))
    assert playlist_model.popularity(model).min() >= 3


def test_albums_are_those_of_the_library(tmp_path):
    file = lists.write(tmp_path / "playlists.jsonl")
    with Murecom(home=tmp_path / "home", flags={"playlists.albums": True}) as murecom:
        with pytest.raises(BadInput, match="leave --albums out"):
            murecom.train_playlists([file], models=["popular"], albums=True)
        murecom.train_playlists([file], models=["popular"])  # the setting is for the library
        model = playlist_model.load(playlist_model.folder_of(murecom.home))
        assert model.metrics["albums"] is False
