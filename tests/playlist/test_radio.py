"""The list that never ends."""

from itertools import islice, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput, NotFound
from murecom.playlist.pool import Details
from murecom.playlist.radio import Dials, Radio
from murecom.playlist.rules import ArtistCap, ArtistGap, Exclude, NoRepeat, standard

GREEDY = Dials(temperature=0)


def play(radio: Radio, n: int) -> list[int]:
    return [pick.item for pick in islice(radio, n)]


def rng(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def circle(n: int) -> np.ndarray:
    angles = np.linspace(0, 2 * np.pi, n, endpoint=False)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def names(n: int) -> list[str]:
    return [f"artist{i}" for i in range(n)]


@given(st.integers(1, 12), st.integers(0, 3), st.floats(0, 2), st.integers(1, 5))
def test_nothing_comes_twice_until_all_were_played(
    make_pool, unit, n: int, seed: int, temperature: float, lookback: int
) -> None:
    pool = make_pool(names(n), vectors=unit(n))
    dials = Dials(lookback=lookback, temperature=temperature, among=5)
    picks = list(islice(Radio(pool, [0], rng(seed), dials=dials, rules=standard(pool)), 3 * n))
    played = [pick.item for pick in picks]
    first = played[: n - 1]
    assert sorted([0, *first]) == list(range(n))
    note = picks[n - 1].notes
    assert note == (f"Every track that fits was played ({n}): starting over.",)
    assert next(i for i, pick in enumerate(picks) if pick.notes) == n - 1
    if n > 1:
        assert all(a != b for a, b in pairwise([0, *played]))


def test_greedy_takes_the_nearest(make_pool) -> None:
    pool = make_pool(names(8), vectors=circle(8))
    radio = Radio(pool, [0], rng(), dials=Dials(lookback=1, temperature=0))
    assert play(radio, 7) == [1, 2, 3, 4, 5, 6, 7]


def test_lookback_steers_and_new_tracks_weigh_more(make_pool) -> None:
    vectors = np.array([[1, 0], [0, 1], [0.8, 0.6], [0.6, 0.8]], np.float32)
    pool = make_pool(names(4), vectors=vectors)

    def first(**dials: float) -> int:
        return next(Radio(pool, [0, 1], rng(), dials=Dials(temperature=0, **dials))).item

    assert first(lookback=1) == 3
    assert first(lookback=2, decay=0.7) == 3
    assert first(lookback=2, decay=1.0) in (2, 3)


def test_same_generator_same_list(make_pool, unit) -> None:
    pool = make_pool(names(40), vectors=unit(40))

    def run(seed: int) -> list[int]:
        return play(Radio(pool, [3], rng(seed), dials=Dials(temperature=1)), 30)

    assert run(1) == run(1) != run(2)


def test_temperature_spreads_the_choice(make_pool, unit) -> None:
    pool = make_pool(names(60), vectors=unit(60))

    def different(temperature: float) -> int:
        dials = Dials(temperature=temperature, among=30)
        return len({next(Radio(pool, [0], rng(s), dials=dials)).item for s in range(60)})

    assert different(0) == 1
    assert 1 < different(0.3) < different(3)


def test_infinite_heat_is_refused_and_great_heat_is_even(make_pool, unit) -> None:
    pool = make_pool(names(20), vectors=unit(20))
    counts = np.zeros(20)
    for seed in range(400):
        dials = Dials(temperature=1e9, among=19)
        counts[next(Radio(pool, [0], rng(seed), dials=dials)).item] += 1
    assert counts[0] == 0
    assert counts[1:].min() > 8


def test_rules_hold_over_the_last_fifty(make_pool, unit) -> None:
    pool = make_pool([f"artist{i % 30}" for i in range(120)], vectors=unit(120))
    radio = Radio(pool, [0], rng(), rules=[ArtistGap(3), ArtistCap(2)])
    played = play(radio, 100)
    artists = [i % 30 for i in played]
    for i in range(len(artists)):
        assert artists[i] not in artists[max(0, i - 3) : i]
        assert artists[max(0, i - 49) : i + 1].count(artists[i]) <= 2


def test_a_broken_rule_is_told_once(make_pool, unit) -> None:
    pool = make_pool("A A A A", vectors=unit(4))
    picks = list(islice(Radio(pool, [0], rng(), rules=[ArtistGap()]), 12))
    notes = [note for pick in picks for note in pick.notes]
    assert sum("twice running" in note for note in notes) == 1
    assert sum("starting over" in note for note in notes) >= 2


def test_no_repeat_does_not_end_it(make_pool, unit) -> None:
    pool = make_pool(names(3), vectors=unit(3))
    assert len(play(Radio(pool, [0], rng(), rules=[NoRepeat()]), 20)) == 20


def test_near_duplicates_alone_do_not_end_it(make_pool) -> None:
    vectors = np.tile(np.array([[1.0, 0]], np.float32), (3, 1))
    pool = make_pool(names(3), vectors=vectors, durations=[100, 100, 100])
    assert set(play(Radio(pool, [0], rng(), rules=standard(pool)), 9)) <= {0, 1, 2}


def test_excluded_and_outside_tracks_are_never_played(make_pool, unit) -> None:
    details = [Details(("x",)) if i % 2 else Details() for i in range(10)]
    pool = make_pool(names(10), vectors=unit(10), details=details)
    radio = Radio(pool, [4], rng(), rules=[Exclude(genres=["X"])], without=[4])
    assert set(play(radio, 30)) == {0, 2, 6, 8}


def test_one_track_plays_itself(make_pool, unit) -> None:
    radio = Radio(make_pool("A", vectors=unit(1)), [0], rng(), rules=[ArtistGap()])
    assert play(radio, 3) == [0, 0, 0]


def test_nothing_at_all_is_told(make_pool, unit) -> None:
    pool = make_pool("A B", vectors=unit(2))
    for radio in (
        Radio(pool, [0], rng(), rules=[Exclude(artists="ab")]),
        Radio(pool, [0], rng(), without=[0, 1]),
    ):
        with pytest.raises(NotFound, match="No track passes"):
            next(radio)


def test_another_scorer_decides(make_pool) -> None:
    pool = make_pool(names(5))
    asked = []

    def by_number(items: np.ndarray, weights: np.ndarray) -> np.ndarray:
        asked.append((items.tolist(), weights.round(2).tolist()))
        return np.arange(5) / 5

    radio = Radio(pool, [0], rng(), dials=Dials(2, 0.5, 0), scorer=by_number)
    assert play(radio, 3) == [4, 3, 2]
    assert asked == [([0], [1]), ([0, 4], [0.5, 1]), ([4, 3], [0.5, 1])]


def test_scores_fall_between_zero_and_one(make_pool, unit) -> None:
    radio = Radio(make_pool(names(30), vectors=unit(30)), [0], rng())
    assert all(0 <= pick.score <= 1 for pick in islice(radio, 50))


@pytest.mark.parametrize(
    "dials", [{"lookback": 0}, {"among": 0}, {"decay": 0}, {"decay": 1.1}, {"temperature": -1},
              {"temperature": float("inf")}, {"temperature": float("nan")}],
)  # fmt: skip
def test_dials_are_checked(dials: dict) -> None:
    with pytest.raises(BadInput):
        Dials(**dials)


def test_it_needs_a_seed(make_pool) -> None:
    with pytest.raises(BadInput, match="at least one"):
        Radio(make_pool("A"), [], rng())
