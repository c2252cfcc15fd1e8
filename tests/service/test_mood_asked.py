"""Which mood is meant: words, points, hours, and nothing."""

from __future__ import annotations

import pytest

from murecom.errors import BadInput
from murecom.mood.labels import LABELS
from murecom.service.mood_asked import ask_mood, at_the_hour, mood_at, wished
from murecom.types import Mood

SAD = Mood(-0.6, -0.3, "sadness", {"sadness": 0.8, "calm": 0.2}, confidence=0.8)
NOTHING = Mood(0.0, 0.0, "no_signal")


def test_words_give_point_and_labels():
    asked = ask_mood(lambda text: SAD, " so blue ", None)
    assert asked.mood is SAD
    assert (asked.aim.valence, asked.aim.arousal) == (-0.6, -0.3)
    assert asked.aim.shares is not None
    assert asked.aim.shares.max() == pytest.approx(0.8)
    assert not asked.notes


def test_a_point_wins_axis_by_axis():
    asked = ask_mood(lambda text: SAD, "blue", (None, 0.7))
    assert (asked.mood.valence, asked.mood.arousal) == (-0.6, 0.7)
    assert asked.mood.label == "sadness"
    assert asked.aim.shares is None
    asked = ask_mood(lambda text: SAD, None, (0.5, None))
    assert (asked.aim.valence, asked.aim.arousal) == (0.5, 0.0)


def test_nothing_readable_is_refused_unless_there_is_a_point():
    with pytest.raises(BadInput, match=r"“qqq”.*--valence"):
        ask_mood(lambda text: NOTHING, "qqq", None)
    with pytest.raises(BadInput) as error:
        ask_mood(lambda text: NOTHING, "q" * 100_000, None)
    assert len(str(error.value)) < 200
    for text in (None, "", "  "):
        with pytest.raises(BadInput, match="in words"):
            ask_mood(lambda text: SAD, text, None)
    asked = ask_mood(lambda text: NOTHING, "qqq", (0.5, -0.6))
    assert asked.mood.label == "calm"
    assert any("only the point" in note for note in asked.notes)


@pytest.mark.parametrize("point", [(2, 0), (0, -1.1), (float("nan"), 0)])
def test_points_outside_are_refused(point):
    with pytest.raises(BadInput, match="-1 to 1"):
        ask_mood(lambda text: SAD, None, point)


def test_a_guess_is_called_one():
    unsure = Mood(0.1, 0.0, "joy", {"joy": 1.0}, confidence=0.2)
    asked = ask_mood(lambda text: unsure, "hm", None)
    assert any("guess" in note for note in asked.notes)


def test_a_point_has_a_label():
    for valence in (-1, 0, 1):
        for arousal in (-1, 0, 1):
            assert mood_at(valence, arousal).label in LABELS
    assert mood_at(0.85, 0.55).label == "joy"
    assert mood_at(-0.7, 0.75).label == "anger"


def test_hours_shift_a_little_and_say_so():
    asked = ask_mood(lambda text: SAD, "blue", None)
    assert at_the_hour(asked, None) is asked
    assert at_the_hour(asked, False) is asked
    for hour in range(24):
        later = at_the_hour(asked, hour)
        assert any("Time of day" in note for note in later.notes)
        assert abs(later.aim.valence - asked.aim.valence) <= 0.2
        assert -0.201 <= later.aim.arousal - asked.aim.arousal <= 0
        assert later.aim.shares is asked.aim.shares
    assert any("night" in note for note in at_the_hour(asked, 2).notes)
    assert any("night" in note for note in at_the_hour(asked, 23).notes)
    assert at_the_hour(asked, 0).aim.arousal == pytest.approx(-0.5)  # midnight is no "False"
    assert at_the_hour(asked, True).notes
    with pytest.raises(BadInput, match="0 to 23"):
        at_the_hour(asked, 24)


def test_a_wish_is_not_half_neutral():
    read = Mood(
        0.01, -0.33, "neutral", {"neutral": 0.5, "calm": 0.3, "sadness": 0.2}, confidence=0.5
    )
    asked = ask_mood(lambda _: read, "at ease, at home", None)
    assert asked.mood.label == "calm"
    assert asked.mood.probabilities == {"neutral": 0.0, "calm": 0.6, "sadness": 0.4}
    assert asked.mood.arousal == pytest.approx(-0.61)
    plain = Mood(0.0, -0.05, "neutral", {"neutral": 0.9, "joy": 0.1}, confidence=0.9)
    assert ask_mood(lambda _: plain, "the train leaves at nine", None).mood == plain


def test_noise_is_refused_and_not_made_more_of():
    noise = Mood(0.0, 0.11, "neutral", {"neutral": 0.44, "joy": 0.56}, confidence=0.09)
    with pytest.raises(BadInput, match=r"“xqzv”.*--valence"):
        ask_mood(lambda _: noise, "xqzv", None)
    assert ask_mood(lambda _: noise, "xqzv", (0.5, None)).aim.arousal == 0
    assert ask_mood(lambda _: noise, "gym", None).aim.arousal > 0.7

    def moved(confidence, neutral):
        shares = {"neutral": neutral, "joy": 1 - neutral}
        return wished(Mood(0.2, 0.2, "neutral", shares, confidence=confidence)).valence - 0.2

    assert moved(0.9, 0.5) > moved(0.3, 0.5) > moved(0.2, 0.5) > moved(0.1, 0.5) == 0
    assert moved(0.9, 0.79) == pytest.approx(moved(0.9, 0.8), abs=0.02)  # no jump


def test_a_wish_that_is_negated_is_not_turned_around():
    read = Mood(-0.4, 0.06, "sadness", {"sadness": 0.6, "anger": 0.4}, confidence=0.3)
    for text in ("不开心", "not happy", "楽しくない"):
        assert ask_mood(lambda _: read, text, None).mood == read


def test_things_to_do_name_no_feeling():
    read = Mood(-0.1, 0.0, "neutral", {"neutral": 0.7, "joy": 0.3}, confidence=0.12)
    for text in ("study", "sleep", "gym", "gym all night long, party"):
        asked = ask_mood(lambda _: read, text, None)
        assert asked.aim.shares is None
        assert asked.mood.label == "neutral"
    assert asked.mood.arousal > 0.25
    assert ask_mood(lambda text: NOTHING, "助眠", None).aim.arousal == pytest.approx(-0.8)
    assert ask_mood(lambda _: SAD, "gymnast", None).mood == SAD


def test_what_was_surely_read_counts_more_than_words_of_lists():
    sure = Mood(-0.73, -0.33, "sadness", {"sadness": 1.0}, confidence=0.82)
    assert ask_mood(lambda _: sure, "so happy that I could cry", None).mood == sure
    asked = ask_mood(lambda _: sure, "I cry at every party", None)
    assert asked.mood.label == "sadness"
    assert asked.mood.valence < -0.5
    assert asked.mood.confidence == 0.82
    vague = Mood(0.0, -0.3, "neutral", {"neutral": 0.4, "calm": 0.6}, confidence=0.3)
    asked = ask_mood(lambda _: vague, "calm", None)
    assert asked.aim.arousal < -0.5
    assert asked.aim.shares is not None


def test_a_mood_that_was_read_can_be_asked_for():
    assert ask_mood(lambda _: NOTHING, SAD, None).mood == SAD
    assert ask_mood(lambda _: NOTHING, Mood(0.5, -0.6, "calm"), None).aim.shares is None
    for wrong in (NOTHING, Mood(2.0, 0.0, "joy"), Mood(0.0, float("nan"), "joy", {"joy": 1.0})):
        with pytest.raises(BadInput):
            ask_mood(lambda _: SAD, wrong, None)


@pytest.mark.parametrize("point", [(0.1,), (1, 2, 3), "ab", 7, ("x", 0), ()])
def test_what_is_no_point_is_refused(point):
    with pytest.raises(BadInput, match=r"\."):
        ask_mood(lambda _: SAD, None, point)


@pytest.mark.parametrize("hour", ["x", 3.7, -1])
def test_what_is_no_hour_is_refused(hour):
    with pytest.raises(BadInput, match="0 to 23"):
        at_the_hour(ask_mood(lambda _: SAD, "blue", None), hour)
