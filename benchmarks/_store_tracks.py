"""Tracks in: one commit each, as in a scan, and many in one transaction.

A track is what a scan knows of it: two artists, an album, two genres, an id elsewhere, its file,
five tags and three embedders' vectors of five windows. Compared with the same statement run by
SQLAlchemy's `Connection.execute` and by an ORM session, which the store does not use.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, registry

from _common import bar, conditions, say
from murecom.store import FileRow, Store, schema
from murecom.store.database import Statement
from murecom.types import Track, TrackId

DIMS = {"musicnn-msd-1": 200, "musicnn-mtt-1": 200, "mfcc-1": 60}


def put(store: Store, number: int, vectors: dict[str, Any]) -> None:
    """Put what a scan learns of one track."""
    track = Track(
        TrackId(f"file:{number:032x}"),
        f"Some Title of Song {number}",
        (f"Artist {number // 20}", f"Guest {number % 7}"),
        f"Album {number // 12}",
        200.0,
        None,
        {"mbid": f"{number:036x}"},
    )
    path = f"/music/Artist {number // 20}/Album {number // 12}/{number % 12:02}.mp3"
    store.tracks.put(track, year=2000, number=number % 12, genres=("Rock", "Pop"))
    store.files.put(FileRow(path, 5_000_000, 10**18 + number, f"{number:032x}", track.id))
    for key, array in vectors.items():
        store.vectors.put(track.id, key, array)
    store.tags.put(track.id, [("sound", f"tag {n}", 0.5, "musicnn-msd-1") for n in range(5)])


def clock(work: Callable[[], None]) -> tuple[float, float]:
    """Give wall and CPU seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - wall, time.process_time() - cpu


def statements(store: Store, count: int) -> list[tuple[str, float]]:
    """Time one INSERT in three ways of running it, in µs."""
    mapper = registry()
    mapped = mapper.map_imperatively(type("Row", (), {}), schema.artist)
    made = Statement(lambda _: sa.insert(schema.artist), ("name", "key"))
    rows = [{"name": f"{way} {n}", "key": "k"} for way in "abc" for n in range(count)]
    with store._database.write() as work:

        def raw() -> None:
            for row in rows[:count]:
                work.run(made, **row)

        def core() -> None:
            statement = sa.insert(schema.artist)
            for row in rows[count : 2 * count]:
                work.connection.execute(statement, row)

        def orm() -> None:
            session = Session(bind=work.connection)
            for row in rows[2 * count :]:
                session.merge(mapped.class_(pk=None, **row))
                session.flush()

        ways = {"Statement of the store": raw, "Connection.execute": core, "ORM, merge": orm}
        taken = [(name, clock(way)[0] / count * 1e6) for name, way in ways.items()]
    mapper.dispose()
    return taken


def measure(count: int) -> dict[str, Any]:
    """Run everything once."""
    rng = np.random.default_rng(0)
    vectors = {k: rng.standard_normal((5, dim), dtype=np.float32) for k, dim in DIMS.items()}
    singles = count // 5
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "music.db"
        with Store.open(path) as store:

            def one_by_one() -> None:
                for number in range(singles):
                    with store.transaction():
                        put(store, number, vectors)

            def all_at_once() -> None:
                with store.transaction():
                    for number in range(singles, count):
                        put(store, number, vectors)

            say("one commit a track")
            single = clock(one_by_one)
            say("one transaction")
            bulk = clock(all_at_once)
            say("reading")
            reading = min(clock(lambda: _read(store))[0] for _ in range(3))
            running = statements(store, 3000)
            store.backup(Path(folder) / "copy.db")
            size = (Path(folder) / "copy.db").stat().st_size
    scale = 100_000 / count
    rows: list[tuple[str, str, str]] = [
        ("one commit a track, wall", f"{singles / single[0]:,.0f}", "tracks/s"),
        ("one commit a track, CPU", f"{singles / single[1]:,.0f}", "tracks/s"),
        ("one transaction, wall", f"{(count - singles) / bulk[0]:,.0f}", "tracks/s"),
        (f"means of {count:,} tracks read", f"{reading * 1e3:,.0f}", "ms"),
        ("size on disk", f"{size / count / 1e3:.1f}", "kB/track"),
        *((f"INSERT by {name}", f"{us:.1f}", "µs") for name, us in running),
    ]
    return {
        "conditions": conditions("sqlalchemy", "numpy"),
        "tracks": count,
        "header": ("what", "measured", "unit"),
        "rows": rows,
        "bars": [
            bar("a track with its own commit", single[0] / singles * 1e3, 1e3 / 1500, "ms"),
            bar("means of 100,000 tracks (scaled)", reading * scale, 1.0, "s"),
        ],
    }


def _read(store: Store) -> None:
    store.vectors.matrix("musicnn-msd-1")
