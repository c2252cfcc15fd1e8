"""Tags and descriptors."""

import math

import pytest

from murecom.errors import BadInput, NotFound
from murecom.store import Store, Tag
from murecom.store.tags import best_guess
from murecom.types import Track, TrackId


def test_tags_keep_order_weight_and_source(store: Store) -> None:
    rows = [Tag("sound", "ambient", 0.7, "musicnn"), Tag("sound", "electronic", 0.4, "musicnn")]
    store.tags.put("t:1", rows)
    assert store.tags.get("t:1") == rows
    assert store.tags.get("t:2") == []


def test_put_replaces_only_the_same_key_and_source(store: Store) -> None:
    store.tags.put("t:1", [("sound", "a", 1, "m"), ("sound", "b", 1, "n"), ("genre", "c", 1, "m")])
    store.tags.put("t:1", [("sound", "d", 1, "m")])
    assert {(t.key, t.value, t.source) for t in store.tags.get("t:1")} == {
        ("sound", "d", "m"), ("sound", "b", "n"), ("genre", "c", "m"),
    }  # fmt: skip
    store.tags.put("t:1", [])
    assert len(store.tags.get("t:1")) == 3


def test_subjects_may_be_anything(store: Store) -> None:
    store.tags.put("artist:Björk\0", [("mood", "wild", 1, "user")])
    store.tags.put("t:1", [("mood", "wild", 0.5, "model"), ("mood", "wild", 0.6, "user")])
    assert store.tags.subjects("mood", "wild") == ["artist:Björk", "t:1"]
    assert store.tags.subjects("mood", "calm") == []
    assert store.tags.get("artist:Björk\0") == [Tag("mood", "wild", 1.0, "user")]


@pytest.mark.parametrize("weight", [math.nan, math.inf])
def test_weights_are_finite(store: Store, weight: float) -> None:
    store.tags.put("t:1", [("a", "x", 1, "s")])
    with store.transaction(), pytest.raises(BadInput, match="finite"):
        store.tags.put("t:1", [("a", "y", weight, "s")])
    assert store.tags.get("t:1") == [Tag("a", "x", 1.0, "s")]


def test_descriptors(store: Store) -> None:
    one, two = TrackId("t:1"), TrackId("t:2")
    store.tracks.put(Track(one))
    store.tracks.put(Track(two))
    store.descriptors.put(one, {"tempo": (120, "BPM"), "loudness": (-9.5, "LUFS")})
    store.descriptors.put(one, {"tempo": (121.5, "BPM"), "energy": (0.3, "")})
    expected = {"energy": (0.3, ""), "loudness": (-9.5, "LUFS"), "tempo": (121.5, "BPM")}
    assert store.descriptors.get([one, two, TrackId("t:9")]) == {one: expected}
    assert store.tracks.details([one])[one].descriptors == {
        "energy": 0.3, "loudness": -9.5, "tempo": 121.5,
    }  # fmt: skip
    with pytest.raises(BadInput, match="tempo"):
        store.descriptors.put(one, {"tempo": (math.nan, "BPM")})
    with pytest.raises(NotFound):
        store.descriptors.put(TrackId("t:9"), {"tempo": (1, "BPM")})


def test_tags_of_many_subjects_by_key(store: Store) -> None:
    store.tags.put("t:1", [("genre", "a", 1, "file"), ("sound", "b", 1, "m")])
    store.tags.put("t:2", [("sound", "b", 1, "m")])
    assert store.tags.of(["t:1", "t:2", "t:3"], "genre") == {"t:1": [Tag("genre", "a", 1, "file")]}


def test_sources_what_they_tagged_and_how_it_is_forgotten(store: Store) -> None:
    store.tags.put("t:1", [("genre", "a", 1, "file"), ("genre", "b", 0.9, "probe-1")])
    store.tags.put("t:2", [("genre", "c", 0.9, "probe-1"), ("sound", "d", 1, "m")])
    assert store.tags.sources("genre") == ["file", "probe-1"]
    assert store.tags.tagged("genre", "probe-1") == {"t:1", "t:2"}
    assert store.tags.tagged("genre", "probe-2") == set()
    assert store.tags.forget("genre", "probe-1") == 2
    assert store.tags.sources("genre") == ["file"]
    assert store.tags.get("t:2") == [Tag("sound", "d", 1.0, "m")]


def test_put_takes_the_place_of_other_sources_too(store: Store) -> None:
    store.tags.put("t:1", [("genre", "a", 1, "file"), ("genre", "b", 0.9, "probe-1")])
    store.tags.put("t:1", [("genre", "c", 0.8, "probe-2")], instead_of=[("genre", "probe-1")])
    assert [tag.value for tag in store.tags.get("t:1")] == ["a", "c"]


def test_given_genres_come_before_guesses() -> None:
    given, sure = Tag("genre", "Jazz", 1, "file"), Tag("genre", "rock", 0.8, "probe-1")
    unsure = Tag("genre", "pop", 0.4, "probe-1")
    assert best_guess([given, sure]) == ["Jazz"]
    assert best_guess([sure, unsure]) == ["rock"]
    assert best_guess([unsure]) == []
    assert best_guess([]) == []
