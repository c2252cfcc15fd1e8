"""Comparisons: resumable, the same for all, failures named."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pytest

from lists import playlists
from murecom.errors import BadInput, NotFound, NotReady, Unreachable
from murecom.evaluate import report
from murecom.evaluate.compare import Shelf, compare, named
from murecom.evaluate.protocol import Options, prepare
from murecom.recommend.item_knn import ItemKNN
from murecom.recommend.popular import Popular
from murecom.types import to_json


@pytest.fixture(scope="module")
def made():
    return prepare(*playlists(), Options(scenarios=("title", "first1", "first5", "next")))


@dataclass(eq=False)
class Counting(Popular):
    """Popularity that counts how often it learns."""

    name = "counting"
    lift: int = 0
    fits = 0

    def _fit(self, data, progress):
        type(self).fits += 1
        return super()._fit(data, progress)


@dataclass(eq=False)
class Soundless(Popular):
    """Needs what is not there."""

    name = "soundless"
    needs = frozenset({"vectors"})


def test_models_are_made_by_name():
    assert list(named(["item_knn", "popular"])) == ["item_knn", "popular"]
    with pytest.raises(NotFound, match="nobody"):
        named(["nobody"])
    for wrong in ([], ["popular", "popular"]):
        with pytest.raises(BadInput):
            named(wrong)


def test_what_was_measured_is_kept(made, tmp_path):
    Counting.fits = 0
    first = compare({"c": Counting()}, made, tmp_path)
    assert Counting.fits == 1
    again = compare({"c": Counting()}, made, tmp_path)
    assert Counting.fits == 1
    assert report.as_text(first) == report.as_text(again)
    compare({"c": Counting(lift=1)}, made, tmp_path)  # other parameters
    assert Counting.fits == 2
    compare({"c": Counting()}, prepare(*playlists(seed=1)), tmp_path)  # other data
    assert Counting.fits == 3
    compare({"c": Counting()}, made, tmp_path, restart=True)
    assert Counting.fits == 4
    compare({"c": Counting()}, made)
    assert Counting.fits == 5
    more = prepare(*playlists())  # other scenarios of the same experiment are added
    found = compare({"c": Counting()}, more, tmp_path)
    assert Counting.fits == 6
    assert set(found.results[0].outcomes) == set(more.cases)


def test_a_stopped_comparison_goes_on(made, tmp_path):
    Counting.fits = 0

    def stop(step):
        if step.stage.startswith("Asking") and step.done > len(made.cases["title"]) + 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        compare({"c": Counting()}, made, tmp_path, progress=stop)
    files = {path.name for path in tmp_path.rglob("*.json")}
    assert files == {"about.json", "cost.json", "title.json"}
    asked = []
    found = compare({"c": Counting()}, made, tmp_path, progress=asked.append)
    assert set(found.results[0].outcomes) == set(made.cases)
    counts = [step for step in asked if step.stage.startswith("Asking")]
    assert counts[0].done == len(made.cases["title"])
    assert counts[-1].done == counts[-1].total
    whole = compare({"c": Counting()}, made)
    plain = [report.as_plain(one)["models"][0]["scenarios"] for one in (found, whole)]
    assert plain[0] == plain[1]


def test_damaged_results_are_measured_again(made, tmp_path):
    compare({"c": Counting()}, made, tmp_path)
    for path, text in zip(
        sorted(tmp_path.rglob("*.json")), ("{", '{"a": 1}', "[1]", "null", ""), strict=False
    ):
        path.write_text(text)
    found = compare({"c": Counting()}, made, tmp_path)
    assert set(found.results[0].outcomes) == set(made.cases)


def test_models_are_compared_with_the_first(made):
    found = compare({"item_knn": ItemKNN(), "popular": Popular()}, made)
    plain = report.as_plain(found)
    first, second = plain["models"]
    assert "difference" not in first["mean"]["r_precision"]
    gap = second["mean"]["r_precision"]["difference"]
    assert gap["high"] < 0
    expected = second["mean"]["r_precision"]["value"] - first["mean"]["r_precision"]["value"]
    assert gap["value"] == pytest.approx(expected, abs=3e-6)
    assert first["mean"]["of"] == ["first1", "first5"]
    assert "title" not in first["scenarios"]  # it starts from tracks
    assert set(second["scenarios"]) == {"title", "first1", "first5", "next"}
    assert [group["from"] for group in first["next_by_seeds"]] == [26]
    figure = first["mean"]["r_precision"]
    assert figure["low"] <= figure["value"] <= figure["high"]
    json.dumps(to_json(plain), allow_nan=False)


def test_tables(made):
    text = report.as_text(compare({"item_knn": ItemKNN(), "popular": Popular()}, made))
    for part in (
        "Continuing a list: mean of first1, first5",
        "title (",
        "The next track",
        "by how known the hidden track is",
        "Beyond accuracy",
        "Costs",
        "less the first",
    ):
        assert part in text
    assert max(map(len, text.splitlines())) <= 130
    alone = report.as_text(compare({"popular": Popular()}, made))
    assert "less the first" not in alone
    only = prepare(made.data, made.playlists, Options(scenarios=("next",)))
    text = report.as_text(compare({"popular": Popular()}, only))
    assert "The next track" in text
    assert "mean of" not in text


def test_a_model_that_cannot_be_fitted_is_named(made):
    found = compare({"soundless": Soundless(), "popular": Popular()}, made)
    assert [result.name for result in found.results] == ["popular"]
    assert found.failures[0].name == "soundless"
    assert "Not measured: soundless" in report.as_text(found)
    with pytest.raises(NotReady):
        compare({"soundless": Soundless()}, made)
    only = prepare(made.data, made.playlists, Options(scenarios=("title",)))
    with pytest.raises(BadInput, match="cannot start"):
        compare({"item_knn": ItemKNN()}, only)


def test_a_folder_that_cannot_be_written(made, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(Unreachable, match="kept"):
        compare({"popular": Popular()}, made, tmp_path / "file")
    shelf = Shelf(tmp_path / "none", made, Popular())
    assert shelf.outcome("title") is None
    assert shelf.cost() is None
    shelf.clear()


def test_numbers():
    assert [report.number(v) for v in (0.15772, -0.5, 4.634, 21.31, 1204.2, 0)] == [
        ".1577",
        "-.5000",
        "4.63",
        "21.3",
        "1,204",
        ".0000",
    ]
    assert report.number(float("nan")) == "–"
