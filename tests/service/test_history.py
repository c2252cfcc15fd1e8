"""What was heard as seeds, what was heard of late kept out, and forgetting."""

from __future__ import annotations

from itertools import islice

import pytest

import put_together
from listened import heard, listen, twin
from murecom.errors import BadInput, NotFound, NotReady
from murecom.service import Limits
from murecom.service.history import weighted
from murecom.service.ways import BySound, OnlyLists, Together
from murecom.store.moods import MoodRow
from murecom.types import Track, TrackId

__all__ = ["heard"]

FREE = Limits(artist_cap=0, album_cap=0)


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    put_together.register(monkeypatch)


def titles(answer) -> set[str]:
    return {n.track.title for n in answer.tracks}


def test_the_strongest_are_seeds_by_their_weights(heard):
    one, other, third = (heard.find(f"Song {name}") for name in ("000", "100", "200"))
    listen(heard, one, 1, 2, 3)
    listen(heard, other, 30)
    listen(heard, third, 1, ms=3_000, is_skipped=True)
    seeds = heard.history_seeds()
    assert seeds.tracks == (one, other)
    assert sum(seeds.weights) == pytest.approx(2)
    assert seeds.weights[0] / seeds.weights[1] == pytest.approx(2.9 / 0.51, rel=0.05)
    assert "From 2 of 3 tracks that you heard: " in seeds.notes[0]
    assert "Song 000 (3 times in the last 30 days)" in seeds.notes[0]
    assert heard.history_seeds(1).tracks == (one,)
    assert heard.history_seeds(without={one.id}).tracks == (other,)
    with pytest.raises(NotFound):
        heard.history_seeds(without={one.id, other.id})


def test_similar_to_what_was_heard(heard):
    listen(heard, heard.find("Song 000"), 1, 2)
    listen(heard, heard.find("Song 001"), 1)
    for by, model in (("sound", "audio_knn"), ("playlists", "counting")):
        answer = heard.similar(history=True, k=3, by=by, limits=FREE)
        assert answer.model == model
        assert [seed.title for seed in answer.seeds] == ["Song 000", "Song 001"]
        assert not titles(answer) & {"Song 000", "Song 001"}
    assert heard.similar(history=True, k=3).model == "audio_knn + counting"
    with pytest.raises(BadInput, match="Leave one"):
        heard.similar([heard.find("Song 000")], history=True)
    away = heard.similar(history=True, k=3, unlike=[heard.find("Song 001")], limits=FREE)
    assert [seed.title for seed in away.seeds] == ["Song 000"]


def test_weights_reach_the_models(heard):
    strong, weak = heard.find("Song 000"), heard.find("Song 300")
    listen(heard, strong, *range(1, 10))
    listen(heard, weak, 20)
    seeds = heard.history_seeds()
    way, _ = heard._way("both", seeds.tracks)
    way = weighted(heard.store, way, seeds)
    assert isinstance(way, Together)
    assert way.start.request().weights == pytest.approx(seeds.weights)
    assert way.asked.weights == pytest.approx(seeds.weights)
    by_sound = heard.similar(history=True, k=1, by="sound", limits=FREE).tracks[0].track
    assert by_sound.title.startswith("Song 0")
    way, _ = heard._way("sound", seeds.tracks, [heard.find("Song 100")])
    way = weighted(heard.store, way, seeds)
    assert isinstance(way, BySound)
    assert way.start.request().weights == pytest.approx([*seeds.weights, -1])


def test_a_seed_under_another_id_keeps_its_weight(heard):
    hit = put_together.foreign(1, 2)
    other = Track(TrackId("netease:7"), hit.title, hit.artists)
    listen(heard, other, 1, 2, 3)
    listen(heard, put_together.foreign(0, 1), 40)
    seeds = heard.history_seeds(by="playlists")
    way, _ = heard._way("playlists", seeds.tracks)
    way = weighted(heard.store, way, seeds)
    assert isinstance(way, OnlyLists)
    weights = dict(zip(way.asked.items, way.asked.weights, strict=True))
    assert weights[hit.id] == pytest.approx(seeds.weights[0])


def test_a_seed_known_by_its_twin_keeps_its_weight(heard):
    file, hit = heard.find("Song 002"), put_together.foreign(0, 2)
    twin(heard, hit, file)
    listen(heard, file, 1, 2, 3)
    listen(heard, put_together.foreign(1, 1), 40)
    seeds = heard.history_seeds(by="playlists")
    way = weighted(heard.store, heard._way("playlists", seeds.tracks)[0], seeds)
    assert isinstance(way, OnlyLists)
    weights = dict(zip(way.asked.items, way.asked.weights, strict=True))
    assert weights[hit.id] == pytest.approx(seeds.weights[0])


def test_what_was_heard_elsewhere_counts_for_its_file(heard):
    file, elsewhere = heard.find("Song 102"), Track(TrackId("spotify:track:zz"), "Song 102")
    twin(heard, elsewhere, file)
    listen(heard, elsewhere, 1, 2)
    seeds = heard.history_seeds(by="sound")
    assert seeds.tracks == (file,)
    limits = Limits(artist_cap=0, album_cap=0, exclude_recent=5)
    answer = heard.similar([heard.find("Song 100")], k=20, by="sound", limits=limits)
    assert "Song 102" not in titles(answer)
    assert "1 track was left out: heard in the last 5 days." in answer.notes


def test_releases_of_one_recording_count_together(heard):
    single = Track(TrackId("spotify:track:1"), "Far", ("Ann",), ids={"isrc": "X"})
    album = Track(TrackId("text:Ann – Far"), "Far - Remastered 2011", ("Ann",))
    live = Track(TrackId("spotify:track:2"), "Far (Live)", ("Ann",))
    listen(heard, album, 1, 2)
    listen(heard, single, 3)
    listen(heard, live, 4)
    seeds = heard.history_seeds(by="playlists")
    assert [track.id for track in seeds.tracks] == [single.id, live.id]


def test_nothing_heard_says_what_to_do(heard):
    for ask in (heard.history_seeds, lambda: heard.similar(history=True)):
        with pytest.raises(NotReady, match="murecom import"):
            ask()
    listen(heard, heard.find("Song 000"), 1, is_skipped=True)
    with pytest.raises(NotReady, match="broken off"):
        heard.history_seeds()


def test_by_sound_needs_a_file(heard):
    listen(heard, put_together.foreign(1, 2), 1)
    with pytest.raises(NotFound, match="among your files"):
        heard.similar(history=True, by="sound")
    assert heard.similar(history=True, by="both").model == "counting"


@pytest.mark.parametrize("by", ["sound", "playlists", "both"])
def test_what_was_heard_of_late_does_not_come_up(heard, by):
    seed = heard.find("Song 000")
    free = heard.similar([seed], k=4, by=by, limits=FREE)
    gone = free.tracks[0].track
    listen(heard, gone, 3)
    listen(heard, free.tracks[1].track, 30)
    limits = Limits(artist_cap=0, album_cap=0, exclude_recent=7)
    told = "1 track was left out: heard in the last 7 days."
    for answer in (
        heard.similar([seed], k=4, by=by, limits=limits),
        heard.continue_([seed], 4, by=by, limits=limits),
        heard.next_([seed], 4, by=by, limits=limits),
    ):
        assert gone.title not in titles(answer)
        assert answer.tracks
        assert answer.notes.count(told) == 1
    again = heard.similar([seed], k=4, by=by, limits=limits)
    assert free.tracks[1].track.title in titles(again)
    stream = heard.radio([seed], by=by, limits=limits, random_seed=1)
    assert "Left out: 1 track heard in the last 7 days." in stream.notes
    assert gone.id not in {n.track.id for n in islice(stream, 12)}
    later = heard.similar([seed], k=4, by=by, limits=Limits(artist_cap=0, exclude_recent=2))
    assert gone.title in titles(later)


@pytest.mark.parametrize("journey", [None, (-0.6, -0.4)])
def test_a_mood_keeps_out_what_was_heard(heard, journey):
    rows = [
        MoodRow(track.id, "all", 0.5 - 0.03 * number, 0.4 - 0.03 * number, 0.8, 5, 0.1, None)
        for number, track in enumerate(heard.store.tracks.iter())
    ]
    heard.store.moods.put(rows)
    ask = {"point": (0.5, 0.4), "length": 6, "journey": journey}
    gone = heard.mood(**ask, limits=FREE).tracks[0].track
    listen(heard, gone, 3)
    answer = heard.mood(**ask, limits=Limits(artist_cap=0, album_cap=0, exclude_recent=7))
    assert answer.tracks
    assert gone.id not in {n.track.id for n in answer.tracks}
    assert answer.notes.count("1 track was left out: heard in the last 7 days.") == 1
    first = heard.first_songs(answer.mood, 2, limits=Limits(exclude_recent=7))
    assert gone.id not in {n.track.id for n in first.tracks}


def test_a_path_keeps_out_what_was_heard(heard):
    ends = heard.find("Song 000"), heard.find("Song 302")
    free = heard.path(*ends, steps=4)
    gone = free.tracks[1].track
    listen(heard, gone, 1)
    answer = heard.path(*ends, steps=4, limits=Limits(exclude_recent=2))
    assert gone.id not in {n.track.id for n in answer.tracks}


def test_other_versions_of_what_was_heard_are_kept_out(heard):
    hit = put_together.foreign(0, 2)
    live = Track(TrackId("test:live"), f"{hit.title} (Live)", hit.artists)
    listen(heard, live, 1)
    seed = heard.find("Song 000")
    limits = Limits(artist_cap=0, album_cap=0, exclude_recent=2)
    assert hit.title not in titles(heard.similar([seed], k=9, by="playlists", limits=limits))
    limits = Limits(artist_cap=0, album_cap=0, exclude_recent=2, versions=True)
    assert hit.title in titles(heard.similar([seed], k=9, by="playlists", limits=limits))


def test_days_are_checked_and_none_changes_nothing(heard):
    seed = heard.find("Song 000")
    before = heard.similar([seed], k=3)
    assert heard.similar([seed], k=3, limits=Limits(exclude_recent=0)) == before
    answer = heard.similar([seed], k=3, limits=Limits(exclude_recent=3))
    assert answer.tracks == before.tracks
    assert "No listening history is known" in answer.notes[0]
    for days in (-1, float("nan")):
        with pytest.raises(BadInput, match="0 or more days"):
            heard.similar([seed], limits=Limits(exclude_recent=days))
    listen(heard, before.tracks[0].track, 9_000)
    ever = heard.similar([seed], k=3, limits=Limits(exclude_recent=float("inf")))
    assert before.tracks[0].track.title not in titles(ever)


def test_forgetting_takes_listens_and_nothing_else(heard):
    before = heard.status()
    listen(heard, heard.find("Song 000"), 1, 2)
    assert heard.listens() == 2
    assert heard.forget_history() == 2
    assert heard.listens() == heard.forget_history() == 0
    assert heard.status() == before
