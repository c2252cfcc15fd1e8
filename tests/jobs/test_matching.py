"""Entries find their tracks by ids, paths and names."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from murecom.jobs.matching import by_identity, by_name, by_names
from murecom.store import FileRow, Store
from murecom.types import Track, TrackId


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "music.db") as opened:
        yield opened


def entry(title, *artists, duration=None, track_id="text:entry", **ids) -> Track:
    return Track(TrackId(track_id), title, artists, None, duration, None, ids)


def put(store: Store, track_id: str, title: str, *artists: str, file=False, **more) -> None:
    store.tracks.put(Track(TrackId(track_id), title, artists, **more))
    if file:
        store.files.put(FileRow(f"/music/{track_id}", 1, 1, track=TrackId(track_id)))


def test_ids_come_before_paths(store):
    put(store, "x:1", "Rain", "A", ids={"isrc": "GB-AAA-11-00001"})
    put(store, "file:1", "Rain", "A", ids={"isrc": "GBAAA1100001"}, file=True)
    put(store, "file:2", "Snow", "B", file=True)
    found = by_identity(store, entry("Rain", "A", isrc="gbaaa1100001"), "/")
    assert found is not None
    assert found.id == "file:1"
    assert by_identity(store, entry("?", track_id="x:1"), "/").id == "x:1"
    path = Track(TrackId("path:1"), None, path="music/file:2")
    assert by_identity(store, path, "/").id == "file:2"
    assert by_identity(store, entry("Rain", "A", isrc="GBAAA1100002"), "/") is None


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        (entry("Grey Rain - Remastered 2011", "Pale Ones"), "x:rain"),
        (entry("Grey Rain", "Pale Ones", duration=300.0), "text:rain"),  # whose length is not known
        (entry("Grey Rain (Live)", "The Pale Ones"), "x:live"),
        (entry("Grey Rain (feat. Somebody)", "The Pale Ones"), "x:rain"),
        (entry("Grey Rain", "Others"), None),
        (entry("Grey Rain"), "x:rain"),
        (entry("Gray Rain in Town", "The Pale Ones", duration=150.0), "x:town"),
        (entry("Qing Lang", "王小明"), "x:qing"),
        (entry("Qing Lang", "Wang Xiaoming"), None),  # nothing in it stands in an index
        (entry("晴朗", "Wang Xiaoming"), "x:qing"),
        (entry("", "A"), None),
        (entry("Rain, the", "A"), None),
    ],
)
def test_names(store, asked, found):
    put(store, "text:rain", "Grey Rain", "The Pale Ones")
    put(store, "x:rain", "Grey Rain", "The Pale Ones", duration=200.0)
    put(store, "x:live", "Grey Rain - Live", "The Pale Ones", duration=210.0)
    put(store, "x:town", "Grey Rain in Town", "The Pale Ones", duration=150.0)
    put(store, "x:qing", "晴朗", "王小明")
    track = by_name(store, asked)
    assert (track.id if track else None) == found
    assert by_names(store, [asked, asked]) == [track, track]


def test_of_equal_ones_the_file_is_meant(store):
    for number in range(3):
        put(store, f"x:{number}", "Rain", "A")
    put(store, "file:1", "Rain", "A", file=True)
    assert by_name(store, entry("Rain", "A")).id == "file:1"


def test_a_common_title_is_found_by_its_artist(store):
    for number in range(100):
        put(store, f"x:{number}", "Rain", f"Artist {number}")
    assert by_name(store, entry("Rain", "Artist 99")).id == "x:99"
