"""Evaluation by the façade: from files or the database to tables, pictures and kept results."""

from __future__ import annotations

import json
import sys

import pytest

import lists
from murecom.errors import BadInput, NotFound, NotReady, Unreachable
from murecom.jobs import playlist_data
from murecom.recommend.item_knn import ItemKNN
from murecom.service import Murecom


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    return lists.write(tmp_path_factory.mktemp("lists") / "playlists.jsonl")


@pytest.fixture
def murecom(tmp_path):
    with Murecom(home=tmp_path / "home") as opened:
        yield opened


def test_a_comparison_from_files(murecom, file, tmp_path):
    found = murecom.evaluate_playlists(
        [file], ["item_knn", "popular"], scenarios=["first5", "next"], output=tmp_path / "out"
    )
    assert [model["name"] for model in found.result["models"]] == ["item_knn", "popular"]
    assert found.result["cases"].keys() == {"first5", "next"}
    assert found.failures == ()
    assert (tmp_path / "out" / "report.txt").read_text() == found.text
    assert json.loads((tmp_path / "out" / "report.json").read_text()) == found.result
    assert len(found.files) == 2
    kept = list((tmp_path / "home" / "evaluate").rglob("first5.json"))
    assert len(kept) == 2


def test_what_was_measured_is_there_at_once(murecom, file, monkeypatch):
    first = murecom.evaluate_playlists([file], ["popular"], scenarios=["first5"])

    def nobody(*_, **__):
        raise AssertionError("nothing is left to fit")

    monkeypatch.setattr(ItemKNN, "fit", nobody)
    monkeypatch.setattr("murecom.recommend.popular.Popular.fit", nobody)
    again = murecom.evaluate_playlists([file], ["popular"], scenarios=["first5"])
    assert again.text == first.text
    with pytest.raises(AssertionError):
        murecom.evaluate_playlists([file], ["popular"], scenarios=["first5"], restart=True)


def test_without_names_the_trained_model_is_evaluated(murecom, file):
    data, _ = lists.playlists()
    ItemKNN(k=7).fit(data).save(murecom.home / "models" / "playlists")
    found = murecom.evaluate_playlists([file], scenarios=["first5"])
    (model,) = found.result["models"]
    assert model["name"] == "item_knn"
    assert model["parameters"]["k"] == 7


def test_playlists_are_read_as_the_trained_model_read_them(murecom, file, monkeypatch):
    data, _ = lists.playlists()
    model = ItemKNN(k=7).fit(data)
    model.metrics |= {"merge": True, "min_count": 9, "albums": True}
    model.save(murecom.home / "models" / "playlists")
    murecom.import_([file])
    asked = []
    read = playlist_data.read_store

    def noted(store, **options):
        asked.append((options["merge"], options["albums"], options.get("min_count", 1)))
        return read(store, **options)

    monkeypatch.setattr(playlist_data, "read_store", noted)
    found = murecom.evaluate_playlists(scenarios=["first5"])
    assert asked == [(True, True, 1)]
    assert found.result["options"]["min_count"] == 9
    murecom.evaluate_playlists(models=["popular"], scenarios=["first5"])
    assert asked[1:] == [(False, False, 1)]


def test_a_model_of_a_class_that_is_gone(murecom, file):
    folder = murecom.home / "models" / "playlists"
    ItemKNN().fit(lists.playlists()[0]).save(folder)
    manifest = folder / "manifest.json"
    manifest.write_text(manifest.read_text().replace('"item_knn"', '"item_gone"'))
    with pytest.raises(NotReady, match=r"another version of murecom.*murecom train playlists"):
        murecom.evaluate_playlists([file], scenarios=["first5"])


def test_the_dial_is_drawn(murecom, file, tmp_path):
    pytest.importorskip("matplotlib", reason="pictures need the extra plots")
    found = murecom.evaluate_playlists(
        [file], ["item_knn"], scenarios=["first5"], novelty_sweep=True, output=tmp_path / "out"
    )
    assert {path.name for path in (tmp_path / "out").iterdir()} == {
        "novelty-item_knn.png",
        "report.json",
        "report.txt",
    }
    (sweep,) = found.result["sweeps"]
    assert [point["dial"] for point in sweep["points"]][:2] == [0.0, 0.1]
    assert "next to nothing" in found.text


def test_without_matplotlib_the_table_is_there(murecom, file, monkeypatch):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    monkeypatch.setitem(sys.modules, "matplotlib.backends.backend_agg", None)
    found = murecom.evaluate_playlists(
        [file], ["popular"], scenarios=["first5"], novelty_sweep=True
    )
    assert found.files == ()
    assert "plots" in found.notes[0]
    assert found.text


def test_refusals(murecom, file, tmp_path):
    with pytest.raises(NotReady, match="murecom import"):
        murecom.evaluate_playlists()
    with pytest.raises(NotFound):
        murecom.evaluate_playlists([file], ["nobody"])
    with pytest.raises(BadInput, match="scenario"):
        murecom.evaluate_playlists([file], ["popular"], scenarios=["first7"])
    with pytest.raises(NotFound):
        murecom.evaluate_playlists([tmp_path / "nowhere.jsonl"], ["popular"])
    (tmp_path / "taken").write_text("")
    with pytest.raises(Unreachable, match="another folder"):
        murecom.evaluate_playlists(
            [file], ["popular"], scenarios=["next"], output=tmp_path / "taken"
        )
