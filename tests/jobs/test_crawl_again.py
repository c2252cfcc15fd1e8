"""Crawls of what is there already: new seeds, marks, the user's own, and calls that are counted."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest

from crawl_double import Catalogue, Line, Made, rows
from murecom.crawl.base import Page, Stub, Task
from murecom.errors import NotReady
from murecom.jobs.crawl import crawl
from murecom.jobs.crawl_estimate import estimate
from murecom.jobs.crawl_report import CrawlOptions, CrawlReport
from murecom.store import Store
from murecom.types import Playlist


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "m.db") as opened:
        yield opened


def options(*seeds: str, **more: Any) -> CrawlOptions:
    return CrawlOptions(seeds=seeds, **{"playlists": 0, "workers": 1} | more)


def run(store: Store, source: Made, *seeds: str, **more: Any) -> CrawlReport:
    home = Path(str(store._database.backend.place)).parent
    return crawl(store, home, source, Line(), options(*seeds, **more))


def shop(**names: int) -> Made:
    """Make a service with so many playlists of each name, of two tracks each."""
    lists = Catalogue()
    for name, number in names.items():
        for n in range(number):
            lists.add(f"{name}{n}", name, 2, first=100 * len(lists.lists))
    return Made(lists)


def marks(store: Store) -> list[tuple[str, bool, str | None]]:
    with store._database.read() as connection:
        query = "SELECT source_id, trainable, trainable_on FROM playlist ORDER BY pk"
        return [(key, bool(may), on) for key, may, on in connection.exec_driver_sql(query)]


class TestSeeds:
    def test_a_new_seed_comes_before_what_waits(self, store: Store) -> None:
        source = shop(rain=30, tango=2, blues=2)
        run(store, source, "rain", playlists=3)
        before = len(source.asked)
        assert run(store, source, "tango", playlists=2).found == 2
        assert source.asked[before:] == [
            ("search", "tango", None), ("playlist", "tango0", None), ("playlist", "tango1", None),
        ]  # fmt: skip
        run(store, source, "blues", calls=2)
        assert source.asked[-2:] == [("search", "blues", None), ("playlist", "blues0", None)]
        run(store, source, calls=2)
        assert [key for _, key, _ in source.asked[-2:]] == ["blues1", "rain3"], "and then the rest"

    def test_seeds_are_one_in_any_case(self, store: Store) -> None:
        source = shop(jazz=3)
        run(store, source, "Jazz", "jazz", " ＪＡＺＺ ")
        assert [task for task in source.asked if task[0] == "search"] == [("search", "jazz", None)]

    def test_categories_stay_as_they_are(self, store: Store) -> None:
        source = shop(rain=1)
        source.seeds = lambda words, own: [Task("category", w) for w in words]  # type: ignore[method-assign]
        run(store, source, "R&B/Soul")
        assert source.asked[0] == ("category", "R&B/Soul", None)


class TestMarks:
    def test_playlists_that_are_there_are_marked(self, store: Store) -> None:
        source = shop(rain=3)
        run(store, source, own=True, trainable=False)
        assert {may for _, may, _ in marks(store)} == {False}
        report = run(store, source, own=True, trainable=True)
        assert (report.marked, report.unchanged, report.replaced) == (3, 3, 0)
        assert {may for _, may, _ in marks(store)} == {True}
        assert all(on for _, _, on in marks(store))
        assert run(store, source, own=True, trainable=True).marked == 0

    def test_what_was_decided_outlasts_a_replacement(self, store: Store) -> None:
        source = shop(rain=2)
        source.trainable = False  # type: ignore[misc]
        run(store, source, "rain", trainable=True)
        source.catalogue.add("rain0", "rain", 5, snapshot="later")
        assert run(store, source, "rain", again=True).replaced == 1
        assert {may for _, may, _ in marks(store)} == {True}


class TestOwn:
    def test_words_of_private_lists_are_not_searched_for(self, store: Store) -> None:
        source = Made(Catalogue())
        source.catalogue.add("a", "secret diary", 2, has_words=False)
        source.catalogue.add("b", "open diary", 2)
        run(store, source, own=True)
        assert {word for word, _ in store.crawls.best_words("made")} <= {"open", "diary"}
        assert store.crawls.words("made")["seen"] == 2

    def test_the_name_on_the_page_is_the_one_that_is_kept(self, store: Store) -> None:
        def told(task: Task) -> Page | None:
            named = Stub("k", "somebody's own", has_words=False)
            return Page((named,)) if task.kind == "search" else None

        source = Made(Catalogue(), hook=told)
        source.catalogue.add("k", "liked", 1, has_words=False)
        run(store, source, "rain")
        task = store.crawls.known("made", "playlist", ["k"])["k"]
        assert task.about["name"] == "liked"
        assert store.crawls.words("made")["seen"] == 1

    def test_a_clock_that_is_set_back(self, store: Store, monkeypatch: Any) -> None:
        source = shop(rain=2)
        run(store, source, own=True)
        source.catalogue.add("rain0", "rain", 3, snapshot="later")
        now = time.time() - 86_400
        monkeypatch.setattr(time, "time", lambda: now)
        assert run(store, source, own=True).replaced == 1


class TestCalls:
    @pytest.mark.parametrize("workers", [1, 4])
    @pytest.mark.parametrize("most", [1, 2, 7, 8])
    def test_pages_of_several_calls(self, store: Store, workers: int, most: int) -> None:
        class Dear(Made):
            page_calls = {"playlist": 2}  # noqa: RUF012

            def run(self, task: Task, http: Any) -> Page:
                if task.kind == "playlist":
                    with self.counting:
                        http.sent += 1
                return super().run(task, http)

        source = Dear(shop(rain=30).catalogue)
        report = run(store, source, "rain", calls=most, workers=workers)
        calls = sum(1 + (kind == "playlist") for kind, _, _ in source.asked)
        assert report.calls == calls <= most
        assert calls >= most - 1

    def test_calls_sent_again_count(self, store: Store) -> None:
        class Shaky(Made):
            def run(self, task: Task, http: Any) -> Page:
                http.sent += 4
                return super().run(task, http)

        report = run(store, Shaky(shop(rain=9).catalogue), "rain", calls=12)
        assert report.calls == 15, "a page that was begun is read"

    def test_words_that_the_source_does_not_take(self, store: Store) -> None:
        source = Made(Catalogue())
        source.catalogue.add("a", "rain 雨天 深夜 coffee", 2)
        source.takes_word = lambda word: len(word) > 2  # type: ignore[method-assign]
        report = run(store, source, "rain")
        assert (report.declined, report.failed) == (0, 0)
        assert {k for kind, k, _ in source.asked if kind == "search"} == {"rain", "coffee"}


class TestEnd:
    def test_a_key_that_ends_in_the_middle(self, store: Store) -> None:
        def refuse(task: Task) -> Page | None:
            if task.key == "rain2":
                raise NotReady("Log in again.")
            return None

        source = shop(rain=5)
        source.hook = refuse
        report = run(store, source, "rain")
        assert (report.stopped, report.added, report.failed) == ("Log in again.", 2, 0)
        assert report.waiting == 3
        source.hook = None
        run(store, source)
        assert len(rows(store)) == 5


class TestTracks:
    def test_planning_does_not_hold_the_database(self, store: Store, monkeypatch: Any) -> None:
        source = shop(rain=6)
        run(store, source, "rain")
        monkeypatch.setattr("murecom.jobs.crawl_tracks.plan_tracks.__defaults__", (4,))
        found, inside = type(store.crawls).unasked, []

        def unasked(crawls: Any, *asked: Any) -> Any:
            inside.append(getattr(crawls._database._local, "work", None))
            return found(crawls, *asked)

        monkeypatch.setattr(type(store.crawls), "unasked", unasked)
        assert run(store, source, kinds=("tags", "lyrics")).calls == 24
        assert len(inside) == 4
        assert inside == [None] * 4


class TestEstimate:
    def test_calls_of_a_page_count(self, store: Store) -> None:
        source = shop()
        one = estimate(store, source, options("rain", playlists=100))
        source.page_calls = {"playlist": 2}  # type: ignore[misc]
        two = estimate(store, source, options("rain", playlists=100))
        assert one.calls is not None
        assert two.calls is not None
        assert two.calls - one.calls == 100 * 14

    def test_lists_that_are_closed_cost_their_search_alone(
        self, store: Store, monkeypatch: Any
    ) -> None:
        monkeypatch.setattr(Made, "opens_found", False)
        found = estimate(store, shop(), options("rain", playlists=100))
        assert (found.calls, found.named_only) == (20, True)
        own = estimate(store, shop(), options(own=True, playlists=10, is_bounded=True))
        assert (own.calls, own.named_only) == (142, False)

    def test_tracks_that_were_asked_about_cost_nothing(self, store: Store) -> None:
        source = shop(rain=3)
        store.playlists.put(Playlist("else", (), "other:1"))
        run(store, source, "rain")
        assert estimate(store, source, options(kinds=("tags", "lyrics"))).calls == 12
        run(store, source, kinds=("tags",), calls=2)
        found = estimate(store, source, options(kinds=("tags", "lyrics")))
        assert (found.calls, found.tracks) == (10, 6)
