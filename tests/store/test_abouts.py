"""What files say of tracks, many at once, beside what murecom found out itself."""

from __future__ import annotations

import math

import pytest

from murecom.errors import BadInput
from murecom.store import Store
from murecom.types import About, Track, TrackId

ONE, TWO = (Track(TrackId(f"x:{n}"), f"T{n}") for n in (1, 2))


def test_descriptors_and_tags_stand_beside_others(store: Store):
    store.tracks.put(ONE, genres=("jazz",))
    store.descriptors.put(ONE.id, {"tempo": (90.0, "BPM")})
    abouts = [
        About(ONE, {"spotify_tempo": (120.0, "BPM")}, (("genre", "pop"), ("genre", "rock"))),
        About(TWO, {"spotify_energy": (0.5, "")}),
    ]
    assert store.abouts.put_many(abouts, source="made") == 1
    assert store.abouts.put_many(abouts, source="made") == 0
    assert store.descriptors.get([ONE.id, TWO.id]) == {
        ONE.id: {"tempo": (90.0, "BPM"), "spotify_tempo": (120.0, "BPM")},
        TWO.id: {"spotify_energy": (0.5, "")},
    }
    tags = {(tag.value, tag.source) for tag in store.tags.get(ONE.id)}
    assert tags >= {("pop", "made"), ("rock", "made")}
    assert "jazz" in {value for value, _ in tags}
    assert store.abouts.put_many([], source="made") == 0


def test_values_that_are_none_write_nothing(store: Store):
    with pytest.raises(BadInput, match="Leave unknown ones out"):
        store.abouts.put_many([About(ONE, {"x": (math.nan, "")})], source="made")
    assert store.tracks.get([ONE.id]) == {}
