"""Playlists made up for tests: groups of tracks that belong together, with titles and artists."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from murecom.recommend.base import Data, Interactions
from murecom.types import TrackId

GROUPS, TRACKS, LENGTH = 4, 40, 40
WORDS = ("quiet morning", "dance floor", "韓國流行", "road trip")


def playlists(count=240, length=LENGTH, seed=0):
    """Make playlists, each mostly of one of four groups of 40 tracks, some tracks more popular.

    Returns
    -------
    data : Data
        160 tracks and one more that stands in the last playlist alone.
    ids : list of str
        `mpd:0`, `mpd:1`, …
    """
    random = np.random.default_rng(seed)
    n = GROUPS * TRACKS
    likely = 1 / np.arange(1, TRACKS + 1) ** 0.7
    likely /= likely.sum()
    rows = []
    for number in range(count):
        group = number % GROUPS
        own = group * TRACKS + random.choice(TRACKS, min(length, TRACKS) - 4, False, likely)
        rows.append(random.permutation(np.concatenate([own, random.choice(n, 4, False)])))
    rows[-1] = np.append(rows[-1], n)
    rows = [np.array(list(dict.fromkeys(row.tolist()))) for row in rows]
    starts = np.cumsum([0, *map(len, rows)])
    data = Data(
        items=[TrackId(f"test:{i}") for i in range(n + 1)],
        interactions=Interactions(starts, np.concatenate(rows).astype(np.int32), n + 1),
        titles=[f"{WORDS[i % GROUPS]} {i}" for i in range(count)],
        artists=[f"artist {i // 5}" for i in range(n)] + [None],
        albums=[f"album {i // 3}" for i in range(n)] + [None],
    )
    return data, [f"mpd:{i}" for i in range(count)]


def write(path, count=240, length=LENGTH):
    """Write such playlists as JSON lines in the shape of the Million Playlist Dataset."""
    data, _ = playlists(count, length)
    lists = data.interactions
    with Path(path).open("w", encoding="utf-8") as file:
        for row, title in enumerate(data.titles):
            entries = lists.entries[lists.starts[row] : lists.starts[row + 1]].tolist()
            tracks = [
                {
                    "track_uri": f"spotify:track:{item:022d}",
                    "track_name": f"song {item}",
                    "artist_name": data.artists[item] or "nobody",
                    "album_name": data.albums[item] or "nothing",
                }
                for item in entries
            ]
            file.write(json.dumps({"name": title, "pid": row, "tracks": tracks}) + "\n")
    return Path(path)
