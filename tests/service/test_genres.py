"""Labels of the library: honest counts, kept once, own tags first."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest
from tests.label.probes import probe_for

import sounds
from murecom.errors import BadInput, NotFound, NotReady
from murecom.label.probe import Probe
from murecom.service import Limits, Murecom
from murecom.store.tags import GUESS
from murecom.types import Track, TrackId


@pytest.fixture
def home(scanned, tmp_path):
    """A scanned home of one's own, with a probe."""
    shutil.copytree(scanned, tmp_path / "home")
    probe_for(tmp_path / "home")
    return tmp_path / "home"


@pytest.fixture
def app(home):
    with Murecom(home=home) as app:
        yield app


def labels(app) -> dict[str, list]:
    """Give the kept labels by track."""
    ids = [track.id for track in app.store.tracks.iter()]
    return {
        track: [tag for tag in tags if tag.source.startswith(GUESS)]
        for track, tags in app.store.tags.of(ids, "genre").items()
    }


def test_counts_every_track_once(app):
    summary = app.genres()
    assert summary.tracks == 12
    assert sum(row.tracks for row in summary.genres) + summary.unsure == 12
    assert {row.genre for row in summary.genres} == {"calm", "loud"}
    assert sum(row.share for row in summary.genres) <= 1
    assert summary.unheard == 0
    assert summary.written is None
    assert summary.probe["accuracy"] == 0.9
    assert labels(app) == {}


def test_a_higher_bar_leaves_more_unsure(app):
    assert app.genres(least=0.0).unsure == 0
    assert app.genres(least=0.99).unsure >= app.genres(least=0.6).unsure
    assert app.genres(least=1.0).unsure == 12
    for wrong in (-0.1, 1.5, float("nan")):
        with pytest.raises(BadInput, match="between 0 and 1"):
            app.genres(least=wrong)


def test_keeps_labels_once_and_those_of_a_new_probe_instead(app, home):
    assert app.genres(write=True).written == 12
    assert app.genres(write=True).written == 0
    first = labels(app)
    assert len(first) == 12
    for tags in first.values():
        weights = [tag.weight for tag in tags]
        assert weights == sorted(weights, reverse=True)
        assert 0.5 <= weights[0] <= 1
    probe_for(home, genres=("a", "b", "c", "d"), seed=1)
    assert app.genres(write=True).written == 12
    second = labels(app)
    sources = {tag.source for tags in second.values() for tag in tags}
    assert sources == {Probe.load(home / "models" / "genres-probe").source}


def test_goes_on_where_it_was_stopped(app, monkeypatch):
    import murecom.service.genres as module

    monkeypatch.setattr(module, "batches", lambda rows: iter([rows[k : k + 5] for k in (0, 5, 10)]))
    steps = []

    def stop(step):
        steps.append(step.done)
        if step.done == 5:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        app.genres(write=True, progress=stop)
    assert len(labels(app)) == 5
    assert app.genres(write=True).written == 7


def test_forgets_labels_but_no_tags(app):
    [track] = app.search("Song 000", limit=1)
    app.store.tags.put(track.id, [("genre", "Waltz", 1.0, "file")])
    app.genres(write=True)
    assert app.forget_genres() >= 12
    assert not any(labels(app).values())
    assert app.store.tracks.details([track.id])[track.id].genres == ("Waltz",)
    assert app.forget_genres() == 0


def test_rules_count_labels_where_there_is_no_tag(app):
    [track] = app.search("Song 000", limit=1)
    genre = app.genres_of([track], least=0.0)[0].genre
    app.genres(write=True)
    details = app.store.tracks.details([track.id])[track.id]
    assert details.genres == (genre,)
    app.store.tags.put(track.id, [("genre", "Waltz", 1.0, "file")])
    assert app.store.tracks.details([track.id])[track.id].genres == ("Waltz",)
    seed = app.search("Song 101", limit=1)
    limits = Limits(exclude_genres=[genre], artist_cap=0, album_cap=0, versions=True)
    found = {n.track.id for n in app.similar(seed, k=20, limits=limits).tracks}
    sure = {i for i, tags in labels(app).items() if tags[0].value == genre} - {track.id}
    assert sure
    assert not found & sure


def test_tells_the_genres_of_single_tracks(app):
    tracks = [app.find("Song 000"), app.find("Song 302")]
    for one in app.genres_of(tracks):
        assert len(one.genres) == 2
        probabilities = [p for _, p in one.genres]
        assert probabilities == sorted(probabilities, reverse=True)
        assert one.evidence == pytest.approx(sum(probabilities), abs=1e-3)
        assert one.genre == (one.genres[0][0] if probabilities[0] >= 0.5 else None)
        assert one.own == ()
    assert app.genres_of([]) == []


def test_hears_files_outside_the_library(app, tmp_path):
    path = sounds.write(tmp_path / "new.wav", sounds.chord(150, 6))
    [one] = app.genres_of([app.find(str(path))])
    assert one.evidence == pytest.approx(1, abs=1e-3)
    with pytest.raises(NotFound, match="no sound"):
        app.genres_of([Track(TrackId("spotify:track:1"))])
    short = sounds.write(tmp_path / "short.wav", sounds.chord(150, 1))
    with pytest.raises(NotFound, match="cannot be heard"):
        app.genres_of([app.find(str(short))])


def test_lists_the_surest_tracks_of_a_genre(app):
    answer = app.tracks_of_genre("CALM", least=0.0)
    scores = [n.score for n in answer.tracks]
    assert len(scores) == 12
    assert scores == sorted(scores, reverse=True)
    assert len(app.tracks_of_genre("calm", k=3, least=0.0).tracks) == 3
    assert answer.tracks[0].why == "no genre tag"
    with pytest.raises(NotFound, match="calm, loud"):
        app.tracks_of_genre("polka")


def test_disagreements_are_tags_that_the_probe_denies(app):
    calm = app.tracks_of_genre("calm").tracks[0].track
    loud = app.tracks_of_genre("loud").tracks[0].track
    other = app.tracks_of_genre("loud").tracks[1].track
    app.store.tags.put(calm.id, [("genre", "Very Loud", 1.0, "file")])
    app.store.tags.put(loud.id, [("genre", "Loud", 1.0, "file")])
    app.store.tags.put(other.id, [("genre", "Polka", 1.0, "file")])
    answer = app.genre_disagreements()
    assert [n.track.id for n in answer.tracks] == [calm.id]
    assert answer.tracks[0].why == "sounds like calm, tagged Very Loud"
    app.genres(write=True)  # labels of the probe itself never disagree
    assert len(app.genre_disagreements().tracks) == 1


def test_far_from_everything_is_unsure(app, home):
    probe = probe_for(home)
    whitening = np.ones_like(probe.whitening)
    far = replace(probe, whitening=whitening, centres=probe.centres + 1e6)
    far.save(home / "models" / "genres-probe")
    assert app.genres().unsure == 12
    [one] = app.genres_of([app.find("Song 000")])
    assert (one.genre, one.evidence) == (None, 0)
    app.genres(write=True)
    details = app.store.tracks.details([one.track.id])[one.track.id]
    assert details.genres == ()
    assert app.genres(write=True).written == 0


def test_without_a_probe_or_vectors_the_next_step_is_told(scanned, tmp_path, home):
    with Murecom(home=tmp_path / "new") as app, pytest.raises(NotReady, match="train genres DIR"):
        app.genres()
    shutil.copytree(home / "models", tmp_path / "empty" / "models")
    with Murecom(home=tmp_path / "empty") as app:
        with pytest.raises(NotReady, match="murecom scan"):
            app.genres()
        app.store.tracks.put(Track(TrackId("test:1")))
        app.store.vectors.put(TrackId("test:1"), "genre_cnn-small-1-x", np.ones(256))
        with pytest.raises(NotReady, match=r"sound\.model = msd"):
            app.genres()
