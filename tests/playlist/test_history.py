"""What a listening history says: ageing, skips, drawing, words, the rule."""

from __future__ import annotations

from collections import Counter
from math import inf, nan

import pytest

from murecom.errors import BadInput
from murecom.playlist.history import (
    DAY,
    Habit,
    NotHeard,
    check_days,
    days_told,
    draw,
    habits,
    strongest,
    told,
    worth,
)
from murecom.playlist.pool import Pool, SoFar
from murecom.types import Track, TrackId

NOW = 1_700_000_000
A, B, C = (TrackId(f"test:{name}") for name in "abc")


def play(track, days, ms=200_000, skipped=False):
    return track, NOW - int(days * DAY), ms, skipped


def test_what_a_listen_counts():
    assert worth(200_000, False) == worth(None, None) == worth(30_000, None) == 1
    assert worth(200_000, True) == worth(29_999, False) == worth(0, None) == 0
    assert worth(29_999, True) == worth(None, True) == -0.5


def test_a_listen_counts_half_after_each_half_life():
    known = habits([play(B, 60), play(A, 30), play(C, 0)], NOW)
    assert [known[i].weight for i in (A, B, C)] == pytest.approx([0.5, 0.25, 1])
    known = habits([play(A, 7), play(B, 0)], NOW, half_life=7)
    assert known[A].weight == pytest.approx(0.5)
    assert habits([play(A, 900), play(B, 0)], NOW, half_life=inf)[A].weight == 1


def test_listens_add_up_whatever_their_order():
    plays = [play(A, 30), play(A, 60), play(B, 0), play(A, 0), play(A, 30, skipped=True)]
    for order in (plays, plays[::-1]):
        assert habits(order, NOW)[A].weight == pytest.approx(1 + 0.5 + 0.25)
    assert habits(plays, NOW)[A] == habits(plays[::-1], NOW)[A]


def test_what_was_broken_off_counts_against():
    plays = [play(A, 0), play(A, 0, 2_000, True), play(A, 0, 2_000, True), play(B, 0, 5_000, True)]
    known = habits(plays, NOW)
    assert known[A].weight == 0
    assert known[B].weight == -0.5
    assert (known[A].times, known[B].times, known[B].heard, known[B].last) == (1, 0, 0, NOW)
    assert strongest(known) == []


def test_the_future_counts_as_now():
    known = habits([play(A, -400), play(B, 0), play(C, 30)], NOW)
    assert known[A].weight == known[B].weight == 1
    assert known[A].last == NOW
    assert known[C].weight == pytest.approx(0.5)


def test_nothing_is_lost_to_rounding():
    known = habits([play(A, 19_000), play(B, 19_001)], NOW, half_life=1)
    assert known[A].weight == 1
    assert known[B].weight == pytest.approx(0.5)


def test_times_lately_and_last():
    plays = [play(A, 100), play(A, 29), play(A, 31), play(A, 1, 1_000)]
    one = habits(plays, NOW)[A]
    assert (one.times, one.lately) == (3, 1)
    assert one.heard == NOW - 29 * DAY
    assert one.last == NOW - DAY


def test_the_same_recording_is_added_up():
    known = habits([play(A, 0), play(B, 0)], NOW, same={B: A})
    assert set(known) == {A}
    assert known[A].times == 2


def test_no_plays_give_nothing():
    assert habits([], NOW) == {}
    assert strongest({}) == draw([], "x") == []


@pytest.mark.parametrize("days", [0, -1, nan])
def test_a_half_life_is_above_zero(days):
    with pytest.raises(BadInput, match="half-life"):
        habits([], NOW, half_life=days)


@pytest.mark.parametrize("days", [-1, nan])
def test_days_are_zero_or_more(days):
    with pytest.raises(BadInput, match="0 or more days"):
        check_days(days)


def habit(name, weight, **more):
    given = {"times": 1, "lately": 1, "heard": NOW, "last": NOW} | more
    return Habit(TrackId(f"test:{name}"), weight, **given)


def test_the_strongest_come_first():
    known = {h.track: h for h in (habit("a", 1), habit("b", 3), habit("c", -1), habit("d", 1))}
    assert [h.track[-1] for h in strongest(known)] == ["b", "a", "d"]


def test_a_draw_follows_the_weights_and_the_day():
    known = [habit("a", 6.0), habit("b", 3.0), habit("c", 1.0), habit("d", 0.0), habit("e", -2.0)]
    first = Counter(draw(known, f"day {n}")[0].track[-1] for n in range(2_000))
    assert [first[name] / 2_000 for name in "abc"] == pytest.approx([0.6, 0.3, 0.1], abs=0.03)
    assert len(draw(known, "x")) == 3
    assert draw(known, "x") == draw(known[::-1], "x")
    kept = [h for h in draw([*known, habit("f", 2.0)], "x") if h.track != "test:f"]
    assert kept == draw(known, "x")


def test_a_draw_stands_small_weights():
    assert len(draw([habit("a", 1e-300), habit("b", 1.0)], "x")) == 2


def test_words():
    assert told(habit("a", 1, lately=14)) == "14 times in the last 30 days"
    assert told(habit("a", 1, lately=1)) == "once in the last 30 days"
    old = habit("a", 1, times=2, lately=0, heard=86_400 * 365)
    assert told(old) == "twice, last on 1971-01-01"
    assert (days_told(1), days_told(7.0), days_told(0.5)) == (
        "the last day",
        "the last 7 days",
        "the last 0.5 days",
    )


def test_the_rule_keeps_out_ids_and_recordings_and_counts():
    tracks = [
        Track(A, "Rain", ("Nobody",)),
        Track(B, "Rain - Live", ("Nobody",)),
        Track(C, "Sun", ("Nobody",)),
    ]
    pool = Pool(tracks)
    rule = NotHeard(7, frozenset({A}))
    assert [rule(SoFar(), pool[row]) for row in range(3)] == [None, 1.0, 1.0]
    assert rule.notes() == ["1 track was left out: heard in the last 7 days."]
    rule = NotHeard(7, frozenset({A}), frozenset({pool[0].recording}))
    assert [rule(SoFar(), pool[row]) for row in (2, 0, 1, 1)] == [1.0, None, None, None]
    assert rule.notes() == ["2 tracks were left out: heard in the last 7 days."]
    assert NotHeard(7, frozenset()).notes() == []
