"""Measuring: the figures are those of the metrics, and come back from JSON."""

from __future__ import annotations

import json

import numpy as np
import pytest

from lists import playlists
from murecom.evaluate import metrics
from murecom.evaluate.measure import METRICS, Outcome, Togetherness, measure, quartiles_of
from murecom.evaluate.protocol import SCENARIOS, Options, ask, prepare
from murecom.recommend.item_knn import ItemKNN
from murecom.recommend.popular import Popular


@pytest.fixture(scope="module")
def made():
    return prepare(*playlists())


@pytest.fixture(scope="module")
def popular(made):
    return Popular().fit(made.train)


def test_values_are_those_of_each_case(made, popular):
    scenario = SCENARIOS["first10"]
    found = measure(popular, made, scenario)
    cases = made.cases["first10"]
    assert set(found.values) == {*METRICS, "r_precision_official"}
    assert all(values.shape == (len(cases),) for values in found.values.values())
    for place in (0, len(cases) - 1):
        case = cases[place]
        items, _ = ask(popular, made, case, scenario)
        hits, n = metrics.hits(items, case.held), len(case.held)
        plain = float(metrics.r_precision(hits, n))
        assert found.values["r_precision"][place] == pytest.approx(plain, abs=1e-6)
        assert found.values["ndcg"][place] == pytest.approx(float(metrics.ndcg(hits, n)), abs=1e-6)
        official = metrics.official_r_precision(hits, made.artists[items], made.artists[case.held])
        assert found.values["r_precision_official"][place] == pytest.approx(official, abs=1e-6)
    assert found.unanswered == 0
    assert found.held.sum() == sum(len(case.held) for case in cases)
    mean = (found.values["r_precision"] * [len(case.held) for case in cases]).sum()
    assert found.found.sum() == pytest.approx(mean, abs=0.01)


def test_a_good_model_is_better_than_popularity(made, popular):
    scenario = SCENARIOS["first5"]
    best = measure(ItemKNN().fit(made.train), made, scenario)
    base = measure(popular, made, scenario)
    assert best.values["r_precision"].mean() > 1.5 * base.values["r_precision"].mean()
    assert best.beyond["coverage"] > base.beyond["coverage"]
    assert best.beyond["novelty_bits"] > base.beyond["novelty_bits"]
    assert best.beyond["gini"] < base.beyond["gini"]


def test_quarters_of_what_is_hidden(made):
    cases = made.cases["first5"]
    quartiles = quartiles_of(made.popularity, cases)
    hidden = np.concatenate([case.held for case in cases])
    shares = np.bincount(quartiles[hidden], minlength=4) / len(hidden)
    assert shares == pytest.approx([0.25] * 4, abs=0.05)
    order = np.argsort(made.popularity)
    assert (np.diff(quartiles[order]) >= 0).all()


def test_without_seeds_nothing_is_compared_with_them(made, popular):
    found = measure(popular, made, SCENARIOS["title"])
    assert "new_artists" not in found.beyond
    assert "distance" in found.beyond


def test_rows_of_tracks_are_the_playlists_that_hold_them(made):
    rows = Togetherness(made)(made.kept[:3])
    assert rows.sum(axis=1).tolist() == made.lists.popularity[:3].tolist()
    both = [len({*_holders(made, a)} & {*_holders(made, b)}) for a, b in ((0, 1), (0, 2), (1, 2))]
    assert [(rows[a] @ rows[b]) for a, b in ((0, 1), (0, 2), (1, 2))] == both


def _holders(made, item):
    starts, places = made.lists.holders
    return made.lists.playlists_of(places[starts[item] : starts[item + 1]]).tolist()


def test_nobody_to_start_from_counts_as_a_miss(made):
    class Titles(Popular):
        name = "titles"
        takes = frozenset({"title"})

    model = Titles().fit(made.train)
    bare = prepare(made.data, made.playlists, Options(scenarios=("first5",), titles=False))
    found = measure(model, bare, SCENARIOS["first5"])
    assert found.unanswered == len(bare.cases["first5"])
    assert found.values["clicks"].tolist() == [51.0] * found.unanswered
    assert found.values["r_precision"].sum() == 0


def test_outcomes_come_back_from_json(made, popular):
    found = measure(popular, made, SCENARIOS["next"])
    again = Outcome.from_json(json.loads(json.dumps(found.to_json())))
    for name, values in found.values.items():
        assert again.values[name] == pytest.approx(values, abs=1e-6)
    assert dict(again.beyond) == dict(found.beyond)
    assert again.found.tolist() == found.found.tolist()
    assert again.unanswered == found.unanswered


def test_progress_counts_cases(made, popular):
    steps = []
    measure(popular, made, SCENARIOS["next"], steps.append, "Asking x", 100, 200)
    assert steps[0].done == 100
    assert steps[-1].done == 100 + len(made.cases["next"])
    assert {(step.stage, step.total) for step in steps} == {("Asking x", 200)}
