"""The price of novelty: nothing at 0, less precision and more of the rest beyond."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lists import playlists
from murecom.errors import BadInput
from murecom.evaluate.compare import Shelf
from murecom.evaluate.measure import measure
from murecom.evaluate.price import as_text, price
from murecom.evaluate.protocol import SCENARIOS, Options, prepare
from murecom.playlist.novelty import Strengths
from murecom.recommend.item_knn import ItemKNN
from murecom.types import to_json

DIALS = (0.0, 0.5, 1.0)


@pytest.fixture(scope="module")
def made():
    return prepare(*playlists(), Options(scenarios=("first5", "first10")))


@pytest.fixture(scope="module")
def found(made):
    return price("item_knn", ItemKNN(), made, dials=DIALS)


def test_zero_is_the_model_itself(made, found):
    model = ItemKNN().fit(made.train)
    own = [measure(model, made, SCENARIOS[name]) for name in ("first5", "first10")]
    start = found.points[0]
    expected = np.mean([one.values["precision@10"].mean() for one in own])
    assert start.precision.value == pytest.approx(expected)
    assert start.beyond["coverage"] == pytest.approx(np.mean([o.beyond["coverage"] for o in own]))
    assert start.lost.value == start.gain["coverage"] == 0


def test_the_dial_buys_what_it_costs(found):
    start, middle, end = found.points
    assert start.precision.value > end.precision.value
    assert end.lost.value > 0
    assert end.lost.low <= end.lost.value <= end.lost.high
    assert start.beyond["novelty_bits"] < middle.beyond["novelty_bits"] < end.beyond["novelty_bits"]
    assert end.gain["coverage"] > 0
    assert end.beyond["artists"] > start.beyond["artists"]
    assert found.at_most(1.0) == end
    assert found.at_most(-1.0) == start


def test_as_text_and_json(found):
    text = as_text(found)
    assert "next to nothing" in text
    assert len([line for line in text.splitlines() if line.startswith(("0.", "1."))]) == 3
    plain = json.loads(json.dumps(to_json(found), allow_nan=False))
    assert plain["points"][1]["strengths"]["popularity"] > 0


def test_kept_results_are_used_while_the_dial_means_the_same(made, found, tmp_path):
    shelf = Shelf(tmp_path, made, ItemKNN())
    first = price("item_knn", ItemKNN(), made, dials=DIALS, shelf=shelf)
    assert first == found
    steps = []
    again = price("item_knn", ItemKNN(), made, dials=DIALS, shelf=shelf, progress=steps.append)
    assert again == found
    assert not steps
    price(
        "item_knn",
        ItemKNN(),
        made,
        dials=DIALS,
        strengths=lambda dial: Strengths(popularity=dial),
        shelf=shelf,
        progress=steps.append,
    )
    assert steps


def test_vectors_make_variety(made):
    def vectors(model):
        groups = np.eye(5, dtype=np.float32)[np.minimum(np.arange(len(made.kept)) // 40, 4)]
        return lambda items: groups[items]

    def spread(dial):
        return Strengths(variety=dial)

    plain = price("i", ItemKNN(), made, dials=DIALS, strengths=spread)
    varied = price("i", ItemKNN(), made, dials=DIALS, strengths=spread, vectors=vectors)
    assert plain.points[2].precision == plain.points[0].precision
    assert varied.points[2].precision.value < varied.points[0].precision.value


def test_refusals(made):
    with pytest.raises(BadInput, match="from 0"):
        price("i", ItemKNN(), made, dials=(0.5, 1.0))
    only = prepare(made.data, made.playlists, Options(scenarios=("next",)))
    with pytest.raises(BadInput, match="first1"):
        price("i", ItemKNN(), only)
