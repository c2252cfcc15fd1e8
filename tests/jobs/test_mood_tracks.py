"""Moods of all tracks of a library."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

import moody
from moody import WordReader
from murecom.embed.musicnn import MusiCNN, MusiCNNTags
from murecom.errors import NotReady
from murecom.jobs import mood_texts
from murecom.jobs.lock import only_one
from murecom.jobs.mood_names import read_names
from murecom.jobs.mood_texts import source_leans
from murecom.jobs.mood_tracks import MoodReport, combine, mood_tracks
from murecom.mood.labels import FELT
from murecom.store import NO_WORDS, FileRow, Store, Text
from murecom.types import Playlist, Track, TrackId, no_progress

ONE, TWO, THREE = (TrackId(f"t:{n}") for n in (1, 2, 3))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "music.db") as opened:
        for track in (ONE, TWO, THREE):
            opened.tracks.put(Track(track, f"Title {track[-1]}"))
        yield opened


def run(
    store: Store, home: Path, reader: WordReader | None = None, again: bool = False
) -> MoodReport:
    return mood_tracks(store, home, reader or WordReader(), again)


def test_a_library_without_anything_has_no_moods(tmp_path: Path, store: Store) -> None:
    report = run(store, tmp_path)
    assert (report.tracks, report.changed) == (0, 0)
    assert store.moods.all().ids == []
    assert not any(report.parts.values())


def test_lyrics(tmp_path: Path, store: Store) -> None:
    store.texts.put(ONE, "lyrics", [Text("[00:01.00]so sad\n[00:05.00]so sad\n[00:09.00]a road")])
    store.texts.put(TWO, "lyrics", [Text("", NO_WORDS)])
    store.texts.put(THREE, "lyrics", [Text("[00:01.00]\n[00:02.00]")])
    reader = WordReader()
    report = run(store, tmp_path, reader)
    assert report.parts["lyrics"] == 1
    assert report.counts["lyrics"] == {"read": 3, "silent": 2}
    assert "so sad" in reader.texts, "without its time stamp"
    row = store.moods.get([ONE])[ONE]["lyrics"]
    assert row.valence == pytest.approx(-0.8)
    assert row.count == 1
    assert store.moods.all().ids == [ONE]


def test_comments(tmp_path: Path, store: Store) -> None:
    bodies = [Text("happy happy", likes=9), Text("sad", likes=1), Text("sad!"), Text("1"),
              Text("sad: see https://x.com"), Text("sad 加我微信免费 sad")]  # fmt: skip
    store.texts.put(ONE, "comment", bodies, source="netease")
    report = run(store, tmp_path)
    counts = report.counts["comments"]
    assert (counts["links"], counts["adverts"], counts["empty"]) == (1, 1, 1)
    assert counts["copies"] == 1
    row = store.moods.get([ONE])[ONE]["comments"]
    assert row.count == 3
    assert row.valence is not None
    assert row.valence > 0, "nine likes are more than one"


def test_sources_of_comments_are_compared(store: Store) -> None:
    sure, points = np.full(2, 0.9, np.float32), np.array([[-0.8, 0], [0.8, 0]], np.float32)
    sources = {"netease": {ONE: 200}}
    assert not source_leans([ONE, TWO], sure, points, sources).any()
    leans = source_leans([ONE, TWO], sure, points, sources | {"web": {TWO: 200}})
    assert leans[0, 0] < -0.3 < 0.3 < leans[1, 0]
    few = source_leans([ONE, TWO], sure, points, sources | {"web": {TWO: 1}})
    assert abs(few[0, 0]) < 0.01, "one comment moves no other source"
    assert abs(few[1, 0]) < 0.02, "and is hardly believed"
    mixed = source_leans([ONE, TWO], sure, points, sources | {"web": {ONE: 200, TWO: 200}})
    assert leans[0, 0] < mixed[0, 0] < mixed[1, 0] < leans[1, 0]
    assert source_leans([], sure[:0], points[:0], {"a": {ONE: 1}, "b": {TWO: 1}}).shape == (0, 2)


def test_one_comment_of_another_source_has_nothing_read_again(tmp_path: Path, store: Store) -> None:
    for track in (ONE, TWO):
        store.texts.put(track, "comment", [Text("sad")] * 200, source="netease")
    run(store, tmp_path)
    reader = WordReader()
    store.texts.put(THREE, "comment", [Text("happy")], source="web")
    counts = run(store, tmp_path, reader).counts["comments"]
    assert (counts["read"], counts["unchanged"]) == (1, 2)
    assert reader.texts == ["happy"]
    assert store.moods.get([THREE])[THREE]["comments"].valence == pytest.approx(0.8), "as read"


def test_playlists(tmp_path: Path, store: Store) -> None:
    tracks = [Track(one) for one in (ONE, TWO, THREE)]
    store.playlists.put(Playlist("sad songs", tuple(tracks[:1]), "x:1"))
    store.playlists.put(Playlist("2024", tuple(tracks[1:2]), "x:2", "all that makes me happy"))
    store.playlists.put(Playlist("mix", tuple(tracks[2:]), "x:3"))
    store.tags.put("playlist:x:3", [("tag", "angry", 1.0, "netease")])
    store.tags.put("x:2", [("tag", "sad", 1.0, "a track of the same id")])
    report = run(store, tmp_path)
    assert report.counts["playlists"] == {"playlists": 3, "named": 3, "read": 3}
    found = store.moods.get([ONE, TWO, THREE])
    valence = {track: rows["playlists"].valence for track, rows in found.items()}
    assert valence[ONE] < 0 < valence[TWO]
    assert found[THREE]["playlists"].arousal > 0
    assert found[ONE]["all"].valence < found[TWO]["all"].valence


def test_one_list_tells_of_its_tracks(tmp_path: Path, store: Store) -> None:
    store.playlists.put(Playlist("sad songs", (Track(ONE), Track(TWO)), "x:1"))
    run(store, tmp_path)
    valence = store.moods.get([ONE])[ONE]["all"].valence
    assert valence is not None
    assert valence < -0.3


def test_words_of_lists_give_labels_too(tmp_path: Path, store: Store) -> None:
    class Plain(WordReader):
        """Reads everything as neutral, but for what is happy."""

        def readings(self, texts):
            read = super().readings(texts)
            read.probabilities[:, FELT.index("neutral")] = 1 - 0.5 * read.probabilities.sum(axis=1)
            read.probabilities[:] /= read.probabilities.sum(axis=1, keepdims=True)
            read.confidence[:] = 0.9
            return read

    store.playlists.put(Playlist("sleep", (Track(ONE),), "x:1"))
    store.playlists.put(Playlist("2020", (Track(TWO),), "x:2", "happy, not for sleep"))
    store.playlists.put(Playlist("happy x", (Track(THREE),), "x:3"))
    run(store, tmp_path, Plain())
    found = store.moods.get([ONE, TWO, THREE])
    shares = {track: rows["playlists"].probabilities for track, rows in found.items()}
    neutral, calm = FELT.index("neutral"), FELT.index("calm")
    for one in shares.values():
        assert one is not None
        assert one[neutral] == 0
        assert one.sum() == pytest.approx(1)
    assert shares[ONE][calm] > 0.5
    assert shares[TWO][calm] == 0, "a description is a sentence"
    assert FELT[int(shares[THREE].argmax())] == "joy"


def test_titles_are_read_where_nothing_surer_is_known(tmp_path: Path, store: Store) -> None:
    for track in (ONE, TWO):
        store.tracks.put(Track(track, f"happy {track}"))
    run(store, tmp_path)
    assert "title" in store.moods.get([ONE])[ONE]
    store.texts.put(ONE, "lyrics", [Text("\n".join(f"sad {n}" for n in "abcdefgh"))])
    report = run(store, tmp_path)
    assert report.counts["title"] == {"unchanged": 2, "surer": 1}
    found = store.moods.get([ONE, TWO])
    assert list(found[ONE]) == ["lyrics", "all"]
    assert "title" in found[TWO]


def test_titles_of_a_library_that_grew_large_are_kept(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.tracks.put(Track(ONE, "happy one"))
    run(store, tmp_path)
    monkeypatch.setattr(mood_texts, "MANY_TITLES", 2)
    store.tracks.put(Track(TWO, "happy two"))
    store.files.put(FileRow("/m/2", 1, 1, track=TWO))
    report = run(store, tmp_path)
    assert (report.counts["title"]["read"], report.counts["title"]["passed over"]) == (1, 2)
    assert report.parts["title"] == 2


def test_tags_of_a_playlist_are_not_those_of_a_track(tmp_path: Path, store: Store) -> None:
    store.tags.put("playlist:t:1", [("genre", "sad", 1.0, "x")])
    assert run(store, tmp_path).counts["tags"] == {}


def test_playlists_that_may_not_be_learned_from_are_left_out(tmp_path: Path, store: Store) -> None:
    store.playlists.put(Playlist("sad songs", (Track(ONE),), "x:1"), trainable=False)
    assert run(store, tmp_path).tracks == 0


def test_sound(tmp_path: Path, store: Store) -> None:
    listener = MusiCNNTags("msd")
    names = listener.tag_names
    usual = np.array(listener.statistics()[0])
    for track, name in ((ONE, "metal"), (TWO, "ambient")):
        tags = usual.copy()
        tags[names.index(name)] = 0.7
        store.vectors.put(track, listener.key, tags)
    store.files.put(FileRow("/m/3", 1, 1, track=THREE))
    store.descriptors.put(THREE, {"loudness": (-8.0, "LUFS"), "tempo": (160.0, "BPM")})
    report = run(store, tmp_path)
    assert report.parts["sound"] == report.tracks == 3
    arousal = {one: rows["all"].arousal for one, rows in store.moods.get([ONE, TWO, THREE]).items()}
    assert arousal[ONE] > arousal[TWO]
    assert arousal[THREE] > arousal[TWO]


def test_tags_come_from_the_network_where_only_its_vectors_are(
    tmp_path: Path, store: Store
) -> None:
    store.vectors.put(ONE, MusiCNN("msd").key, np.full((2, 200), 0.1))
    assert run(store, tmp_path).parts["sound"] == 1


def test_tags(tmp_path: Path, store: Store) -> None:
    store.tags.put(ONE, [("genre", "sad", 1.0, "file"), ("mood", "sad", 1.0, "user")])
    store.tags.put("no track", [("genre", "happy", 1.0, "file")])
    report = run(store, tmp_path)
    assert report.parts["tags"] == report.tracks == 1


def test_what_is_unchanged_is_not_read_again(tmp_path: Path, store: Store) -> None:
    store.texts.put(ONE, "lyrics", [Text("sad")])
    store.playlists.put(Playlist("happy", (Track(TWO),)))
    first = run(store, tmp_path)
    assert first.changed == first.tracks == 2
    revision = store.revision()
    reader = WordReader()
    second = run(store, tmp_path, reader)
    assert reader.texts == []
    assert second.changed == 0
    assert second.tracks == 2
    assert store.revision() == revision, "nothing was written"
    store.texts.put(ONE, "lyrics", [Text("happy")])
    third = run(store, tmp_path, reader)
    assert reader.texts == ["happy"]
    assert third.changed >= 1
    run(store, tmp_path, reader, again=True)
    assert len(reader.texts) > 3


def test_another_model_reads_anew(tmp_path: Path, store: Store) -> None:
    store.texts.put(ONE, "lyrics", [Text("sad")])
    store.playlists.put(Playlist("happy", (Track(TWO),)))
    run(store, tmp_path)
    reader = WordReader(key="words-2")
    run(store, tmp_path, reader)
    assert {"sad", "happy"} <= set(reader.texts)


def test_texts_that_are_gone_leave_no_mood(tmp_path: Path, store: Store) -> None:
    store.texts.put(ONE, "lyrics", [Text("sad")])
    playlist = store.playlists.put(Playlist("happy", (Track(TWO),)))
    run(store, tmp_path)
    store.texts.put(ONE, "lyrics", [])
    store.playlists.delete(playlist)
    report = run(store, tmp_path)
    assert report.tracks == 0
    assert store.moods.get([ONE, TWO]) == {}


def test_a_lost_track_has_its_mood_again_when_it_is_back(tmp_path: Path, store: Store) -> None:
    store.texts.put(ONE, "lyrics", [Text("sad")])
    store.files.put(FileRow("/m/1", 1, 1, track=ONE, state="gone"))
    assert run(store, tmp_path).tracks == 0
    store.files.put(FileRow("/m/1", 1, 1, track=ONE))
    reader = WordReader()
    assert run(store, tmp_path, reader).tracks == 1
    assert reader.texts == [], "its words were read before"


def test_stopped_in_the_middle_it_goes_on(
    tmp_path: Path, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mood_texts, "AT_ONCE", 1)
    for track in (ONE, TWO, THREE):
        store.texts.put(track, "lyrics", [Text(f"sad {track}")])
    with pytest.raises(KeyboardInterrupt):
        run(store, tmp_path, WordReader(stop_after=2))
    assert store.moods.counts()["lyrics"] == 2
    reader = WordReader()
    report = run(store, tmp_path, reader)
    assert [text for text in reader.texts if text.startswith("sad")] == ["sad t:3"]
    assert report.counts["lyrics"]["unchanged"] == 2
    assert report.tracks == 3


SLOWLY = """
import sys, time
from pathlib import Path
from moody import WordReader
from murecom.jobs import mood_names, mood_texts
from murecom.jobs.mood_tracks import mood_tracks
from murecom.store import Store

class Slow(WordReader):
    def readings(self, texts):
        time.sleep(0.02)
        return super().readings(texts)

mood_texts.AT_ONCE = mood_names.AT_ONCE = 1
home = Path(sys.argv[1])
with Store.open(home / "music.db") as store:
    mood_tracks(store, home, Slow())
"""


@pytest.mark.slow
def test_killed_runs_end_like_an_undisturbed_one(tmp_path: Path) -> None:
    found = []
    for name in ("calm", "killed"):
        with Store.open(tmp_path / name / "music.db") as store:
            for n in range(20):
                track = Track(TrackId(f"t:{n}"), f"angry {n}")
                store.tracks.put(track)
                store.texts.put(track.id, "lyrics", [Text("sad" if n % 2 else "calm")])
                store.playlists.put(Playlist(f"happy {n}", (track,), f"x:{n}"))
    for delays, name in (((None,), "calm"), ((0.6, 0.9, 1.2, None), "killed")):
        home = tmp_path / name
        for delay in delays:
            process = subprocess.Popen(
                [sys.executable, "-c", SLOWLY, str(home)],
                env={**os.environ, "PYTHONPATH": str(Path(moody.__file__).parent)},
            )
            try:
                code = process.wait(delay)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            else:
                assert code == 0
        with Store.open(home / "music.db") as store:
            moods = store.moods.get(track.id for track in store.tracks.iter())
            found.append(
                {(t, k): row.stamp for t, rows in moods.items() for k, row in rows.items()}
            )
    assert len(found[0]) == 20 * 3, "titles are not read beside the names of lists"
    assert found[0] == found[1]


def test_names_that_were_read_are_kept(tmp_path: Path) -> None:
    first = read_names(["sad", "x"], tmp_path, WordReader(), False, no_progress)
    reader = WordReader()
    second = read_names(["x", "happy", "sad"], tmp_path, reader, False, no_progress)
    assert reader.texts == ["happy"]
    np.testing.assert_array_equal(second[[2, 0]], first)
    (tmp_path / "models" / "mood_names.npz").write_bytes(b"damaged")
    assert len(read_names(["sad"], tmp_path, reader, False, no_progress)) == 1
    assert reader.texts == ["happy", "sad"]
    assert read_names([], tmp_path, reader, False, no_progress).shape == (0, 12)


def test_one_run_at_a_time(tmp_path: Path, store: Store) -> None:
    with only_one(tmp_path, "mood-tracks"), pytest.raises(NotReady, match="mood-tracks is running"):
        run(store, tmp_path)


@pytest.mark.parametrize(
    "body", ["", " ", "[00:01.00]", "😭", "x" * 100_000, "a\n" * 5000, "\ud800", "شكرا جزيلا", "1"]
)
def test_any_text_is_survived(tmp_path: Path, store: Store, body: str) -> None:
    store.texts.put(ONE, "lyrics", [Text(body)])
    store.texts.put(ONE, "comment", [Text(body), Text(body, likes=2**31 - 1)])
    store.tracks.put(Track(TWO, body))
    store.playlists.put(Playlist(body, (Track(THREE),)))
    assert run(store, tmp_path).tracks == 0


def test_combining_nothing_is_nothing(store: Store) -> None:
    assert combine(store) == 0
