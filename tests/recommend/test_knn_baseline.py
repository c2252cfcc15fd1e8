"""Baselines and neighbours, and why Surprise's own model says nothing about playlists."""

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest

import playlists_of
from murecom.errors import BadInput
from murecom.recommend.base import Data, Request
from murecom.recommend.knn_baseline import KNNBaseline
from murecom.testing import RecommenderContract, tiny_data

GOLDEN = Path(__file__).parents[1] / "golden"


class TestKNNBaseline(RecommenderContract):
    make = KNNBaseline


@pytest.fixture(scope="module")
def golden() -> dict:
    return json.loads((GOLDEN / "surprise.json").read_text(encoding="utf-8"))


def as_surprise(golden: dict) -> KNNBaseline:
    return KNNBaseline(k=golden["k"], shrink=0, support=0)


def data_of(golden: dict, without: int | None = None) -> Data:
    rows = [row for n, row in enumerate(golden["lists"]) if n != without]
    return playlists_of.data(rows, golden["items"])


def test_ratings_that_are_all_one_make_every_pair_alike(golden: dict) -> None:
    """What scikit-surprise says of these playlists, kept in a file: likeness 1.0 or none at all."""
    for name in ("msd", "cosine"):
        assert golden["only_ones"][name] == [0.0, 1.0]
        assert golden["only_ones"][f"{name} estimates"] == [1.0]
    model = as_surprise(golden).fit(data_of(golden))
    assert len(np.unique(model.state["table.values"].round(6))) > 100
    assert len(np.unique(model.scores(Request(("t:0", "t:1"))).round(6))) == golden["items"]


def test_estimates_are_those_of_surprise_for_the_table_of_zeros_and_ones(golden: dict) -> None:
    for case in golden["full_table"]:
        model = as_surprise(golden).fit(data_of(golden, case["list"]))
        seeds = tuple(f"t:{item}" for item in golden["lists"][case["list"]])
        score = model.scores(Request(seeds))[case["item"]]
        # there, one more playlist counts for the mean and the baselines: one in three hundred
        assert score == pytest.approx(case["estimate"], abs=0.005)


def test_the_file_is_what_surprise_says_today(golden: dict) -> None:
    spec = importlib.util.spec_from_file_location("make_surprise", GOLDEN / "make_surprise.py")
    make = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(make)
    assert make.playlists() == golden["lists"]
    if importlib.util.find_spec("surprise"):  # its answers are kept in the file for everybody else
        assert make.only_ones(golden["lists"]) == golden["only_ones"]


def test_tracks_without_neighbours_among_the_seeds_go_by_popularity() -> None:
    rows = [[0, 1], [0, 1], [2, 3], [2, 3], [2, 4], [5]]
    scores = KNNBaseline().fit(playlists_of.data(rows, 6)).scores(Request(("t:0",)))
    assert scores.argmax() == 1
    assert scores[2] > scores[3] > scores[4]


def test_bad_parameters_are_told() -> None:
    for bad in ({"k": 0}, {"shrink": -1}, {"support": -1}):
        with pytest.raises(BadInput, match="knn_baseline needs"):
            KNNBaseline(**bad).fit(tiny_data())
