"""The queue of crawls: claims, pages, words."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from murecom.store import Store, crawl_rows
from murecom.store.crawls import New, TaskRow
from murecom.store.database import Statement
from murecom.store.postgres import Postgres
from murecom.types import Playlist, Track, TrackId


def claim(store: Store, owner: str = "a", number: int = 1) -> list[TaskRow]:
    return store.crawls.claim("s", ["playlist"], owner, 100.0, number)


def test_tasks_are_added_once_and_claimed_by_rank(store: Store) -> None:
    crawls = store.crawls
    tasks = [New("x", 1.0, {"name": "X"}), New("y", 2.0), New("z", 9.0, state="closed")]
    assert crawls.add("s", "playlist", tasks) == 3
    assert crawls.add("s", "playlist", [New("x", 5.0), New("\0w", 0.0)]) == 1
    assert crawls.top_rank("s", "playlist") == 2.0
    assert [task.key for task in claim(store, number=9)] == ["y", "x", "w"]
    assert claim(store, "b") == []
    assert crawls.known("s", "playlist", ["x", "?"])["x"].about == {"name": "X"}
    assert crawls.counts("s") == {("playlist", "taken"): 3, ("playlist", "closed"): 1}
    assert crawls.taken("s") == 3
    assert crawls.taken("other") == 0
    assert crawls.top_rank("s", "playlist") is None


def test_who_lost_a_claim_writes_nothing(store: Store) -> None:
    store.crawls.add("s", "playlist", [New("x")])
    (mine,) = claim(store)
    assert store.crawls.take_over("s", lambda owner, until: (owner, until) == ("a", 100.0)) == 1
    (theirs,) = claim(store, "b")
    assert store.crawls.keep(mine, "a", state="done") is None
    assert not store.crawls.holds(mine, "a")
    kept = store.crawls.keep(theirs, "b", until=200.0, next="5", pages=1)
    assert kept is not None
    assert (kept.state, kept.next, kept.pages) == ("taken", "5", 1)
    store.crawls.renew("b", 300.0)
    assert store.crawls.take_over("s", lambda _, until: until < 300.0) == 0
    store.crawls.release("b", "s")
    (again,) = claim(store, "c")
    assert (again.next, again.pages) == ("5", 1)


def test_pages_wait_and_go(store: Store) -> None:
    store.crawls.add("s", "playlist", [New("x")])
    (task,) = claim(store)
    for number, data in ((1, b"b"), (0, b"a"), (1, b"c")):
        store.crawls.put_page(task, number, data)
    assert store.crawls.pages(task) == [b"a", b"c"]
    store.crawls.drop_pages(task)
    assert store.crawls.pages(task) == []
    assert store.crawls.pages_each("s", "playlist") is None
    store.crawls.keep(task, "a", state="done", pages=4)
    assert store.crawls.pages_each("s", "playlist") == 4.0


def test_tasks_are_opened_again(store: Store) -> None:
    store.crawls.add("s", "playlist", [New("x"), New("y")])
    for task in claim(store, number=2):
        store.crawls.keep(task, "a", state="failed", tries=3, error="It\0broke.")
    assert [row.error for row in store.crawls.in_state("s", "failed")] == ["Itbroke."] * 2
    about = {"name": "New"}
    assert store.crawls.reopen("s", "playlist", ["failed"], keys=["x"], about=about) == 1
    (task,) = claim(store, number=2)
    assert (task.key, task.tries, task.error, task.about) == ("x", 0, None, about)
    assert store.crawls.reopen("s", None, ["failed"]) == 1


def test_words(store: Store) -> None:
    crawls = store.crawls
    assert crawls.best_words("s") == []
    crawls.count_words("s", {"jazz": (5, 1.0), "chill": (9, 1.0), "2019": (9, 0.1), "rock": (1, 1)})
    crawls.count_words("s", {"jazz": (1, 1.0)})
    assert crawls.best_words("s") == [("chill", 9.0), ("jazz", 6.0), ("rock", 1.0), ("2019", 0.9)]
    assert crawls.take_word("s", "jazz")
    assert not crawls.take_word("s", "jazz")
    assert crawls.take_word("s", "never seen")
    crawls.count_words("s", {"jazz": (10, 1.0)})
    crawls.learn("s", "jazz", 20, 15)
    assert crawls.learned("s") == [(6.0, 1, 15)], "its worth stays what it was when it was taken"
    assert crawls.words("s") == {"seen": 5, "asked": 1, "playlists": 15}
    assert crawls.words("other") == {"seen": 0, "asked": 0, "playlists": 0}


def test_tracks_in_most_playlists_come_first(store: Store) -> None:
    tracks = [Track(TrackId(f"t:{n}"), f"T{n}") for n in range(3)]
    store.tracks.put(Track(TrackId("t:9"), "alone"))
    store.playlists.put(Playlist("a", (tracks[0], tracks[2]), "s:1"))
    store.playlists.put(Playlist("b", (tracks[2],), "s:2", snapshot="v"))
    found = store.crawls.unasked("t", ["tags"], "t:", (), 10)
    assert [(key, track.id, n) for key, track, n in found] == [
        ("2", "t:2", 2), ("0", "t:0", 1), ("9", "t:9", 0),
    ]  # fmt: skip
    assert store.crawls.stored("s", ["1", "2", "3"]) == {"1": None, "2": "v"}


def test_statements_compile_for_a_server() -> None:
    dialect = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
    backend = Postgres(sa.make_url("postgresql+psycopg://user@host/music"), 1)
    found = [value for value in vars(crawl_rows).values() if isinstance(value, Statement)]
    assert len(found) == 8
    for statement in found:
        assert statement.compiled(backend, dialect)[0].split()[0] in ("INSERT", "UPDATE", "DELETE")
    assert "FOR UPDATE SKIP LOCKED" in str(crawl_rows.FIRST_OPEN.compile(dialect=dialect))


def test_a_turn_is_all_or_nothing(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.crawls.turn():
        store.crawls.add("s", "playlist", [New("x")])
        raise ZeroDivisionError
    assert store.crawls.counts("s") == {}
    assert store.crawls.now() > 1e9
