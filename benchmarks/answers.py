"""Tell how long answers take in a large library: what a service or a page waits for.

    python benchmarks/answers.py [--tracks 100000] [--home DIR] [--json]

Tracks are synthetic: 5 to 20 of an artist around a centre, spread along directions whose variances
fall as those of real tracks do; names, albums, years and genres are made up. Everything else is
real: store, model, rules, reasons. The model is built once (also timed); each question is asked of
many seeds, warm, one thread. A home that is there already is used again.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

import _common as common
from murecom.jobs.analyse import Sound, embedders
from murecom.service import Murecom
from murecom.store import FileRow, Store
from murecom.types import Track, TrackId

BAR = 10.0
"Milliseconds for similar and continue at 100,000 tracks."

GENRES = ("Rock", "Pop", "Jazz", "Electronic", "Classical", "Folk", "Metal", "Hip-Hop")


def fill(store: Store, count: int) -> None:
    """Put synthetic tracks into a store."""
    random = np.random.default_rng(0)
    members = embedders(Sound(backend="numpy"))
    falling = {}
    for e in members:
        own = np.arange(1, e.dim + 1) ** -0.7
        falling[e.key] = own / np.sqrt(np.mean(own**2))
    number = artist = 0
    with store.transaction():
        while number < count:
            centres = {e.key: random.standard_normal(e.dim) for e in members}
            for place in range(min(int(random.integers(5, 21)), count - number)):
                track = TrackId(f"file:{number:032x}")
                length = round(max(60.0, random.normal(220, 60)), 1)
                name, album = f"Artist {artist}", f"Album {artist}.{place // 10}"
                path = f"/music/{name}/{album}/{place:02}.mp3"
                store.tracks.put(
                    Track(track, f"Song {number}", (name,), album, length, path),
                    year=1960 + artist % 60,
                    number=place + 1,
                    genres=(GENRES[artist % len(GENRES)],),
                )
                store.files.put(FileRow(path, 1000 + number, 10**18, f"{number:032x}", track))
                for e in members:
                    own = centres[e.key] + random.standard_normal((5, e.dim))
                    mean, scale = e.statistics()
                    rows = mean + scale * falling[e.key] * own
                    store.vectors.put(track, e.key, rows.astype(np.float32))
                number += 1
            artist += 1


def clock(questions: Callable[[int], Any], times: int) -> tuple[float, float]:
    """Give median and 95th percentile of CPU-milliseconds; the first two are not counted."""
    taken = []
    for number in range(times + 2):
        began = time.process_time()
        questions(number)
        taken.append(1000 * (time.process_time() - began))
    return float(np.median(taken[2:])), float(np.quantile(taken[2:], 0.95))


def measure(home: Path, count: int, times: int) -> dict[str, Any]:
    """Fill a home unless it is full, and ask."""
    began = time.process_time()
    with Murecom(home=home, flags={"sound.backend": "numpy"}) as app:
        if app.status()["tracks"] < count:
            common.say(f"making {count:,} tracks")
            fill(app.store, count)
        filled = time.process_time() - began
        ids = [TrackId(f"file:{n:032x}") for n in range(0, count, max(1, count // (times + 2)))]
        tracks = [app.store.tracks.get([i])[i] for i in ids]
        began = time.process_time()
        app.similar(tracks[:1])
        built = time.process_time() - began
        questions: dict[str, Callable[[int], Any]] = {
            "similar, one seed, 10 answers": lambda n: app.similar([tracks[n]]),
            "similar, one seed, 50 answers": lambda n: app.similar([tracks[n]], k=50),
            "similar, one seed, one unlike": lambda n: app.similar(
                [tracks[n]], unlike=[tracks[n - 1]]
            ),
            "continue, 10 seeds, 20 answers": lambda n: app.continue_(tracks[n : n + 10]),
            "path of 8 steps": lambda n: app.path(tracks[n], tracks[n - 1], steps=8),
            "search by name": lambda n: app.search(f"song {n}"),
        }
        radio = app.radio(tracks[:1], random_seed=0)
        questions["one more track of a radio"] = lambda n: next(radio)
        found = {}
        for name, question in questions.items():
            common.say(name)
            found[name] = clock(question, times)
    return {"filled": filled, "built": built, "answers": found}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--tracks", type=int, default=100_000)
    parser.add_argument("--times", type=int, default=40, help="questions of each kind")
    parser.add_argument("--home", type=Path, help="kept; a folder that vanishes by default")
    parser.add_argument("--json", action="store_true", help="print one JSON document")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = arguments.home or Path(folder)
        found = measure(home, arguments.tracks, arguments.times)
    answers = found["answers"]
    bars = [
        common.bar(f"{name}, median", median, BAR, "CPU-ms")
        for name, (median, _) in answers.items()
        if name.startswith(("similar", "continue"))
    ]
    document = {
        "conditions": common.conditions("murecom", "numpy", "sqlalchemy"),
        "tracks": arguments.tracks,
        **found,
        "bars": bars,
    }

    def text() -> str:
        rows = [(name, f"{m:.1f}", f"{p:.1f}") for name, (m, p) in answers.items()]
        head = (
            f"{arguments.tracks:,} tracks; made in {found['filled']:.0f} CPU-s, "
            f"model built in {found['built']:.0f} CPU-s"
        )
        table = common.table(("question", "CPU-ms", "95 %"), rows)
        return "\n".join([*document["conditions"], "", head, "", table, "", common.bars(bars)])

    common.show(document, arguments.json, text)


if __name__ == "__main__":
    common.restart_fairly()
    main()
