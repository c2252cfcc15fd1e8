"""Texts of tracks."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from murecom.errors import BadInput, NotFound
from murecom.store import NO_WORDS, FileRow, Store, Text, upgrade
from murecom.types import Playlist, Track, TrackId

Put = Callable[..., TrackId]


def test_texts_keep_order_likes_language_and_source(store: Store, put: Put) -> None:
    one, two = put("one"), put("two")
    comments = [Text("第一", "zh", 12), Text("second", "en", 0), Text("no\0thing")]
    store.texts.put(one, "comment", comments, source="netease")
    store.texts.put(one, "lyrics", [Text("la\nla", "other")])
    assert store.texts.get([one, two, TrackId("t:9")], "comment") == {
        one: [Text("第一", "zh", 12, "netease"), Text("second", "en", 0, "netease"),
              Text("nothing", None, None, "netease")]
    }  # fmt: skip
    assert store.texts.get([one], "lyrics") == {one: [Text("la\nla", "other")]}


def test_put_replaces_only_the_same_kind_and_source(store: Store, put: Put) -> None:
    one = put("one")
    store.texts.put(one, "lyrics", [Text("a"), Text("b")])
    store.texts.put(one, "lyrics", [Text("c")], source="netease")
    store.texts.put(one, "title", [Text("d")])
    store.texts.put(one, "lyrics", [Text("e")])
    assert [text.body for text in store.texts.get([one], "lyrics")[one]] == ["e", "c"]
    store.texts.put(one, "lyrics", [])
    assert [text.body for text in store.texts.get([one], "lyrics")[one]] == ["c"]
    assert store.texts.get([one], "title")[one] == [Text("d")]


def test_mistakes(store: Store, put: Put) -> None:
    one = put("one")
    with pytest.raises(NotFound):
        store.texts.put(TrackId("t:9"), "lyrics", [Text("a")])
    with pytest.raises(BadInput, match="lyrics, comment, title"):
        store.texts.put(one, "words", [Text("a")])
    with pytest.raises(BadInput, match="likes"):
        store.texts.put(one, "comment", [Text("a", likes=-1)])
    with pytest.raises(BadInput, match="kind"):
        store.texts.get([one], "words")


@pytest.mark.parametrize("batch", [1, 2, 500])
def test_iter_reads_batch_by_batch(store: Store, put: Put, batch: int) -> None:
    ids = [put(f"song {n}") for n in range(5)]
    for n, track_id in enumerate(ids):
        if n != 1:
            store.texts.put(track_id, "lyrics", [Text(f"words {n}")])
            store.texts.put(track_id, "lyrics", [Text("others")], source="web")
    store.texts.put(ids[1], "comment", [Text("no lyrics")])
    found = list(store.texts.iter("lyrics", batch=batch))
    assert [track_id for track_id, _ in found] == [ids[0], *ids[2:]]
    assert [[text.body for text in texts] for _, texts in found][1] == ["words 2", "others"]


def test_texts_go_with_their_track(store: Store, put: Put) -> None:
    one = put("one")
    store.texts.put(one, "lyrics", [Text("a")])
    store.tracks.delete([one])
    assert list(store.texts.iter("lyrics")) == []
    with store._database.read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM text")) == 0


def test_texts_from_elsewhere_move_with_their_track(store: Store, put: Put) -> None:
    old, new = put("one"), put("one, tagged")
    store.texts.put(old, "comment", [Text("a")], source="netease")
    store.texts.put(old, "comment", [Text("b")], source="web")
    store.texts.put(old, "lyrics", [Text("of the old file")])
    store.texts.put(new, "comment", [Text("c")], source="web")
    assert store.tracks.move(old, new)
    assert [text.body for text in store.texts.get([new], "comment")[new]] == ["a", "c"]
    assert store.texts.get([old, new], "lyrics") == {}


def test_only_words_of_present_tracks_count(store: Store, put: Put) -> None:
    one, two, three = put("one"), put("two"), put("three")
    store.texts.put(one, "lyrics", [Text("a"), Text("b")])
    store.texts.put(two, "lyrics", [Text("", NO_WORDS)])
    store.texts.put(three, "lyrics", [Text("c")])
    store.files.put(FileRow("/m/3", 1, 1, track=three, state="gone"))
    assert store.texts.count("lyrics") == 1
    assert store.status()["lyrics"] == 1


def test_a_text_is_news(store: Store, put: Put) -> None:
    one = put("one")
    before = store.revision()
    store.texts.put(one, "lyrics", [Text("a")])
    assert store.revision() > before


def test_a_database_of_the_first_release_is_brought_up_to_date(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from alembic import command

    real = command.upgrade
    with monkeypatch.context() as patch:
        patch.setattr(command, "upgrade", lambda config, _: real(config, "0001"))
        patch.setattr(upgrade, "VERSION", "0001")
        path = tmp_path / "music.db"
        Store.open(path).close()
    with sqlite3.connect(path) as connection:
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        assert "text" not in tables
        assert "track" in tables
        connection.execute("INSERT INTO track (pk, id, title, key) VALUES (1, 't:1', 'One', 'one')")
        connection.execute(
            "INSERT INTO file (path, size, mtime_ns, hash, track, state) "
            "VALUES (x'2f6d2f31', 7, 8, 'h', 1, 'done')"
        )
    connection.close()
    with Store.open(path) as store:
        one = TrackId("t:1")
        assert store.files.get("/m/1") == FileRow("/m/1", 7, 8, "h", one, "done", None, None)
        store.texts.put(one, "lyrics", [Text("la la", "other")])
        store.playlists.put(Playlist("mine", (Track(one),)))
        assert store.status()["lyrics"] == 1
    with Store.open(path) as store:
        assert store.texts.get([one], "lyrics") == {one: [Text("la la", "other")]}
