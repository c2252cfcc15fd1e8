"""How well the mood of songs is told by their titles and by the playlists that hold them.

Songs with a valence and an arousal that people gave (`song_mood.jsonl`) that are in the playlists
of the MPD part, by artist and title. Constants of `mood.names` and `mood.track` were chosen on the
half whose md5 is even; figures are reported on the other half.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from murecom.mood.list_words import with_words
from murecom.mood.names import Passing, by_names
from murecom.mood.parts import Column, Reader, felt, gathered
from murecom.mood.track import combined
from murecom.text.names import recording_key

Floats = NDArray[np.float32]
DATA = Path(
    os.environ.get("MURECOM_DATA") or Path(__file__).resolve().parents[2] / "shared" / "data"
)
DRAWS = 1000


@dataclass
class Material:
    """Playlists as arrays, and the songs among their tracks that have a mood."""

    names: list[str]
    starts: NDArray[np.int64]
    entries: NDArray[np.int32]
    titles: list[str]
    songs: NDArray[np.int64]
    truth: Floats
    is_even: NDArray[np.bool_]


def material() -> Material:
    """Read both files and join them."""
    rows: dict[str, int] = {}
    titles: list[str] = []
    names, starts, entries = [], [0], []
    with gzip.open(DATA / "mpd" / "playlists.jsonl.gz", "rt", encoding="utf-8") as stream:
        for line in stream:
            playlist = json.loads(line)
            names.append(playlist["name"])
            held = {
                recording_key(track["track_name"], [track["artist_name"]]): track["track_name"]
                for track in playlist["tracks"]
            }
            for key, title in held.items():
                if key not in rows:
                    rows[key] = len(rows)
                    titles.append(title)
                entries.append(rows[key])
            starts.append(len(entries))
    found: dict[int, tuple[float, float, bool]] = {}
    for line in (DATA / "emotion" / "song_mood.jsonl").open(encoding="utf-8"):
        song = json.loads(line)
        row = rows.get(recording_key(song["title"], [song["artist"]]))
        if row is not None and row not in found:
            even = is_even(song["artist"], song["title"])
            found[row] = (2 * song["valence"] - 1, 2 * song["arousal"] - 1, even)
    songs = np.array(sorted(found), np.int64)
    return Material(
        names,
        np.array(starts, np.int64),
        np.array(entries, np.int32),
        titles,
        songs,
        np.array([found[row][:2] for row in songs.tolist()], np.float32),
        np.array([found[row][2] for row in songs.tolist()]),
    )


def is_even(artist: str, title: str) -> bool:
    """Tell whether a song belongs to the half that constants were chosen on."""
    return hashlib.md5((artist + title).encode()).digest()[-1] % 2 == 0


def parts(model: Reader, given: Material, how: Passing, words: bool = True) -> dict[str, Column]:
    """Give what titles and playlists say of all tracks of the material's songs."""
    distinct = list(dict.fromkeys(given.names))
    place = {name: row for row, name in enumerate(distinct)}
    read = model.readings(distinct)
    sure, points = felt(read), read.points
    if words:
        sure, points = with_words(distinct, sure, points)
    rows = [place[name] for name in given.names]
    lists = by_names(
        points[rows], read.probabilities[rows], sure[rows],
        given.starts, given.entries, len(given.titles), how,
    )  # fmt: skip
    told = [given.titles[row] for row in given.songs.tolist()]
    count = len(told)
    ones = np.ones(count, np.float32)
    titles = gathered(model.readings(told), ones, np.arange(count), count, 1.0)
    chosen = given.songs
    return {
        "title": titles,
        "playlists": Column(
            lists.points[chosen], lists.probabilities[chosen], lists.confidence[chosen],
            lists.count[chosen], lists.spread[chosen],
        ),
    }  # fmt: skip


def run(model: Reader, half: str = "odd", how: Passing = Passing()) -> list[dict[str, Any]]:  # noqa: B008
    """Compare title, playlists without and with passing on, and both.

    Parameters
    ----------
    model : Reader
        Reads titles and names.
    half : {"even", "odd"}
        Which songs; constants were chosen on the even ones.

    Returns
    -------
    list of dict
        `method`, `songs`, `known` (share with a mood), and for valence and arousal the correlation
        with what people said, with the ends of a bootstrap interval of 95 %.
    """
    given = material()
    kept = given.is_even if half == "even" else ~given.is_even
    truth = given.truth[kept]
    plain = parts(model, given, replace(how, rounds=0))
    wordless = parts(model, given, how, words=False)
    told = parts(model, given, how)
    columns = {
        "title": {"title": told["title"]},
        "playlists, names only": {"playlists": plain["playlists"]},
        "playlists, no list words": {"playlists": wordless["playlists"]},
        "playlists": {"playlists": told["playlists"]},
        "title and playlists": told,
    }
    rows = []
    for method, some in columns.items():
        column = combined(some)
        row: dict[str, Any] = {
            "method": method,
            "songs": int(kept.sum()),
            "known": float((column.confidence[kept] > 0).mean()),
        }
        for axis, name in enumerate(("valence", "arousal")):
            guess = column.points[kept, axis]
            low, high = _interval(lambda rows, a=axis, g=guess: _r(g[rows], truth[rows, a]), truth)
            row[name] = (_r(guess, truth[:, axis]), low, high)
        rows.append(row)
    return rows


def _r(first: Floats, second: Floats) -> float:
    if first.std() == 0 or second.std() == 0:
        return 0.0
    return float(np.corrcoef(first, second)[0, 1])


def _interval(measure: Callable[[NDArray[np.int64]], float], truth: Floats) -> tuple[float, float]:
    draws = np.array([measure(rows) for rows in _draws(len(truth))])
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)


def _draws(count: int) -> Iterator[NDArray[np.int64]]:
    rng = np.random.default_rng(5)
    for _ in range(DRAWS):
        yield rng.integers(0, count, count)


def show(rows: list[dict[str, Any]]) -> None:
    """Print the rows as a table."""
    print(f"{'method':24} {'songs':>6} {'known':>6}  {'valence r':>22}  {'arousal r':>22}")
    for row in rows:
        cells = [
            f"{row[a][0]:.3f} [{row[a][1]:.3f}, {row[a][2]:.3f}]" for a in ("valence", "arousal")
        ]
        print(
            f"{row['method']:24} {row['songs']:6} {row['known']:6.2f}  {cells[0]:>22}  "
            f"{cells[1]:>22}"
        )


def by_folder(home: Path) -> None:
    """Print the mean mood by sound of each folder of a scanned library, most aroused first.

    GTZAN's clips stand in one folder; their names begin with the genre.
    """
    from murecom.jobs.mood_tracks import sound_moods
    from murecom.store import Store

    with Store.open(home / "murecom.db") as store:
        ids, column = sound_moods(store)
        tracks = store.tracks.get(ids)
    groups: dict[str, list[int]] = {}
    for row, track in enumerate(ids):
        path = Path(tracks[track].path or "")
        if column.confidence[row] > 0:
            clip = path.stem.split(".")[0] if "gtzan" in path.parts else path.parent.name
            groups.setdefault(clip, []).append(row)
    print(f"{'folder':32} {'tracks':>6}  valence  arousal")
    for name, rows in sorted(groups.items(), key=lambda one: -column.points[one[1], 1].mean()):
        valence, arousal = column.points[rows].mean(axis=0)
        print(f"{name:32} {len(rows):6}  {valence:+7.2f}  {arousal:+7.2f}")
    every = [row for rows in groups.values() for row in rows]
    free = [row for row in every if "gtzan" not in Path(tracks[ids[row]].path or "").parts]
    valence, arousal = column.points[free].std(axis=0)
    both = column.points[free].var(axis=0).mean() ** 0.5
    print(f"spread without GTZAN: valence {valence:.2f}, arousal {arousal:.2f}, both {both:.2f}")


def cost(lists: int = 177_889, tracks: int = 2_400_000, entries: int = 9_600_000) -> None:
    """Print what the sums over entries and the reading of moods cost at full size."""
    import resource
    import time
    from tempfile import TemporaryDirectory

    from murecom.store import MoodRow, Store
    from murecom.types import Track, TrackId

    rng = np.random.default_rng(0)
    starts = np.concatenate([[0], np.cumsum(rng.poisson(entries / lists, lists))])
    held = (tracks * rng.random(starts[-1]) ** 3).astype(np.int32)
    points = rng.normal(0, 0.3, (lists, 2)).clip(-1, 1).astype(np.float32)
    sure = np.where(rng.random(lists) < 0.15, 0.8, 0.1).astype(np.float32)
    shares = np.full((lists, 9), 1 / 9, np.float32)
    began = time.perf_counter()
    by_names(points, shares, sure, starts, held, tracks)
    took = time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
    print(f"{lists:,} lists, {starts[-1]:,} entries: {took:.1f} s, {memory:.2f} GB")
    ids = [TrackId(f"t:{n}") for n in range(100_000)]
    with TemporaryDirectory() as folder, Store.open(Path(folder) / "music.db") as store:
        store.tracks.put_many(Track(one, f"Song {one}") for one in ids)
        began = time.perf_counter()
        for key in ("sound", "all"):
            store.moods.put(MoodRow(one, key, 0.1, 0.2, 0.5, 3, 0.1, shares[0]) for one in ids)
        rate = 2 * len(ids) / (time.perf_counter() - began)
        began = time.perf_counter()
        store.moods.all()
        took = time.perf_counter() - began
    print(f"moods: {rate:,.0f} written a second; all of {len(ids):,} tracks read in {took:.2f} s")


if __name__ == "__main__":
    import argparse

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--half", choices=["even", "odd"], default="odd", help="Of the songs.")
    parser.add_argument(
        "--home", type=Path, help="A scanned library: print moods by sound instead."
    )
    parser.add_argument("--cost", action="store_true", help="Print seconds and memory instead.")
    arguments = parser.parse_args()
    if arguments.cost:
        cost()
    elif arguments.home:
        by_folder(arguments.home)
    else:
        from murecom.mood.model import MoodModel

        show(run(MoodModel.shipped(), arguments.half))
