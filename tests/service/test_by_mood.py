"""Playlists of a mood: first songs, what follows them, journeys, and libraries that lack things."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import put_together
from murecom.errors import BadInput, NotReady
from murecom.jobs import playlist_model
from murecom.mood.labels import FELT
from murecom.service import Limits, Murecom, by_mood
from murecom.service.mood_reasons import reason
from murecom.store.moods import MoodRow
from murecom.types import Mood, to_json

FREE = Limits(artist_cap=0, album_cap=0)
PLACES = {"0": (-0.6, -0.4), "1": (0.6, 0.5), "2": (0.5, -0.6), "3": (-0.6, 0.6)}
"Where the songs of each artist stand: dark and quiet, bright and lively, …"


@pytest.fixture(autouse=True)
def _reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Read moods without the network: `sad`, `joy`, `hm` (unsure); anything else says nothing."""
    put_together.register(monkeypatch)

    def mood_of(self: Murecom, text: str) -> Mood:
        if "blue" in text:
            return Mood(-0.6, -0.4, "sadness", {"sadness": 0.9, "calm": 0.1}, confidence=0.8)
        if "joy" in text:
            return Mood(0.6, 0.5, "joy", {"joy": 1.0}, confidence=0.8)
        if "hm" in text:
            return Mood(0.0, 0.0, "neutral", {"neutral": 1.0}, confidence=0.2)
        return Mood(0.0, 0.0, "no_signal")

    monkeypatch.setattr(Murecom, "mood_of", mood_of, raising=False)


def place_all(app: Murecom, *kinds: str) -> None:
    """Give every song the mood of its artist, a little apart from its neighbours."""
    shares = {"0": "sadness", "1": "joy", "2": "calm", "3": "anger"}
    rows = []
    for track in app.store.tracks.iter():
        if not (track.title or "").startswith(kinds or ("Song", "Hit")):
            continue
        group, number = track.title.split()[1][0], int(track.title[-1])
        valence, arousal = (value + 0.01 * number for value in PLACES[group])
        own = 0.8 * np.eye(9, dtype=np.float32)[FELT.index(shares[group])] + 0.2 / 9
        for key in ("lyrics", "sound", "all"):
            rows.append(MoodRow(track.id, key, valence, arousal, 0.8, 5, 0.1, own))
    app.store.moods.put(rows)


@pytest.fixture
def app(scanned: Path, tmp_path: Path) -> Iterator[Murecom]:
    """Sounds and moods, no playlists."""
    shutil.copytree(scanned, tmp_path / "home")
    with Murecom(home=tmp_path / "home") as app:
        place_all(app)
        yield app


@pytest.fixture
def full(app: Murecom) -> Murecom:
    """Sounds, playlists and moods."""
    put_together.fill(app.store)
    place_all(app)
    playlists = list(app.store.playlists.iter())
    data = put_together.data_of(playlists, app.store.playlists.revision())
    playlist_model.train(data, playlist_model.folder_of(app.home))
    return app


@pytest.fixture
def lists(tmp_path: Path) -> Iterator[Murecom]:
    """Tracks of playlists with moods, no sound and no model."""
    with Murecom(home=tmp_path / "lists") as app:
        app.store.tracks.put_many(put_together.foreign(g, n) for g in range(4) for n in range(6))
        place_all(app)
        yield app


def titles(answer) -> list[str]:
    return [n.track.title for n in answer.tracks]


def groups(answer) -> str:
    return "".join(title.split()[1][0] for title in titles(answer))


def test_first_songs_are_near_and_say_why(app):
    answer = app.mood("so blue", length=2, limits=FREE)
    assert groups(answer) == "00"
    assert answer.tracks[0].why == "near the mood: lyrics and sound say sadness"
    assert answer.tracks[0].score > 0.95
    assert answer.mood.label == "sadness"
    assert answer.points == ((-0.6, -0.4),) * 2
    assert answer.notes == ("Too few artists fit: one plays twice running.",)
    keys = ["seeds", "tracks", "model", "notes", "mood", "journey", "points"]
    assert list(to_json(answer)) == keys


def test_a_playlist_goes_on_by_sound_near_the_mood(app):
    answer = app.mood("joy", length=3, first_songs=1, limits=FREE)
    assert groups(answer) == "111"
    assert answer.model == "mood + audio_knn"
    assert [track.title for track in answer.seeds] == titles(answer)[:1]
    assert answer.tracks[1].why.startswith("near the mood: lyrics and sound say joy · ")
    assert all(0 <= n.score <= 1 for n in answer.tracks)
    assert len(set(titles(answer))) == 3


def test_caps_count_first_songs_and_give_way_to_the_mood(full):
    answer = full.mood("joy", length=4, first_songs=2, limits=Limits(artist_cap=2))
    artists = [n.track.artists for n in answer.tracks]
    assert groups(answer) == "1111"
    assert {artists.count(artist) for artist in artists} == {2}
    answer = full.mood("joy", length=6, first_songs=2, limits=Limits(artist_cap=2))
    assert groups(answer) == "111111"
    assert any("limit of 2 tracks per artist was lifted" in note for note in answer.notes)


def test_both_models_are_asked(full):
    answer = full.mood("blue", length=6, first_songs=2, limits=FREE)
    assert answer.model == "mood + audio_knn + counting"
    assert groups(answer) == "0" * 6
    assert any("in 3 playlists with 1 of the first songs" in n.why for n in answer.tracks[2:])
    assert not [note for note in answer.notes if "seed" in note]
    only = full.mood("blue", length=6, first_songs=2, by="playlists", limits=FREE)
    assert only.model == "mood + counting"
    assert groups(only) == "0" * 6


def test_what_has_no_mood_comes_after_what_is_near(full):
    full.store.moods.forget()
    place_all(full, "Song")
    answer = full.mood("blue", length=6, first_songs=2, limits=FREE)
    unknown = [n for n in answer.tracks if n.track.title.startswith("Hit")]
    known = [n for n in answer.tracks[2:] if n not in unknown]
    assert all(n.why.startswith("mood not known · in 6 playlists") for n in unknown)
    assert unknown
    assert max(n.score for n in unknown) < max(n.score for n in known)


def test_without_models_moods_alone_decide(lists):
    answer = lists.mood("blue", length=5, limits=FREE)
    assert answer.model == "mood"
    assert groups(answer) == "00000"
    assert any("no model of sound or playlists yet" in note for note in answer.notes)
    with pytest.raises(NotReady, match="murecom scan"):
        lists.mood("blue", by="sound")
    for length in (2, 5):  # also where first songs would be all
        with pytest.raises(NotReady, match="train playlists"):
            lists.mood("blue", by="playlists", length=length)


def test_a_point_needs_no_words(lists):
    answer = lists.mood(point=(0.5, -0.6), length=2, limits=FREE)
    assert groups(answer) == "22"
    assert answer.tracks[0].score == pytest.approx(1, abs=1e-3)
    assert answer.mood.label == "calm"
    answer = lists.mood("blue", point=(0.6, None), length=1)
    assert answer.points == ((0.6, -0.4),)


def test_bad_input_and_nothing_to_choose_from(lists, tmp_path):
    for wrong in (
        {"length": 0},
        {"first_songs": 0},
        {"by": "smell"},
        {"novelty": 2},
        {"way": "fly"},
        {"novelty": float("nan")},
        {"journey": (0.1,)},
        {"journey": (None, 0.5)},
        {"journey": (0.1, 9)},
        {"journey": "joy", "length": 501},
        {"point": (0.1,)},
        {"time_of_day": "x"},
        {"time_of_day": 3.7},
    ):
        with pytest.raises(BadInput):
            lists.mood("blue", **wrong)
    for text in ("qqq", "", None):
        with pytest.raises(BadInput):
            lists.mood(text)
    with pytest.raises(BadInput):
        lists.mood("blue", journey="qqq")
    with Murecom(home=tmp_path / "empty") as app, pytest.raises(NotReady, match="mood tracks"):
        app.mood("blue")


def test_what_is_far_or_unsure_is_told(lists):
    answer = lists.mood(point=(0.0, 0.0), length=2, limits=FREE)
    assert any("Nothing in the library is near" in note for note in answer.notes)
    assert answer.tracks[0].why.startswith("among the nearest in mood: ")
    assert any("guess" in note for note in lists.mood("hm", length=1).notes)
    assert any("night" in note for note in lists.mood("blue", length=1, time_of_day=1).notes)


def test_the_nearest_of_a_library_that_lies_elsewhere(lists):
    answer = lists.mood(point=(1.0, 1.0), length=2, limits=FREE)
    assert groups(answer) == "11"
    assert answer.tracks[0].why.startswith("among the nearest in mood: ")
    assert answer.tracks[0].score < 0.5


def test_more_than_there_is(lists):
    answer = lists.mood("blue", length=100, limits=FREE)
    assert len(answer.tracks) == 24
    assert any("Only 24 tracks fit" in note for note in answer.notes)


def test_rules_hold(full):
    answer = full.mood("blue", length=4, limits=Limits(exclude_artists=["star 0"]))
    assert ("Star 0",) not in [n.track.artists for n in answer.tracks]
    answer = full.mood("blue", length=4, limits=Limits(local=True))
    assert len(answer.tracks) == 4
    assert all(n.track.path for n in answer.tracks)


def test_novelty_leads_away_from_what_all_play(full):
    usual = full.mood("blue", length=7, first_songs=1, limits=FREE)
    novel = full.mood("blue", length=7, first_songs=1, novelty=1.0, limits=FREE)
    assert "Song 002" in titles(novel)  # in no playlist
    assert titles(novel).index("Song 002") <= titles(usual).index("Song 002")


def test_a_journey_leads_from_mood_to_mood(lists):
    answer = lists.mood("blue", journey="joy", length=6, limits=FREE)
    assert (groups(answer)[0], groups(answer)[-1]) == ("0", "1")
    assert answer.journey.label == "joy"
    assert answer.points[0][0] < answer.points[-1][0]
    assert len(answer.points) == len(answer.tracks) == 6
    assert any("steps in sound are not bounded" in note for note in answer.notes)
    straight = lists.mood("blue", journey=(0.6, 0.5), way="straight", length=6, limits=FREE)
    assert groups(straight)[2:] == "1111"
    assert straight.points[2] == straight.points[5]


def test_a_journey_by_sound(app):
    answer = app.mood("blue", journey="joy", length=4, limits=FREE)
    assert answer.model == "mood + audio_knn"
    assert len({n.track.id for n in answer.tracks}) == 4


def test_a_journey_beyond_the_library_stays_within(lists):
    answer = lists.mood(point=(-1, -1), journey=(1, 1), length=4, limits=FREE)
    assert any("The moods of the library reach from" in note for note in answer.notes)
    answer = lists.mood("blue", journey="blue", length=3, limits=FREE)
    assert any("nearly the same" in note for note in answer.notes)
    assert groups(answer) == "000"


def test_first_songs_alone(app):
    answer = app.first_songs(Mood(0.6, 0.5, "joy"), 2, limits=FREE)
    assert groups(answer) == "11"
    assert len(answer.seeds) == len(answer.points) == 2


def test_first_songs_read_moods_as_a_playlist_does(app):
    words = app.first_songs("so blue", 2, limits=FREE)
    assert titles(words) == titles(app.mood("so blue", length=2, limits=FREE))
    assert titles(app.first_songs(app.mood_of("so blue"), 2, limits=FREE)) == titles(words)
    for wrong in (Mood(0.0, 0.0, "no_signal"), Mood(2.0, 0.0, "joy"), Mood(0, float("nan"), "joy")):
        with pytest.raises(BadInput):
            app.first_songs(wrong)
    with pytest.raises(BadInput, match="novelty"):
        app.first_songs(Mood(0.6, 0.5, "joy"), novelty=2)


def test_a_journey_leads_away_from_what_all_play(full):
    trip = {"journey": "joy", "length": 6, "limits": FREE}
    moods = full._mood_points()
    told = {track.id: track.title for track in full.store.tracks.get(moods.ids).values()}
    known = {told[i]: float(fame) for i, fame in zip(moods.ids, moods.fame, strict=True)}

    def fame(answer):
        return sum(known[title] for title in titles(answer))

    assert fame(full.mood("blue", novelty=1.0, **trip)) < fame(full.mood("blue", **trip))


def test_labels_count_on_a_journey(lists):
    """Two kinds of song stand at one place; the labels of the words tell them apart."""
    for track in lists.store.tracks.iter():
        label = "joy" if track.title.endswith(("1", "3", "5")) else "anger"
        own = np.eye(9, dtype=np.float32)[FELT.index(label)]
        lists.store.moods.put([MoodRow(track.id, "all", 0.6, 0.5, 0.8, probabilities=own)])
    answer = lists.mood("joy", journey="joy", length=8, limits=FREE)
    assert all(title.endswith(("1", "3", "5")) for title in titles(answer))


def test_moods_are_not_read_at_every_change_of_a_large_library(lists, monkeypatch):
    monkeypatch.setattr(by_mood, "QUICK", -1.0)
    known = lists._mood_points()
    lists.store.moods.forget()
    assert lists._mood_points() is known
    lists._moods_known = None
    with pytest.raises(NotReady):
        lists._mood_points()
    place_all(lists)
    assert len(lists._mood_points())  # what was empty is read again at once


def test_moods_are_read_again_when_they_change(lists, monkeypatch):
    monkeypatch.setattr(by_mood, "FRESH", 0.0)
    assert groups(lists.mood("blue", length=1)) == "0"
    hit = next(t for t in lists.store.tracks.iter() if t.title == "Hit 15")
    shares = np.eye(9, dtype=np.float32)[FELT.index("sadness")]
    lists.store.moods.put([MoodRow(hit.id, "all", -0.6, -0.4, 1.0, probabilities=shares)])
    assert titles(lists.mood("blue", length=1)) == ["Hit 15"]


def test_reasons_name_only_parts_that_agree():
    def row(key, valence, arousal, confidence=0.5, label=None):
        shares = None if label is None else np.eye(9, dtype=np.float32)[FELT.index(label)]
        return MoodRow("t:1", key, valence, arousal, confidence, probabilities=shares)

    whole = row("all", -0.5, -0.4)
    rows = {"all": whole, "lyrics": row("lyrics", -0.6, -0.3), "sound": row("sound", 0.5, 0.5, 0.9)}
    assert reason(rows, 0.9) == "near the mood: lyrics say dark and quiet"
    rows["sound"] = row("sound", -0.4, -0.5, 0.9)
    assert reason(rows, 0.3) == "not far from the mood: sound and lyrics say dark and quiet"
    assert reason({"all": row("all", 0, 0), "sound": rows["sound"]}, 0.1) == (
        "far from the mood: neither bright nor dark"
    )
    assert reason(
        {"all": row("all", 0.4, -0.4, label="calm"), "title": row("title", 0.4, 0)}, 1
    ) == ("near the mood: title says calm")
    assert reason({}, 1) == "mood not known"
    assert reason({"all": whole}, 0.3, 0.9) == "among the nearest in mood: dark and quiet"


def test_rules_that_refuse_nearly_everything(lists):
    stars = [f"Star {number}" for number in range(4)]
    answer = lists.mood("blue", length=3, limits=Limits(exclude_artists=stars[:3]))
    assert groups(answer) == "333"
    assert lists.mood("blue", length=3, limits=Limits(exclude_artists=stars)).tracks == ()
    answer = lists.mood("blue", journey="joy", length=3, limits=Limits(exclude_artists=stars))
    assert answer.tracks == ()
    assert any("Only 0 tracks" in note for note in answer.notes)


def test_two_moods_in_a_large_library_are_enough_to_start_from(app):
    app.store.moods.forget()
    songs = [track for track in app.store.tracks.iter() if track.title in ("Song 000", "Song 001")]
    app.store.moods.put(MoodRow(track.id, "all", -0.6, -0.4, 0.8) for track in songs)
    answer = app.mood("blue", length=6, first_songs=3, limits=FREE)
    assert len(answer.tracks) == 6
    assert [n.why.partition(" ·")[0] for n in answer.tracks[2:]] == ["mood not known"] * 4
