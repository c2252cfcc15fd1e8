"""Artists, albums, clusters and the map of a scanned library, and answers that keep away."""

from __future__ import annotations

import shutil
from itertools import islice

import numpy as np
import pytest

import sounds
from doubles import Here
from murecom.errors import Ambiguous, BadInput, NotFound, NotReady
from murecom.service import Limits, Murecom
from murecom.types import Artist

FREE = Limits(artist_cap=0, album_cap=0)


def test_artists_and_albums_are_listed_with_counts(app):
    assert [(a.name, a.tracks) for a in app.artists()] == [(f"Artist {n}", 3) for n in range(4)]
    assert [(a.name, a.tracks) for a in app.albums()] == [
        (f"Artist {n} – Album 0", 3) for n in range(4)
    ]


def test_artists_are_found_by_name(app):
    assert app.find_artist("artist 2") == Artist("Artist 2", 3)
    assert app.find_artist("ARTIST", first=True).tracks == 3
    with pytest.raises(Ambiguous, match="several artists") as error:
        app.find_artist("artist")
    assert [str(choice) for choice in error.value.choices][:1] == ["Artist 0  (3 tracks)"]
    with pytest.raises(NotFound, match=r"Did you mean 'Artist \d'\?.*murecom artists"):
        app.find_artist("artits 2")
    with pytest.raises(NotFound):
        app.find_artist("nobody at all")
    with pytest.raises(BadInput, match="Give a name"):
        app.find_artist(" ")
    # by artist and title, or ambiguous by title alone
    assert app.find_album("artist 3 album 0").name == "Artist 3 – Album 0"
    with pytest.raises(Ambiguous):
        app.find_album("Album 0")


def test_similar_artists_have_scores_and_reasons(app):
    seed = app.find_artist("Artist 1")
    answer = app.similar_artists([seed], 2)
    assert answer.seeds == (seed,)
    assert answer.model == "audio_knn"
    assert len(answer.artists) == 2
    assert seed.name not in {a.name for a in answer.artists}
    assert all(0 <= a.score <= 1 and "nearest: “Song " in a.why for a in answer.artists)
    scores = [a.score for a in answer.artists]
    assert scores == sorted(scores, reverse=True)
    everyone = app.similar_artists([seed, app.find_artist("Artist 2")], 9)
    assert {a.name for a in everyone.artists} == {"Artist 0", "Artist 3"}
    assert any("9 were asked for" in note for note in everyone.notes)


def test_similar_albums(app):
    seed = app.find_album("artist 0 album 0")
    answer = app.similar_albums([seed], 3, notes=["first"])
    assert {a.name for a in answer.albums} == {f"Artist {n} – Album 0" for n in (1, 2, 3)}
    assert answer.notes == ("first",)


def test_seeds_must_be_there(app):
    with pytest.raises(NotFound):
        app.similar_artists([Artist("Nobody", 3)])
    with pytest.raises(BadInput):
        app.similar_artists([])
    with pytest.raises(BadInput):
        app.similar_artists([app.find_artist("Artist 1")], 0)


def test_the_index_is_stored_read_and_mended(tmp_path, scanned):
    home = tmp_path / "home"
    shutil.copytree(scanned, home)
    with Murecom(home=home) as app:
        before = app.similar_artists([app.find_artist("Artist 1")], 3)
    folder = home / "models/groups"
    when = (folder / "manifest.json").stat().st_mtime_ns
    with Murecom(home=home) as app:
        assert app.similar_artists([app.find_artist("Artist 1")], 3) == before
    assert (folder / "manifest.json").stat().st_mtime_ns == when
    (folder / "manifest.json").write_text("{")
    with Murecom(home=home) as app:
        assert app.similar_artists([app.find_artist("Artist 1")], 3) == before


def test_a_home_that_cannot_be_written_answers_too(app, monkeypatch):
    from murecom import artefact
    from murecom.errors import Unreachable

    def refuse(*_):
        raise Unreachable("No room.")

    wanted = app.similar_artists([app.find_artist("Artist 1")], 3), app.map()
    monkeypatch.setattr(artefact, "save", refuse)
    app._indices = None
    (app.home / "models/groups/manifest.json").rename(app.home / "groups.json")
    try:
        assert app.similar_artists([app.find_artist("Artist 1")], 3) == wanted[0]
        assert app.map(anew=True) == wanted[1]
    finally:
        (app.home / "groups.json").rename(app.home / "models/groups/manifest.json")


def test_clusters_have_different_names_and_all_tracks(app):
    answer = app.clusters(3)
    assert len(answer.clusters) == 3
    assert len({c.name for c in answer.clusters}) == 3
    ids = [t.id for c in answer.clusters for t in c.tracks]
    assert len(ids) == len(set(ids)) == 12
    sizes = [len(c.tracks) for c in answer.clusters]
    assert sizes == sorted(sizes, reverse=True)
    assert app.clusters(3) == answer
    assert app.clusters().clusters
    with pytest.raises(BadInput):
        app.clusters(0)


def test_more_clusters_than_tracks(app):
    answer = app.clusters(50)
    assert len(answer.clusters) <= 12
    assert "asked for: only" in answer.notes[0]


def test_the_map_has_every_track(app):
    answer = app.map()
    assert len(answer.places) == 12
    assert all(-1 <= p.x <= 1 and -1 <= p.y <= 1 for p in answer.places)
    assert max(max(abs(p.x), abs(p.y)) for p in answer.places) == 1
    assert {p.cluster for p in answer.places} == {c.name for c in app.clusters().clusters}
    assert app.map() == answer
    assert app.map(anew=True) == answer
    assert answer.notes == ()


def test_the_map_grows_with_the_library(tmp_path):
    music = tmp_path / "music"
    sounds.library(music, artists=4, tracks=3)
    with Murecom(home=tmp_path / "home") as app:
        app.scan([music], engine=Here())
        before = {p.track.id: (p.x, p.y) for p in app.map().places}
        sounds.write(music / "new.wav", sounds.chord(300))
        app.scan(engine=Here())
        after = {p.track.id: (p.x, p.y) for p in app.map().places}
    assert len(after) == 13
    old = np.array([before[i] for i in before])
    moved = np.array([after[i] for i in before])
    turned = moved * [-1, -1]
    assert ((moved - old) ** 2).sum() < ((turned - old) ** 2).sum()


@pytest.mark.parametrize("tracks", [1, 2, 5])
def test_tiny_libraries(tmp_path, tracks):
    music = tmp_path / "music"
    for number in range(tracks):
        wave = sounds.chord(110 * 2 ** (number / 4), seconds=6, seed=number)
        sounds.write(music / f"Artist {number} - Song {number}.wav", wave)
    with Murecom(home=tmp_path / "home") as app:
        app.scan([music], engine=Here())
        answer = app.map()
        assert len({(p.x, p.y) for p in answer.places}) == tracks
        assert "main directions" in answer.notes[0]
        assert sum(len(c.tracks) for c in app.clusters().clusters) == tracks
        artists = app.artists()
        if artists:
            assert len(app.similar_artists(artists[:1]).artists) == len(artists) - 1


def test_nothing_scanned(tmp_path):
    with Murecom(home=tmp_path / "new") as app:
        for ask in (app.artists, app.albums, app.clusters, app.map):
            with pytest.raises(NotReady, match="murecom scan"):
                ask()


# -- like this, not like that -----------------------------------------------------------------


def test_answers_keep_away(app):
    seed, unwanted = app.find("Song 000"), app.find("Song 100")
    answer = app.similar([seed], k=5, unlike=[unwanted], limits=FREE)
    assert not {seed.id, unwanted.id} & {n.track.id for n in answer.tracks}
    assert answer.seeds == (seed,)
    assert f"Away from: {unwanted.name}." in answer.notes
    more = app.continue_([seed], length=4, unlike=[unwanted], limits=FREE)
    assert unwanted.id not in {n.track.id for n in more.tracks}
    stream = app.radio([seed], unlike=[unwanted], random_seed=1, limits=FREE)
    assert unwanted.id not in {n.track.id for n in islice(stream, 25)}


def test_what_is_not_wanted_sinks(app):
    seed, unwanted = app.find("Song 000"), app.find("Song 101")
    model = app._sounds().model

    def cosine(answer) -> float:
        found = model.vectors([n.track.id for n in answer.tracks])
        return float((found @ model.vectors([unwanted.id])[0]).mean())

    plain = app.similar([seed], k=4, limits=FREE)
    away = app.similar([seed], k=4, unlike=[unwanted], limits=FREE)
    assert cosine(away) <= cosine(plain)


def test_files_outside_the_library_can_be_unwanted(app, tmp_path):
    path = sounds.write(tmp_path / "outside.wav", sounds.chord(150, seed=78))
    other = sounds.write(tmp_path / "other.wav", sounds.chord(111, seed=79))
    unwanted, seed = app.find(str(path)), app.find(str(other))
    for seeds in ([app.find("Song 000")], [seed], [app.find("Song 000"), seed]):
        answer = app.similar(seeds, k=3, unlike=[unwanted, app.find("Song 201")], limits=FREE)
        assert len(answer.tracks) == 3
        stream = app.radio(seeds, unlike=[unwanted], random_seed=1, limits=FREE)
        assert len(list(islice(stream, 4))) == 4


def test_contradictions_and_silence_are_told(app, tmp_path):
    seed = app.find("Song 000")
    with pytest.raises(BadInput, match="both wanted and not wanted"):
        app.similar([seed], unlike=[seed])
    silent = sounds.write(tmp_path / "silent.wav", np.zeros(sounds.RATE * 6, np.float32))
    answer = app.similar([seed], k=2, unlike=[app.find(str(silent))], limits=FREE)
    assert any("Nothing to keep away from" in note for note in answer.notes)
