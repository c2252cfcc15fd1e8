"""The head: weights, labels split over classes, files."""

from __future__ import annotations

import io

import numpy as np
import pytest

from mood_doubles import letter_head
from murecom.errors import BadInput, Unsupported
from murecom.mood import head as module
from murecom.mood.grams import grams
from murecom.mood.head import Head, pack_phrases, phrase_vectors, softmax
from murecom.mood.labels import CODES, FELT, shares
from untaught import Letters

TEXTS = ["so sad", "happy", ""]


@pytest.fixture(scope="module")
def head() -> Head:
    return letter_head(Letters())


def test_labels_are_log_probabilities(head):
    for part in head.labels(Letters().encode(TEXTS), grams(TEXTS)):
        assert part.shape == (3, len(FELT))
        np.testing.assert_allclose(np.exp(part).sum(axis=1), 1, atol=1e-3)


def test_classes_sum_to_their_labels(head):
    rng = np.random.default_rng(2)
    probabilities = softmax(rng.normal(size=(3, len(FELT))).astype(np.float32))
    cues = np.zeros((3, len(CODES)), np.float32)
    cues[0, CODES.index("NJ")] = 2
    classes = head.split(Letters().encode(TEXTS), cues, probabilities)
    assert classes.shape == (3, len(CODES))
    assert classes.min() >= 0
    np.testing.assert_allclose(classes.sum(axis=1), 1, atol=1e-5)
    only = shares()[:, FELT.index("surprise")] == 1
    assert (classes[:, only].sum(axis=1) <= probabilities[:, FELT.index("surprise")] + 1e-5).all()
    plain = head.split(Letters().encode(TEXTS), 0 * cues, probabilities)
    assert classes[0, CODES.index("NJ")] > plain[0, CODES.index("NJ")]
    np.testing.assert_array_equal(classes[1:], plain[1:])


def test_files_come_back(head):
    again = Head.load(head.packed())
    assert again.about == head.about
    np.testing.assert_allclose(again.dense, head.dense, atol=2e-3)
    assert again.packed() == head.packed()


def test_damaged_files_are_refused(head):
    content = head.packed()
    for bad in (b"", b"PK", content[:1000], content[: len(content) // 2]):
        with pytest.raises(BadInput, match="Install murecom again"):
            Head.load(bad)
    buffer = io.BytesIO()
    np.savez(buffer, about=np.frombuffer(b"{}", np.uint8), dense=np.zeros((2, 3)))
    with pytest.raises(BadInput):
        Head.load(buffer.getvalue())


def test_the_shipped_one_says_where_it_comes_from():
    about = Head.shipped().about
    assert Head.shipped() is Head.shipped()
    assert about["encoder"] == "use-multilingual-3"
    assert "GoEmotions" in about["sources"]
    assert "CC BY 4.0" in about["sources"]


def test_vectors_of_other_phrases_are_refused(monkeypatch):
    phrase_vectors.cache_clear()
    try:
        with monkeypatch.context() as patch:
            patch.setattr(module, "phrases_hash", lambda: "another")
            with pytest.raises(Unsupported, match=r"fit_mood\.py"):
                phrase_vectors()
    finally:
        phrase_vectors.cache_clear()
    length = np.linalg.norm(phrase_vectors(), axis=1)
    assert (length > 0).mean() > 0.99  # a few phrases are an emoji and nothing else
    np.testing.assert_allclose(length[length > 0], 1, atol=0.02)


def test_packed_phrases_are_near_the_vectors():
    rng = np.random.default_rng(3)
    vectors = rng.normal(size=(5, 16)).astype(np.float32)
    vectors[4] = 0
    with np.load(io.BytesIO(pack_phrases(vectors))) as arrays:
        again = arrays["rows"].astype(np.float32) * arrays["scale"].astype(np.float32)
    np.testing.assert_allclose(again, vectors, atol=0.02)


def test_softmax_survives_large_numbers():
    found = softmax(np.array([[1000, 0, -1000], [0, 0, 0]], np.float32))
    np.testing.assert_allclose(found, [[1, 0, 0], [1 / 3] * 3], atol=1e-6)
