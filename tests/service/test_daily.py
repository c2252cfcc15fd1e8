"""The daily mix: stable within a day, a third known, the rest new, with reasons."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta

import numpy as np
import pytest

import put_together
from listened import heard, listen, twin
from murecom.errors import BadInput, NotReady
from murecom.service import Limits, daily
from murecom.types import Listen, Track, TrackId

__all__ = ["heard"]

FREE = Limits(artist_cap=0, album_cap=0)
TODAY = date.today()
KNOWN = re.compile(r"you heard it (once|twice|\d+ times)(, last on| in the last 30 days)")
NEW = re.compile(r"like .+ \(\d+ listens?\) · .")


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    put_together.register(monkeypatch)


@pytest.fixture
def habits(heard):
    """Four tracks that were heard, one of them yesterday and the day before."""
    for name, days in (("000", (5, 6, 20)), ("100", (9,)), ("200", (40, 41)), ("300", (1, 2, 9))):
        listen(heard, heard.find(f"Song {name}"), *days)
    return heard


def parts(answer):
    known = {
        n.track.title
        for n in answer.tracks
        if KNOWN.fullmatch(n.why.split(" · ")[0]) or n.why.startswith("you heard")
    }
    return known, {n.track.title for n in answer.tracks if NEW.match(n.why)}


@pytest.mark.parametrize("by", ["sound", "playlists", "both"])
def test_a_third_is_known_and_the_rest_is_new(habits, by):
    answer = habits.daily(6, by=by, limits=FREE)
    known, new = parts(answer)
    assert (len(known), len(new)) == (2, 4)
    assert known <= {"Song 000", "Song 100", "Song 200"}
    assert not new & {"Song 000", "Song 100", "Song 200", "Song 300"}
    assert all(0 <= n.score <= 1 for n in answer.tracks)
    assert len({n.track.id for n in answer.tracks}) == 6
    assert answer.seeds
    wanted = {"sound": "audio_knn", "playlists": "counting", "both": "audio_knn + counting"}[by]
    assert set(answer.model.split(" + ")) <= {"history", *wanted.split(" + ")}
    assert any("1 track that you know rests: heard in the last 3 days" in n for n in answer.notes)


def test_the_same_all_day_and_another_tomorrow(habits):
    first = habits.daily(9, limits=FREE)
    for number, title in enumerate(("Song 301", "Song 201", "Song 000")):
        at = int(datetime(TODAY.year, TODAY.month, TODAY.day).timestamp()) + number
        track = habits.find(title)
        habits.store.listens.put_many([Listen(track, at)], source="test")
    assert habits.daily(9, limits=FREE) == first
    assert habits.daily(9, limits=FREE, day=TODAY) == first
    others = [habits.daily(9, limits=FREE, day=TODAY + timedelta(n)) for n in (1, 2, 3)]
    assert any(other.tracks != first.tracks for other in others)


def test_what_was_only_heard_today_counts_if_there_is_nothing_else(heard):
    listen(heard, heard.find("Song 000"), 0)
    answer = heard.daily(3, limits=FREE)
    assert [seed.title for seed in answer.seeds] == ["Song 000"]


def test_a_clock_that_went_back(heard):
    listen(heard, heard.find("Song 000"), -0.9)
    listen(heard, heard.find("Song 100"), 8, 9)
    answer = heard.daily(3, limits=FREE)
    assert answer.tracks
    assert {"Song 000", "Song 100"} >= {seed.title for seed in answer.seeds}


def test_rest_is_as_long_as_wished(habits):
    free = Limits(artist_cap=0, album_cap=0, exclude_recent=0)
    titles = set()
    for number in range(8):
        known, _ = parts(habits.daily(6, limits=free, day=TODAY + timedelta(number)))
        titles |= known
    assert "Song 300" in titles
    long = Limits(artist_cap=0, album_cap=0, exclude_recent=30)
    known, _ = parts(habits.daily(6, limits=long))
    assert known == {"Song 200"}


def test_what_is_too_few_is_told(habits):
    everything = Limits(artist_cap=0, album_cap=0, local=True)
    answer = habits.daily(40, limits=everything)
    known, new = parts(answer)
    assert len(answer.tracks) == len(known) + len(new) == 11
    assert known == {"Song 000", "Song 100", "Song 200"}
    assert "Only 11 tracks fit the rules, 40 were asked for." in answer.notes


def test_the_rules_hold(habits):
    limits = Limits(artist_cap=0, album_cap=0, exclude_artists=("Artist 0", "Star 1"))
    answer = habits.daily(12, limits=limits)
    assert not {"Artist 0", "Star 1"} & {a for n in answer.tracks for a in n.track.artists}


def test_what_was_heard_elsewhere_is_not_new(habits):
    file = habits.find("Song 001")
    elsewhere = Track(TrackId("spotify:track:q"), "Something", ("Else",))
    twin(habits, elsewhere, file)
    listen(habits, elsewhere, 90)
    named = Track(TrackId("netease:9"), "Hit 00 (Live)", ("Star 0",))
    listen(habits, named, 91)
    for number in range(4):
        answer = habits.daily(15, limits=FREE, day=TODAY + timedelta(number))
        _, new = parts(answer)
        assert not new & {"Song 001", "Hit 00"}


def test_each_seed_brings_its_best_in_turn_until_there_are_enough(monkeypatch):
    asked = []

    def alike(way, many):
        asked.append(many)
        found = [TrackId(f"{way}:{n}") for n in range(min(many, 40))]
        return found, np.linspace(1, 0, len(found), dtype=np.float32)

    monkeypatch.setattr(daily, "alike_by", alike)
    known = {TrackId(f"{way}:{n}") for way in "ab" for n in range(5)}
    ids, scores = daily._Sides(("a", "b"), known).candidates(4)
    assert ids == ["a:5", "b:5", "a:6", "b:6"]
    assert (np.diff(scores) < 0).all()
    assert asked == [4, 4, 16, 16]
    assert len(daily._Sides(("a", "b"), known).candidates(500)[0]) == 70
    assert daily._Sides(("a",), {TrackId(f"a:{n}") for n in range(40)}).candidates(5)[0] == []


def test_no_model_knows_what_was_heard(heard):
    listen(heard, Track(TrackId("test:1"), "Unknown", ("Nobody Else",)), 20, 21)
    answer = heard.daily(5, by="sound", limits=FREE)
    assert [n.why for n in answer.tracks] == ["you heard it twice in the last 30 days"]
    assert any("No model knows" in note for note in answer.notes)


def test_refusals(heard):
    with pytest.raises(NotReady, match="murecom import"):
        heard.daily()
    listen(heard, heard.find("Song 000"), 5)
    for wrong in ({"length": 0}, {"novelty": 2.0}, {"half_life": 0.0}):
        with pytest.raises(BadInput):
            heard.daily(**wrong)
    with pytest.raises(BadInput, match="0 or more days"):
        heard.daily(limits=Limits(exclude_recent=-1))
    answer = heard.daily(3, by="sound", novelty=0.5, limits=FREE)
    assert any("Novelty needs" in note for note in answer.notes)
    assert len(heard.daily(3, novelty=0.5, limits=FREE).tracks) == 3
    assert len(heard.daily(1, limits=FREE).tracks) == 1
