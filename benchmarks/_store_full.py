"""The original's full size: the time to write it, its size on disk, finding names in it."""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np

import synthetic
from _common import bar, conditions, say
from murecom.store import Store
from murecom.types import Playlist

REPEATS = 5


def measure(scale: float, database: Path | None) -> dict[str, Any]:
    """Write everything, or take what an earlier run left in `database`, and search."""
    made = synthetic.make(scale)
    with tempfile.TemporaryDirectory() as folder:
        path = database or Path(folder) / "music.db"
        written = None if path.exists() else _write(made, path)
        with Store.open(path) as store:
            began = time.perf_counter()
            counts = store.status()
            counting = time.perf_counter() - began
            tracks = _searched(_track_queries(made), lambda text: store.tracks.search(text, 20))
            lists = _searched(_list_queries(made), lambda text: store.playlists.search(text, 20))
        size = path.stat().st_size
    rows: list[tuple[str, str, str]] = [
        ("playlists, tracks", f"{counts['playlists']:,}, {counts['tracks']:,}", ""),
        ("entries", f"{len(made.entries):,}", ""),
    ]
    if written:
        rows += [
            (
                "playlists written, wall",
                f"{len(made.entries) / written['lists']:,.0f}",
                "entries/s",
            ),
            ("… by CPU", f"{len(made.entries) / written['lists_cpu']:,.0f}", "entries/s"),
            ("tracks of no playlist written", f"{written['others']:,.0f}", "s"),
            (
                "all, wall and CPU",
                f"{written['all'] / 60:.1f}, {written['all_cpu'] / 60:.1f}",
                "min",
            ),
            ("… of it making up the names, wall", f"{written['making'] / 60:.1f}", "min"),
        ]
    rows += [
        ("database", f"{size / 1e9:.2f}", "GB"),
        ("status", f"{counting * 1e3:,.0f}", "ms"),
    ]
    for what, found in (("tracks", tracks), ("playlists", lists)):
        for kind, times in found.items():
            rows.append((f"search of {what}: {kind}", _spread(times), "ms"))
    every = {
        what: [t for times in found.values() for t in times]
        for what, found in (("tracks", tracks), ("playlists", lists))
    }
    minutes = written and written["all_cpu"] / scale / 60
    return {
        "conditions": conditions("sqlalchemy", "numpy"),
        "header": ("what", "measured", "unit"),
        "rows": rows,
        "ratios": {},
        "bars": [
            bar("all written, CPU, scaled to full size", minutes, 20, "min"),
            bar("database, scaled", size / scale / 1e9, 4, "GB"),
            *(
                bar(f"search of {what}, 95 % of queries", np.percentile(times, 95), 20, "ms")
                for what, times in every.items()
            ),
        ],
    }


def _write(made: synthetic.Made, path: Path) -> dict[str, float]:
    making = 0.0

    def clocked(playlists: Iterator[Playlist]) -> Iterator[Playlist]:
        nonlocal making
        while True:
            began = time.perf_counter()
            playlist = next(playlists, None)
            making += time.perf_counter() - began
            if playlist is None:
                return
            yield playlist

    def told(done: int) -> None:
        taken = time.perf_counter() - began
        say(f"{done:,} entries  {done / taken:,.0f}/s")

    with Store.open(path) as store:
        began, cpu = time.perf_counter(), time.process_time()
        store.playlists.put_many(clocked(synthetic._playlists(made, told)))
        lists, lists_cpu = time.perf_counter() - began, time.process_time() - cpu
        say("tracks of no playlist")
        synthetic.fill_catalogue(store, made)
    whole, whole_cpu = time.perf_counter() - began, time.process_time() - cpu
    return {
        "lists": lists, "lists_cpu": lists_cpu, "others": whole - lists, "all": whole,
        "all_cpu": whole_cpu, "making": making,
    }  # fmt: skip


def _searched(
    queries: dict[str, list[str]], search: Callable[[str], Iterable[object]]
) -> dict[str, list[float]]:
    """Give milliseconds by kind: of each query the median of its repeats."""
    found: dict[str, list[float]] = {}
    for kind, texts in queries.items():
        found[kind] = []
        for text in texts:
            times = []
            for _ in range(REPEATS):
                began = time.perf_counter()
                search(text)
                times.append(time.perf_counter() - began)
            found[kind].append(statistics.median(times) * 1e3)
    return found


def _spread(times: list[float]) -> str:
    return f"{statistics.median(times):.2f} / {max(times):.2f}"


def _track_queries(made: synthetic.Made, count: int = 8) -> dict[str, list[str]]:
    """Give queries of every script: names as a listener types them, and such as nobody has."""
    queries: dict[str, list[str]] = {}
    for script, name in enumerate(synthetic.SCRIPTS):
        rows = np.flatnonzero(made.script_of[made.topic_of] == script)
        some = rows[np.linspace(0, len(rows) - 1, count).astype(int)].tolist()
        titles = [made.title(row) for row in some]
        artists = [made.artist(int(made.artist_of[row]), int(made.topic_of[row])) for row in some]
        queries[f"{name}, title"] = titles
        queries[f"{name}, artist"] = artists
        queries[f"{name}, artist and title"] = [
            " ".join(x) for x in zip(artists, titles, strict=True)
        ]
        queries[f"{name}, first two characters"] = [title[:2] for title in titles]
        queries[f"{name}, one character"] = [title[0] for title in titles]
        queries[f"{name}, unfinished"] = [title[: max(len(title) - 1, 1)] for title in titles]
        queries[f"{name}, words the wrong way round"] = [
            " ".join(reversed(title.split(" "))) for title in titles
        ]
    queries["misspelt"] = ["bacofi lax", "moonligth", "pareda ulvi"]
    queries["of nobody"] = ["zzqqxxw", "龘靐", "qwrtp sdfgh", "!!!"]
    return queries


def _list_queries(made: synthetic.Made, count: int = 8) -> dict[str, list[str]]:
    queries: dict[str, list[str]] = {"said of many": list(synthetic.COMMON)}
    for script, name in enumerate(synthetic.SCRIPTS):
        rows = np.flatnonzero(made.script_of[made.topics] == script)
        some = rows[np.linspace(0, len(rows) - 1, count).astype(int)].tolist()
        names = [made.playlist_title(row) for row in some]
        queries[f"{name}, name"] = names
        queries[f"{name}, first two characters"] = [text[:2] for text in names]
        queries[f"{name}, last two characters"] = [text[-2:] for text in names]
    queries["of nobody"] = ["zzqqxxw", "龘靐", "qwrtp sdfgh"]
    return queries
