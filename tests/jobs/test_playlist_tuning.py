"""Tuning keeps the best of what it tried, goes on where it was, and gives up politely."""

from __future__ import annotations

import json
from dataclasses import fields, replace

import pytest

import put_together
from murecom import registry
from murecom.errors import MissingExtra
from murecom.evaluate.protocol import MEAN, Options, prepare
from murecom.jobs import playlist_tuning
from murecom.jobs.playlist_tuning import Trial, Tuning
from murecom.train.search import Knob
from murecom.types import Playlist

OURS = playlist_tuning.KNOBS


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    put_together.register(monkeypatch)
    knobs = (Knob("counting", "power", (0.5, 1.0, 2.0)), Knob("nobody", "x", (1, 2)))
    monkeypatch.setattr(playlist_tuning, "KNOBS", knobs)


def playlists(count: int) -> list[Playlist]:
    """Lists of eighteen tracks of one of six groups of thirty, as they come."""
    return [
        Playlist(
            f"list {n}",
            tuple(put_together.foreign(n % 6, (n * 7 + k * 11) % 30) for k in range(18)),
            f"test:{n}",
        )
        for n in range(count)
    ]


def test_the_best_is_kept_and_the_rest_remembered(tmp_path):
    file = tmp_path / "models" / "tuning.json"
    data = put_together.data_of(playlists(240))
    tuning, notes = playlist_tuning.tune(data, file, seconds=60, parts=["counting", "popular"])
    assert not notes
    best = max(tuning.tried, key=lambda trial: trial.score)
    assert tuning.best == {"counting": best.parameters}
    assert len(tuning.tried) == 3
    assert playlist_tuning.read(file) == tuning
    assert {row[0] for row in playlist_tuning.table(tuning)} == {"counting"}

    again, _ = playlist_tuning.tune(data, file, seconds=60, parts=["counting"])
    assert again == tuning
    other, _ = playlist_tuning.tune(
        put_together.data_of(playlists(241)), file, seconds=-1, parts=["counting"]
    )
    assert not other.tried


def test_an_interrupted_search_goes_on(tmp_path):
    file = tmp_path / "tuning.json"
    data = put_together.data_of(playlists(240))

    def stop(step):
        if step.counts.get("tried") == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        playlist_tuning.tune(data, file, seconds=60, parts=["counting"], progress=stop)
    first = playlist_tuning.read(file).tried
    assert len(first) == 1
    whole, _ = playlist_tuning.tune(data, file, seconds=60, parts=["counting"])
    assert whole.tried[:1] == first


def test_too_little_gives_the_defaults(tmp_path):
    for few in (playlists(20), [Playlist("short", (put_together.foreign(0, 0),), "a:1")] * 300):
        tuning, notes = playlist_tuning.tune(
            put_together.data_of(few), tmp_path / "t", seconds=60, parts=["counting"]
        )
        assert tuning is None
        assert "defaults were taken" in notes[0]


def test_test_lists_take_no_part(tmp_path):
    data = put_together.data_of(playlists(240))
    experiment = prepare(
        data.data, data.playlists, Options(on="validation", scenarios=MEAN, lists=50)
    )
    assert len(experiment.lists) < 240 * 5 / 6 - 20


def test_only_changes_are_told():
    tuning = Tuning("key", 300, best={"a": {"x": 1, "y": 2}, "b": {"z": 3}})
    tuning.started = {"a": {"x": 1, "y": 5}, "b": {"z": 3}}
    assert playlist_tuning.changed(tuning) == {"a": {"y": 2}}


def test_a_damaged_file_counts_as_none(tmp_path):
    file = tmp_path / "t.json"
    assert playlist_tuning.read(file) is None
    for text in ("{", "[]", json.dumps({"data": "x"}), json.dumps({"tried": 3})):
        file.write_text(text)
        assert playlist_tuning.read(file) is None


def test_weights_of_a_blend_are_tuned(tmp_path, monkeypatch):
    monkeypatch.setattr(playlist_tuning, "KNOBS", ())
    data = put_together.data_of(playlists(240))
    weights = {"playlist_knn": 0.3, "popular": 0.3}
    tuning, _ = playlist_tuning.tune(
        data, tmp_path / "t", seconds=40, parts=list(weights), weights=weights
    )
    assert {trial.part for trial in tuning.tried} == {"blend"}
    best = max(tuning.tried, key=lambda trial: trial.score)
    assert tuning.best == {"blend": best.parameters}
    assert best.parameters["popular"] <= best.parameters["playlist_knn"]
    assert isinstance(best, Trial)


def test_a_search_for_one_part_keeps_what_others_found(tmp_path):
    data = put_together.data_of(playlists(240))
    file = tmp_path / "t"
    first, _ = playlist_tuning.tune(data, file, seconds=60, parts=["counting"])
    first.best["other"], first.started["other"] = {"x": 2}, {"x": 1}
    first.tried.append(Trial("other", {"x": 2}, 0.5, 1.0))
    first.tried.append(Trial("blend", {"counting": 2.0, "other": 1.0}, 0.5, 1.0))
    playlist_tuning.write(file, first)
    again, _ = playlist_tuning.tune(data, file, seconds=60, parts=["counting"])
    assert playlist_tuning.changed(again)["other"] == {"x": 2}
    assert again.best["counting"] == first.best["counting"]
    assert again.best["blend"] == {"counting": 2.0, "other": 1.0}
    # what was found for a blend says nothing of one whose members were tuned further
    weights = {"counting": 1.0, "popular": 1.0}
    again, _ = playlist_tuning.tune(data, file, seconds=-1, parts=["counting"], weights=weights)
    assert {trial.part for trial in again.tried} == {"counting", "other"}
    assert "blend" not in again.best


def test_a_part_whose_library_is_missing_is_left_and_named(tmp_path, monkeypatch):
    knobs = (Knob("popular", "x", (1, 2)), Knob("counting", "power", (1.0, 2.0)))
    monkeypatch.setattr(playlist_tuning, "KNOBS", knobs)
    monkeypatch.setattr(
        playlist_tuning,
        "_knobs",
        lambda parts: (list(knobs), {"popular": {"x": 1}, "counting": {"power": 1.0}}, ()),
    )
    measure = playlist_tuning.score

    def score(model, experiment):
        if model.name == "popular":
            raise MissingExtra("playlists", "Popularity")
        return measure(model, experiment)

    monkeypatch.setattr(playlist_tuning, "score", score)
    monkeypatch.setattr(registry.get("recommend", "popular"), "__init__", lambda self, x: None)
    data = put_together.data_of(playlists(240))
    tuning, notes = playlist_tuning.tune(
        data, tmp_path / "t", seconds=60, parts=["popular", "counting"]
    )
    assert {trial.part for trial in tuning.tried} == {"counting"}
    assert [note.startswith("Not tuned: popular. ") for note in notes] == [True]


def test_another_version_or_other_artists_begin_anew(tmp_path, monkeypatch):
    data = put_together.data_of(playlists(240))
    file = tmp_path / "t"
    playlist_tuning.tune(data, file, seconds=60, parts=["counting"])
    assert playlist_tuning.tune(data, file, seconds=-1, parts=["counting"])[0].tried
    other = put_together.data_of(playlists(240))
    other.data = replace(other.data, artists=["other"] * len(other.data.items))
    assert not playlist_tuning.tune(other, file, seconds=-1, parts=["counting"])[0].tried
    playlist_tuning.tune(data, file, seconds=60, parts=["counting"])
    monkeypatch.setattr(playlist_tuning, "__version__", "99")
    assert not playlist_tuning.tune(data, file, seconds=-1, parts=["counting"])[0].tried


def test_the_knobs_exist():
    for knob in OURS:
        names = {f.name for f in fields(registry.get("recommend", knob.part))}
        assert knob.name in names, knob
