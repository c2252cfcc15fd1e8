"""Make playlists of the original's full size, with a fixed seed: what benchmarks of scale run on.

177,889 playlists with 9.6 million entries, 4,995,249 tracks in the catalogue of which about 2.4
million occur, 801,357 artists. Each of 4,000 topics has its tracks (popularity falls with the rank,
Zipf-Mandelbrot), its artists, a script and words; a playlist keeps to one topic and its neighbours
on a ring, a run of entries at a time, so that what goes together and what follows what can be
learned; its name is made of the topic's words. Scripts: Latin, Chinese, Japanese, Korean, Cyrillic.

    python benchmarks/synthetic.py [--scale 0.05] [--seed 1] [--json]
                                   [-o FILE.npz] [--database FILE.db] [--occurring]

`make(scale, seed)` gives arrays in seconds, `fill(store, made)` writes them through the store. All
sizes shrink with the scale alike, so each topic stays what it is.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from _common import bar, bars, conditions, restart_fairly, say, show, table
from murecom.interactions import Interactions
from murecom.jobs.playlist_data import read_store
from murecom.store import Store, Written
from murecom.types import Playlist, Track, TrackId

PLAYLISTS, TRACKS, ARTISTS, ENTRIES, TOPICS = 177_889, 4_995_249, 801_357, 9_600_000, 4_000
LONGEST = 250
EXPONENT, OFFSET = 1.17, 1.0
"Of the popularity of a topic's tracks; chosen so that about 2.4 million occur at full size."

STAY, HOME, FAR = 0.7, 0.75, 0.08
"Chances that the next entry is of the same topic, that a run is of the list's own, of any at all."

SCRIPTS = ("latin", "chinese", "japanese", "korean", "cyrillic")
SHARES = (0.68, 0.12, 0.08, 0.06, 0.06)
SYLLABLES = {
    "latin": "ba co da el fi go ha in jo ka la mi no or pa re sa ta ul vi wo ex yu zen",
    "chinese": "春 夏 秋 冬 风 花 雪 月 山 水 天 地 日 夜 星 光 海 云 雨 心 爱 梦",
    "japanese": "あ い う お か き く け こ さ し す そ た な に の は ひ ま も や",
    "korean": "가 나 다 라 마 바 사 아 자 차 카 타 하 고 노 도 로 모 보 소 기 니",
    "cyrillic": "ба во га да ен жи за ик ко ла ми но ов пе ра со та ур фе хо",
}
COMMON = ("mix", "chill", "party", "old", "my", "summer", "drive", "gym", "sleep", "2017", "♥")
WORDS = 4096


@dataclass(frozen=True, eq=False)
class Made:
    """Playlists as arrays; names are made when they are asked for.

    `starts` (playlists + 1,) and `entries` (rows of the catalogue) as in `Interactions`, `topics`
    (playlists,); of each track of the catalogue its topic and artist; of each topic its script.
    """

    starts: NDArray[np.int64]
    entries: NDArray[np.int32]
    topics: NDArray[np.int16]
    topic_of: NDArray[np.int16]
    artist_of: NDArray[np.int32]
    script_of: NDArray[np.int8]
    n_artists: int

    @cached_property
    def occurring(self) -> NDArray[np.int32]:
        """Rows of the catalogue that are in a playlist, ascending."""
        seen = np.zeros(len(self.topic_of), bool)
        seen[self.entries] = True
        return np.flatnonzero(seen).astype(np.int32)

    def interactions(self) -> Interactions:
        """Give the playlists over the tracks that occur."""
        rows = np.zeros(len(self.topic_of), np.int32)
        rows[self.occurring] = np.arange(len(self.occurring), dtype=np.int32)
        return Interactions(self.starts, rows[self.entries], len(self.occurring))

    def track_id(self, track: int) -> TrackId:
        """Give an id of the length that Spotify's have."""
        return TrackId(f"spotify:track:{_mixed(track):022x}")

    def title(self, track: int) -> str:
        """Give a title of one to three words in the script of its topic."""
        key = _mixed(track)
        return self._words(self.topic_of[track], key, 1 + key % 3)

    def artist(self, artist: int, topic: int) -> str:
        """Give a name that no other artist has."""
        return self._words(topic, artist + 7, 2 + (artist >= WORDS**2 // 2))

    def album(self, track: int) -> str:
        """Give one of three albums of the artist."""
        key = _mixed(int(self.artist_of[track]) * 3 + track % 3)
        return self._words(self.topic_of[track], key, 2)

    def playlist_title(self, playlist: int) -> str:
        """Give a name: a word or two of the topic, a word that says nothing, or both."""
        key, topic = _mixed(playlist), int(self.topics[playlist])
        own = self._words(topic, _mixed(topic * 4 + key % 4), 1 + key % 2)
        common = COMMON[key // 8 % len(COMMON)]
        return (common, own, f"{own} {common}", f"{common} {own}")[key // 128 % 10 % 4]

    def track(self, track: int) -> Track:
        """Give a track as an import would."""
        own = self.track_id(track)
        artist = self.artist(int(self.artist_of[track]), self.topic_of[track])
        duration = 120.0 + _mixed(track) % 200
        return Track(
            own, self.title(track), (artist,), self.album(track), duration, None, {"spotify": own}
        )

    def _words(self, topic: int | np.integer[Any], key: int, count: int) -> str:
        script = int(self.script_of[topic])
        words = _words()[script]
        found = [words[(key >> 12 * place) % WORDS] for place in range(count)]
        return ("" if SCRIPTS[script] in ("chinese", "japanese") else " ").join(found)


def make(scale: float = 1.0, seed: int = 1) -> Made:
    """Make playlists; a scale of 1 is the original's full size, 10 s and 2 GB."""
    random = np.random.default_rng(seed)
    n_topics = max(round(TOPICS * scale), 8)
    n_lists, n_tracks = max(round(PLAYLISTS * scale), 20), max(round(TRACKS * scale), 10 * n_topics)
    n_artists = max(round(ARTISTS * scale), n_topics)
    size = n_tracks // n_topics  # tracks of a topic; the few that are left over never occur
    topic_of = np.minimum(np.arange(n_tracks) // size, n_topics - 1).astype(np.int16)
    per_topic = n_artists // n_topics
    within = random.permuted(np.tile(np.arange(size), (n_topics, 1)), axis=1)
    skewed = (per_topic * random.random((n_topics, size)) ** 2).astype(np.int32)
    artist = np.where(within < per_topic, within, skewed) + np.arange(n_topics)[:, None] * per_topic
    artist_of = np.full(n_tracks, n_artists - 1, np.int32)
    artist_of[: size * n_topics] = artist.ravel()

    lengths = _lengths(random, n_lists, round(ENTRIES * scale))
    wanted = 2 * lengths + 5  # many are drawn twice
    total = int(wanted.sum())
    weights = 1 / (np.arange(n_topics) + n_topics / 20) ** 0.5
    weights /= weights.sum()
    topics = random.choice(n_topics, n_lists, p=weights)
    lists = np.repeat(np.arange(n_lists, dtype=np.int32), wanted)
    # the topic of each run of entries, carried on to the entries after its first
    begins = random.random(total) > STAY
    begins[np.cumsum(wanted) - wanted] = True
    run = np.maximum.accumulate(np.where(begins, np.arange(total), 0))
    kind = random.random(total)
    near = np.where(kind < HOME, 0, 1 + random.integers(0, 3, total))
    topic = (topics[lists] + near) % n_topics
    topic = np.where(kind > 1 - FAR, random.choice(n_topics, total, p=weights), topic)[run]
    chances = np.cumsum(1 / (np.arange(size) + 1 + OFFSET) ** EXPONENT)
    rank = np.searchsorted(chances, random.random(total) * chances[-1], side="right")
    drawn = topic * size + np.minimum(rank, size - 1)
    entries, starts = _without_repeats(lists, drawn, lengths, n_tracks)
    # rows of the catalogue tell nothing about topic or popularity
    place = random.permutation(n_tracks).astype(np.int32)
    return Made(
        starts,
        place[entries],
        topics.astype(np.int16),
        _placed(topic_of, place),
        _placed(artist_of, place),
        random.choice(len(SCRIPTS), n_topics, p=SHARES).astype(np.int8),
        n_artists,
    )


def fill(
    store: Store,
    made: Made,
    *,
    catalogue: bool = True,
    progress: Callable[[int], None] = lambda _: None,
) -> Written:
    """Write everything into a store: the playlists, then the tracks that are in none.

    Without `catalogue` only the tracks that occur are written.
    """
    written = store.playlists.put_many(_playlists(made, progress))
    if not catalogue:
        return written
    return written + Written(tracks=fill_catalogue(store, made))


def fill_catalogue(store: Store, made: Made) -> int:
    """Write the tracks that are in no playlist; give how many there are."""
    rest = np.setdiff1d(np.arange(len(made.topic_of)), made.occurring)
    return store.tracks.put_many(made.track(track) for track in rest.tolist())


def _playlists(made: Made, progress: Callable[[int], None], some: int = 2000) -> Iterator[Playlist]:
    for first in range(0, len(made.starts) - 1, some):
        last = min(first + some, len(made.starts) - 1)
        held = made.entries[made.starts[first] : made.starts[last]].tolist()
        tracks = {track: made.track(track) for track in set(held)}
        for row in range(first, last):
            of_list = made.entries[made.starts[row] : made.starts[row + 1]].tolist()
            name = made.playlist_title(row)
            yield Playlist(name, tuple(tracks[track] for track in of_list), f"synthetic:{row}")
        progress(int(made.starts[last]))


def _lengths(random: np.random.Generator, count: int, entries: int) -> NDArray[np.int64]:
    """Draw lengths of 1 to `LONGEST` with a long tail, `entries` together."""
    drawn = random.lognormal(0, 0.9, count)
    low, high = 0.1, 1000.0
    for _ in range(40):  # the factor that gives the sum
        factor = (low * high) ** 0.5
        lengths = np.clip(np.round(drawn * factor), 1, LONGEST).astype(np.int64)
        low, high = (factor, high) if lengths.sum() < entries else (low, factor)
    return lengths


def _without_repeats(
    lists: NDArray[np.int32],
    drawn: NDArray[np.int64],
    lengths: NDArray[np.int64],
    n_tracks: int,
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keep the first of equal tracks in a list, and as many as the list is long."""
    _, first = np.unique(lists * np.int64(n_tracks) + drawn, return_index=True)
    first.sort()
    lists, drawn = lists[first], drawn[first]
    counts = np.bincount(lists, minlength=len(lengths))
    begins = np.cumsum(counts) - counts
    kept = np.arange(len(drawn)) - begins[lists] < lengths[lists]
    counts = np.minimum(counts, lengths)
    return drawn[kept], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)


def _placed(values: NDArray[Any], place: NDArray[np.int32]) -> NDArray[Any]:
    moved = np.empty_like(values)
    moved[place] = values
    return moved


def _mixed(number: int) -> int:
    """Give another number that no other number gives (Fibonacci hashing, modulo 2^64)."""
    return (int(number) * 0x9E3779B97F4A7C15 + 0x5851F42D) % 2**64


_made_words: list[list[str]] = []


def _words() -> list[list[str]]:
    """Give `WORDS` different words of each script, of two to four syllables."""
    for script in SCRIPTS if not _made_words else ():
        random = np.random.default_rng(len(_made_words))
        parts, found = SYLLABLES[script].split(" "), dict[str, None]()
        while len(found) < WORDS:
            chosen = random.integers(0, len(parts), int(random.integers(2, 5)))
            found["".join(parts[part] for part in chosen)] = None
        _made_words.append(list(found))
    return _made_words


def measure(scale: float, seed: int, database: Path | None, catalogue: bool) -> dict[str, Any]:
    """Make, write and read; `database` is kept, without one a temporary file is used."""
    began = time.perf_counter()
    made = make(scale, seed)
    making = time.perf_counter() - began
    popularity = np.bincount(made.entries, minlength=len(made.topic_of))
    lengths = np.diff(made.starts)
    rows: list[tuple[str, str, str]] = [
        ("playlists", f"{len(lengths):,}", ""),
        ("entries", f"{len(made.entries):,}", ""),
        ("tracks in the catalogue", f"{len(made.topic_of):,}", ""),
        ("tracks that occur", f"{len(made.occurring):,}", ""),
        ("… in 5 playlists or more", f"{int((popularity >= 5).sum()):,}", ""),
        ("artists", f"{made.n_artists:,}", ""),
        ("median, longest list", f"{np.median(lengths):.0f}, {lengths.max()}", "entries"),
        ("made", f"{making:.1f}", "s"),
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = database or Path(folder) / "music.db"
        with Store.open(path) as store:
            began, cpu = time.perf_counter(), time.process_time()

            def told(done: int) -> None:
                taken = time.perf_counter() - began
                say(f"{done:,} entries  {done / taken:,.0f}/s")

            store.playlists.put_many(_playlists(made, told))
            lists, lists_cpu = time.perf_counter() - began, time.process_time() - cpu
            if catalogue:
                fill_catalogue(store, made)
            filling, filling_cpu = time.perf_counter() - began, time.process_time() - cpu
            began, cpu = time.perf_counter(), time.process_time()
            data = read_store(store)
            reading, reading_cpu = time.perf_counter() - began, time.process_time() - cpu
        size = path.stat().st_size
    assert data.data.interactions is not None
    assert len(data.data.interactions.entries) == len(made.entries)
    rate = len(made.entries) / lists
    rows += [
        ("playlists written", f"{lists:.1f}", "s"),
        ("entries written", f"{rate:,.0f}", "entries/s"),
        ("… by CPU", f"{len(made.entries) / lists_cpu:,.0f}", "entries/s"),
        ("all written, wall and CPU", f"{filling:.1f}, {filling_cpu:.1f}", "s"),
        ("read to learn from, wall and CPU", f"{reading:.1f}, {reading_cpu:.1f}", "s"),
        ("database", f"{size / 1e6:,.0f}", "MB"),
    ]
    return {
        "conditions": conditions("sqlalchemy", "numpy"),
        "scale": scale,
        "rows": rows,
        "bars": [
            bar("database filled, CPU, scaled to full size", filling_cpu / scale / 60, 20.0, "min"),
            bar("read to learn from, CPU, scaled", reading_cpu / scale, 60.0, "s"),
        ],
    }


def text(result: dict[str, Any]) -> str:
    """Lay out the result for people."""
    return "\n".join(
        [
            *result["conditions"],
            "",
            table(("what", "measured", "unit"), result["rows"]),
            "",
            bars(result["bars"]),
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--scale", type=float, default=0.05)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("-o", dest="arrays", type=Path, help="only write the arrays")
    parser.add_argument("--database", type=Path, help="keep the database here")
    parser.add_argument("--occurring", action="store_true", help="leave other tracks out of it")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    if options.arrays:
        made = make(options.scale, options.seed)
        np.savez(options.arrays, starts=made.starts, entries=made.entries, topics=made.topics)
        return
    result = measure(options.scale, options.seed, options.database, not options.occurring)
    show(result, options.json, lambda: text(result))


if __name__ == "__main__":
    restart_fairly()
    main()
