"""Measure how fast a track is found by name among 200,000 names in several scripts.

The names are generated: real frequencies of words, lengths and shares of scripts, made-up words
between them. Each kind of query is asked many times; a time is the best of several, so that it is
the program that is measured and not what else the machine does. Compared, over the same names:

    murecom      the whole answer of `store.tracks.search`: 20 ranked tracks
    trigram      SQLite's own trigram index, unranked rows
    LIKE         no index, unranked rows

    python benchmarks/names.py [--names 200000] [--repeat 5] [--json]
"""

from __future__ import annotations

import argparse
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from _common import bar, bars, conditions, restart_fairly, say, show, table
from murecom.store import FileRow, Store
from murecom.text.fold import fold
from murecom.types import Track, TrackId

Search = Callable[[str], list[Any]]

ENGLISH = """
    the you love of me my a to in i it your on and is all for no we be this don't time like one up
    go man night heart life baby girl world good day way down out home let she get just can never
    little blue with song black now come dance from know back so feel rain away sun dream summer
    star last fire light moon soul high lost beautiful not if cello suite bach without sky river
"""
HAN = (
    "的爱我你不一人天是心在有了们夜梦情花风月雨生无来去时歌后水大小光星海想见思念晴遗憾再说好回家过山"
    "江云年中上下春秋冬夏红白黑色城市里飞远近孤独勇敢幸福快乐伤悲离别重逢青春岁月故事世界永最初感谢等待"
)
KANA = (
    "あいうえおかきくけこさしすせそたちつてとなにのはまみもやゆよらりるれろわん"
    "アイウカキクコサシスタトナンー愛夢空花君"
)
HANGUL = "사랑나너우리그대하늘별밤꿈눈물바람노래시간이별마음봄날오늘내일안녕"
SYLLABLES = "ka lo mi ra ven tor sha del qui bo ne zu ri fel mar con tis ly gan pro ex um der al"
VERSIONS = ("", "", "", "", "", " (Live)", " - Remastered 2011", " (Remix)", "（现场版）")


def generated(count: int, seed: int = 1) -> Iterator[Track]:
    """Yield tracks with names of realistic lengths, word frequencies and scripts."""
    rng = random.Random(seed)
    words, syllables = ENGLISH.split(), SYLLABLES.split()
    english = [1 / (rank + 1) ** 0.9 for rank in range(len(words))]
    han = [1 / (rank + 3) ** 0.7 for rank in range(len(HAN))]
    rare = ["".join(rng.choices(syllables, k=rng.randint(2, 4))) for _ in range(60_000)]

    def latin() -> str:
        chosen = rng.choices(words, english, k=min(8, max(1, int(rng.gauss(3, 1.5)))))
        return " ".join(w if rng.random() < 0.7 else rng.choice(rare) for w in chosen).title()

    makers: tuple[tuple[float, Callable[[], str]], ...] = (
        (0.55, latin),
        (0.80, lambda: "".join(rng.choices(HAN, han, k=rng.randint(2, 7)))),
        (0.92, lambda: "".join(rng.choices(KANA, k=rng.randint(3, 9)))),
        (
            1.00,
            lambda: " ".join("".join(rng.choices(HANGUL, k=2)) for _ in range(rng.randint(1, 3))),
        ),
    )

    def name() -> str:
        draw = rng.random()
        return next(make() for share, make in makers if draw <= share)

    artists = [name()[:24] for _ in range(max(2, count // 6))]
    albums = [name() for _ in range(max(2, count // 10))]
    for number in range(count):
        # The square makes few artists common and many rare.
        artist = artists[int(len(artists) * rng.random() ** 2)]
        album = albums[number * len(albums) // count]
        title = name() + rng.choice(VERSIONS)
        yield Track(TrackId(f"bench:{number}"), title, (artist,), album, 200.0)


def queries(tracks: list[Track], rng: random.Random) -> dict[str, list[str]]:
    """Choose queries of each kind from names that are there."""
    some = rng.sample(tracks, 400)
    chinese = [t.title or "" for t in tracks if t.title and t.title[0] in HAN and len(t.title) > 2]
    latin = [t for t in some if (t.title or "").isascii() and t.artists[0].isascii()]
    return {
        "title": [t.title or "" for t in some[:60]],
        "artist title": [f"{t.artists[0]} {t.title}" for t in some[:60]],
        "title artist": [f"{t.title} {t.artists[0]}" for t in some[:60]],
        "artist": [t.artists[0] for t in some[:60]],
        "common words": ["love", "the", "the love", "you and me", "in the night", "of the", "a"],
        "two Han": [title[1:3] for title in rng.sample(chinese, 60)],
        "one Han": list(HAN[:40]),
        "last word unfinished": [f"{t.artists[0]} {(t.title or '')[:2]}" for t in latin[:60]],
        "one letter": list("abcdefghijklmnopqrstuvwxyz"),
        "common word + letter": [f"{w} {c}" for w in ("love", "the", "bach") for c in "stlm"],
        "misspelt": [_misspelt(t.artists[0], rng) for t in latin[:40]],
        "nothing there": ["xyzzyplugh", "qqqq wwww", "囍龘", "‽‽‽"],
        "10,000 characters": ["love " * 2000, "晴天" * 5000],
    }


def _misspelt(name: str, rng: random.Random) -> str:
    place = rng.randrange(1, max(2, len(name) - 1))
    return name[:place] + name[place + 1 :]


def timed(search: Search, asked: list[str], repeat: int) -> dict[str, Any]:
    """Give median and worst time in ms, each query's the best of `repeat`, and the share found."""
    times, found = [], 0
    for query in asked:
        best = float("inf")
        for _ in range(repeat):
            start = time.perf_counter()
            results = search(query)
            best = min(best, time.perf_counter() - start)
        times.append(best * 1e3)
        found += bool(results)
    median, worst = statistics.median(times), max(times)
    return {"median": median, "worst": worst, "found": found / len(asked)}


def recall(store: Store, tracks: list[Track], rng: random.Random) -> float:
    """Give the share of tracks that are among the results for two neighbouring Han of theirs."""
    chinese = [t for t in tracks if t.title and len(t.title) > 3 and set(t.title[:3]) <= set(HAN)]
    sample = rng.sample(chinese, min(100, len(chinese)))
    found = 0
    for track in sample:
        part = (track.title or "")[1:3]
        found += any(t.id == track.id for t, _ in store.tracks.search(part, limit=20_000))
    return found / len(sample)


def build(path: Path, tracks: list[Track]) -> dict[str, Any]:
    """Put tracks and their files in one transaction, then open the database again."""
    with Store.open(path) as store:
        start = time.perf_counter()
        with store.transaction():
            for number, track in enumerate(tracks):
                store.tracks.put(track)
                store.files.put(FileRow(f"/music/{number}.mp3", 1, 1, track=track.id))
        seconds = time.perf_counter() - start
    opened = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        Store.open(path).close()
        opened = min(opened, time.perf_counter() - start)
    return {"seconds": seconds, "open_ms": opened * 1e3, "mb": path.stat().st_size / 1e6}


def peers(tracks: list[Track]) -> dict[str, Search]:
    """Index the same names with what SQLite offers by itself."""
    peer = sqlite3.connect(":memory:")
    peer.execute("CREATE VIRTUAL TABLE trigram USING fts5 (name, tokenize='trigram')")
    peer.execute("CREATE TABLE plain (name TEXT)")
    names = [(fold(f"{track.artists[0]} {track.title}"),) for track in tracks]
    peer.executemany("INSERT INTO trigram VALUES (?)", names)
    peer.executemany("INSERT INTO plain VALUES (?)", names)

    def by_trigram(query: str) -> list[Any]:
        quoted = '"' + fold(query)[:200].replace('"', '""') + '"'
        statement = "SELECT rowid FROM trigram WHERE trigram MATCH ? LIMIT 20"
        return peer.execute(statement, (quoted,)).fetchall()

    def by_like(query: str) -> list[Any]:
        statement = "SELECT rowid FROM plain WHERE name LIKE ? LIMIT 20"
        return peer.execute(statement, (f"%{fold(query)[:200]}%",)).fetchall()

    return {"trigram": by_trigram, "LIKE": by_like}


def measure(count: int, repeat: int) -> dict[str, Any]:
    """Run everything once."""
    say(f"generating {count:,} names")
    tracks = list(generated(count))
    rng = random.Random(2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "music.db"
        say("building")
        built = build(path, tracks)
        searches = peers(tracks)
        with Store.open(path) as store:
            rows = {}
            for kind, asked in queries(tracks, rng).items():
                say(f"asking: {kind}")
                rows[kind] = {"murecom": timed(store.tracks.search, asked, repeat)}
                for name, search in searches.items():
                    rows[kind][name] = timed(search, asked, 1)
            say("checking")
            share = recall(store, tracks, rng)
    medians = [row["murecom"]["median"] for row in rows.values()]
    rate = count / built["seconds"]
    return {
        "conditions": conditions("sqlalchemy"),
        "sqlite": sqlite3.sqlite_version,
        "names": count,
        "build": built | {"names_per_second": rate},
        "queries": rows,
        "recall": share,
        "bars": [
            bar("slowest kind of query, median", max(medians), 10, "ms"),
            bar("time for one track in a bulk", 1e3 / rate, 1e3 / 8000, "ms"),
            bar("opening an up-to-date database", built["open_ms"], 30, "ms"),
            bar("names missed by two of their Han", 1 - share, 0, ""),
        ],
    }


def text(result: dict[str, Any]) -> str:
    """Lay out the result for people."""
    rows = []
    for kind, row in result["queries"].items():
        cells = [kind, f"{row['murecom']['median']:.2f}", f"{row['murecom']['worst']:.2f}"]
        cells.append(f"{row['murecom']['found']:.0%}")
        for name in ("trigram", "LIKE"):
            cells += [f"{row[name]['median']:.2f}", f"{row[name]['found']:.0%}"]
        rows.append(cells)
    header = ("query", "median ms", "worst ms", "found", "trigram ms", "found", "LIKE ms", "found")
    built = result["build"]
    return "\n".join(
        [
            *result["conditions"],
            f"SQLite    {result['sqlite']}",
            f"{result['names']:,} names and files: {built['seconds']:.1f} s to build "
            f"({built['names_per_second']:,.0f} a second), {built['mb']:.0f} MB",
            "",
            table(header, rows),
            "",
            bars(result["bars"]),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--names", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    result = measure(options.names, options.repeat)
    show(result, options.json, lambda: text(result))


if __name__ == "__main__":
    restart_fairly()
    main()
