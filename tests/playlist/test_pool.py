"""Tracks in the form that rules compare."""

import numpy as np
import pytest

from murecom.errors import BadInput
from murecom.playlist.pool import Details, Pool, SoFar
from murecom.types import Track, TrackId


def test_names_become_keys(make_pool) -> None:
    pool = make_pool(["Sigur Rós/Ágætis byrjun/Starálfur", "SIGUR ROS/agaetis byrjun/Olsen"])
    assert pool[0].artists == pool[1].artists
    assert pool[0].album == pool[1].album
    assert pool[0].recording != pool[1].recording
    assert pool[0] is pool[0]


def test_unknown_is_like_nothing() -> None:
    pool = Pool([Track(TrackId("a")), Track(TrackId("b"))])
    assert pool[0].artists == frozenset()
    assert pool[0].album is None
    assert pool[0].recording is None
    for track in (Track(TrackId("c"), "Track 01"), Track(TrackId("d"), " ", ("A",))):
        assert Pool([track])[0].recording is None


def test_whose_album_it_is() -> None:
    def album(artist: str, folder: str | None, owner: str | None = None):
        path = f"{folder}/x.mp3" if folder else None
        track = Track(TrackId("a"), "t", (artist,), "Hits", path=path)
        return Pool([track], [Details(album_artist=owner)])[0].album

    assert album("A", None) != album("B", None)
    assert album("A", "/m/hits") == album("B", "/m/hits")
    assert album("A", "/m/1", "Various") == album("B", "/m/2", "various")


def test_versions_share_a_recording(make_pool) -> None:
    pool = make_pool(["A/x/Blue", "A/y/Blue (Live)", "A/z/Blue - Remastered 2011", "B/x/Blue"])
    assert pool[0].recording == pool[1].recording == pool[2].recording != pool[3].recording


def test_parts_must_agree() -> None:
    tracks = [Track(TrackId("a"))]
    for parts in (
        {"details": []},
        {"vectors": np.ones((2, 3))},
        {"scores": [1, 2]},
        {"network": np.ones((0, 3))},
    ):
        with pytest.raises(BadInput, match="differ in number"):
            Pool(tracks, **parts)


def test_without_vectors_it_says_so() -> None:
    pool = Pool([Track(TrackId("a"))])
    assert not pool.has_vectors
    for ask in (lambda: pool.vectors, lambda: pool.heard([0])):
        with pytest.raises(BadInput, match="Run: murecom scan"):
            ask()


def test_heard_is_of_length_one(make_pool) -> None:
    pool = make_pool("A B", vectors=np.eye(2), network=np.array([[3, 4], [0, 0]]))
    assert pool.heard([0, 1]).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


def test_given_tracks_count_for_repeats_but_not_for_caps(make_pool) -> None:
    pool = make_pool("A/x/one A/x/two")
    so_far = SoFar([*pool.given([0]), pool[1]])
    assert so_far.items == {0, 1}
    assert so_far.artists.total() == so_far.albums.total() == 1
    assert len(so_far) == 2
    assert so_far[-1] is pool[1]


def test_a_longer_playlist_leaves_the_shorter_one_as_it_is(make_pool) -> None:
    pool = make_pool("A/x/one A/x/two")
    short = SoFar([pool[0]])
    longer = short.and_then(pool[1])
    same = SoFar([pool[0], pool[1]])
    assert vars(longer) == vars(same)
    assert vars(short) == vars(SoFar([pool[0]]))
