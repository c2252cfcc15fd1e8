"""A taught head, and its voice among others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput, NotReady
from murecom.mood.labels import FELT
from murecom.mood.taught import TaughtHead, TaughtVoice, among_all, evidence
from murecom.mood.taught_grams import Vocabulary

JOY, SADNESS, NEUTRAL = (FELT.index(label) for label in ("joy", "sadness", "neutral"))


@pytest.fixture
def head() -> TaughtHead:
    """Knows that 好 is joy and 坏 is sadness, and one direction of the encoder."""
    vocabulary = Vocabulary.of(["好", "坏"])
    cells = vocabulary.cells(["好", "坏"])
    weights = np.zeros((len(vocabulary), 3), np.float32)
    weights[cells.columns, cells.rows] = 3
    encoder = np.array([[0, 0, 4], [0, 0, 0]], np.float32)
    return TaughtHead(
        labels=("joy", "sadness", "neutral"),
        counts=(50, 50, 150),
        encoder="two-1",
        encoder_weights=encoder,
        gram_weights=weights,
        bias=np.array([0, 0, 0.1], np.float32),
        vocabulary=vocabulary,
        weight=2.0,
        data="abc",
        metrics={"macro_f1": 0.5},
    )


def test_grams_and_vectors_speak(head: TaughtHead) -> None:
    vectors = np.array([[0, 1], [0, 1], [1, 0], [0, 0]], np.float32)
    said = head.probabilities(["好", "坏", "其他", ""], vectors)
    assert said.sum(axis=1) == pytest.approx(np.ones(4))
    assert said.argmax(axis=1).tolist() == [0, 1, 2, 2]
    assert said[3] == pytest.approx(np.exp(head.bias) / np.exp(head.bias).sum())


def test_long_batches_are_the_same(head: TaughtHead, monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["好", "", "坏坏", "好坏"] * 5
    vectors = np.random.default_rng(0).normal(size=(20, 2)).astype(np.float32)
    whole = head.probabilities(texts, vectors)
    monkeypatch.setattr("murecom.mood.taught.BATCH", 3)
    assert head.probabilities(texts, vectors) == pytest.approx(whole, abs=1e-6)


def test_vectors_of_another_encoder_are_refused(head: TaughtHead) -> None:
    with pytest.raises(BadInput, match="two-1"):
        head.probabilities(["好"], np.zeros((1, 3), np.float32))
    with pytest.raises(BadInput, match="murecom mood teach"):
        head.probabilities(["好"], np.zeros((2, 2), np.float32))


def test_voice(head: TaughtHead) -> None:
    voice = TaughtVoice(head)
    assert (voice.name, voice.weight) == ("taught-abc", 2.0)
    said, sure = voice.speak(["好", "xyz"], np.array([[0, 1], [0, 0]], np.float32))
    assert said.shape == (2, 9)
    assert said.dtype == sure.dtype == np.float32
    assert said.argmax(axis=1)[0] == JOY
    assert 0.5 <= sure[0] < 0.75  # 50 sentences of joy weigh half, 150 of neutral three quarters
    assert sure[1] == 0  # nothing of it is known
    said, sure = voice.speak([], np.zeros((0, 2), np.float32))
    assert said.shape == (0, 9)
    assert sure.shape == (0,)


def test_evidence_grows_with_what_was_taught() -> None:
    said = np.array([[1, 0], [0.5, 0.5]], np.float32)
    assert evidence(said, (50, 0)) == pytest.approx([0.5, 0.25])
    assert evidence(said, (5_000, 5_000)) == pytest.approx([0.99, 0.99], abs=1e-3)


def test_who_cannot_decide_changes_nothing() -> None:
    said = among_all(np.full((1, 3), 1 / 3, np.float32), ("joy", "sadness", "neutral"))
    assert said == pytest.approx(np.full((1, 9), 1 / 9))


@given(st.lists(st.floats(0, 1), min_size=3, max_size=3).filter(lambda row: sum(row) > 0.1))
def test_untaught_labels_keep_their_odds(row: list[float]) -> None:
    said = np.array([row], np.float32) / np.float32(sum(row))
    labels = ("joy", "sadness", "neutral")
    whole = among_all(said, labels)[0]
    assert whole.sum() == pytest.approx(1, abs=1e-4)
    untaught = [n for n, label in enumerate(FELT) if label not in labels]
    # among themselves they stay as they were, and stand between the best and the worst taught one
    assert np.ptp(whole[untaught]) == pytest.approx(0, abs=1e-6)
    taught = whole[[JOY, SADNESS, NEUTRAL]]
    assert taught.min() - 1e-6 <= whole[untaught[0]] <= taught.max() + 1e-6
    # the head's own expectation of the change is none
    change = np.log(taught / whole[untaught[0]])
    assert float((said[0] * change).sum()) == pytest.approx(0, abs=1e-3)


def test_kept_and_read_again(tmp_path: Path, head: TaughtHead) -> None:
    head.save(tmp_path)
    again = TaughtHead.load(tmp_path)
    vectors = np.eye(2, dtype=np.float32)
    assert again.probabilities(["好", "坏"], vectors) == pytest.approx(
        head.probabilities(["好", "坏"], vectors)
    )
    for name in ("labels", "counts", "encoder", "weight", "data", "metrics"):
        assert getattr(again, name) == getattr(head, name)


def test_missing_damaged_and_older_ones(tmp_path: Path, head: TaughtHead) -> None:
    with pytest.raises(NotReady, match="murecom mood teach"):
        TaughtHead.load(tmp_path)
    head.save(tmp_path)
    path = tmp_path / "manifest.json"
    manifest = json.loads(path.read_text())
    path.write_text(json.dumps(manifest | {"grams": 0}))
    with pytest.raises(NotReady, match=r"another version.*murecom mood teach"):
        TaughtHead.load(tmp_path)
    for change in ({"class": "probe"}, {"labels": {"joy": 1}}, {"labels": ["joy"]}):
        path.write_text(json.dumps(manifest | change))
        with pytest.raises(BadInput, match="murecom mood teach"):
            TaughtHead.load(tmp_path)


def test_parts_must_fit(head: TaughtHead) -> None:
    for change in (
        {"labels": ("joy", "joy", "neutral")},
        {"labels": ("joy", "sadness", "no_signal")},
        {"counts": (1, 2)},
        {"bias": np.zeros(2, np.float32)},
        {"gram_weights": np.zeros((1, 3), np.float32)},
    ):
        with pytest.raises(ValueError, match="fit together"):
            replace(head, **change)
