"""The source Last.fm against a fake that answers errors with numbers."""

from __future__ import annotations

import time
from typing import Any

import pytest

from fakes.asking import Asking, Canned
from fakes.lastfm import FakeLastFM, error
from fakes.listenbrainz import mbid
from murecom.config.settings import LastFM as Settings
from murecom.crawl.base import Task
from murecom.crawl.lastfm import LastFM
from murecom.errors import BadInput, NotFound, NotReady, Paused, Unreachable, Unsupported
from murecom.types import TrackId

Made = tuple[FakeLastFM, LastFM]

ABOUT = {"title": "Song", "artists": ["Band", "Guest"]}


def test_tags_come_with_weights(lastfm: Made) -> None:
    fake, source = lastfm
    fake.tags["Band", "Song"] = [
        {"name": "sad", "count": 100},
        {"name": "seen live", "count": 7},
        {"name": "rare", "count": 0},
        {"name": "", "count": 3},
    ]
    page = source.run(Task("tags", "file:1", about=ABOUT), Asking())
    assert page.tags == (("tag", "sad", 1.0), ("tag", "seen live", 0.07))
    assert page.refused == (("tag 4", "it has no name"),)
    assert page.next is None


def test_one_tag_comes_without_a_list_and_none_as_an_empty_one(lastfm: Made) -> None:
    fake, source = lastfm
    fake.tags["Band", "Song"] = [{"name": "sad", "count": 100}]
    fake.tags[mbid(1)] = []
    assert source.run(Task("tags", "file:1", about=ABOUT), Asking()).tags == (("tag", "sad", 1.0),)
    assert source.run(Task("tags", "file:1", about={"mbid": mbid(1)}), Asking()).tags == ()


def test_similar_tracks_come_with_scores(lastfm: Made) -> None:
    fake, source = lastfm
    fake.similar["Band", "Song"] = [
        {"name": "Near", "match": 1.0, "mbid": mbid(2), "duration": 200, "artist": {"name": "A"}},
        {"name": "Far", "match": 0.25, "artist": {"name": "B"}},
        {"name": "", "match": 0.1},
    ]
    page = source.run(Task("similar", "file:1", about=ABOUT), Asking())
    near, far = page.tracks
    assert (near[0].id, near[0].duration, near[1]) == ("text:A – Near", 200.0, 1.0)
    assert near[0].ids == {"mbid": mbid(2)}
    assert (far[0].name, far[0].duration, far[1]) == ("B – Far", None, 0.25)
    assert page.refused == (("track 3", "it has no name or no match"),)


def test_numbers_of_errors_say_what_to_do(lastfm: Made) -> None:
    fake, source = lastfm
    task = Task("tags", "file:1", about=ABOUT)
    with pytest.raises(NotFound, match="does not know the track"):
        source.run(task, Asking())
    fake.limit, http = (1, 60.0), Asking()
    with pytest.raises(Paused) as paused:
        source.run(task, http)
    assert 0 < paused.value.until - time.time() <= 60
    assert http.pauses == [(f"{source.url}/", 60.0)]
    fake.limit = None
    for code in (8, 11, 16):
        fake.fail(error(code, "Try again later", 503 if code == 11 else 200))
        with pytest.raises(Unreachable):
            source.run(task, Asking())
    for code in (10, 26):
        fake.fail(error(code, "Invalid API key", 403))
        with pytest.raises(NotReady, match=r"Check lastfm\.api_key"):
            source.run(task, Asking())
    fake.fail(error(3, "Invalid Method", 400))
    with pytest.raises(BadInput, match="code 3"):
        source.run(task, Asking())


def test_what_is_missing_is_named(lastfm: Made) -> None:
    source = lastfm[1]
    for about in ({}, {"title": "Song"}, {"artists": ["Band"], "title": None}):
        with pytest.raises(Unsupported, match="by artist and title"):
            source.run(Task("tags", "file:1", about=about), Asking())
    nobody = LastFM(Settings())
    with pytest.raises(NotReady, match=r"lastfm\.api_key"):
        _ = nobody.url
    with pytest.raises(Unsupported, match="no playlists"):
        source.seeds([], own=True)
    with pytest.raises(Unsupported, match="gives no lyrics"):
        source.run(Task("lyrics", "1"), Asking())
    assert source.key_of(TrackId("file:1")) == "file:1"
    assert source.trainable is False


@pytest.mark.parametrize("answer", [None, [], {}, {"toptags": []}])
def test_an_answer_of_another_shape_is_bad_input(lastfm: Made, answer: Any) -> None:
    with pytest.raises(BadInput, match="another shape"):
        lastfm[1].run(Task("tags", "file:1", about=ABOUT), Canned(answer))


def test_a_page_in_place_of_an_answer(lastfm: Made) -> None:
    canned = Canned(None, 502)
    canned.told = type(canned.told)(502, {}, b"<html>")
    with pytest.raises(Unreachable, match="502"):
        lastfm[1].run(Task("tags", "file:1", about=ABOUT), canned)
    canned.told = type(canned.told)(200, {}, b"<html>")
    with pytest.raises(BadInput):
        lastfm[1].run(Task("tags", "file:1", about=ABOUT), canned)
