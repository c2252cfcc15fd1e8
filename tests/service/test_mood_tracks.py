"""The mood of tracks, through the façade."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from moody import WordReader
from murecom.service.mood_tracks import MoodTracks
from murecom.service.mood_words import MoodWords
from murecom.store import Text
from murecom.types import Track, TrackId, to_json

ONE, TWO = Track(TrackId("t:1"), "One"), Track(TrackId("t:2"), "Two")


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[MoodTracks]:
    monkeypatch.setattr(MoodWords, "_mood_model", lambda self: WordReader())
    with MoodTracks(home=tmp_path) as app:
        app.store.tracks.put_many([ONE, TWO])
        app.store.texts.put(ONE.id, "lyrics", [Text("so sad\nwalking home")])
        yield app


def test_a_track_has_its_mood_and_the_parts_it_came_from(app: MoodTracks) -> None:
    report = app.mood_tracks()
    assert report.tracks == 1
    found = app.mood_of_track(ONE)
    assert found.mood is not None
    assert (found.mood.label, found.mood.count) == ("sadness", 1)
    assert found.mood.valence < 0
    assert list(found.parts) == ["lyrics"]
    assert to_json(found)["parts"]["lyrics"]["count"] == 1


def test_nothing_is_made_up(app: MoodTracks) -> None:
    assert app.mood_of_track(ONE).mood is None, "before the first run"
    app.mood_tracks()
    one, two, unknown = app.moods_of_tracks([ONE, TWO, Track(TrackId("t:9"))])
    assert one.mood
    assert (two.mood, two.parts) == (None, {})
    assert (unknown.mood, unknown.parts) == (None, {})


def test_again_reads_anew(app: MoodTracks) -> None:
    app.mood_tracks()
    assert app.mood_tracks().counts["lyrics"]["unchanged"] == 1
    assert app.mood_tracks(again=True).counts["lyrics"]["read"] == 1
