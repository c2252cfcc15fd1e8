"""From words to moods: what holds for every encoder and every head."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mood_doubles import NASTY, letter_head, letter_model
from murecom.errors import BadInput
from murecom.mood import model as module
from murecom.mood.labels import FELT, LABELS, ORIGINAL
from murecom.mood.model import MoodModel
from murecom.mood.tables import phrases
from untaught import Letters

MODEL = letter_model()
SOME = [
    "so sad today",
    "",
    "不开心",
    "とても嬉しい",
    "😭",
    "happy\n" * 60,
    "1",
    "so sad today",
    "!!",
]


def check(model: MoodModel, texts: list[str]) -> None:
    found = model.readings(texts)
    n = len(texts)
    assert found.probabilities.shape == (n, 9)
    assert found.classes.shape == (n, 24)
    assert found.points.shape == (n, 2)
    for array in (found.probabilities, found.classes, found.points, found.confidence):
        assert array.dtype == np.float32
        assert np.isfinite(array).all()
    heard = found.confidence > 0
    np.testing.assert_allclose(found.probabilities.sum(axis=1), heard, atol=1e-4)
    np.testing.assert_allclose(found.classes.sum(axis=1), heard, atol=1e-4)
    assert found.confidence.max(initial=0) <= 1
    assert abs(found.points).max(initial=0) <= 1
    for row, mood in enumerate(model.read(texts)):
        assert mood.label in LABELS
        assert (mood.label == "no_signal") == (not heard[row])
        assert list(mood.probabilities) == list(LABELS)
        assert list(mood.classes) == list(ORIGINAL)
        assert sum(mood.probabilities.values()) == pytest.approx(1, abs=0.001)
        assert -1 <= mood.valence <= 1
        assert -1 <= mood.arousal <= 1
        if heard[row]:
            assert mood.label == FELT[int(found.probabilities[row].argmax())]
        else:
            assert (mood.valence, mood.arousal, mood.confidence) == (0, 0, 0)
            assert not any(mood.classes.values())


def test_some_texts():
    check(MODEL, SOME)
    assert [mood.label == "no_signal" for mood in MODEL.read(SOME)] == [
        not any(c.isalpha() or c == "😭" for c in text) for text in SOME
    ]


def test_nasty_texts():
    check(MODEL, NASTY)
    for text in NASTY:
        MODEL.explain(text)


@given(st.lists(st.text(st.characters(exclude_categories=())), max_size=4))
def test_any_texts(texts):
    check(MODEL, texts)


def test_no_texts():
    check(MODEL, [])
    assert MODEL.read([]) == []


def same(found, others, rows, where) -> None:
    for name in ("probabilities", "classes", "points", "confidence"):
        first, second = getattr(found, name)[rows], getattr(others, name)[where]
        np.testing.assert_allclose(first, second, atol=1e-5)


def test_neighbours_order_and_batches_do_not_matter(monkeypatch):
    found = MODEL.readings(SOME)
    same(found, found, [0], [7])  # twice the same text
    alone = [MODEL.readings([text]) for text in SOME]
    for row, other in enumerate(alone):
        same(found, other, [row], [0])
    same(found, MODEL.readings(SOME[::-1]), list(range(9)), list(range(9))[::-1])
    monkeypatch.setattr(module, "AT_ONCE", 2)
    same(found, MODEL.readings(SOME), list(range(9)), list(range(9)))
    assert len(MODEL.read(SOME)) == len(SOME)


def test_a_head_of_another_encoder_is_refused():
    class Other(Letters):
        key = "other-1"

    with pytest.raises(BadInput, match=r"letters-1, not for other-1"):
        MoodModel(Other(), letter_head(Letters()))


class Insists:
    name = "insists"
    weight = 20.0

    def __init__(self, evidence: float) -> None:
        self.evidence = evidence
        self.asked: list[str] = []

    def speak(self, texts, vectors):
        self.asked += texts
        said = np.zeros((len(texts), len(FELT)), np.float32)
        said[:, FELT.index("calm")] = 1
        return said, np.full(len(texts), self.evidence, np.float32)


def test_further_voices_are_heard_as_far_as_they_have_evidence():
    model = letter_model()
    before, key = model.read(["so sad today"])[0], model.key
    voice = Insists(evidence=0)
    model.voices.append(voice)
    assert model.read(["so sad today"])[0] == before
    assert voice.asked == ["so sad today"]
    assert model.key != key
    voice.evidence = 1
    mood = model.read(["so sad today", ""])
    assert [one.label for one in mood] == ["calm", "no_signal"]
    assert model.explain("so sad today").voices == ("insists",)


def test_the_key_names_the_head():
    assert letter_model(1).key != letter_model(2).key
    assert letter_model(1).key == letter_model(1).key


def test_the_parts_of_a_long_text_are_averaged():
    verse = MODEL.readings(["\n".join(["happy and glad we sang"] * 3)])  # one piece
    song = MODEL.readings(["\n".join(["happy and glad we sang"] * 30)])  # ten of them
    assert song.probabilities[0] == pytest.approx(verse.probabilities[0], abs=0.01)
    assert song.confidence[0] > verse.confidence[0]


def test_explanations():
    model = letter_model()
    answer = model.explain("not so sad today 😭")
    assert {(one.text, one.is_negated) for one in answer.found} == {("😭", False), ("sad", True)}
    assert answer.mood == model.read(["not so sad today 😭"])[0]
    table = {text for _, _, text in phrases()}
    assert answer.phrases
    assert all(one.phrase in table and 0.25 <= one.similarity <= 1 for one in answer.phrases)
    assert model.phrase_vectors.shape == (len(table), Letters.dim)
    assert model.explain("1").phrases == ()
