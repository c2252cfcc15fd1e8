"""Bags of pieces."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from murecom.mood.grams import BITS, grams

IDF = np.ones(1 << BITS, np.float32)


def row(text: str) -> set[int]:
    return set(grams([text]).buckets.tolist())


def test_pieces():
    assert len(row("开心")) == 3  # 开, 心, 开心
    assert len(row("so sad")) == 4  # two words, and each with the one before
    assert row("So SAD") == row("so sad")
    assert row("開心") == row("开心")
    assert row("!!!!!!") == row("!!!")
    assert row("开") <= row("开心")


def test_rows_have_length_one():
    found = grams(["so sad today", "", "开心"])
    assert len(found) == 3
    values = found.weighed(IDF)
    square = np.bincount(found.rows(), values * values, minlength=3)
    np.testing.assert_allclose(square, [1, 0, 1], rtol=1e-5)


def test_the_product_is_that_of_matrices():
    rng = np.random.default_rng(1)
    weights = rng.normal(size=(1 << BITS, 3)).astype(np.float32)
    idf = rng.uniform(size=1 << BITS).astype(np.float32)
    found = grams(["so sad today", "", "开心吗？"])
    dense = np.zeros((3, 1 << BITS), np.float32)
    dense[found.rows(), found.buckets] = found.weighed(idf)
    np.testing.assert_allclose(found.times(idf, weights), dense @ weights, atol=1e-5)


def test_the_order_is_the_same_in_every_run():
    found = grams(["so sad today, and nobody knows", "今天真的很难过"])
    for start, end in zip(found.starts, found.starts[1:], strict=False):
        row = found.buckets[start:end].tolist()
        assert row == sorted(set(row))


def test_no_texts():
    assert grams([]).times(IDF, np.ones((1 << BITS, 2), np.float32)).shape == (0, 2)


@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=5))
def test_any_texts(texts):
    found = grams(texts)
    assert len(found) == len(texts)
    assert np.isfinite(found.weighed(IDF)).all()
    for number, text in enumerate(texts):
        start, end = found.starts[number : number + 2]
        assert set(found.buckets[start:end].tolist()) == row(text)
