"""Answers by playlists, and by both: fall-backs, reasons, notes, titles, what is not wanted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

import put_together
from murecom.errors import BadInput, NotFound, NotReady
from murecom.jobs import playlist_model
from murecom.service import Limits, Murecom
from murecom.types import Playlist, Track, TrackId

FREE = Limits(artist_cap=0, album_cap=0)


@pytest.fixture(autouse=True)
def _counting(monkeypatch: pytest.MonkeyPatch) -> None:
    put_together.register(monkeypatch)


def train(app: Murecom) -> None:
    playlists = list(app.store.playlists.iter())
    data = put_together.data_of(playlists, app.store.playlists.revision())
    playlist_model.train(data, playlist_model.folder_of(app.home))


@pytest.fixture
def both(scanned: Path, tmp_path: Path) -> Iterator[Murecom]:
    """A library with sounds and playlists."""
    shutil.copytree(scanned, tmp_path / "home")
    with Murecom(home=tmp_path / "home") as app:
        put_together.fill(app.store)
        train(app)
        yield app


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


def titles(answer) -> list[str]:
    return [n.track.title for n in answer.tracks]


def test_similar_by_playlists_says_in_how_many_lists(both):
    seed = both.find("Song 000")
    answer = both.similar([seed], k=6, by="playlists", limits=FREE)
    assert answer.model == "counting"
    assert set(titles(answer)) == {"Song 001", "Hit 00", "Hit 01", "Hit 02", "Hit 03", "Hit 04"}
    assert answer.tracks[0].why == "in 6 playlists with Song 000"
    assert answer.tracks[-1].why == "in 3 playlists with Song 000"
    scores = [n.score for n in answer.tracks]
    assert scores == sorted(scores, reverse=True)
    assert not answer.notes


def test_several_seeds_are_counted(both):
    seeds = [both.find("Song 000"), both.find("Song 001"), both.find("Song 100")]
    answer = both.similar(seeds, k=1, by="playlists", limits=FREE)
    assert answer.tracks[0].why == "in 6 playlists with 2 of your seeds"


def test_both_names_both_models_and_tells_both_reasons(both):
    seed = both.find("Song 000")
    answer = both.similar([seed], k=12, limits=FREE)
    assert answer.model == "audio_knn + counting"
    found = dict(zip(titles(answer), answer.tracks, strict=True))
    assert {"Hit 01", "Song 001", "Song 002"} <= set(found)  # only lists, both, only sound
    assert found["Hit 01"].why == "in 6 playlists with Song 000"
    assert found["Song 001"].why.startswith("in 6 playlists with Song 000 · ")
    assert "playlist" not in found["Song 002"].why
    assert all(0 <= n.score <= 1 for n in answer.tracks)
    assert seed.id not in {n.track.id for n in answer.tracks}


def test_by_sound_is_as_it_was_without_playlists(both, app):
    seed = app.find("Song 000")
    before = app.similar([seed], k=5, limits=FREE)
    assert both.similar([seed], k=5, by="sound", limits=FREE) == before
    assert app.similar([seed], k=5, by="both", limits=FREE) == before


def test_playlists_alone_answer_where_nothing_was_scanned(silent):
    answer = silent.similar([put_together.foreign(1, 2)], k=4, limits=FREE)
    assert answer.model == "counting"
    assert all(title.startswith("Hit 1") for title in titles(answer))
    with pytest.raises(NotReady, match="murecom scan"):
        silent.similar([put_together.foreign(1, 2)], by="sound")


def test_nothing_at_all_names_both_ways(tmp_path):
    with Murecom(home=tmp_path) as app:
        with pytest.raises(NotReady, match=r"murecom scan.*murecom train playlists"):
            app.similar([put_together.foreign(0, 0)])
        with pytest.raises(NotReady, match="murecom train playlists"):
            app.similar([put_together.foreign(0, 0)], by="playlists")
        with pytest.raises(BadInput):
            app.similar([put_together.foreign(0, 0)], by="smell")


def test_continue_leaves_out_the_whole_list(both):
    seeds = [both.find("Song 000"), put_together.foreign(0, 1)]
    answer = both.continue_(seeds, length=3, by="playlists", limits=FREE)
    assert len(answer.tracks) == 3
    assert {s.id for s in seeds}.isdisjoint(n.track.id for n in answer.tracks)
    long = [*[put_together.foreign(0, 1)], *[both.find("Song 000")] * 60]
    answer = both.continue_(long, length=5, by="playlists", limits=FREE)
    assert "Hit 01" not in titles(answer)  # though it stands before the last that steer


def test_continue_by_both_orders_what_has_a_sound(both):
    answer = both.continue_([both.find("Song 000")], length=8, limits=FREE)
    assert answer.model == "audio_knn + counting"
    assert len(answer.tracks) == 8


def test_next_is_what_follows(both):
    answer = both.next_([both.find("Song 000"), put_together.foreign(0, 1)], k=1, by="playlists")
    assert titles(answer) == ["Hit 02"]
    answer = both.next_([both.find("Song 000"), put_together.foreign(0, 1)], k=3)
    assert answer.model == "audio_knn + counting"
    with pytest.raises(BadInput):
        both.next_([])


def test_a_title_alone_is_enough(both):
    answer = both.continue_([], title="rain evening", length=7, limits=FREE)
    assert {title.split()[1][0] for title in titles(answer)} == {"2"}, titles(answer)
    assert answer.model == "counting"
    assert answer.tracks[0].why == "in playlists called “rain evening”"
    with pytest.raises(BadInput, match="title"):
        both.continue_([], title=" ")
    with pytest.raises(NotReady, match="title"):
        both.continue_([], title="rain", by="sound")


def test_a_title_that_nobody_uses_gives_popular_tracks(silent):
    answer = silent.continue_([], title="zzz qqq", length=3)
    assert any("called anything like “zzz qqq”" in note for note in answer.notes)
    assert any("popular, no more" in note for note in answer.notes)
    assert {n.why for n in answer.tracks} == {"popular"}


def test_a_blend_without_titles_or_artists_says_so(silent):
    playlists = list(silent.store.playlists.iter())
    playlist_model.train(
        put_together.data_of(playlists),
        playlist_model.folder_of(silent.home),
        models=["blend", "playlist_knn", "popular"],
    )
    answer = silent.continue_([], title="calm evening", length=3)
    assert any("popular, no more" in note for note in answer.notes)
    seed = Track(TrackId("netease:6"), "Never heard", ("Star 2",))
    answer = silent.similar([seed], k=3, limits=FREE)  # tracks by the artist stand for it
    assert all(title.startswith("Hit 2") for title in titles(answer))
    assert answer.model == "blend"


def test_of_a_repeated_seed_the_latest_counts(both):
    seeds = [put_together.foreign(0, 1), both.find("Song 000"), put_together.foreign(0, 1)]
    answer = both.next_(seeds, k=1, by="playlists", limits=FREE)
    assert titles(answer) == ["Hit 02"]


def test_another_id_of_the_recording_stands_for_a_seed(silent):
    seed = Track(TrackId("netease:5"), "Hit 12 (Live)", ("Star 1",))
    answer = silent.similar([seed], k=3, by="playlists", limits=FREE)
    assert any("under another id: Star 1 – Hit 12 (Live)" in note for note in answer.notes)
    assert answer.tracks[0].why == "in 6 playlists with Hit 12 (Live)"
    assert "Hit 12" not in titles(answer)


def test_the_artist_stands_for_a_seed(silent):
    seed = Track(TrackId("netease:6"), "Never heard", ("STAR 2",))
    answer = silent.similar([seed], k=3, by="playlists", limits=FREE)
    assert any("the artist counts: STAR 2 – Never heard" in note for note in answer.notes)
    assert all(title.startswith("Hit 2") for title in titles(answer))
    assert answer.tracks[0].why == "same artist"


def test_what_sounds_alike_stands_for_a_seed(both):
    stranger = put_together.find(both.store, "Song 302")
    with both.store.transaction():
        both.store.tracks.put(Track(stranger.id, "Song 302", ("Nobody Else",)))
    seed = both.find("Song 302")
    answer = both.similar([seed], k=3, by="playlists", limits=FREE)
    assert any("what sounds alike counts" in note for note in answer.notes)
    answer = both.similar([seed], k=30, by="playlists", limits=FREE)
    told = {n.why for n in answer.tracks}
    assert "sounds like your seeds" in told
    assert any("stand for your seeds" in why for why in told)
    answer = both.similar([seed], k=3, limits=FREE)
    assert answer.model == "audio_knn"
    assert any("only the sound counts" in note for note in answer.notes)


def test_popular_tracks_stand_for_a_seed_of_the_library(silent):
    lonely = Track(TrackId("netease:7"), "Lonely", ("Hermit",))
    silent.store.tracks.put(lonely)
    answer = silent.similar([lonely], k=2, by="playlists", limits=FREE)
    assert answer.tracks[0].why == "popular"
    assert any("popular, no more" in note for note in answer.notes)


def test_nothing_known_at_all_is_not_found(both, silent):
    nobody = Track(TrackId("netease:8"), "Nobody", ("Knows",))
    for app in (both, silent):
        with pytest.raises(NotFound, match="Knows – Nobody"):
            app.similar([nobody])
    answer = silent.continue_([nobody], title="loud evening", length=3, limits=FREE)
    assert any("left out: Knows – Nobody" in note for note in answer.notes)
    assert all(title.startswith("Hit 1") for title in titles(answer))


def test_unknown_seeds_are_named_beside_known_ones(both):
    nobody = Track(TrackId("netease:8"), "Nobody", ("Knows",))
    answer = both.similar([both.find("Song 000"), nobody], k=3, limits=FREE)
    assert answer.model == "audio_knn + counting"
    assert [note for note in answer.notes if "Nobody" in note] == [
        "In no playlist that the model learned from, so left out: Knows – Nobody."
    ]


def test_rules_hold(both):
    limits = Limits(artist_cap=1, exclude_artists=["star 0"])
    answer = both.similar([both.find("Song 000")], k=6, by="playlists", limits=limits)
    artists = [n.track.artists for n in answer.tracks]
    assert ("Star 0",) not in artists
    assert len(set(artists)) == len(artists)


def test_local_keeps_to_what_can_be_played(both):
    for by in ("both", "playlists"):
        limits = Limits(artist_cap=0, album_cap=0, local=True)
        answer = both.similar([both.find("Song 000")], k=1, by=by, limits=limits)
        assert titles(answer) == ["Song 001"]


def test_unlike_lowers_what_is_together_with_it(both):
    seeds, away = [both.find("Song 000"), both.find("Song 100")], [put_together.foreign(1, 1)]
    for by in ("playlists", "both"):
        answer = both.similar(seeds, k=5, by=by, unlike=away, limits=FREE)
        first = [title for title in titles(answer) if title.startswith("Hit")][:4]
        assert first
        assert all(title.startswith("Hit 0") for title in first), by
        assert "Hit 11" not in titles(answer)
        assert any("Away from: Star 1 – Hit 11" in note for note in answer.notes)
    with pytest.raises(BadInput, match="both wanted"):
        both.similar(seeds, by="playlists", unlike=seeds[:1])


def test_novelty_leads_away_from_what_all_play(silent):
    for number in range(30):
        hit = Track(TrackId("spotify:track:everywhere"), "Everywhere", ("Everybody",))
        some = put_together.foreign(number % 3, 1 + number % 5)
        silent.store.playlists.put(Playlist(f"all {number}", (hit, some), f"test:all{number}"))
    train(silent)
    seed = [put_together.foreign(0, 1)]
    usual = silent.similar(seed, k=18, by="playlists", limits=FREE)
    novel = silent.similar(seed, k=18, by="playlists", novelty=0.3, limits=FREE)
    assert titles(usual).index("Everywhere") < titles(novel).index("Everywhere")
    with pytest.raises(BadInput, match="novelty"):
        silent.similar(seed, novelty=1.5)


def test_novelty_by_sound_alone_is_told(app):
    answer = app.similar([app.find("Song 000")], k=2, novelty=0.5, limits=FREE)
    assert any("Novelty needs" in note for note in answer.notes)


def test_a_stale_model_answers_and_says_so(silent):
    silent.store.playlists.put(Playlist("new", (put_together.foreign(0, 1),), "test:new"))
    answer = silent.similar([put_together.foreign(1, 2)], k=2)
    assert playlist_model.STALE in answer.notes
    train(silent)
    assert playlist_model.STALE not in silent.similar([put_together.foreign(1, 2)], k=2).notes


def test_a_damaged_model_stops_playlists_and_is_a_note_by_both(both):
    folder = playlist_model.folder_of(both.home)
    largest = max(folder.glob("*.npy"), key=lambda path: path.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1])
    both._lists = None
    seed = both.find("Song 000")
    with pytest.raises(BadInput, match=r"damaged.*murecom train playlists"):
        both.similar([seed], by="playlists")
    answer = both.similar([seed], k=3)
    assert answer.model == "audio_knn"
    assert any(note.startswith("Playlists were left out: ") for note in answer.notes)


def test_a_model_of_another_version(both, monkeypatch):
    manifest = playlist_model.folder_of(both.home) / "manifest.json"
    text = manifest.read_text()
    seed = both.find("Song 000")
    for other, told in (
        (text.replace('"class": "counting"', '"class": "forgotten"'), "another version"),
        (text.replace('"power"', '"strength"'), "another version"),
        (text.replace('"format": 1', '"format": 99'), "later murecom"),
        ("{", "damaged"),
    ):
        assert other != text
        manifest.write_text(other)
        with pytest.raises((NotReady, BadInput), match=told) as error:
            both.similar([seed], by="playlists")
        assert "murecom train playlists" in str(error.value)
        assert both.similar([seed], k=2).model == "audio_knn"


def test_radio_by_playlists(both, silent):
    stream = silent.radio([put_together.foreign(0, 1)], random_seed=1)
    played = list(islice(stream, 6))
    assert len({n.track.id for n in played}) == 6
    assert put_together.foreign(0, 1).id not in {n.track.id for n in played}
    assert played[0].why.endswith("with Hit 01")
    assert stream.model == "counting"
    assert both.radio([both.find("Song 000")], random_seed=1).model == "audio_knn"
    assert both.radio([put_together.foreign(0, 1)], random_seed=1).model == "counting"
    with pytest.raises(BadInput, match="sound"):
        both.path(both.find("Song 000"), both.find("Song 302"), by="playlists")


def test_a_model_of_files_answers_with_ids(tmp_path):
    playlists = [
        Playlist(f"list {n}", tuple(put_together.foreign(0, k) for k in range(4)), f"files:{n}")
        for n in range(3)
    ]
    with Murecom(home=tmp_path) as app:
        playlist_model.train(put_together.data_of(playlists), playlist_model.folder_of(tmp_path))
        seed = app.find("spotify:track:0x1")
        answer = app.similar([seed], k=3)
        assert {n.track.id for n in answer.tracks} == {f"spotify:track:0x{n}" for n in (0, 2, 3)}
        assert any("murecom import" in note for note in answer.notes)
        assert app.find("https://open.spotify.com/track/0x2?si=a").id == "spotify:track:0x2"
        with pytest.raises(NotFound):
            app.find("spotify:track:other")


def test_files_with_strangers_and_titles(both, tmp_path):
    path = tmp_path / "loud evening.m3u"
    path.write_text("#EXTM3U\n#EXTINF:1,Star 1 - Hit 10\nnowhere.mp3\n#EXTINF:1,No - Body\nx.mp3\n")
    listed = both.read_list(path)
    assert listed.title == "loud evening"
    assert len(listed.tracks) == 2
    answer = both.continue_(listed.tracks, title=listed.title, length=4, limits=FREE)
    assert all("Hit 1" in title or "Song 1" in title for title in titles(answer))
    assert any("left out: No – Body" in note for note in answer.notes)
    empty = tmp_path / "Playlist 3.m3u"
    empty.write_text("#EXTM3U\n")
    with pytest.raises(NotFound, match="empty"):
        both.read_list(empty)
    assert both.read_list(empty, title="rain").title == "rain"


def test_status_tells_of_the_model(silent):
    status = silent.status()
    assert status["trainable"] == status["playlists"] == 18
    model = status["playlist_model"]
    assert (model["class"], model["playlists"], model["stale"]) == ("counting", 18, False)
    silent.store.playlists.delete("test:00")
    assert silent.status()["playlist_model"]["stale"]
