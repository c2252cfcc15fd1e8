"""Moods by sound."""

import numpy as np
import pytest

from murecom.mood.sound import HEARD, MEASURED, MEASURES, TAGS, by_sound

NAMES = (*TAGS, "male vocalists")
USUAL = (np.full(len(NAMES), 0.05, np.float32), np.full(len(NAMES), 0.05, np.float32))
NOTHING_HEARD = np.full((1, len(NAMES)), np.nan, np.float32)


def heard(**fits: float) -> np.ndarray:
    row = np.full((1, len(NAMES)), 0.03, np.float32)
    for name, value in fits.items():
        row[0, NAMES.index(name.replace("_", " "))] = value
    return row


def measured(**values: float) -> dict[str, np.ndarray]:
    return {name: np.array([values.get(name, np.nan)], np.float32) for name in MEASURES}


def test_metal_stirs_and_ambient_calms() -> None:
    metal = by_sound({}, heard(metal=0.6, heavy_metal=0.4), NAMES, USUAL)
    ambient = by_sound({}, heard(ambient=0.6, chillout=0.4), NAMES, USUAL)
    happy = by_sound({}, heard(happy=0.3, dance=0.3), NAMES, USUAL)
    assert metal.points[0, 1] > 0.3 > -0.1 > ambient.points[0, 1]
    assert happy.points[0, 0] > 0.1 > metal.points[0, 0]
    assert metal.confidence[0] == pytest.approx(HEARD)


def test_a_tag_that_tells_nothing_changes_nothing() -> None:
    plain, other = (by_sound({}, heard(**t), NAMES, USUAL) for t in ({}, {"male_vocalists": 0.9}))
    np.testing.assert_array_equal(plain.points, other.points)


@pytest.mark.parametrize(
    ("name", "low", "high"),
    [("loudness", -25, -8), ("tempo", 70, 170), ("brightness", 900, 5000), ("onset_rate", 2, 11)],
)
def test_arousal_grows_with_each_number(name: str, low: float, high: float) -> None:
    points = [
        by_sound(measured(**{name: value}), NOTHING_HEARD, NAMES, USUAL).points[0, 1]
        for value in (low, high)
    ]
    assert points[0] < 0 < points[1]


def test_major_is_gladder_than_minor() -> None:
    minor, major = (
        by_sound(measured(key_mode=mode), NOTHING_HEARD, NAMES, USUAL) for mode in (0, 1)
    )
    assert minor.points[0, 0] < -0.1 < 0.1 < major.points[0, 0]
    assert 0.1 < major.confidence[0] < MEASURED / 2, "of arousal nothing is known"
    assert major.count.tolist() == [1]


def test_what_is_missing_makes_the_others_count_more_and_the_answer_less_sure() -> None:
    def all_but(*missing: str) -> tuple[float, float]:
        values = {"loudness": -8, "onset_rate": 9, "brightness": 4000, "tempo": 160, "key_mode": 1}
        known = {name: value for name, value in values.items() if name not in missing}
        column = by_sound(measured(**known), NOTHING_HEARD, NAMES, USUAL)
        return float(column.points[0, 1]), float(column.confidence[0])

    whole, part = all_but(), all_but("onset_rate", "brightness", "tempo")
    assert whole[1] == pytest.approx(MEASURED)
    assert part[0] > 0.8 * np.tanh(0.5 * 7 / 4.5), "as far as loudness alone says"
    assert part[1] < whole[1]
    alone = by_sound(measured(tempo=130), NOTHING_HEARD, NAMES, USUAL)
    assert 0 < alone.confidence[0] < 0.1


def test_an_axis_of_which_one_kind_says_nothing_is_left_to_the_other() -> None:
    tags = heard(metal=0.6)
    both, one = (by_sound(m, tags, NAMES, USUAL) for m in (measured(key_mode=1), measured()))
    assert both.points[0, 1] == pytest.approx(one.points[0, 1])
    assert both.points[0, 0] > one.points[0, 0]


def test_both_kinds_are_surer_than_one() -> None:
    whole = measured(loudness=-8, onset_rate=9, brightness=4000, tempo=160, key_mode=1)
    column = by_sound(whole, heard(metal=0.5), NAMES, USUAL)
    assert column.confidence[0] == pytest.approx(MEASURED + HEARD)
    assert column.count.tolist() == [2]
    assert column.spread[0] > 0


def test_what_was_not_heard_has_no_mood() -> None:
    column = by_sound(measured(), NOTHING_HEARD, NAMES, USUAL)
    assert column.confidence.tolist() == [0]
    assert column.points.tolist() == [[0, 0]]
    assert not column.probabilities.any()
    assert len(by_sound({}, NOTHING_HEARD[:0], NAMES, USUAL)) == 0


def test_wild_numbers_stay_on_the_plane() -> None:
    wild = measured(loudness=1e9, tempo=-5, brightness=0, onset_rate=float("inf"), key_mode=1)
    column = by_sound(wild, heard(metal=0.0), NAMES, USUAL)
    assert np.isfinite(column.points).all()
    assert (np.abs(column.points) <= 1).all()
