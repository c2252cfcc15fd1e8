"""What people call moods."""

from __future__ import annotations

import pytest

from murecom.errors import BadInput
from murecom.mood.label_names import explained, label_of, nearest
from murecom.mood.labels import CLASSES, FELT


@pytest.mark.parametrize("label", FELT)
def test_every_label_is_itself(label: str) -> None:
    assert label_of(label) == label_of(f" {label.upper()} ") == label


@pytest.mark.parametrize("one", CLASSES, ids=lambda one: one.code)
def test_every_class_has_three_names(one) -> None:
    labels = [label for label, _ in one.labels]
    assert label_of(one.code) in labels
    assert label_of(one.code.lower()) in labels
    assert label_of(one.chinese) in FELT
    assert label_of(one.name) in FELT


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("happy", "joy"), ("Happiness", "joy"), ("like", "love"), ("angry", "anger"),
        ("sad", "sadness"), ("neutral", "neutral"), ("none", "neutral"), ("乐", "joy"),
        ("喜悦", "joy"), ("愤怒", "anger"), ("憤怒", "anger"), ("怒", "anger"), ("哀", "sadness"),
        ("惧", "fear"), ("惊", "surprise"), ("恶", "disgust"), ("好", "love"), ("无", "neutral"),
        ("no-emotion", "neutral"), ("at ease", "calm"), ("悲しみ", "sadness"),
    ],
)  # fmt: skip
def test_common_names(name: str, label: str) -> None:
    assert label_of(name) == label


@pytest.mark.parametrize("name", ["", "no_signal", "bored?", "5", "🙂"])
def test_unknown_names(name: str) -> None:
    assert label_of(name) is None


def test_own_names_win_and_must_mean_something() -> None:
    own = explained({"Meh": "neutral", "sad": "喜悦"})
    assert label_of("meh", own) == "neutral"
    assert label_of("sad", own) == "joy"
    assert label_of("happy", own) == "joy"
    for meaning in ("nonsense", "no_signal", ""):
        with pytest.raises(BadInput, match="Take one of anger"):
            explained({"meh": meaning})


def test_nearest_known_name() -> None:
    assert nearest("hapy") == "happy"
    assert nearest("Sadnes") == "sadness"
    assert nearest("xyzzy") is None
