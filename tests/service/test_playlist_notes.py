"""Answers by playlists: what a model cannot tell is said, and nothing is promised that is not."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

import put_together
from murecom.errors import BadInput, NotFound, NotReady
from murecom.jobs import playlist_model, playlist_tuning
from murecom.jobs.playlist_tuning import Tuning
from murecom.service import Limits, Murecom, by_playlists, choosing
from murecom.types import Playlist, Track, TrackId

FREE = Limits(artist_cap=0, album_cap=0)


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    put_together.register(monkeypatch)


def train(app: Murecom, *models: str) -> None:
    playlists = list(app.store.playlists.iter())
    data = put_together.data_of(playlists, app.store.playlists.revision())
    playlist_model.train(data, playlist_model.folder_of(app.home), models=models)


@pytest.fixture
def silent(tmp_path: Path) -> Iterator[Murecom]:
    """Playlists of tracks without files."""
    with Murecom(home=tmp_path / "silent") as app:
        for group in range(3):
            for number in range(6):
                hits = [put_together.foreign(group, n) for n in range(number % 2, 6)]
                title = f"{('calm', 'loud', 'rain')[group]} evening {number}"
                app.store.playlists.put(Playlist(title, tuple(hits), f"test:{group}{number}"))
        train(app)
        yield app


def test_what_a_model_says_of_itself_is_among_the_notes(silent, monkeypatch):
    monkeypatch.setattr(put_together.Counting, "notes", ("No trees.",), raising=False)
    assert "No trees." in silent.similar([put_together.foreign(1, 2)], k=2).notes


def test_one_model_alone_explains_itself_and_says_that_it_knows_no_titles(silent):
    train(silent, "playlist_knn")
    seed = [put_together.foreign(0, 1)]
    answer = silent.continue_(seed, title="calm evening", length=3, limits=FREE)
    assert answer.tracks[0].why == "in 6 playlists with Hit 01"
    assert [note for note in answer.notes if "title" in note] == [
        "This model of playlists knows no titles: “calm evening” was left out."
    ]
    novel = silent.similar(seed, k=3, novelty=0.5, limits=FREE)
    assert not [note for note in novel.notes if "title" in note]


def test_novelty_knows_which_tracks_are_alike(silent, monkeypatch):
    given = []
    monkeypatch.setattr(
        by_playlists, "vectors_of", lambda model: lambda items: np.ones((len(items), 3), np.float32)
    )
    renew = choosing.renew

    def spy(scores, dial, **rest):
        given.append(rest["vectors"])
        return renew(scores, dial, **rest)

    monkeypatch.setattr(choosing, "renew", spy)
    silent.similar([put_together.foreign(0, 1)], k=3, by="playlists", novelty=0.5, limits=FREE)
    assert given[0] is not None
    assert given[0].shape[1] == 3
    lists = silent._by_playlists()
    rows = lists.vectors([TrackId("x:unknown"), put_together.foreign(0, 1).id])
    assert rows.tolist() == [[0, 0, 0], [1, 1, 1]]


def test_candidates_beyond_the_worthless_ones_come_last(silent, monkeypatch):
    monkeypatch.setattr(choosing, "WORTHLESS", 4)
    seed = [put_together.foreign(0, 1)]
    answer = silent.similar(seed, k=14, by="playlists", novelty=0.5, limits=FREE)
    assert len({n.track.id for n in answer.tracks}) == 14


def test_a_title_that_the_model_does_not_know_is_told_and_left_out(silent, monkeypatch):
    monkeypatch.setattr(
        put_together.Counting, "knows", lambda self, title: title == "calm", raising=False
    )
    told = "No playlist is called anything like “rain”."
    answer = silent.continue_([], title="rain", length=3, limits=FREE)
    assert told in answer.notes
    assert {n.why for n in answer.tracks} == {"popular"}
    assert max(n.score for n in answer.tracks) <= 0.1
    answer = silent.continue_([put_together.foreign(1, 1)], title="rain", length=3, limits=FREE)
    assert told in answer.notes
    assert all(n.track.title.startswith("Hit 1") for n in answer.tracks)
    answer = silent.continue_([], title="calm", length=3, limits=FREE)
    assert not answer.notes


def test_a_damaged_model_is_told_where_nothing_else_can_answer(silent, scanned, tmp_path):
    folder = playlist_model.folder_of(silent.home)
    largest = max(folder.glob("*.npy"), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1])
    silent._lists = None
    with pytest.raises(BadInput, match="damaged"):
        silent.similar([put_together.foreign(1, 2)])
    shutil.copytree(scanned, tmp_path / "home")
    shutil.copytree(folder, playlist_model.folder_of(tmp_path / "home"))
    with Murecom(home=tmp_path / "home") as app, pytest.raises(NotReady, match="damaged"):
        app.continue_([], title="calm evening")


def test_a_list_of_which_only_the_last_counts_is_told(silent):
    seeds = [put_together.foreign(0, 1)] * 50
    assert not silent.continue_(seeds, length=2, limits=FREE).notes
    for ask in (silent.continue_, silent.next_):
        notes = ask([*seeds, put_together.foreign(0, 2)], limits=FREE).notes
        assert notes[0] == "Of 51 tracks the last 50 steer; none of them comes up again."


def test_what_the_artist_brought_does_not_sound_like_the_seeds(silent):
    train(silent, "playlist_knn")
    seeds = [put_together.foreign(0, 1), Track(TrackId("x:6"), "Never heard", ("Star 2",))]
    answer = silent.similar(seeds, k=12, by="playlists", limits=FREE)
    told = {n.track.artists[0]: n.why for n in answer.tracks}
    assert told["Star 2"] == "same artist"


def test_a_radio_keeps_away_from_what_is_not_wanted(silent):
    seeds = [put_together.foreign(0, 1), put_together.foreign(1, 1)]
    away = put_together.foreign(1, 2)
    stream = silent.radio(seeds, random_seed=1, unlike=[away], limits=FREE)
    items = stream.answers.model.items
    rows = items.split([put_together.foreign(group, 3).id for group in (0, 1)])[0]
    recent = items.split([seed.id for seed in seeds])[0]
    wanted, lowered = stream.radio._score(recent, np.ones(2, np.float32))[rows]
    assert lowered < wanted
    assert away.id not in {n.track.id for n in islice(stream, 10)}


def test_weights_that_were_tuned_are_not_told_of_one_model(silent):
    tuning = Tuning("key", 300, {"blend": {"playlist_knn": 2.0, "popular": 0.1}}, [])
    tuning.started = {"blend": {"playlist_knn": 1.0, "popular": 1.0}}
    playlist_tuning.write(playlist_tuning.file_of(silent.home), tuning)
    made = silent.train_playlists(models=["playlist_knn"])
    assert made.parameters == {}
    made = silent.train_playlists(models=["blend", "playlist_knn", "popular"])
    assert made.parameters == {"blend": {"playlist_knn": 2.0, "popular": 0.1}}


def test_one_of_something_is_told_as_one(silent, tmp_path):
    path = tmp_path / "one.m3u"
    path.write_text("#EXTM3U\nnowhere.mp3\n")
    with pytest.raises(NotFound, match=r"The only entry of .* is not known"):
        silent.read_seeds(path)


def test_letters_at_random_are_no_title(silent):
    train(silent, "blend", "title", "playlist_knn")
    answer = silent.continue_([], title="qzxvwk", length=3, limits=FREE)
    assert "No playlist is called anything like “qzxvwk”." in answer.notes
    answer = silent.continue_([], title="a calm evenin", length=3, limits=FREE)
    assert not answer.notes
    assert all(n.track.title.startswith("Hit 0") for n in answer.tracks)
