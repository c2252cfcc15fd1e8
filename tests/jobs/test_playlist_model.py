"""The model of playlists: trained, saved in one step, opened, and what cannot be learned from."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from murecom.errors import BadInput, MurecomError, NotFound, NotReady
from murecom.jobs import playlist_model
from murecom.recommend.base import Request
from murecom.testing.disk import full_disk
from murecom.types import Playlist
from put_together import data_of, foreign, register


def playlists(count: int = 12, length: int = 4) -> list[Playlist]:
    return [
        Playlist(f"list {n}", tuple(foreign(n % 3, k) for k in range(length)), f"test:{n}")
        for n in range(count)
    ]


def test_train_keeps_what_it_learned_from(tmp_path, monkeypatch):
    register(monkeypatch)
    data = data_of(playlists(), revision=7)
    made = playlist_model.train(data, tmp_path / "m", about={"merge": False})
    assert (made.model, made.playlists, made.tracks, made.entries) == ("counting", 12, 12, 48)
    assert any("12 playlists are little" in note for note in made.notes)
    model = playlist_model.load(tmp_path / "m")
    kept = {"playlists": 12, "tracks": 12, "playlists_revision": 7, "merge": False}
    assert model.metrics | kept == model.metrics
    assert playlist_model.popularity(model).tolist() == [4] * 12


def test_parameters_reach_the_model(tmp_path, monkeypatch):
    register(monkeypatch)
    data = data_of(playlists())
    made = playlist_model.train(data, tmp_path, parameters={"counting": {"power": 2.0}})
    assert playlist_model.load(tmp_path).parameters() == {"power": 2.0}
    assert made.parameters == {"counting": {"power": 2.0}}
    with pytest.raises(BadInput, match="no parameter 'strength'"):
        playlist_model.make(["counting"], {"counting": {"strength": 1}})
    with pytest.raises(NotFound):
        playlist_model.make(["nonsense"])


def test_several_models_are_combined():
    usual = playlist_model.make()
    assert usual.name == "reranked"
    assert "ials" in playlist_model.parts_of(usual)
    some = playlist_model.make(["blend", "rp3beta", "transitions", "popular"])
    assert some.weights == {
        **{name: usual.weights[name] for name in ("rp3beta", "transitions")},
        "popular": 0.3,
    }
    assert set(some.next_weights) == {"rp3beta", "transitions", "popular"}
    assert set(playlist_model.parts_of(some)) == {"rp3beta", "transitions", "popular"}
    tuned = playlist_model.make([], {"rp3beta": {"alpha": 0.5}, "blend": {"rp3beta": 0.9}})
    assert tuned.options == {"rp3beta": {"alpha": 0.5}}
    assert tuned.weights == usual.weights | {"rp3beta": 0.9}
    alone = playlist_model.make(["rp3beta"], {"rp3beta": {"alpha": 0.5}, "blend": {"rp3beta": 9}})
    assert (alone.name, alone.weights, alone.next_weights) == (
        "blend",
        {"rp3beta": 1.0},
        {"rp3beta": 1.0},
    )
    assert alone.options == {"rp3beta": {"alpha": 0.5}}
    with pytest.raises(BadInput, match="'rp3beta' has no parameter"):
        playlist_model.make([], {"rp3beta": {"nonsense": 0.5}})


@pytest.mark.parametrize("name", ["playlist_knn", "popular", "title"])
def test_one_model_alone_knows_how_popular_tracks_are_and_what_is_together(tmp_path, name):
    made = playlist_model.train(data_of(playlists()), tmp_path, models=[name])
    assert (made.model, made.parts) == ("blend", (name,))
    model = playlist_model.load(tmp_path)
    assert playlist_model.popularity(model).tolist() == [4] * 12
    assert model.together(["spotify:track:0x0"], ["spotify:track:0x1"])[0].tolist() == [4]
    assert model._calibration.table[0, -1] > 0.5  # its best score, which is 1, is not that of all


def test_data_that_suffices_for_no_part_is_not_learned_from(tmp_path):
    with pytest.raises(NotReady, match="'audio_knn' needs vectors"):
        playlist_model.train(data_of(playlists()), tmp_path / "m", models=["audio_knn"])


def test_a_real_blend_of_little_data(tmp_path):
    folder = tmp_path / "m"
    names = ["blend", "playlist_knn", "popular"]
    made = playlist_model.train(data_of(playlists()), folder, models=names)
    assert made.model == "blend"
    model = playlist_model.load(folder)
    found, _ = model.recommend(Request(("spotify:track:0x0",)), 3)
    assert set(found) == {"spotify:track:0x1", "spotify:track:0x2", "spotify:track:0x3"}
    assert model.together(["spotify:track:0x0"], list(found))[0].tolist() == [4, 4, 4]


@pytest.mark.parametrize(
    ("bad", "error", "told"),
    [
        ([], NotReady, "murecom import"),
        ([Playlist("empty", (), "test:1")], NotReady, "murecom import"),
        ([Playlist("one", (foreign(0, 0),), "test:1")] * 3, BadInput, "two different"),
        (
            [Playlist("same", (foreign(0, 0),) * 3, "test:1")],
            BadInput,
            "two different",
        ),
    ],
)
def test_nothing_to_learn_from(tmp_path, monkeypatch, bad, error, told):
    register(monkeypatch)
    with pytest.raises(error, match=told):
        playlist_model.train(data_of(bad), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("names", [["counting"], ["blend", "playlist_knn", "popular"]])
def test_odd_playlists_can_be_learned_from(tmp_path, monkeypatch, names):
    register(monkeypatch)
    one = [Playlist("only", tuple(foreign(0, k) for k in range(3)), "test:1")]
    unique = [Playlist(f"u{n}", (foreign(n, 0), foreign(n, 1)), f"test:{n}") for n in range(5)]
    twice = [Playlist("twice", (foreign(0, 0), foreign(0, 1)) * 3, "test:1")]
    short = [
        *one,
        Playlist("short", (foreign(5, 0),), "test:2"),
        Playlist("", (), "test:3"),
    ]
    for playlists_ in (one, unique, twice, short):
        playlist_model.train(data_of(playlists_), tmp_path, models=names)
        model = playlist_model.load(tmp_path)
        found, scores = model.recommend(Request((model.items[0],)), 5)
        assert model.items[1] in found
        assert ((scores >= 0) & (scores <= 1)).all()


def test_a_failed_training_leaves_the_old_model(tmp_path, monkeypatch):
    register(monkeypatch)
    playlist_model.train(data_of(playlists()), tmp_path)
    before = (tmp_path / "manifest.json").read_bytes()

    def interrupted(step):
        raise KeyboardInterrupt

    data = data_of(playlists(20))
    with pytest.raises(KeyboardInterrupt):
        playlist_model.train(data, tmp_path, models=["blend", "popular"], progress=interrupted)
    with full_disk(), pytest.raises(MurecomError):
        playlist_model.train(data, tmp_path)
    assert (tmp_path / "manifest.json").read_bytes() == before
    assert playlist_model.load(tmp_path).metrics["playlists"] == 12


KILLED = """
import sys
from murecom.jobs import playlist_model
import test_playlist_model as own
data = own.data_of(own.playlists(400, 40))
while True:
    print("go", flush=True)
    playlist_model.train(data, sys.argv[1], models=["blend", "playlist_knn", "popular"])
"""


def test_a_killed_training_leaves_a_whole_model(tmp_path):
    folder = tmp_path / "m"
    playlist_model.train(data_of(playlists()), folder, models=["blend", "playlist_knn", "popular"])
    paths = os.pathsep.join([str(Path(__file__).parent), str(Path(__file__).parents[1])])
    environment = {**os.environ, "PYTHONPATH": paths}
    for wait in (0.0, 0.02, 0.05, 0.1):
        process = subprocess.Popen(
            [sys.executable, "-c", KILLED, str(folder)], stdout=subprocess.PIPE, env=environment
        )
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(wait)
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
        model = playlist_model.load(folder)
        assert model.metrics["playlists"] in (12, 400)
        assert model.recommend(Request(("spotify:track:0x0",)), 3)[0]


def test_load_tells_what_to_do(tmp_path):
    with pytest.raises(NotReady, match=r"murecom train playlists.*murecom import"):
        playlist_model.load(tmp_path / "nothing")
