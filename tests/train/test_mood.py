"""Fitting a mood head: what was said is learned, and every group weighs the same."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from murecom.errors import MissingExtra
from murecom.mood.labels import CODES, FAMILY, FELT
from murecom.mood.model import MoodModel
from murecom.train.mood import CHINESE, SHARE, Comment, fit_head, make_cases, words_of
from untaught import Letters

PHRASES = [
    *(("en", "PA", f"glad sunny song {n}") for n in range(12)),
    *(("en", "NB", f"lonely grey rain {n}") for n in range(12)),
    *(("zh", "NA", f"气死 我了 {n}") for n in range(12)),
    *(("en", "NG", f"red face ashamed {n}") for n in range(12)),
]
COMMENTS = [
    *(Comment(f"boo dark scary {n}", ("fear",)) for n in range(12)),
    Comment("wow sad", ("surprise", "sadness")),
]


def test_cases():
    cases = make_cases(PHRASES, COMMENTS)
    assert len(cases.rows) == 12 * 3 + 12 * 2 + 12 + 2  # shame is two labels
    assert set(np.unique(cases.rows)) == set(range(len(PHRASES) + len(COMMENTS)))
    groups = np.array([FAMILY[FELT[label]] for label in cases.labels])
    sums = np.bincount(groups, cases.weights)
    np.testing.assert_allclose(sums[sums > 0], sums[sums > 0].mean(), rtol=1e-4)
    surprise = cases.weights[cases.labels == FELT.index("surprise")]
    assert len(surprise) == 1
    # within a group a comment weighs a part of a phrase
    shame, boo = cases.weights[cases.labels == FELT.index("fear")][[0, -1]]
    assert boo / shame == pytest.approx(SHARE / 0.5)


def test_chinese_phrases_weigh_more():
    cases = make_cases([("zh", "NB", "难过"), ("en", "NB", "sad")], [])
    assert cases.weights[0] / cases.weights[1] == pytest.approx(CHINESE)


def test_a_head_learns_its_texts():
    pytest.importorskip("sklearn", reason="fitting needs the extra mood")
    encoder = Letters()
    head = fit_head(encoder, PHRASES, COMMENTS)
    assert head.encoder == encoder.key
    assert (head.about["phrases"], head.about["comments"]) == (48, 13)
    model = MoodModel(encoder, head)
    told = [mood.label for mood in model.read(["glad sunny song", "lonely grey rain", "气死 我了"])]
    assert told == ["joy", "sadness", "anger"]
    assert model.read(["boo dark scary"])[0].label == "fear"
    classes = model.readings(["red face ashamed"]).classes[0]
    assert CODES[int(classes.argmax())] == "NG"
    again = fit_head(encoder, PHRASES, COMMENTS)
    np.testing.assert_array_equal(head.dense, again.dense)
    np.testing.assert_array_equal(head.pieces, again.pieces)


def test_labels_that_nobody_has_are_never_told():
    pytest.importorskip("sklearn", reason="fitting needs the extra mood")
    head = fit_head(Letters(), PHRASES, [])
    assert head.dense_bias[FELT.index("calm")] <= -20
    assert not head.dense[:, FELT.index("calm")].any()


def test_what_is_read_of_a_text():
    assert words_of("so sad 😭\n[00:01.00] today") == "so sad today"
    assert words_of("😭") == ""


def test_a_missing_library_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn.linear_model", None)
    with pytest.raises(MissingExtra, match=r"\.\[mood\]"):
        fit_head(Letters(), PHRASES, [])
