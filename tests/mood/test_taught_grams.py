"""Grams of texts as sparse numbers."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.mood import taught_grams
from murecom.mood.taught_grams import WORDS, Vocabulary, product

TEXTS = ["今天很高兴", "今天不高兴！", "so sad", "so so happy", ""]


def dense(vocabulary: Vocabulary, texts: list[str]) -> np.ndarray:
    cells = vocabulary.cells(texts)
    matrix = np.zeros((len(texts), len(vocabulary)))
    matrix[cells.rows, cells.columns] = cells.values
    return matrix


def test_what_is_counted() -> None:
    vocabulary = Vocabulary.of(["ab", "b"])
    # characters a, b, ab; words ab, b
    assert (len(vocabulary), vocabulary.is_word.sum()) == (5, 2)
    counts = sorted(np.round(3 / np.exp(vocabulary.idf - 1) - 1).astype(int).tolist())
    assert counts == [1, 1, 1, 1, 2]  # the character b stands in both


def test_characters_and_words_have_lengths_of_their_own() -> None:
    vocabulary = Vocabulary.of(TEXTS)
    matrix = dense(vocabulary, TEXTS)
    for row in matrix[:4]:
        assert np.linalg.norm(row[~vocabulary.is_word]) == pytest.approx(1)
        assert np.linalg.norm(row[vocabulary.is_word]) == pytest.approx(WORDS)
    assert not matrix[4].any()


def test_spelling_habits_do_not_matter() -> None:
    vocabulary = Vocabulary.of(TEXTS)
    assert dense(vocabulary, ["今天很高興", "SO  SAD"]) == pytest.approx(
        dense(vocabulary, ["今天很高兴", "so sad"])
    )


def test_no_gram_reaches_into_the_next_text() -> None:
    vocabulary = Vocabulary.of(["abcd", "efgh", "de", "x"])
    alone = [dense(vocabulary, [text]) for text in ("abcd", "x", "efgh")]
    assert dense(vocabulary, ["abcd", "x", "efgh"]) == pytest.approx(np.concatenate(alone))


def test_rare_and_too_many(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["ab", "ac", "a"]
    assert len(Vocabulary.of(texts, least=3)) == 1
    monkeypatch.setattr(taught_grams, "MOST", 2)
    assert len(Vocabulary.of(texts)) == 2


def test_nothing() -> None:
    empty = Vocabulary.of([])
    assert len(empty) == 0
    assert product(empty.cells(["a"]), np.zeros((0, 3), np.float32), 1).shape == (1, 3)
    some = Vocabulary.of(["a"])
    assert product(some.cells([]), np.zeros((len(some), 3), np.float32), 0).shape == (0, 3)


@given(st.lists(st.text(max_size=30), max_size=6))
def test_product_is_the_dense_one(texts: list[str]) -> None:
    vocabulary = Vocabulary.of([*TEXTS, *texts])
    weights = np.random.default_rng(0).normal(size=(len(vocabulary), 3)).astype(np.float32)
    cells = vocabulary.cells(texts)
    order = cells.rows * len(vocabulary) + cells.columns
    assert (np.diff(order) > 0).all()
    expected = dense(vocabulary, texts) @ weights
    assert product(cells, weights, len(texts)) == pytest.approx(expected, abs=1e-4)
    assert np.isfinite(cells.values).all()


def test_arrays_are_read_again() -> None:
    vocabulary = Vocabulary.of(TEXTS)
    again = Vocabulary.from_arrays(vocabulary.arrays())
    assert dense(again, TEXTS) == pytest.approx(dense(vocabulary, TEXTS))
    with pytest.raises(ValueError, match="fit together"):
        Vocabulary.from_arrays(vocabulary.arrays() | {"gram-idf": vocabulary.idf[:-1]})
