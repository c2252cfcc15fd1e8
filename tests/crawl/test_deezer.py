"""The source Deezer against a fake that answers errors with status 200."""

from __future__ import annotations

import time
from typing import Any

import pytest
from starlette.responses import JSONResponse

from fakes.asking import Asking, Canned, pages
from fakes.deezer import FakeDeezer, error, track
from murecom.crawl import deezer as deezer_module
from murecom.crawl.base import Task
from murecom.crawl.deezer import Deezer
from murecom.errors import BadInput, NotFound, Paused, Unreachable, Unsupported

Made = tuple[FakeDeezer, Deezer]


def test_a_word_finds_all_playlists_with_it(deezer: Made) -> None:
    fake, source = deezer
    for number in range(230):
        fake.add(f"Rain {number}", [track(number)], is_public=number != 5)
    found = list(pages(source, Task("search", "rain"), Asking()))
    stubs = [stub for page in found for stub in page.stubs]
    assert [stub.name for stub in stubs] == [f"Rain {n}" for n in range(230)]
    assert [stub.name for stub in stubs if not stub.is_open] == ["Rain 5"]
    assert stubs[0].size == 1
    assert stubs[0].snapshot
    assert stubs[0].key == "7000"
    assert len(fake.calls) == 3
    assert found[0].total == 230


@pytest.mark.parametrize("lie", [300, -120])
def test_a_total_that_lies_loses_nothing(deezer: Made, lie: int) -> None:
    fake, source = deezer
    fake.lie = lie
    own = fake.add("Rain", [track(n) for n in range(250)])
    found = list(pages(source, Task("playlist", own), Asking()))
    assert sum(len(page.entries) for page in found) == 250
    assert len(found) <= 4


def test_tracks_come_with_isrc_and_date(deezer: Made) -> None:
    fake, source = deezer
    singers = [
        {"id": 1, "name": "One", "type": "artist"},
        {"id": 2, "name": "Two", "type": "artist"},
    ]
    own = fake.add("Rain", [track(3), track(4, contributors=singers)], description="Wet")
    page = source.run(Task("playlist", own), Asking())
    assert page.playlist is not None
    assert (page.playlist.name, page.playlist.description) == ("Rain", "Wet")
    entry = page.entries[0]
    assert (entry.track.id, entry.track.title) == ("deezer:1003", "Song 3")
    assert (entry.track.artists, entry.track.album) == (("Band 3",), "Record 0")
    assert (entry.track.duration, entry.added_at) == (183.0, 1_700_000_003)
    assert entry.track.ids == {"deezer": "1003", "isrc": "XXB000000003"}
    assert page.entries[1].track.artists == ("One", "Two")


def test_what_is_no_track_is_counted(deezer: Made) -> None:
    fake, source = deezer
    own = fake.add("Rain", [None, track(1, id=-9), track(2, title=""), track(3, time_add=0)])
    page = source.run(Task("playlist", own, about={"name": "Rain"}), Asking())
    assert [entry.track.title for entry in page.entries] == ["Song 3"]
    assert page.entries[0].added_at is None
    assert [place for place, _ in page.refused] == ["track 1", "track 2", "track 3"]


def test_errors_with_status_200_are_errors(deezer: Made) -> None:
    fake, source = deezer
    with pytest.raises(NotFound):
        source.run(Task("playlist", "1"), Asking())
    closed = fake.add("Closed", [], is_public=False)
    with pytest.raises(Unsupported, match="owner only"):
        source.run(Task("playlist", closed), Asking())
    fake.limit = (1, 60.0)
    with pytest.raises(Paused, match="pause") as paused:
        source.run(Task("search", "rain"), Asking())
    assert 0 < paused.value.until - time.time() <= 5
    fake.limit = None
    fake.fail(error(700, "Exception", "Service busy"), error(600, "QueryException", "Bad query"))
    with pytest.raises(Unreachable):
        source.run(Task("search", "rain"), Asking())
    with pytest.raises(BadInput, match=r"Bad query \(code 600\)"):
        source.run(Task("search", "rain"), Asking())


@pytest.mark.parametrize("answer", [None, [], {}, {"data": {}}, {"data": [1], "next": "x"}])
def test_an_answer_of_another_shape_is_bad_input(deezer: Made, answer: Any) -> None:
    with pytest.raises(BadInput, match="another shape"):
        deezer[1].run(Task("search", "rain"), Canned(answer))


def test_what_it_does_not_have_is_told(deezer: Made) -> None:
    source = deezer[1]
    with pytest.raises(Unsupported, match="Name words"):
        source.seeds(["rain"], own=True)
    assert source.seeds(["rain"], own=False) == [Task("search", "rain")]
    with pytest.raises(Unsupported, match="gives no tags"):
        source.run(Task("tags", "1"), Asking())
    with pytest.raises(BadInput, match="a number"):
        source.run(Task("playlist", "a/b"), Asking())
    assert source.login(own=False) is None
    assert (source.trainable, source.limit.calls, source.limit.seconds) == (False, 50, 5.0)


@pytest.mark.parametrize("status", [200, 403, 429])
def test_codes_as_text_and_with_any_status(deezer: Made, status: int) -> None:
    fake, source = deezer
    body = {"error": {"type": "Exception", "message": "Quota limit exceeded", "code": "4"}}
    fake.fail(JSONResponse(body, status))
    http = Asking()
    with pytest.raises(Paused, match="pause"):
        source.run(Task("search", "rain"), http)
    assert [seconds for _, seconds in http.pauses] == [5.0], "all threads and programs wait"
    assert deezer_module._pause(body) == 5.0
