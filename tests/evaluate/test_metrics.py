"""Metrics: numbers worked out by hand, rectools' numbers, and bounds that always hold."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.evaluate import metrics

GOLDEN = Path(__file__).parents[1] / "golden"


def hits(*places, k=10):
    """Make a list of k places with hits at some, from 1 on."""
    table = np.zeros(k, bool)
    table[[place - 1 for place in places]] = True
    return table


def test_hits_are_told_by_rank():
    assert metrics.hits(np.array([7, 3, 9]), np.array([9, 7])).tolist() == [True, False, True]
    assert metrics.hits(np.array([], int), np.array([1])).tolist() == []
    with pytest.raises(BadInput, match="twice"):
        metrics.hits(np.array([7, 7]), np.array([7]))
    with pytest.raises(BadInput, match="twice"):
        metrics.hits(np.array([7, 8]), np.array([7, 7]))


def test_by_hand():
    # hits at 1, 3 and 6 of 10 places; 4 tracks were hidden
    found = hits(1, 3, 6)
    assert metrics.recall(found, 4, 5) == 2 / 4
    assert metrics.precision(found, 5) == 2 / 5
    assert metrics.hit_rate(found, 1) == 1
    assert metrics.hit_rate(hits(3), 2) == 0
    assert metrics.reciprocal_rank(hits(3), 10) == pytest.approx(1 / 3)
    assert metrics.reciprocal_rank(hits(3), 2) == 0
    assert metrics.r_precision(found, 4) == 2 / 4
    ideal = 1 + 1 / np.log2(3) + 1 / 2 + 1 / np.log2(5)
    assert metrics.ndcg(found, 4, 10) == pytest.approx((1 + 1 / 2 + 1 / np.log2(7)) / ideal)
    assert metrics.ndcg(found, 4, 2) == pytest.approx(1 / (1 + 1 / np.log2(3)))


def test_clicks():
    assert metrics.clicks(hits(1, k=500)) == 0
    assert metrics.clicks(hits(10, k=500)) == 0
    assert metrics.clicks(hits(11, k=500)) == 1
    assert metrics.clicks(hits(500, k=500)) == 49
    assert metrics.clicks(hits(k=500)) == 51
    assert metrics.clicks(np.zeros(0, bool)) == 51
    assert metrics.clicks(hits(k=30), 30) == 4


def test_many_lists_at_once_and_none():
    table = np.stack([hits(1, 3), hits(2), hits()])
    held = np.array([2, 4, 1])
    assert metrics.recall(table, held, 10).tolist() == [1, 1 / 4, 0]
    assert metrics.r_precision(table, held).tolist() == [1 / 2, 1 / 4, 0]
    assert metrics.ndcg(table, held).tolist() == pytest.approx(
        [float(metrics.ndcg(row, own)) for row, own in zip(table, held, strict=True)]
    )
    assert metrics.reciprocal_rank(table, 20).tolist() == [1, 1 / 2, 0]
    assert metrics.clicks(table).tolist() == [0, 0, 51]
    nothing = np.zeros((0, 500), bool)
    assert metrics.ndcg(nothing, np.zeros(0, int)).shape == (0,)


def test_of_nothing_hidden_comes_nothing():
    assert metrics.recall(hits(), 0, 10) == 0
    assert metrics.r_precision(hits(), 0) == 0
    assert metrics.ndcg(hits(), 0) == 0
    assert metrics.official_r_precision([False], [3], []) == 0


def test_bad_shapes_are_refused():
    with pytest.raises(BadInput):
        metrics.recall(hits(1), np.array([1, 2]), 5)
    with pytest.raises(BadInput):
        metrics.precision(hits(1), 0)
    with pytest.raises(BadInput):
        metrics.precision(np.zeros((2, 2, 2), bool), 1)
    with pytest.raises(BadInput):
        metrics.official_r_precision([True, False], [1], [1])


class TestOfficialRPrecision:
    """Artists count a quarter among missed tracks of the first R places, each once."""

    def test_by_hand(self):
        # R = 4. Places: hit (artist 1), missed (1), missed (2), missed (2), then beyond R: (3)
        found, artists = [True, False, False, False, False], [1, 1, 2, 2, 3]
        held = [1, 2, 3, 3]
        # a missed track by artist 1 counts although another of theirs was found; 2 counts once;
        # 3 stands behind the first four places
        assert metrics.official_r_precision(found, artists, held) == (1 + 2 * 0.25) / 4

    def test_artists_of_found_tracks_alone_do_not_count(self):
        assert metrics.official_r_precision([True, True], [1, 1], [1, 1]) == 1

    def test_unknown_artists_count_nothing(self):
        assert metrics.official_r_precision([False, False], [-1, -1], [-1, -1]) == 0

    def test_short_answers(self):
        assert metrics.official_r_precision([False], [5], [5, 5, 5, 5]) == 0.25 / 4
        assert metrics.official_r_precision([], [], [5, 5]) == 0


def test_like_rectools():
    golden = json.loads((GOLDEN / "rectools.json").read_text())
    expected = golden["expected"]
    if importlib.util.find_spec("rectools"):  # ask it anew where it is installed
        place = GOLDEN / "make_rectools.py"
        spec = importlib.util.spec_from_file_location("make_rectools", place)
        script = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(script)
        assert script.answers() == {key: golden[key] for key in ("held", "named", "before")}
        expected = script.expected(golden)
    lists = zip(golden["named"], golden["held"], strict=True)
    table = np.stack([metrics.hits(np.array(named), np.array(own)) for named, own in lists])
    held = np.array([len(own) for own in golden["held"]])
    ours = {
        "precision@10": metrics.precision(table, 10),
        "recall@50": metrics.recall(table, held, 50),
        "r_precision": metrics.r_precision(table, held),
        "hit_rate@10": metrics.hit_rate(table, 10),
        "mrr@20": metrics.reciprocal_rank(table, 20),
        "ndcg@20": metrics.ndcg(table, held, 20),
        "ndcg@60": metrics.ndcg(table, held, 60),
    }
    for name, values in ours.items():
        assert values.tolist() == pytest.approx(expected[name], abs=1e-12), name
        assert len(set(expected[name])) > 1, f"{name} tells nothing"


@st.composite
def answered(draw):
    """Draw an answer, what was hidden, and the artist of every track."""
    items = st.integers(0, 40)
    answer = draw(st.lists(items, unique=True, max_size=30))
    held = draw(st.lists(items, unique=True, min_size=1, max_size=30))
    artists = draw(st.lists(st.integers(-1, 8), min_size=41, max_size=41))
    return np.array(answer, int), np.array(held), np.array(artists)


@given(answered(), st.integers(1, 40))
def test_bounds(case, k):
    answer, held, artists = case
    found, n = metrics.hits(answer, held), len(held)
    for value in (
        metrics.recall(found, n, k),
        metrics.precision(found, k),
        metrics.hit_rate(found, k),
        metrics.reciprocal_rank(found, k),
        metrics.r_precision(found, n),
        metrics.ndcg(found, n, k),
    ):
        assert 0 <= value <= 1 + 1e-12
    assert metrics.recall(found, n, k) <= metrics.recall(found, n, k + 1)
    assert metrics.reciprocal_rank(found, k) <= metrics.hit_rate(found, k)
    plain = metrics.r_precision(found, n)
    official = metrics.official_r_precision(found, artists[answer], artists[held])
    assert plain <= official <= min(1, plain + 0.25)
    assert 0 <= metrics.clicks(found) <= 51


@given(answered(), st.integers(1, 40))
def test_the_perfect_answer_scores_best(case, k):
    _, held, artists = case
    found = metrics.hits(held, held)
    assert metrics.r_precision(found, len(held)) == 1
    assert metrics.ndcg(found, len(held), k) == pytest.approx(1)
    assert metrics.official_r_precision(found, artists[held], artists[held]) == 1
    assert metrics.clicks(found) == 0
