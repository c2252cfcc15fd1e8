"""The builder: any stream of playlists becomes numbers that stand for the same playlists."""

from __future__ import annotations

import tracemalloc
from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from murecom.errors import BadInput
from murecom.interactions import Builder, Built, assemble, build


def entry(name: str, title: str | None = None, artist: str | None = None, album: str | None = None):
    return f"t:{name}", title, artist, album


def lists(built: Built) -> list[list[str]]:
    return [[built.items[row] for row in rows.tolist()] for rows in built.interactions]


names = st.sampled_from("abcdefgh")
playlists = st.lists(st.lists(names, max_size=12), max_size=10)


@given(playlists)
def test_what_goes_in_comes_out_in_order(drawn):
    stream = [(f"title {n}", f"x:{n}", [entry(t) for t in held]) for n, held in enumerate(drawn)]
    built = build(stream, keep_empty=True)
    assert lists(built) == [[f"t:{t}" for t in held] for held in drawn]
    assert list(built.playlists) == [f"x:{n}" for n in range(len(drawn))]
    assert list(built.titles) == [f"title {n}" for n in range(len(drawn))]
    assert len(built.items) == len(set(built.items)) == len(built.artists) == len(built.albums)
    dropped = build(stream)
    assert lists(dropped) == [found for found in lists(built) if found]
    assert list(dropped.titles) == [f"title {n}" for n, held in enumerate(drawn) if held]


@given(playlists, st.integers(1, 4))
def test_rare_tracks_are_left_out_and_nothing_else(drawn, least):
    stream = [(f"{n}", f"x:{n}", [entry(t) for t in held]) for n, held in enumerate(drawn)]
    built = build(stream, min_count=least, keep_empty=True)
    counts = Counter(track for held in drawn for track in set(held))
    kept = {f"t:{track}" for track, count in counts.items() if count >= least}
    assert set(built.items) == kept
    assert lists(built) == [[f"t:{t}" for t in held if counts[t] >= least] for held in drawn]
    assert (built.interactions.popularity >= least).all()


@given(playlists)
def test_merging_changes_names_only(drawn):
    # a and b, c and d … are the same recording
    song = {track: "aabbccdd"["abcdefgh".index(track)] for track in "abcdefgh"}
    stream = [
        (f"{n}", f"x:{n}", [entry(t, f"Song {song[t]}", "Artist") for t in held])
        for n, held in enumerate(drawn)
    ]
    built = build(stream, merge=True, keep_empty=True)
    met = Counter(track for held in drawn for track in held)
    for item in built.items:
        twins = [t for t in met if song[t] == song[item[2:]]]
        assert met[item[2:]] == max(met[t] for t in twins), "the id that is met most often"
    found = [[song[t[2:]] for t in held] for held in lists(built)]
    assert found == [[song[t] for t in held] for held in drawn]


def test_of_equally_frequent_ids_the_first_stays():
    built = build(
        [
            ("p", "x:1", [entry("new", "One - Remastered 2011", "A", "Best of")]),
            ("q", "x:2", [entry("old", "One", "A", "First"), entry("old", "One", "A", "First")]),
            ("r", "x:3", [entry("b", "Two", "A"), entry("b2", "Two (2009 Remaster)", "A")]),
        ],
        merge=True,
    )
    assert list(built.items) == ["t:old", "t:b"]
    assert built.albums == ["First", None]
    assert lists(built) == [["t:old"], ["t:old", "t:old"], ["t:b", "t:b"]]
    assert built.notes == ("2 tracks are counted as another release of the same recording.",)


def test_unknown_names_are_never_merged():
    stream = [("p", "x:1", [entry("a"), entry("b"), entry("c", "One"), entry("d", "One")])]
    assert len(build(stream, merge=True).items) == 4


def test_names_of_a_track_are_those_of_its_first_place():
    built = build([("p", "x:1", [entry("a", "T", "A", "X"), entry("a", "T", "B", "Y")])])
    assert (built.artists, built.albums) == (["A"], ["X"])
    assert lists(built) == [["t:a", "t:a"]]


def test_what_is_left_out_is_told():
    builder = Builder(min_count=2)
    assert builder.add("p", "x:1", [entry("a"), entry("b")])
    assert builder.add("q", "x:2", [entry("a")])
    assert builder.add("r", "x:3", [entry("c")])
    assert builder.add("s", "x:4", [])
    assert not builder.add("t", "x:1", [entry("b")])
    assert not builder.add("u", "x:5", [entry("b")], trainable=False)
    built = builder.finish()
    assert lists(built) == [["t:a"], ["t:a"]]
    assert built.notes == (
        "Left out: 1 playlist may not be learned from.",
        "Left out: 1 playlist came again under the same id.",
        "Left out: 2 tracks that are in fewer than 2 playlists.",
        "Left out: 2 playlists without a track.",
    )


def test_nothing_gives_nothing():
    for merge in (False, True):
        built = build([], merge=merge, min_count=3)
        assert (len(built.interactions), len(built.items), built.notes) == (0, 0, ())
        assert built.interactions.popularity.shape == (0,)
    empty = build([("p", "x:1", [])], merge=True, keep_empty=True)
    assert (len(empty.interactions), len(empty.items)) == (1, 0)
    with pytest.raises(BadInput, match="1 or more"):
        Builder(min_count=0)


def test_arrays_end_in_the_same_steps():
    stream = [("p", "x:1", [entry("a", "S", "A"), entry("b", "S", "A")]), ("q", "x:2", [])]
    raw = build(stream, keep_empty=True)
    again = assemble(raw, groups=np.array([0, 0], np.int32))
    assert lists(again) == lists(build(stream, merge=True)) == [["t:a", "t:a"]]


def test_entries_are_four_bytes_each():
    held = [entry(str(n % 1000), "T", "A") for n in range(1000)]
    builder = Builder()
    builder.add("p", "x:0", held)
    tracemalloc.start()
    for n in range(1, 301):
        builder.add("p", f"x:{n}", held)
    built = builder.finish()
    used, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(built.interactions.entries) == 301_000
    assert used < 301_000 * 4 * 1.5
    assert peak < 301_000 * 4 * 3
