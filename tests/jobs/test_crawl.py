"""A crawl of a made-up service: everything is found, kept in order, and only once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from crawl_double import Catalogue, Line, Made, catalogue, entry, expected, rows
from murecom.crawl.base import Page, Stub, Task
from murecom.errors import BadInput, NotReady, Unsupported
from murecom.jobs.crawl import crawl
from murecom.jobs.crawl_apply import EMPTY
from murecom.jobs.crawl_report import CrawlOptions, CrawlReport
from murecom.store import NO_WORDS, Store
from murecom.types import Playlist, Step


@pytest.fixture
def store(tmp_path: Path) -> Any:
    with Store.open(tmp_path / "m.db") as opened:
        yield opened


def run(store: Store, source: Made, *seeds: str, **options: Any) -> CrawlReport:
    made = CrawlOptions(seeds=seeds, **{"playlists": 0, "workers": 2} | options)
    home = Path(str(store._database.backend.place)).parent
    return crawl(store, home, source, Line(), made)


def few(*sizes: int, **stub: Any) -> Catalogue:
    made = Catalogue()
    for number, size in enumerate(sizes):
        made.add(f"k{number}", "rain", size, first=10 * number, **stub)
    return made


class TestWalk:
    def test_all_is_found_by_words_of_names(self, store: Store) -> None:
        source = Made()
        report = run(store, source, "rain")
        assert rows(store) == expected(source.catalogue)
        assert (report.added, report.closed, report.failed, report.waiting) == (110, 11, 0, 0)
        assert report.entries == sum(len(ids) for _, ids, _, _ in rows(store).values())
        assert len(source.asked) == len(set(source.asked)) == report.calls
        searched = {key for kind, key, _ in source.asked if kind == "search"}
        assert {"雨天", "懐かしい", "アニソン", "케이팝", "🌙"} <= searched
        assert report.words == len(searched)

    def test_enough_is_enough(self, store: Store) -> None:
        source = Made()
        report = run(store, source, "rain", playlists=20)
        assert report.found == 20
        assert report.waiting > 0
        assert run(store, source, playlists=20).found == 20, "goes on without a seed"
        assert len(source.asked) == len(set(source.asked))

    def test_calls_are_bounded(self, store: Store) -> None:
        source = Made()
        for _ in range(3):
            assert run(store, source, "rain", calls=15, workers=4).calls == 15
        assert len(source.asked) == len(set(source.asked)) == 45

    def test_nothing_to_begin_with(self, store: Store) -> None:
        with pytest.raises(NotReady, match="--seed jazz"):
            run(store, Made())
        run(store, Made(few(3)), "rain")
        with pytest.raises(NotReady, match="asked for before"):
            run(store, Made(few(3)), "rain")
        with pytest.raises(NotReady, match="All that was found"):
            run(store, Made(few(3)))

    def test_what_a_source_does_not_have(self, store: Store) -> None:
        source = Made()
        source.kinds = ("tags",)  # type: ignore[misc]
        with pytest.raises(Unsupported, match="--with tags"):
            run(store, source, "rain")
        with pytest.raises(Unsupported, match="does not tell lyrics"):
            run(store, source, kinds=("lyrics",))
        with pytest.raises(BadInput, match="above 0"):
            run(store, source, calls=0)

    def test_playlists_that_are_there_are_not_read(self, store: Store) -> None:
        store.playlists.put(Playlist("rain", (entry(5).track,), "made:k0"))
        source = Made(few(4, 4))
        assert run(store, source, "rain").added == 1
        assert ("playlist", "k0", None) not in source.asked
        # it has no snapshot: nobody knows whether it has changed
        assert run(store, source, "rain", again=True).replaced == 1
        again = run(store, source, "rain", again=True)
        assert (again.replaced, again.unchanged, again.calls) == (0, 2, 1)

    def test_changed_playlists(self, store: Store) -> None:
        source = Made(few(4, 4))
        run(store, source, own=True)
        source.catalogue.add("k0", "rain", 5, snapshot="later")
        assert run(store, source, "rain").calls == 1, "a walk leaves alone what is there"
        report = run(store, source, own=True)
        assert (report.replaced, report.unchanged, report.added) == (1, 1, 0)
        assert rows(store) == expected(source.catalogue)

    def test_closed_ones_open(self, store: Store) -> None:
        source = Made(few(4, is_open=False))
        assert run(store, source, "rain").closed == 1
        source.catalogue = few(4)
        assert run(store, source, "rain", again=True).added == 1

    @pytest.mark.parametrize("trainable", [None, True, False])
    def test_what_models_may_learn_from(self, store: Store, trainable: bool | None) -> None:
        source = Made(few(2))
        source.trainable = False  # type: ignore[misc]
        run(store, source, "rain", trainable=trainable)
        assert store.status()["trainable"] == (1 if trainable else 0)

    def test_progress(self, store: Store, tmp_path: Path) -> None:
        steps: list[Step] = []
        options = CrawlOptions(seeds=("rain",), playlists=5)
        crawl(store, tmp_path, Made(), Line(), options, steps.append)
        assert (steps[-1].done, steps[-1].total) == (5, 5)
        assert steps[-1].counts["words"] == 1


class TestBadLists:
    def test_sizes(self, store: Store) -> None:
        source = Made(few(0, 1, 10_000))
        run(store, source, "rain")
        assert rows(store) == expected(source.catalogue)
        assert store._database.engine is not None
        with store._database.read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM page").scalar() == 0

    def test_lying_totals_and_empty_pages(self, store: Store) -> None:
        def lie(task: Task) -> Page | None:
            if task.kind != "playlist":
                page = source.answer(task)
                return Page(page.stubs, next=page.next, total=10**9)
            if task.next == "5":
                return Page(next="5b", total=3)
            page = source.answer(Task("playlist", task.key, task.next and task.next.strip("b")))
            return Page(entries=page.entries, next=page.next, total=1)

        source = Made(few(12, 12), hook=lie)
        assert run(store, source, "rain").added == 2
        assert rows(store) == {
            key: (name, ids, dates, snapshot)
            for key, (name, ids, dates, snapshot) in expected(source.catalogue).items()
        }

    def test_a_list_that_claims_tracks_and_gives_none(self, store: Store) -> None:
        source = Made(few(3), hook=lambda t: Page(total=3) if t.kind == "playlist" else None)
        report = run(store, source, "rain")
        assert (report.failed, report.added, report.calls) == (1, 0, 4)
        assert "none came" in report.failures[0][2]

    def test_pages_in_a_circle(self, store: Store) -> None:
        def turn(task: Task) -> Page | None:
            if task.kind == "search":
                page = source.answer(Task("search", task.key))
                return Page(page.stubs, next="b" if task.next == "a" else "a")
            return Page(entries=(entry(1),), next={None: "1", "1": "2", "2": "1"}[task.next])

        source = Made(few(3), hook=turn)
        report = run(store, source, "rain")
        assert report.failures == [("playlist", "k0", "Its pages go round in a circle.")]
        assert rows(store) == {}
        assert report.calls < 12

    def test_empty_pages_without_end(self, store: Store) -> None:
        def endless(task: Task) -> Page | None:
            here = int(task.next or 0)
            if task.kind == "search":
                return Page((Stub("k0", "rain"),) if here == 0 else (), next=str(here + 1))
            return Page(entries=(entry(1),) if here == 0 else (), next=str(here + 1))

        report = run(store, Made(few(3), hook=endless), "rain")
        assert (report.added, report.entries) == (1, 1)
        assert report.calls <= 4 + 1 + EMPTY

    def test_twice_on_a_page(self, store: Store) -> None:
        stubs = (Stub("k0", "rain"), Stub("k0", "rain"), Stub("", "nothing"))
        source = Made(few(3), hook=lambda t: Page(stubs) if t.kind == "search" else None)
        assert run(store, source, "rain").added == 1

    def test_refused_entries_are_named(self, store: Store) -> None:
        bad = entry(2)
        object.__setattr__(bad.track, "id", "no id")
        page = Page(entries=(entry(1), bad), refused=(("track 3", "it is an episode"),))
        source = Made(few(3), hook=lambda t: page if t.kind == "playlist" else None)
        report = run(store, source, "rain")
        assert (report.refused, report.entries) == (2, 1)
        assert report.refused_file is not None
        lines = Path(report.refused_file).read_text().splitlines()
        assert lines[1:][0] == "playlist k0, track 3\tit is an episode"
        assert "entry 2" in lines[2]

    def test_it_changes_while_it_is_read(self, store: Store) -> None:
        def change(task: Task) -> Page | None:
            if task.kind == "playlist" and task.next == "5" and not changed:
                changed.append(1)
                source.catalogue.add("k0", "rain", 12, first=100, snapshot="later")
            return None

        changed: list[int] = []
        source = Made(few(12), hook=change)
        assert run(store, source, "rain").added == 1
        assert rows(store) == expected(source.catalogue)


class TestTracks:
    def test_what_is_known_of_tracks(self, store: Store) -> None:
        source = Made(few(2))
        run(store, source, "rain")
        report = run(store, source, kinds=("lyrics", "comments", "tags", "similar"))
        assert (report.calls, report.texts, report.tags) == (2 * 5, 2 * 5, 2)
        ids = [t.id for t in store.tracks.iter() if t.id in ("made:0", "made:1")]
        assert [text.body for text in store.texts.get(ids, "lyrics")[ids[0]]] == ["Words of 0"]
        comments = store.texts.get(ids, "comment")[ids[0]]
        assert [(c.body, c.likes) for c in comments] == [("C0", 0), ("C1", 1), ("C2", 0), ("C3", 1)]
        assert store.tags.get("made:0")[0][:2] == ("tag", "calm")
        similar = store.playlists.get("made:similar/0")
        assert similar is not None
        assert [track.id for track in similar.tracks] == ["made:0", "made:2", "made:1"]
        assert similar.name == "Like Artist 0 – Title 0"
        assert store.status()["trainable"] == 1, "another model's answers teach none"

    def test_none_is_asked_twice(self, store: Store) -> None:
        source = Made(few(2))
        run(store, source, "rain")
        assert run(store, source, kinds=("tags",)).calls == 2
        assert run(store, source, kinds=("tags",)).calls == 0

    def test_instrumental(self, store: Store) -> None:
        from murecom.crawl.base import Words

        def silent(task: Task) -> Page | None:
            if task.kind != "lyrics":
                return None
            return Page(texts=(Words("lyrics", ""),)) if task.key == "0" else Page()

        source = Made(few(2), hook=silent)
        run(store, source, "rain")
        assert run(store, source, kinds=("lyrics",)).texts == 1
        found = store.texts.get([t.id for t in store.tracks.iter()], "lyrics")
        assert [(text.body, text.lang) for texts in found.values() for text in texts] == [
            ("", NO_WORDS)
        ]


def test_the_double_is_honest() -> None:
    names = [stub.name for stub, _ in catalogue().lists.values()]
    assert len(names) == 121
    assert catalogue().lists == catalogue().lists
