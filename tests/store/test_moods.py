"""Moods of tracks."""

from collections.abc import Callable

import numpy as np
import pytest
import sqlalchemy as sa

from murecom.errors import BadInput
from murecom.store import FileRow, MoodRow, Store, Text
from murecom.store.moods import KEYS, LABELS
from murecom.types import Playlist, Track, TrackId

Put = Callable[..., TrackId]

SHARES = np.arange(LABELS, dtype=np.float32) / 36


def test_a_mood_comes_back_as_it_was_put(store: Store, put: Put) -> None:
    one, two = put("one"), put("two")
    kept = store.moods.put(
        [
            MoodRow(one, "all", -0.5, 0.25, 0.75, 7, 0.125, SHARES, "x\0y"),
            MoodRow(one, "lyrics", 0.5, -0.25, 0.5),
            MoodRow(TrackId("t:gone"), "all", 0.0, 0.0),
        ]
    )
    assert kept == 2
    found = store.moods.get([two, one, TrackId("t:9")])
    assert list(found) == [one]
    assert list(found[one]) == ["lyrics", "all"]
    row = found[one]["all"]
    assert (row.track, row.valence, row.arousal, row.confidence) == (one, -0.5, 0.25, 0.75)
    assert (row.count, row.spread, row.stamp) == (7, 0.125, "xy")
    assert row.probabilities is not None
    np.testing.assert_array_equal(row.probabilities, SHARES)
    assert found[one]["lyrics"].probabilities is None


def test_put_replaces_the_same_key_only(store: Store, put: Put) -> None:
    one = put("one")
    store.moods.put([MoodRow(one, "all", 0.1, 0.1), MoodRow(one, "sound", 0.2, 0.2)])
    store.moods.put([MoodRow(one, "all", 0.3, 0.3, stamp="new")])
    found = store.moods.get([one])[one]
    assert [row.valence for row in found.values()] == [0.2, 0.3]
    assert store.moods.stamps("all") == {one: "new"}


def test_what_said_nothing_is_remembered_but_not_shown(store: Store, put: Put) -> None:
    one, two = put("one"), put("two")
    store.moods.put([MoodRow(one, "lyrics", stamp="a"), MoodRow(two, "lyrics", 0.1, 0.2)])
    assert list(store.moods.get([one, two])) == [two]
    assert store.moods.all("lyrics").ids == [two]
    assert store.moods.stamps("lyrics") == {one: "a", two: ""}
    assert store.moods.counts() == dict.fromkeys(KEYS, 0) | {"lyrics": 1}


def test_the_table_has_present_tracks_and_their_playlists(store: Store, put: Put) -> None:
    ids = [put(f"song {n}") for n in range(4)]
    store.moods.put(
        MoodRow(one, "all", n / 10, -n / 10, n / 4, probabilities=SHARES if n else None)
        for n, one in enumerate(ids)
    )
    store.files.put(FileRow("/m/1", 1, 1, track=ids[1], state="gone"))
    tracks = [Track(one) for one in ids]
    store.playlists.put(Playlist("a", (tracks[2], tracks[2], tracks[0])))
    store.playlists.put(Playlist("b", (tracks[2], tracks[1])))
    table = store.moods.all()
    assert table.ids == [ids[0], ids[2], ids[3]]
    np.testing.assert_allclose(table.points, [[0, 0], [0.2, -0.2], [0.3, -0.3]])
    np.testing.assert_array_equal(table.probabilities, [0 * SHARES, SHARES, SHARES])
    np.testing.assert_array_equal(table.confidence, np.float32([0, 0.5, 0.75]))
    assert table.popularity.tolist() == [1, 2, 0]
    assert store.moods.all(popularity=False).popularity.tolist() == [0, 0, 0]
    assert table.points.dtype == table.probabilities.dtype == np.float32


def test_without_moods_the_table_is_empty(store: Store) -> None:
    table = store.moods.all()
    assert table.ids == []
    assert table.points.shape == (0, 2)
    assert table.probabilities.shape == (0, LABELS)
    assert table.confidence.shape == table.popularity.shape == (0,)
    assert store.moods.get([]) == {}
    assert store.moods.put([]) == 0


@pytest.mark.parametrize(
    "row",
    [
        MoodRow(TrackId("t:1"), "words", 0.0, 0.0),
        MoodRow(TrackId("t:1"), "all", 1.5, 0.0),
        MoodRow(TrackId("t:1"), "all", float("nan"), 0.0),
        MoodRow(TrackId("t:1"), "all", 0.5, None),
        MoodRow(TrackId("t:1"), "all", 0.0, 0.0, 1.5),
        MoodRow(TrackId("t:1"), "all", 0.0, 0.0, probabilities=np.zeros(3, np.float32)),
    ],
)
def test_mistakes(store: Store, put: Put, row: MoodRow) -> None:
    put("one", id="t:1")
    with pytest.raises(BadInput):
        store.moods.put([MoodRow(TrackId("t:1"), "all", 0.0, 0.0), row])
    assert store.moods.get([TrackId("t:1")]) == {}
    with pytest.raises(BadInput, match="lyrics, comments"):
        store.moods.all("words")


def test_forget(store: Store, put: Put) -> None:
    one = put("one")
    store.moods.put([MoodRow(one, "all", 0.1, 0.1), MoodRow(one, "sound", 0.2, 0.2)])
    store.moods.forget("sound")
    assert list(store.moods.get([one])[one]) == ["all"]
    store.moods.forget()
    assert store.moods.get([one]) == {}


def test_a_mood_is_news(store: Store, put: Put) -> None:
    one = put("one")
    before = store.revision()
    store.moods.put([MoodRow(one, "all", 0.1, 0.1)])
    between = store.revision()
    assert between > before
    store.moods.forget()
    assert store.revision() > between


def test_moods_go_and_move_with_their_track(store: Store, put: Put) -> None:
    old, new = put("one"), put("one, tagged")
    store.texts.put(old, "comment", [Text("a")], source="netease")
    store.moods.put(
        [
            MoodRow(old, "comments", 0.1, 0.1),
            MoodRow(old, "sound", 0.2, 0.2),
            MoodRow(new, "sound", 0.3, 0.3),
        ]
    )
    assert store.tracks.move(old, new)
    found = store.moods.get([old, new])
    assert {key: row.valence for key, row in found[new].items()} == {"comments": 0.1, "sound": 0.3}
    assert old not in found
    store.tracks.delete([new])
    with store._database.read() as connection:
        assert connection.scalar(sa.text("SELECT count(*) FROM mood")) == 0
