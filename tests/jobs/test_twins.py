"""The pass that finds twins: complete, incremental, and done in an instant when nothing is new."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from murecom.jobs import twins as pass_
from murecom.jobs.twins import find_twins
from murecom.store import FileRow, Store
from murecom.types import Track, TrackId

MBID = "0a1b2c3d-0000-4000-8000-00000000000{}"


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "music.db") as opened:
        yield opened


def put(store: Store, track_id: str, title: str, *artists: str, file: bool = False, **more) -> str:
    store.tracks.put(Track(TrackId(track_id), title, artists, **more))
    if file:
        name = track_id.removeprefix("file:")
        store.files.put(FileRow(f"/music/{name}", 1, 1, track=TrackId(track_id)))
    return track_id


def test_every_way_is_found_and_counted(store):
    put(store, "file:1", "Grey Rain", "The Pale Ones", file=True, ids={"mbid": MBID.format(1)})
    put(store, "file:2", "紅い月", "山田", file=True, ids={"isrc": "JP-ABC-12-00001"})
    put(store, "file:3", "晴朗", "王小明", file=True, duration=200.0)
    put(store, "file:4", "Long Road to Nowhere", "Made Up", file=True, duration=100.0)
    put(store, "x:mbid", "Gray Rain?", "Others", ids={"mbid": MBID.format(1).upper()})
    put(store, "x:isrc", "Akai Tsuki", "Yamada", ids={"isrc": "jpabc1200001"})
    put(store, "x:name", "GREY RAIN - Remastered 2011", "Pale Ones")
    put(store, "x:read", "Qing Lang", "Xiaoming Wang", duration=201.0)
    put(store, "x:slip", "Long Raod to Nowhere", "Made Up", duration=101.0)
    put(store, "x:live", "Grey Rain (Live)", "The Pale Ones")
    put(store, "x:cover", "Grey Rain", "Somebody Else")
    put(store, "x:nobody", "Grey Rain")
    report = find_twins(store)
    assert report.twins == {"isrc": 1, "mbid": 1, "name": 1, "near name": 1, "romanised": 1}
    assert (report.files, report.found) == (4, 5)
    assert store.twins.files([TrackId(f"x:{n}") for n in ("mbid", "live", "cover", "nobody")]) == {
        "x:mbid": "file:1"
    }
    assert store.twins.of(TrackId("file:1")) == ["x:mbid", "x:name"]
    assert store.twins.of(TrackId("x:name")) == ["file:1", "x:mbid"]
    assert store.twins.others([TrackId("file:3")]) == {"file:3": ["x:read"]}
    assert len(store.twins.all()) == 5


def test_only_what_is_new_is_compared(store, monkeypatch):
    put(store, "file:1", "Grey Rain", "A", file=True)
    put(store, "x:1", "Grey Rain", "A")
    assert find_twins(store).found == 1
    again = find_twins(store)
    assert (again.compared, again.found, again.twins) == (0, 0, {"name": 1})
    put(store, "y:1", "Grey Rain", "A")
    put(store, "y:2", "Green Rain", "A")
    later = find_twins(store)
    assert (later.compared, later.found) == (2, 1)
    put(store, "file:2", "Green Rain", "A", file=True)
    assert find_twins(store).found == 1
    assert store.twins.files([TrackId("y:2")]) == {"y:2": "file:2"}
    whole = find_twins(store, again=True)
    assert (whole.compared, whole.twins) == (3, {"name": 3})
    monkeypatch.setattr(pass_, "VERSION", pass_.VERSION + 1)
    assert find_twins(store).compared == 3


def test_files_that_go_and_come_back(store):
    put(store, "file:1", "Grey Rain", "A", file=True)
    put(store, "x:1", "Grey Rain", "A")
    find_twins(store)
    store.files.mark_gone(["/music/1"])
    assert store.twins.files([TrackId("x:1")]) == {}
    assert find_twins(store).twins == {}
    put(store, "file:2", "Grey Rain", "A", file=True)
    find_twins(store)
    # the lost file stands in playlists, too
    assert store.twins.all() == {"x:1": "file:2", "file:1": "file:2"}
    store.files.put(FileRow("/music/1", 1, 1, track=TrackId("file:1")))
    find_twins(store)
    assert store.twins.all() == {"x:1": "file:2"}


def test_what_is_known_later_is_compared_again(store):
    put(store, "file:1", "Grey Rain", "A", file=True, ids={"isrc": "USRC17607839"})
    put(store, "file:2", "Snow", "B", file=True, duration=200.0)
    bare = Track(TrackId("x:1"), "Totally", ("Other",))
    store.tracks.put_many([bare, Track(TrackId("x:2"))])
    put(store, "x:3", "Snow", "B")
    assert find_twins(store).twins == {"name": 1}
    store.tracks.put_many([
        Track(bare.id, "Totally", ("Other",), ids={"isrc": "USRC17607839"}),
        Track(TrackId("x:2"), "Snow", ("B",)),
        Track(TrackId("x:3"), "Snow", ("B",), duration=300.0),
    ])  # fmt: skip
    report = find_twins(store)
    assert store.twins.all() == {"x:1": "file:1", "x:2": "file:2"}
    assert report.compared == 3
    assert find_twins(store, again=False).compared == 0
    put(store, "x:4", "Nothing", "C")
    assert find_twins(store).compared == 0
    put(store, "x:4", "Snow", "B", duration=200.0)
    put(store, "x:2", "Snow", "B")
    report = find_twins(store)
    assert (report.compared, store.twins.files([TrackId("x:4")])) == (1, {"x:4": "file:2"})


def test_a_file_that_is_known_better_is_compared_with_everything(store):
    put(store, "file:1", "Untagged", file=True)
    put(store, "file:2", "Grey Rain", "B", file=True)
    put(store, "x:1", "Snow", "A")
    put(store, "x:2", "Grey Rain", "B")
    find_twins(store)
    put(store, "file:1", "Snow", "A")
    put(store, "file:2", "Sleet", "B")
    find_twins(store)
    assert store.twins.all() == {"x:1": "file:1"}


@pytest.mark.parametrize("way", ["gone", "deleted"])
def test_twins_of_a_file_that_goes_are_given_another(store, way):
    for number, duration in ((1, 200.0), (2, 200.4)):
        put(store, f"file:{number}", "Grey Rain", "A", file=True, duration=duration)
    put(store, "x:1", "Grey Rain", "A", duration=200.0)
    find_twins(store)
    assert store.twins.all() == {"x:1": "file:1"}
    if way == "gone":
        store.files.mark_gone(["/music/1"])
    else:
        store.tracks.delete([TrackId("file:1")])
    find_twins(store)
    assert store.twins.files([TrackId("x:1")]) == {"x:1": "file:2"}


def test_what_was_to_be_compared_again_survives_an_interruption(store):
    put(store, "file:1", "Snow", "B", file=True)
    put(store, "x:1", "Grey Rain", "A")
    find_twins(store)
    store.tracks.put(Track(TrackId("x:1"), "Snow", ("B",)))

    def stop(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_twins(store, progress=stop)
    find_twins(store)
    assert store.twins.all() == {"x:1": "file:1"}


def test_of_several_files_the_nearest_in_time_wins(store):
    put(store, "file:1", "Grey Rain", "A", file=True, duration=207.0)
    put(store, "file:2", "Grey Rain", "A", file=True, duration=201.0)
    put(store, "x:1", "Grey Rain", "A", duration=200.0)
    find_twins(store)
    assert store.twins.all() == {"x:1": "file:2"}


def test_an_interrupted_pass_goes_on(store, monkeypatch):
    put(store, "file:1", "Grey Rain", "A", file=True)
    for number in range(5):
        put(store, f"x:{number}", "Grey Rain", "A")
    monkeypatch.setattr(pass_, "CHUNK", 2)

    def stop(step):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        find_twins(store, progress=stop)
    assert len(store.twins.all()) == 1
    report = find_twins(store)
    assert report.found == 4
    assert len(store.twins.all()) == 5


def test_an_empty_library(store):
    report = find_twins(store)
    assert (report.files, report.compared, report.found, report.twins) == (0, 0, 0, {})
    assert store.twins.files([TrackId("x:1")]) == store.twins.others([TrackId("x:1")]) == {}
    assert store.twins.of(TrackId("x:1")) == []
