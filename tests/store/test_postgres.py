"""PostgreSQL: the statements compile, and, where a server is, the whole store works on it."""

import os
import pwd
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import numpy as np
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from murecom.errors import NotReady, Unreachable, Unsupported
from murecom.jobs.twins import find_twins
from murecom.store import (
    FileRow,
    ImportRow,
    MoodRow,
    Store,
    Text,
    Written,
    bulk,
    bulk_tracks,
    crawl_rows,
    descriptors,
    files,
    imports,
    moods,
    tags,
    texts,
    tracks,
    twins,
    vectors,
)
from murecom.store.base import Match
from murecom.store.database import Statement
from murecom.store.postgres import Postgres, _expression, _vector
from murecom.store.schema import METADATA
from murecom.types import Playlist, Track, TrackId

URL = sa.make_url("postgresql+psycopg://user:secret@host/music")


def test_the_password_is_not_shown() -> None:
    assert Postgres(URL, 1).place == "postgresql+psycopg://user:***@host/music"


@pytest.mark.parametrize(
    "module",
    [
        tracks,
        files,
        vectors,
        tags,
        texts,
        descriptors,
        bulk,
        bulk_tracks,
        imports,
        moods,
        crawl_rows,
        twins,
    ],
)
def test_statements_compile(module: object) -> None:
    statements = [value for value in vars(module).values() if isinstance(value, Statement)]
    assert statements
    dialect = postgresql.dialect(paramstyle="pyformat")  # type: ignore[no-untyped-call]
    for statement in statements:
        text, bind = statement.compiled(Postgres(URL, 1), dialect)
        assert text.split()[0] in ("SELECT", "INSERT", "UPDATE", "DELETE")
        assert bind({"id": 1})["id"] == 1


def test_tables_compile() -> None:
    for table in METADATA.sorted_tables:
        text = str(sa.schema.CreateTable(table).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]
        assert "WITHOUT ROWID" not in text
        assert ("COLLATE" in text) == ("key" in table.c and isinstance(table.c.key.type, sa.Text)
                                       and bool(table.c.key.type._variant_mapping))  # fmt: skip


def test_terms_are_quoted() -> None:
    assert _vector(["don't", "a\\b"], ["晴天"]) == "'don''t':1A 'a\\\\b':1A '晴天':2B"
    match = Match((("love", "lave"), ("o'",)), is_prefix=True)
    assert _expression(match) == "('love' | 'lave') & ('o''':*)"
    match = Match((("love",), ("x",)), is_prefix=True, title_only=True)
    assert _expression(match) == "('love':A) & ('x':*A)"


def test_backups_are_the_servers_business(tmp_path: Path) -> None:
    with pytest.raises(Unsupported, match="pg_dump"):
        Postgres(URL, 1).backup(None, tmp_path / "x")  # type: ignore[arg-type]


# -- a real server ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, needs_program: Callable[..., str]
) -> Iterator[Path]:
    """Start a PostgreSQL of our own that listens on a socket in a folder; give the folder."""
    pytest.importorskip("psycopg", reason="psycopg is not installed (pip install psycopg[binary])")
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    folder = programs[-1] if programs else Path(needs_program("postgres", "postgresql")).parent
    # The socket's path has to be short.
    home = Path(subprocess.check_output(["mktemp", "-d"], text=True).strip())
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:  # the server refuses to be root
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            user = pwd.getpwnam("nobody")
        os.chown(home, user.pw_uid, user.pw_gid)
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}

    def run(*command: str) -> None:
        subprocess.run(
            command,
            check=True,
            cwd=home,
            stdout=subprocess.DEVNULL,
            **as_user,  # type: ignore[call-overload]
        )

    data = str(home / "data")
    run(str(folder / "initdb"), "-D", data, "-U", "test", "-A", "trust", "-E", "UTF8", "--locale=C")
    options = f"-c listen_addresses= -c unix_socket_directories={home} -c fsync=off"
    run(str(folder / "pg_ctl"), "-D", data, "-w", "-l", str(home / "log"), "-o", options, "start")
    try:
        yield home
    finally:
        run(str(folder / "pg_ctl"), "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(home)


@pytest.mark.server
class TestServer:
    @pytest.fixture
    def url(self, server: Path, request: pytest.FixtureRequest) -> str:
        name = f"music_{abs(hash(request.node.name))}"
        engine = sa.create_engine(f"postgresql+psycopg://test@/postgres?host={server}",
                                  isolation_level="AUTOCOMMIT")  # fmt: skip
        with engine.connect() as connection:
            connection.exec_driver_sql(f"CREATE DATABASE {name}")
        engine.dispose()
        return f"postgresql+psycopg://test@/{name}?host={server}"

    @pytest.fixture
    def store(self, url: str) -> Iterator[Store]:
        with Store.open(url) as opened:
            yield opened

    def test_all_that_sqlite_does(self, store: Store, tmp_path: Path) -> None:
        one = Track(
            TrackId("t:1"), "晴天", ("周杰倫",), "葉惠美", 269.0, "/m/\udcff", {"mbid": "m"}
        )
        two = Track(TrackId("t:2"), "Bohemian Rhapsody\0", ("Queen", "Björk"))
        with store.transaction():
            for _ in range(2):
                store.tracks.put(one, year=2003, genres=["pop"], album_artist="周杰倫")
                store.tracks.put(two, genres=["rock"])
                store.files.put(FileRow("/m/\udcff", 1, 2**60, "h", one.id))
                store.files.put(FileRow("/m/2", 1, 2, "h", two.id))
                store.vectors.put(one.id, "k", np.ones((5, 8)))
                store.descriptors.put(one.id, {"tempo": (120, "BPM")})
                store.tags.put(one.id, [("mood", "calm", 1, "user")])
                store.texts.put(one.id, "lyrics", [Text("故事的小黄花\0", "zh")])
                store.texts.put(two.id, "comment", [Text("ok", None, 7)], source="web")
                store.moods.put([MoodRow(two.id, "all", 0.5, -0.25, 0.75, 3, 0.1, np.ones(9))])
        playlist = store.playlists.put(Playlist("Evening 100%", (two, one, two)))
        assert store.tracks.get([one.id]) == {one.id: one}
        assert store.tracks.details([one.id])[one.id].descriptors == {"tempo": 120.0}
        assert store.tracks.by_path("/m/\udcff") == one
        assert [row.path for row in store.files.iter("/m")] == ["/m/2", "/m/\udcff"]
        assert store.vectors.matrix("k")[1].tolist() == [[1.0] * 8]
        assert store.vectors.missing(["k"]) == [two.id]
        found = store.playlists.get(playlist)
        assert found is not None
        assert [track.id for track in found.tracks] == [two.id, one.id, two.id]
        assert store.playlists.search("100%")[0][1] == 0.5
        assert store.revision() == 1 + 0
        assert store.status() == store.status() | {
            "tracks": 2, "artists": 3, "albums": 1, "vectors": 1, "files": 2, "playlists": 1,
        }  # fmt: skip
        with pytest.raises(Unsupported, match="pg_dump"):
            store.backup(tmp_path / "copy")
        table = store.moods.all()
        assert (table.ids, table.points.tolist()) == ([two.id], [[0.5, -0.25]])
        assert (table.probabilities.tolist(), table.popularity.tolist()) == ([[1.0] * 9], [1])
        store.files.mark_gone(["/m/2"])
        assert store.texts.get([one.id], "lyrics") == {one.id: [Text("故事的小黄花", "zh")]}
        assert [track_id for track_id, _ in store.texts.iter("lyrics", batch=1)] == [one.id]
        assert store.status()["lyrics"] == 1
        assert store.tracks.move(two.id, one.id)
        assert store.texts.get([one.id], "comment") == {one.id: [Text("ok", None, 7, "web")]}
        assert list(store.moods.get([one.id])[one.id]) == ["all"]
        assert store.moods.stamps("all") == {one.id: ""}
        store.moods.forget("all")
        assert store.moods.get([one.id]) == {}
        assert store.status()["tracks"] == 1
        assert len(list(store.tracks.iter())) == 1

    def test_playlists_as_sqlite_keeps_them(self, store: Store, tmp_path: Path) -> None:
        a, b, c = (Track(TrackId(f"t:{n}"), f"Tëst {n}", ("A", "夜")) for n in range(3))
        steps = [
            [
                Playlist(
                    "夜 mix", (a, b, a), "x:1", "d", (1, None, 2**33), ("soft", "夜", "soft"), "s1"
                ),
                Playlist("Mix", (c,), "x:2", None, (), (), "s'\\\"{},"),
                Playlist("", (), "y:1", "", (), ("only tags",)),
                Playlist("a mix\0", (b,), "y:2", None, (0,), ("NULL", "")),
            ],
            [
                Playlist("夜 mix", (a, b, a), "x:1", "d", (1, None, 2**33), ("soft", "夜"), "s1"),
                Playlist("Mix", (c, b), "x:2", None, (5, 6), ("new",), "s2"),
                Playlist("", (), "y:1", ""),
                Playlist("a mix", (b,), "y:2", None, (1,), ("NULL", ""), None),
            ],
            [Playlist("100% {mix}", (a, b, c), "x:1", None, (3, 2, 1))],
        ]
        with Store.open(tmp_path / "same.db") as other:
            for lists in steps:
                kept = []
                for each in (store, other):
                    written = each.playlists.put_many(lists)
                    found = {q: each.playlists.search(q, 3) for q in ("mix", "夜", "100%", "m", "")}
                    kept.append((written, list(each.playlists.iter()), found))
                assert kept[0] == kept[1]
        found = store.playlists.get("x:2")
        assert found is not None
        assert (found.added, found.tags, found.snapshot) == ((5, 6), ("new",), "s2")

    def test_many_at_once(self, store: Store) -> None:
        held = [
            Track(TrackId(f"t:{n}"), f"Title {n}", (f"A{n % 3}",), f"B{n % 2}") for n in range(9)
        ]
        lists = [Playlist(f"P{n}\0", (*held[n:], held[0]), f"x:{n}") for n in range(9)]
        assert store.playlists.put_many(lists) == Written(9, 0, 0, 54, 9)
        assert store.playlists.put_many(lists) == Written(0, 0, 9, 0, 0)
        lists[1] = Playlist("Q", (held[1],), "x:1")
        assert store.playlists.put_many(lists).replaced == 1
        before = store.playlists.revision()
        off = store.playlists.put_many(lists[:1], trainable=False, trainable_on="2026-11-22")
        assert off.replaced == 1
        assert store.playlists.put_many(lists[:1]).unchanged == 1
        assert store.playlists.revision() == before + 1
        found = store.playlists.lists(titles=True)
        assert (len(found.playlists), found.left_out) == (8, 1)
        assert [found.tracks[row] for row in found.entries[: found.starts[1]]] == ["t:1"]
        assert found.artists[0] == "A0"
        assert [track.id for track, _ in store.tracks.search("title 7")] == ["t:7"]
        assert store.tracks.put_many([held[0], Track(TrackId("t:new"))]) == 1
        assert sorted(store.playlists.albums().titles) == ["A0 – B0", "A1 – B1", "A2 – B0"]
        row = ImportRow("/m/\udcff", 2**40, 1, None, 3, 1, True)
        store.imports.put(row)
        store.imports.put(row)
        assert store.imports.get(row.path) == row

    @pytest.mark.parametrize(
        ("text", "ids"),
        [
            ("晴天", ["t:1"]),
            ("杰伦 晴天", ["t:1"]),
            ("周杰伦晴天", ["t:1"]),
            ("bohem", ["t:2"]),
            ("queen boh", ["t:2"]),
            ("rhapsody bjork", ["t:2"]),
            ("don't", ["t:3"]),
            ("back\\slash", ["t:3"]),
            ("!!!", ["t:4"]),
            ("'; DROP TABLE track; --", []),
            ("a & b | !c:*", []),
            ("\0", []),
        ],
    )
    def test_search(self, store: Store, text: str, ids: list[str]) -> None:
        with store.transaction():
            names = [("晴天", "周杰倫"), ("Bohemian Rhapsody", "Queen"), ("Don't back\\slash", "'"),
                     ("!!!", "!!!")]  # fmt: skip
            for number, (title, artist) in enumerate(names, 1):
                artists = (artist, "Björk") if number == 2 else (artist,)
                store.tracks.put(Track(TrackId(f"t:{number}"), title, artists))
        assert [track.id for track, _ in store.tracks.search(text)] == ids

    def test_opening_again(self, store: Store, url: str) -> None:
        store.tracks.put(Track(TrackId("t:1")))
        with Store.open(url) as again:
            assert again.status()["tracks"] == 1

    def test_a_lock_is_waited_for_only_so_long(self, store: Store, url: str) -> None:
        store.tracks.put(Track(TrackId("t:1")))
        with Store.open(url, wait=0.1) as other, store.transaction():
            store.tracks.put(Track(TrackId("t:1"), "A"))
            with pytest.raises(NotReady, match="busy"):
                other.tracks.put(Track(TrackId("t:1"), "B"))

    def test_a_server_that_is_not_there(self, tmp_path: Path, server: Path) -> None:
        with pytest.raises(Unreachable, match="does not answer"):
            Store.open(f"postgresql+psycopg://test@/music?host={tmp_path}")
        with pytest.raises(Unreachable, match="does not answer"):
            Store.open(f"postgresql+psycopg://test@/no_such?host={server}")

    def test_tracks_of_a_slower_writer_are_compared(self, store: Store, url: str) -> None:
        own, slow, fast = TrackId("file:1"), TrackId("x:slow"), TrackId("x:fast")
        store.tracks.put(Track(own, "Grey Rain", ("A",)))
        store.files.put(FileRow("/m/1", 1, 1, track=own))
        report = []
        thread = Thread(target=lambda: report.append(find_twins(store)))
        with Store.open(url) as other:
            with other.transaction():
                other.tracks.put(Track(slow, "Grey Rain", ("A",)))
                store.tracks.put(Track(fast, "Grey Rain", ("A",)))
                thread.start()
                thread.join(0.5)
            thread.join(30)
        find_twins(store)
        assert report
        assert store.twins.all() == {slow: own, fast: own}

    def test_later_files_complete_tracks_which_are_compared_again(self, store: Store) -> None:
        x, own = TrackId("x:1"), TrackId("file:1")
        full = Track(x, "Grey Rain", ("A", "B"), "Sky", 61.5, None, {"isrc": "USRC17607839"})
        for track in (own, TrackId("file:2")):
            store.tracks.put(Track(track, "Grey Rain", ("A", "B"), "Sky", 61.0))
            store.files.put(FileRow(f"/m/{track}", 1, 1, track=track))
        store.tracks.put_many([Track(x), Track(TrackId("x:2"), "Snow", ("C",))])
        find_twins(store)
        told = (full, Track(TrackId("x:2"), "Sleet", ("D",)))
        assert store.playlists.put_many([Playlist("P", told, "p:1")]).differing == 1
        assert store.tracks.get([x])[x] == full
        assert [track.id for track, _ in store.tracks.search("rain sky")] == [own, "file:2", x]
        assert find_twins(store).compared == 1
        file = store.twins.all()[x]
        store.tracks.delete([file])
        find_twins(store)
        assert store.twins.all() == {x: ({own, TrackId("file:2")} - {file}).pop()}
