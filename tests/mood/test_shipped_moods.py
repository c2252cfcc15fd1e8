"""The shipped model: known truths in three languages, and bad input. Needs the extra `mood`."""

from __future__ import annotations

import time

import numpy as np
import pytest

from mood_doubles import NASTY


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("I am so happy today", "joy"),
        ("今天好开心啊", "joy"),
        ("とても嬉しい", "joy"),
        ("I miss her and I can't stop crying", "sadness"),
        ("后悔也都没有用 还不如一切没有发生过", "sadness"),
        ("とても悲しい", "sadness"),
        ("气死我了", "anger"),
        ("I'm scared of the dark", "fear"),
        ("怖い", "fear"),
        ("太恶心了", "disgust"),
        ("我爱你", "love"),
        ("calm and quiet evening, nothing to do", "calm"),
        ("😭", "sadness"),
        ("❤️", "love"),
        ("[大哭][大哭]", "sadness"),
        ("T_T", "sadness"),
        ("(╯°□°）╯︵ ┻━┻", "anger"),
        ("ｉ　ａｍ　ｓａｄ", "sadness"),
        ("", "no_signal"),
        ("[00:12.00][00:13.00]", "no_signal"),
        ("שלום אני שמח", "no_signal"),
    ],
)
def test_labels(shipped, text, label):
    assert shipped.read([text])[0].label == label


@pytest.mark.parametrize(
    ("lower", "higher"),
    [
        ("不开心", "开心"),
        ("难过", "不难过"),
        ("害怕", "我不害怕"),
        ("sad", "not sad"),
        ("so sad", "not sad at all"),
        ("I'm not happy", "I'm happy"),
        ("I don't love you anymore", "I love you"),
        ("嬉しくない", "嬉しい"),
        ("悲しい", "悲しくない"),
        ("悲しいです", "悲しくありません"),
        ("怖い", "怖くない"),
        ("有点开心", "非常开心"),
        ("very sad", "happy"),
        ("😭", "😂❤️"),
    ],
)
def test_valence(shipped, lower, higher):
    first, second = shipped.read([lower, higher])
    assert first.valence < second.valence - 0.02


@pytest.mark.parametrize(("weak", "strong"), [("有点开心", "开心"), ("有点难过", "难过")])
def test_degrees(shipped, weak, strong):
    first, second = shipped.read([weak, strong])
    assert abs(first.valence) < abs(second.valence)


@pytest.mark.parametrize(
    ("traditional", "simplified"),
    [("開心", "开心"), ("氣死我了", "气死我了"), ("憂鬱的臺灣夜晚", "忧郁的台湾夜晚")],
)
def test_traditional_and_simplified_chinese_are_read_alike(shipped, traditional, simplified):
    assert shipped.read([traditional]) == shipped.read([simplified])


def test_nasty_texts(shipped):
    found = shipped.readings(NASTY)
    for array in (found.probabilities, found.classes, found.points, found.confidence):
        assert np.isfinite(array).all()
    for text, mood in zip(NASTY, shipped.read(NASTY), strict=True):
        assert sum(mood.probabilities.values()) == pytest.approx(1, abs=0.001)
        assert len(text) > 2 or mood.confidence < 0.3  # of a letter or two nobody can be sure


def test_confidence_grows_with_what_is_said(shipped):
    short, long = shipped.read(["难过", "今天真的很难过，哭了一整个晚上，什么都不想做"])
    assert short.confidence < long.confidence


def test_languages_that_the_encoder_never_met_say_little(shipped):
    (known, unknown) = shipped.read(["Je suis très triste ce soir", "asdfgh qwerty"])
    assert known.label == "sadness"
    assert unknown.confidence < 0.1


def test_batches_do_not_matter(shipped):
    texts = ["so sad today", "不开心", "とても嬉しい", "😭", "happy\n" * 60, "", "so sad today"] * 3
    together = shipped.readings(texts)
    for row, text in enumerate(texts):
        shipped.encoder.forget()
        alone = shipped.readings([text])
        for name in ("probabilities", "classes", "points", "confidence"):
            np.testing.assert_allclose(
                getattr(together, name)[row], getattr(alone, name)[0], atol=1e-5
            )


def test_explanations(shipped):
    answer = shipped.explain("今天不开心 😭")
    assert answer.mood.label == "sadness"
    assert [(one.text, one.is_negated) for one in answer.found] == [("😭", False), ("开心", True)]
    assert 1 <= len(answer.phrases) <= 5
    similarities = [one.similarity for one in answer.phrases]
    assert similarities == sorted(similarities, reverse=True)
    assert min(similarities) >= 0.25
    assert answer.phrases[0].language in ("zh", "en", "ja")
    exact = shipped.explain("超级开心")
    assert exact.phrases[0].similarity > 0.5
    nothing = shipped.explain("12:30")
    assert nothing.mood.label == "no_signal"
    assert nothing.phrases == nothing.found == ()


@pytest.mark.slow
def test_a_million_comments_in_forty_minutes(shipped):
    texts = [f"今天真的很难过，哭了一整个晚上 {number}" for number in range(1000)]
    texts += [
        f"I could not stop crying when I heard that, number {number}" for number in range(1000)
    ]
    shipped.read(texts[:50])
    started = time.process_time()
    shipped.read(texts)
    assert (time.process_time() - started) / len(texts) < 2.4e-3
