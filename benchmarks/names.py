"""Tell how fast a track is found by name among 200,000 names in several scripts.

Builds a library of generated names in a temporary folder, then asks each kind of query many times
and prints one table. Peers in the same run: SQLite's own trigram index, and LIKE without an index,
over the same names.

    python benchmarks/names.py [--names 200000] [--repeat 5]
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

from murecom.store import FileRow, Store
from murecom.text.fold import fold
from murecom.types import Track, TrackId

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


def timed(search: Callable[[str], object], asked: list[str], repeat: int) -> tuple[float, float]:
    """Give median and worst time over queries in ms, each the best of `repeat`."""
    times = []
    for query in asked:
        best = 1e9
        for _ in range(repeat):
            start = time.perf_counter()
            search(query)
            best = min(best, time.perf_counter() - start)
        times.append(best * 1e3)
    return statistics.median(times), max(times)


def recall(store: Store, tracks: list[Track], rng: random.Random) -> float:
    """Give the share of tracks that are among the results for two neighbouring Han of theirs."""
    chinese = [t for t in tracks if t.title and len(t.title) > 3 and t.title[:4].isalpha()]
    chinese = [t for t in chinese if t.title and t.title[0] in HAN]
    found = 0
    sample = rng.sample(chinese, 100)
    for track in sample:
        part = (track.title or "")[1:3]
        found += any(t.id == track.id for t, _ in store.tracks.search(part, limit=20_000))
    return found / len(sample)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--names", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=5)
    options = parser.parse_args()
    tracks = list(generated(options.names))
    rng = random.Random(2)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "music.db"
        store = Store.open(path)
        start = time.perf_counter()
        with store.transaction():
            for number, track in enumerate(tracks):
                store.tracks.put(track)
                store.files.put(FileRow(f"/music/{number}.mp3", 1, 1, track=track.id))
        took = time.perf_counter() - start
        store.close()
        start = time.perf_counter()
        store = Store.open(path)
        opened = time.perf_counter() - start
        size = path.stat().st_size / 1e6
        print(
            f"{len(tracks):,} names: built in {took:.1f} s ({len(tracks) / took:,.0f} a second), "
            f"{size:.0f} MB, opened in {opened * 1e3:.1f} ms"
        )
        peer = sqlite3.connect(":memory:")
        peer.execute("CREATE VIRTUAL TABLE trigram USING fts5(name, tokenize='trigram')")
        peer.execute("CREATE TABLE plain (name TEXT)")
        names = [(fold(f"{t.artists[0]} {t.title}"),) for t in tracks]
        peer.executemany("INSERT INTO trigram VALUES (?)", names)
        peer.executemany("INSERT INTO plain VALUES (?)", names)

        def by_trigram(query: str) -> list[object]:
            quoted = '"' + fold(query)[:200].replace('"', '""') + '"'
            statement = "SELECT rowid FROM trigram WHERE trigram MATCH ? LIMIT 20"
            return peer.execute(statement, (quoted,)).fetchall()

        def by_like(query: str) -> list[object]:
            statement = "SELECT rowid FROM plain WHERE name LIKE ? LIMIT 20"
            return peer.execute(statement, (f"%{fold(query)[:200]}%",)).fetchall()

        print(
            f"{'milliseconds a query':24} {'median':>8} {'worst':>8} {'found':>7}   "
            f"{'trigram':>8} {'found':>7}   {'LIKE':>8} {'found':>7}"
        )
        for kind, asked in queries(tracks, rng).items():
            median, worst = timed(store.tracks.search, asked, options.repeat)
            cells = [
                f"{kind:24} {median:8.2f} {worst:8.2f} {_found(store.tracks.search, asked):>7}"
            ]
            cells += [
                f"{timed(peer_search, asked, 1)[0]:8.2f} {_found(peer_search, asked):>7}"
                for peer_search in (by_trigram, by_like)
            ]
            print("   ".join(cells))
        print(f"recall of a track by two of its Han: {recall(store, tracks, rng):.3f}")
        store.close()


def _found(search: Callable[[str], list[object]], asked: list[str]) -> str:
    return f"{sum(bool(search(query)) for query in asked) / len(asked):.0%}"


if __name__ == "__main__":
    main()
